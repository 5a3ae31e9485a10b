#include "Diagnostics.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace linkgrad;

namespace {

struct Entry {
  const char *id, *text;
};

constexpr Entry entries[] = {
#define DIAGNOSTIC(NAME, ID, TEXT) {ID, TEXT},
#include "Diagnostics.def"
};

const char *helpFor(DiagnosticId id) {
#define DIAGNOSTIC(NAME, ID, TEXT)
#define HELP(NAME, TEXT)                                                                                               \
  if (id == DiagnosticId::NAME)                                                                                        \
    return TEXT;
#include "Diagnostics.def"
  return nullptr;
}

/// LLVM's plugin diagnostic kinds are allotted at run time.
class LocatedDiagnostic : public DiagnosticInfoWithLocationBase {
  std::string text;
  static DiagnosticKind kind() {
    static int allotted = getNextAvailablePluginDiagnosticKind();
    return static_cast<DiagnosticKind>(allotted);
  }

public:
  LocatedDiagnostic(const Function &function, const DebugLoc &loc, std::string text, DiagnosticSeverity severity)
      : DiagnosticInfoWithLocationBase(kind(), severity, function, DiagnosticLocation(loc)), text(std::move(text)) {}
  void print(DiagnosticPrinter &printer) const override {
    if (isLocationAvailable())
      printer << getLocationStr() << ": ";
    printer << text;
  }
};

std::string substitute(StringRef text, ArrayRef<std::string> arguments) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    bool placeholder = text[i] == '{' && i + 2 < text.size() && isdigit(text[i + 1]) && text[i + 2] == '}';
    if (!placeholder) {
      result += text[i];
      continue;
    }
    size_t index = text[i + 1] - '0';
    result += index < arguments.size() ? arguments[index] : "?";
    i += 2;
  }
  return result;
}

} // namespace

Location::Location(const Function &function) : function(&function) {
  if (DISubprogram *subprogram = function.getSubprogram())
    debugLoc = DILocation::get(function.getContext(), subprogram->getLine(), 0, subprogram);
}

Location::Location(const Instruction &instruction)
    : function(instruction.getFunction()), debugLoc(instruction.getDebugLoc()) {
  if (!debugLoc)
    debugLoc = Location(*function).debugLoc;
}

void Diagnostics::report(DiagnosticId id, const Location &location, ArrayRef<std::string> arguments) {
  std::string text = substitute(entries[unsigned(id)].text, arguments);
  text += std::string(" [") + entries[unsigned(id)].id + "]";
  if (!location.debugLoc)
    text += " (in '" + userName(*location.function) + "', compiled without debug information)";
  std::string key = text;
  if (location.debugLoc)
    key += "@" + std::to_string(location.debugLoc.getLine()) + ":" + std::to_string(location.debugLoc.getCol());
  if (!seen.insert(key).second)
    return;
  if (const char *help = helpFor(id))
    text += "\n  help: " + substitute(help, arguments);
  records.push_back({id, location, std::move(text)});
}

unsigned Diagnostics::emit(const Location &request, StringRef requestText, unsigned limit) const {
  LLVMContext &context = request.function->getContext();
  unsigned given = 0;
  for (const Record &record : records) {
    if (given == limit)
      break;
    context.diagnose(LocatedDiagnostic(*record.location.function, record.location.debugLoc, record.text, DS_Error));
    ++given;
  }
  if (given)
    context.diagnose(LocatedDiagnostic(*request.function, request.debugLoc, requestText.str(), DS_Note));
  return given;
}

std::string linkgrad::userName(const Function &function) {
  return demangle(function.getName().split(".linkgrad").first.str());
}

std::string linkgrad::describe(const Value &value) {
  std::string text;
  raw_string_ostream(text) << value;
  StringRef line = StringRef(text).split('\n').first.trim();
  return line.split(", !").first.str();
}

std::string linkgrad::describe(const Type &type) {
  std::string text;
  raw_string_ostream(text) << type;
  return text;
}

void Diagnostics::merge(const Diagnostics &other) {
  for (const Record &record : other.records)
    if (seen.insert(record.text).second)
      records.push_back(record);
}
