#include "Speculation.h"
#include "../rules/ScalarRules.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace linkgrad;

/// How long a chain of operations is followed.
static constexpr unsigned farEnough = 8;

static bool mayBeIgnored(const Instruction &inst, const LoopInfo &loops, unsigned depth) {
  const Loop *home = loops.getLoopFor(inst.getParent());
  return !inst.use_empty() && all_of(inst.uses(), [&](const Use &use) {
    auto &user = *cast<Instruction>(use.getUser());
    if (isa<SelectInst>(user) && use.getOperandNo() != 0)
      return true;
    // Lanes that nobody takes may hold anything, poison too.
    if (isa<ShuffleVectorInst, ExtractElementInst>(user))
      return true;
    const Loop *loop = loops.getLoopFor(user.getParent());
    if (loop && loop != home && !loop->contains(inst.getParent()))
      return true;
    return depth < farEnough && user.getParent() == inst.getParent() && findScalarRule(user) &&
           ::mayBeIgnored(user, loops, depth + 1);
  });
}

bool linkgrad::mayBeIgnored(const Instruction &inst, const LoopInfo &loops) { return ::mayBeIgnored(inst, loops, 0); }
