# What every scenario begins with:  . "${0%/*}/common.sh"
# A scenario runs in an empty folder and fails with its first failing command.
# $LINKGRAD is the bin folder of the build, $LINKGRAD_LINKER the linker that linkgrad-cc
# and linkgrad-config use.  A scenario that says `# linker: lld` runs with that one only.

set -eu
config=$LINKGRAD/linkgrad-config
plugin=$("$config" --plugin)
linker=${LINKGRAD_LINKER:=lld}
export LINKGRAD_LINKER
PATH=$LINKGRAD:$PATH
here=$(cd "${0%/*}" && pwd)

scratch=scratch-$(basename "$0" .sh)-$linker
rm -rf "$scratch"
mkdir "$scratch"
cd "$scratch"

# expect TEXT COMMAND...: the command succeeds and prints exactly this.
expect() {
  wanted=$1
  shift
  got=$("$@")
  [ "$got" = "$wanted" ] || { echo "$*: printed '$got', not '$wanted'"; exit 1; }
}

# refused TEXT COMMAND...: the command fails with 1 and says this.
refused() {
  wanted=$1
  shift
  status=0
  "$@" >log 2>&1 || status=$?
  cat log
  [ $status = 1 ] || { echo "$*: exit status $status, not 1"; exit 1; }
  grep -qF -e "$wanted" log || { echo "$*: did not say '$wanted'"; exit 1; }
}

# fails COMMAND...: it does not succeed.  (`! command` does not stop a script.)
fails() {
  if "$@"; then
    echo "$*: should have failed"
    exit 1
  fi
}
