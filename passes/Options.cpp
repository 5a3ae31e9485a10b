//===- Options.cpp - the only place that reads options --------------------===//
//
// There is one grammar, a list of `name` or `name=value` separated by commas or
// white space, and three places it can stand in:
//
//   the file named by $LINKGRAD_OPTIONS_FILE  (# starts a comment)
//   $LINKGRAD_FLAGS
//   -linkgrad=<list>, where the host parses options after it loaded us:
//       ld.lld -mllvm -load=liblinkgrad.so -mllvm -linkgrad=report ...
//       clang -fpass-plugin=liblinkgrad.so -mllvm -linkgrad=report ...
//
// $LINKGRAD_REPRO, which is no option of the pipeline but a question about it, is read
// here too.
//
// The environment always works; lld rejects options of plugins that are not
// loaded yet.
//
//===----------------------------------------------------------------------===//
#include "passes/Options.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"

using namespace llvm;
using namespace linkgrad;

static cl::list<std::string> commandLine("linkgrad", cl::desc("Options of linkgrad, separated by commas"),
                                         cl::value_desc("name[=value],..."));

/// 1000, 64k, 100M, 2G.
static bool parseBytes(StringRef text, uint64_t &bytes) {
  unsigned shift = text.consume_back("k") ? 10 : text.consume_back("M") ? 20 : text.consume_back("G") ? 30 : 0;
  if (text.getAsInteger(10, bytes) || bytes == 0 || bytes > (~uint64_t(0) >> shift))
    return false;
  bytes <<= shift;
  return true;
}

/// The comma separates options.
static std::vector<std::string> splitTargets(StringRef list) {
  SmallVector<StringRef> words;
  SplitString(list, words, "+");
  return {words.begin(), words.end()};
}

namespace {

/// One line of the table of options.
struct Option {
  const char *name, *value, *meaning;
  /// Stores the value; false if it is not one.
  bool (*set)(Options &, StringRef value);
};

const Option table[] = {
    {"max-errors", "N", "report at most N failures in one link (20)",
     [](Options &o, StringRef v) {
       bool isNumber = !v.getAsInteger(10, o.engine.maxErrors);
       o.offload.maxErrors = o.engine.maxErrors;
       return isNumber;
     }},
    {"max-tape", "BYTES", "stop a program whose tape grows beyond this (suffixes k, M, G)",
     [](Options &o, StringRef v) { return parseBytes(v, o.engine.maxTape); }},
    {"no-verify", "", "do not check the derivative functions that were emitted",
     [](Options &o, StringRef v) { return o.engine.verify = false, v.empty(); }},
    {"print-plans", "", "print the plan of each derivative",
     [](Options &o, StringRef v) { return o.engine.printPlans = true, v.empty(); }},
    {"print-types", "", "print what debug information says of the arguments of each differentiated function",
     [](Options &o, StringRef v) { return o.engine.printTypes = true, v.empty(); }},
    {"print-derivatives", "", "print each derivative function",
     [](Options &o, StringRef v) { return o.engine.printDerivatives = true, v.empty(); }},
    {"print-memory-graph", "FUNCTION", "print the memory graph of a function",
     [](Options &o, StringRef v) { return o.engine.printMemoryGraph = v.str(), !v.empty(); }},
    {"offload", "TARGET+TARGET...", "make device images for these targets: x86_64, nvptx64:sm_XX, amdgcn:gfxXXX",
     [](Options &o, StringRef v) { return o.offload.targets = splitTargets(v), !v.empty(); }},
    {"cuda", "FOLDER", "where the CUDA toolkit is (/usr/local/cuda)",
     [](Options &o, StringRef v) { return o.offload.cuda = v.str(), !v.empty(); }},
    {"max-image", "BYTES", "refuse device images that are larger (1G)",
     [](Options &o, StringRef v) { return parseBytes(v, o.offload.maxImage); }},
    {"report", "", "print what was done and how long each stage took",
     [](Options &o, StringRef v) { return o.report = true, v.empty(); }},
    {"save-stages", "FOLDER", "write the module after each stage, and the PTX of images, into FOLDER",
     [](Options &o, StringRef v) { return o.offload.saveFolder = o.saveStages = v.str(), !v.empty(); }},
};

} // namespace

static Error setOption(StringRef word, Options &options) {
  auto [name, value] = word.split('=');
  for (const Option &option : table) {
    if (name != option.name)
      continue;
    if (option.set(options, value))
      return Error::success();
    return createStringError("linkgrad: bad value in option '" + word + "'");
  }
  std::string known = join(map_range(table, [](const Option &o) { return StringRef(o.name); }), ", ");
  return createStringError("linkgrad: unknown option '" + word + "'; known are: " + known);
}

Error linkgrad::parseOptions(StringRef list, Options &options) {
  SmallVector<StringRef> words;
  SplitString(list, words, ", \t\r\n");
  for (StringRef word : words)
    options.asGiven += (word + "\n").str();
  for (StringRef word : words)
    if (Error error = setOption(word, options))
      return error;
  return Error::success();
}

/// Cuts every line at its '#'.
static std::string withoutComments(StringRef text) {
  std::string result;
  for (StringRef line : split(text, '\n'))
    result += (line.split('#').first + "\n").str();
  return result;
}

static Error parseOptionsFile(StringRef path, Options &options) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return createStringError("linkgrad: cannot read options file '" + path + "': " + buffer.getError().message());
  return parseOptions(withoutComments((*buffer)->getBuffer()), options);
}

void linkgrad::giveOptions(StringRef list) { commandLine.push_back(list.str()); }

Expected<Options> linkgrad::readOptions() {
  Options options;
  options.reproducer = sys::Process::GetEnv("LINKGRAD_REPRO").value_or("");
  if (auto path = sys::Process::GetEnv("LINKGRAD_OPTIONS_FILE"))
    if (Error error = parseOptionsFile(*path, options))
      return error;
  if (auto list = sys::Process::GetEnv("LINKGRAD_FLAGS"))
    if (Error error = parseOptions(*list, options))
      return error;
  for (StringRef list : commandLine)
    if (Error error = parseOptions(list, options))
      return error;
  return options;
}

void linkgrad::printOptions(raw_ostream &os) {
  for (const Option &option : table) {
    std::string left = *option.value ? formatv("{0}={1}", option.name, option.value).str() : option.name;
    os << formatv("  {0,-30} {1}\n", left, option.meaning);
  }
}
