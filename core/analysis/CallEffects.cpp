#include "CallEffects.h"
#include "../request/DerivativeRequest.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace linkgrad;

static bool isSmallReal(Type *type) { return type->isFPOrFPVectorTy() && type->getScalarSizeInBits() < 32; }

CallEffects::CallEffects(Module &module, const Registrations &registrations)
    : known(registrations), virtualTables(module) {
  auto isKnown = [](const Function &function) {
    return !function.isDeclaration() || (!function.isIntrinsic() && findScalarRule(function));
  };
  for (Function &function : module) {
    if (isKnown(function) && any_of(function.uses(), holdsAddress))
      addressTaken[function.getFunctionType()].push_back(&function);
    smallReals |= any_of(function.args(), [](const Argument &argument) { return isSmallReal(argument.getType()); }) ||
                  any_of(instructions(function), [](const Instruction &inst) { return isSmallReal(inst.getType()); });
  }
}

/// Intrinsics with a rule in the emitters rather than a line in the table.
static bool hasDataflowRule(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::vector_reduce_fadd:
  case Intrinsic::vector_reduce_fmul:
  case Intrinsic::vector_reduce_fmax:
  case Intrinsic::vector_reduce_fmin:
  case Intrinsic::vector_reduce_fmaximum:
  case Intrinsic::vector_reduce_fminimum:
  case Intrinsic::masked_load:
  case Intrinsic::masked_store:
  case Intrinsic::masked_gather:
  case Intrinsic::masked_scatter:
  case Intrinsic::vector_reverse:
  case Intrinsic::vector_extract:
  case Intrinsic::vector_insert:
  case Intrinsic::memcpy:
  case Intrinsic::memcpy_inline:
  case Intrinsic::memmove:
  case Intrinsic::memset:
  case Intrinsic::memset_inline:
  case Intrinsic::threadlocal_address:
  case Intrinsic::launder_invariant_group:
  case Intrinsic::strip_invariant_group:
  case Intrinsic::ptrmask:
    return true;
  default:
    return false;
  }
}

/// An intrinsic that neither takes nor returns anything differentiable.
static bool isInactiveIntrinsic(const CallBase &call) {
  switch (call.getIntrinsicID()) {
  case Intrinsic::stacksave:
  case Intrinsic::stackrestore:
  case Intrinsic::prefetch:
  case Intrinsic::vastart:
  case Intrinsic::vaend:
  case Intrinsic::vacopy:
  case Intrinsic::is_fpclass:
  case Intrinsic::frexp: // of which splitPairIntrinsics leaves the exponent
  case Intrinsic::invariant_start:
  case Intrinsic::invariant_end:
  case Intrinsic::objectsize:
  case Intrinsic::is_constant:
  case Intrinsic::eh_typeid_for:
  case Intrinsic::trap:
  case Intrinsic::debugtrap:
  case Intrinsic::ubsantrap:
    return true;
  default:
    if (isa<WithOverflowInst>(call)) // of which lowerForDifferentiation leaves the second result
      return true;
    return !call.getType()->isFPOrFPVectorTy() && !call.getType()->isAggregateType() && call.doesNotAccessMemory();
  }
}

static CallClass classOf(const KnownCall &known) {
  switch (known.kind) {
  case CallKind::Inactive:
  case CallKind::ReturnsTwice:
    return CallClass::Inactive;
  // Those that we understand have been lowered.
  case CallKind::Sort:
  case CallKind::Search:
    return CallClass::Unknown;
  default:
    return CallClass::Known;
  }
}

CallEffect CallEffects::classify(const CallBase &call) const {
  CallEffect effect;
  if (call.isInlineAsm()) {
    effect.kind = CallClass::InlineAsm;
    return effect;
  }
  effect.callee = dyn_cast<Function>(call.getCalledOperand()->stripPointerCastsAndAliases());
  if (!effect.callee) {
    effect.kind = CallClass::Indirect;
    return effect;
  }
  Function &callee = *effect.callee;
  if (known.inactive.contains(&callee) || call.hasFnAttr("enzyme_inactive") || entryOf(callee) == Entry::CallInactive)
    effect.kind = CallClass::Inactive;
  else if (known.customRule(callee))
    effect.kind = CallClass::Custom;
  else if (callee.isIntrinsic() && hasDataflowRule(callee.getIntrinsicID()))
    effect.kind = CallClass::Intrinsic;
  else if ((effect.scalar = findScalarRule(call)))
    effect.kind = CallClass::Scalar;
  else if (callee.isIntrinsic())
    effect.kind = isInactiveIntrinsic(call) ? CallClass::Inactive : CallClass::Unknown;
  else if (!callee.isDeclaration())
    effect.kind = isInactiveLibraryCode(callee) ? CallClass::Inactive : CallClass::Derived;
  else if ((effect.known = findKnownCall(callee)))
    effect.kind = classOf(*effect.known);
  return effect;
}

SmallVector<Function *> CallEffects::targets(const CallBase &call) const {
  CallEffect effect = classify(call);
  if (effect.kind == CallClass::Derived)
    return {effect.callee};
  if (effect.kind != CallClass::Indirect)
    return {};
  SmallVector<Function *> found = addressTaken.lookup(call.getFunctionType());
  virtualTables.restrict(found, call);
  return found;
}

bool CallEffects::isInactive(const Value *variable) const {
  auto *global = dyn_cast<GlobalVariable>(variable);
  return known.inactive.contains(variable) || (global && isInactiveLibraryCode(*global));
}
