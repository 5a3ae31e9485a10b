//===- RunTimeChecks.cpp - what is known only when the program runs --------===//
//
// Each of these stops the program with a message, where its derivative would be wrong.
//
//===----------------------------------------------------------------------===//

#include "RunTimeChecks.h"
#include "ShadowBuilder.h"

using namespace llvm;
using namespace linkgrad;

// Memory to which a global pointed before the derivative was asked for has no shadow,
// and this is known at run time only.  An active value stored there is lost.  That
// does no harm as long as nobody reads it back.

void ShadowBuilder::noteStore(const Value *pointer, IRBuilder<> &b) {
  if (plan.activity().mayBeConstant(pointer) && pointer->getType()->isPointerTy())
    runtime.noteStore(b, shadow(pointer).front(), primal(pointer));
}

void ShadowBuilder::checkLoad(const Instruction &inst, const Value *pointer, IRBuilder<> &b) {
  if (!plan.activity().mayBeConstant(pointer) || !pointer->getType()->isPointerTy() ||
      !plan.graph().node(plan.graph().of(pointer)).origin.written)
    return;
  runtime.checkLoad(b, shadow(pointer).front(), primal(pointer),
                    runTimeMessage(plan, inst,
                                   "reads active values back from memory that has no shadow: a global pointed to "
                                   "it before the derivative was asked for [lost-store]"));
}

std::string linkgrad::runTimeMessage(const DerivativePlan &plan, const Instruction &inst, StringRef text) {
  std::string message;
  if (const DebugLoc &where = inst.getDebugLoc())
    message = (where->getFilename() + ":" + Twine(where->getLine()) + ": ").str();
  return message + "'" + userName(plan.function().original()) + "' " + text.str();
}

std::string linkgrad::countedMessage(const DerivativePlan &plan, const Instruction &inst) {
  return runTimeMessage(plan, inst,
                        "changes the bits of an active floating-point value by integer operations: use "
                        "frexp, ldexp, copysign, or register a derivative [float-bits]");
}

/// Whether what was loaded, or handed over, had no tangent then.
Value *ShadowBuilder::hadNoTangent(const Value &root, unsigned lane, IRBuilder<> &here) {
  auto *load = dyn_cast<LoadInst>(&root);
  if (!load)
    return isShadowed(root) ? runtime.isZero(here, shadow(&root)[lane]) : here.getTrue();
  BasicBlock::iterator position = after(*load);
  IRBuilder<> b(position->getParent(), position);
  const Value *pointer = load->getPointerOperand();
  Value *place = shadow(pointer)[lane];
  Value *isZero = runtime.isZero(b, b.CreateAlignedLoad(load->getType(), place, load->getAlign()));
  if (plan.activity().mayBeConstant(pointer))
    isZero = b.CreateOr(isZero, b.CreateICmpEQ(place, primal(pointer)));
  return isZero;
}

/// Forward mode: the integer has no tangent, and what it was computed of must have none.
void ShadowBuilder::storeCounted(StoreInst &store, IRBuilder<> &b) {
  SmallVector<const Value *> roots = plan.activity().countedRoots(store);
  if (plan.key().form != DerivativeForm::Forward || roots.empty())
    return;
  const Value *pointer = store.getPointerOperand();
  Type *type = store.getValueOperand()->getType();
  Lanes places = shadow(pointer);
  for (unsigned lane = 0; lane < width; ++lane) {
    for (const Value *root : roots)
      runtime.checkThat(b, hadNoTangent(*root, lane, b), countedMessage(plan, store));
    b.CreateAlignedStore(Constant::getNullValue(type), guarded(pointer, places[lane], scratch(type), b),
                         store.getAlign());
  }
}

/// The tangent of an integer among numbers. Where the number was meant it is not known: the
/// integer may have been computed before it is asked which of the two it is.
Value *ShadowBuilder::tangentOfCounted(const BitCastInst &cast, unsigned lane, IRBuilder<> &b) {
  Value *isInteger = b.getTrue();
  for (const Value *root : plan.activity().countedRoots(cast))
    isInteger = b.CreateAnd(isInteger, hadNoTangent(*root, lane, b));
  return b.CreateSelect(isInteger, Constant::getNullValue(cast.getType()), ConstantFP::getNaN(cast.getType()));
}

void ShadowBuilder::checkLimit(const MoveLayout &layout, const CallBase &call, const Value *destination,
                               const Value *size, IRBuilder<> &b) {
  if (!layout.limit || layout.conflict || !plan.activity().isActiveMemory(destination, std::nullopt))
    return;
  runtime.checkMove(b, b.CreateZExtOrTrunc(primal(size), b.getInt64Ty()), layout.limit,
                    runTimeMessage(plan, call,
                                   "copies more bytes than one object has of which the members are known: copy the "
                                   "members one by one [type-conflict]"));
}
