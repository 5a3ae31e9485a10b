//===- RustcDiagnostics.cpp - errors that rustc passes on -----------------===//
//
// Where rustc listens to LLVM, it ignores every diagnostic of a kind it does not know, errors
// too.  Of those it knows, one becomes an error of the compilation with our text: "unsupported".
// So errors are given to it as that.  Where it does not listen, and during fat LTO nightly 1.97
// does not, we do what LLVM would do then, print the error and leave; only that we wait for the
// last one.
//
// There is no kind that becomes a note, so notes go with the error before them: an error waits
// for what comes next.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/RustcDiagnostics.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace linkgrad;

namespace {

class ErrorForRustc : public DiagnosticInfoUnsupported {
public:
  ErrorForRustc(const Function &function, const std::string &text)
      : DiagnosticInfoUnsupported(function, this->text), text(text) {}
  void print(DiagnosticPrinter &printer) const override { printer << text; }

private:
  Twine text;
};

/// Stands before rustc's own handler.
class Translator : public DiagnosticHandler {
public:
  Translator(Module &module, std::unique_ptr<DiagnosticHandler> rustc) : module(module), rustc(std::move(rustc)) {}
  bool handleDiagnostics(const DiagnosticInfo &info) override;
  bool isAnalysisRemarkEnabled(StringRef pass) const override { return rustc->isAnalysisRemarkEnabled(pass); }
  bool isMissedOptRemarkEnabled(StringRef pass) const override { return rustc->isMissedOptRemarkEnabled(pass); }
  bool isPassedOptRemarkEnabled(StringRef pass) const override { return rustc->isPassedOptRemarkEnabled(pass); }
  bool isAnyRemarkEnabled() const override { return rustc->isAnyRemarkEnabled(); }
  /// Gives rustc what waits, and its handler back.
  std::unique_ptr<DiagnosticHandler> end();
  bool rustcKnows() const { return !printed; }

private:
  void release();

  Module &module;
  std::unique_ptr<DiagnosticHandler> rustc;
  std::string waiting;
  bool printed = false;
};

} // namespace

static std::string textOf(const DiagnosticInfo &info) {
  std::string text;
  raw_string_ostream os(text);
  DiagnosticPrinterRawOStream printer(os);
  info.print(printer);
  return text;
}

bool Translator::handleDiagnostics(const DiagnosticInfo &info) {
  switch (info.getSeverity()) {
  case DS_Error:
    release();
    waiting = textOf(info);
    return true;
  case DS_Note:
    if (!waiting.empty()) {
      waiting += "\n  note: " + textOf(info);
      return true;
    }
    [[fallthrough]];
  case DS_Warning:
  case DS_Remark:
    return rustc->handleDiagnostics(info);
  }
  llvm_unreachable("a fifth severity");
}

void Translator::release() {
  // What is asked for derivatives has functions.
  if (!waiting.empty() && !rustc->handleDiagnostics(ErrorForRustc(*module.begin(), waiting))) {
    errs() << "error: " << waiting << "\n\n";
    printed = true;
  }
  waiting.clear();
}

std::unique_ptr<DiagnosticHandler> Translator::end() {
  release();
  return std::move(rustc);
}

RustcDiagnostics::RustcDiagnostics(Module &module) : context(module.getContext()) {
  context.setDiagnosticHandler(std::make_unique<Translator>(module, context.getDiagnosticHandler()));
}

RustcDiagnostics::~RustcDiagnostics() {
  std::unique_ptr<DiagnosticHandler> ours = context.getDiagnosticHandler();
  auto &translator = static_cast<Translator &>(*ours);
  context.setDiagnosticHandler(translator.end());
  // Without us there is no derivative, and the linker would complain of what stands in its place.
  if (!translator.rustcKnows())
    sys::Process::Exit(1, /*NoCleanup=*/true);
}
