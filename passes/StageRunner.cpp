//===- StageRunner.cpp - everything about a stage but its work ------------===//
#include "passes/StageRunner.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/TimeProfiler.h"
#include <chrono>

using namespace llvm;
using namespace linkgrad;

namespace {

/// Printed with the stack trace of a crash.
class StageInProgress : public PrettyStackTraceEntry {
public:
  explicit StageInProgress(StringRef name) : name(name) {}
  void print(raw_ostream &os) const override {
    os << "linkgrad, stage '" << name << "'. This is a defect of linkgrad. To report it, link once more with\n"
       << "    LINKGRAD_FLAGS=save-stages=FOLDER\n"
       << "and add the last file in FOLDER and this command line.\n";
  }

private:
  StringRef name;
};

} // namespace

void StageRunner::operator()(StringRef name, function_ref<void()> work) {
  StageInProgress inProgress(name);
  TimeTraceScope trace(("linkgrad " + name).str());
  auto start = std::chrono::steady_clock::now();
  if (report.stages.empty())
    save("input");
  work();
  analyses.invalidate(module, PreservedAnalyses::none());
  report.stages.push_back({name, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
  save(name);
}

void StageRunner::save(StringRef name) {
  if (options.saveStages.empty())
    return;
  SmallString<128> path(options.saveStages);
  sys::path::append(path, Twine(report.stages.size()) + "-" + name + ".ll");
  std::error_code error = sys::fs::create_directories(options.saveStages);
  if (error)
    return module.getContext().emitError("linkgrad: cannot create '" + options.saveStages + "': " + error.message());
  raw_fd_ostream os(path, error);
  if (error)
    return module.getContext().emitError("linkgrad: cannot write '" + path + "': " + error.message());
  module.print(os, nullptr);
}
