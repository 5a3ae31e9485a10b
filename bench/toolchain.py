"""What bench/run and bench/scaling share: compiler flags, and commands whose cost is measured."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Where linkgrad was built; $LINKGRAD_BUILD names another place.
LINKGRAD_BUILD = pathlib.Path(os.environ.get("LINKGRAD_BUILD", ROOT / "build")).resolve()
BUILD = LINKGRAD_BUILD / "bench"
PLAIN = ["-O3", "-flto"]
LINK_PLAIN = ["-O3", "-flto", "-fuse-ld=lld"]


def compiler(language="c"):
    """The C or C++ compiler; $CC and $CXX replace it."""
    if language == "c":
        return os.environ.get("CC", "clang-22")
    return os.environ.get("CXX", "clang++-22")


@dataclass
class Linkgrad:
    """Flags for differentiated programs, as printed by linkgrad-config."""

    cflags: list = field(default_factory=list)
    ldflags: list = field(default_factory=list)
    plugin: str = ""

    def newest(self):
        """Modification time of the plugin: what is older was linked by another one."""
        return os.path.getmtime(self.plugin) if os.path.exists(self.plugin) else 0


def add_linkgrad_options(parser):
    parser.add_argument("--no-plugin", action="store_true",
                        help="only what needs no linkgrad: primals and hand-written adjoints")
    parser.add_argument("--cflags", help="compile with these flags instead of linkgrad-config's")
    parser.add_argument("--ldflags", help="link with these flags instead of linkgrad-config's")


def find_linkgrad(options):
    """The flags to use, or None with --no-plugin. Leaves with a message when linkgrad is not built."""
    if options.no_plugin:
        return None
    if options.cflags is not None and options.ldflags is not None:
        return Linkgrad(options.cflags.split(), options.ldflags.split())
    config = LINKGRAD_BUILD / "bin" / "linkgrad-config"
    if not config.exists():
        sys.exit(f"{config} is missing: build linkgrad first, or say --no-plugin")

    def ask(*question):
        return subprocess.run([config, *question], check=True, capture_output=True,
                              text=True).stdout.split()

    plugin = " ".join(ask("--plugin"))
    if not os.path.exists(plugin):
        sys.exit(f"{plugin} is missing: build linkgrad first, or say --no-plugin")
    return Linkgrad(ask("--cflags"), ask("--ldflags"), plugin)


@dataclass
class Cost:
    """What a finished command took; it and all its children counted together."""

    status: int
    cpu: float
    wall: float
    peak_mib: float
    output: str
    timed_out: bool = False

    @property
    def good(self):
        return self.status == 0 and not self.timed_out


def measured(command, limit=None):
    """Runs a command, killing it after `limit` seconds."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True)
    expired = threading.Event()

    def stop():
        expired.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(limit, stop) if limit else None
    if timer:
        timer.start()
    output = process.stdout.read()
    # wait4 instead of Popen.wait: it also says what the child used.
    _, status, usage = os.wait4(process.pid, 0)
    if timer:
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(process.returncode, usage.ru_utime + usage.ru_stime, time.monotonic() - start,
                usage.ru_maxrss / 1024, output, expired.is_set())


def cheapest(command, times, limit=None):
    """The run of several that took the least CPU time, or the first that failed."""
    best = None
    for _ in range(times):
        cost = measured(command, limit)
        if not cost.good:
            return cost
        if best is None or cost.cpu < best.cpu:
            best = cost
    return best


def replace_section(path, name, lines):
    """Rewrites the part of a Markdown file between `<!-- name -->` and `<!-- /name -->`."""
    opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    text = path.read_text()
    before, rest = text.split(opening, 1)
    _, after = rest.split(closing, 1)
    path.write_text(before + opening + "\n".join(lines) + "\n" + closing + after)


def table(header, rows):
    """A Markdown table that is also readable as plain text."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]

    def line(row):
        padded = [row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)) + "|"
    return [line(cells[0]), rule] + [line(row) for row in cells[1:]]
