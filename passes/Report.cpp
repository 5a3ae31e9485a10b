//===- Report.cpp - what was done and how long it took --------------------===//
#include "passes/Report.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

void linkgrad::Report::print(raw_ostream &os) const {
  os << "linkgrad: " << result.requests << (result.requests == 1 ? " request, " : " requests, ") << result.failed
     << " failed;";
  for (const Stage &stage : stages)
    os << formatv(" {0} {1:f3}s", stage.name, stage.seconds);
  os << '\n';
  // ld.lld leaves by _exit: nothing flushes for us.
  os.flush();
}
