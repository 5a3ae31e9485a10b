//===- TapeViews.cpp - derivatives of derivatives -------------------------===//
//
// What a derivative does to its tape must itself be differentiable: g = f' pushes
// what it keeps of f, reads it back, pops it.  The second round sees
//
//   @f.gradient   p = push(level, 80, @f.tape.0)      store x, p + 8 i
//                 q = part(p, 0, @f.tape.0.slot0)     y = load q + 8 i
//                 pop(level, p)
//
// Memory graph.  A frame is pushed by one function (f.augmented) and read by
// another (f.pullback) which gets no pointer to it.  So each kind of memory on the
// tape has a descriptor, a global variable that is never read or written but stands
// for the place where a pointer to that memory lies: push, peek and part return
// what lies there.  Whoever calls both functions sees that they share it, and what
// bytes the frame consists of.  A part is memory of its own, so that arrays of
// numbers and arrays of pointers in one push are not taken for one another.  A function
// that leaves the tape as it found it is balanced; its callers need not know.
//
// Shadows.  The tape is mirrored (core/runtime/Tape.c): the shadow of p is p plus a
// multiple of a fixed distance.  A round uses the mirrors above those of the rounds
// before it, one for each lane; with round r of width w[r],
//
//     lane l of round r:   mirror (l + 1) (w[2] + 1) ... (w[r-1] + 1)
//
// so that the shadow of a shadow is a mirror that nobody else uses.
//
//   push(...)              forward: mirror(p)       augmented: fresh_mirror(p), all zero
//                                                   pullback:  mirror filled with zero
//                          (forward, to be differentiated again: fresh_mirror(p))
//   peek(...), part(...)   mirror(p)
//   fresh_mirror(p, n)     fresh_mirror of that     the same
//   release_deferred       as it stands             augmented: postponed to this level
//
// The inner tape is popped and pushed again during the outer forward sweep, and the
// outer reverse sweep finds in its mirror only what was there last.  That is sound:
// what the outer sweep needs of the contents it keeps on its own tape, and an adjoint is
// zero before the memory is written and after it was last read, whoever had the
// bytes before or has them next.  Shadow pointers in the mirror would break that,
// where a pointer is followed by a number; hence every push begins with zeros in both
// directions of time.
//
// When the last round is over the views are lowered to additions.
//
//===----------------------------------------------------------------------===//

#include "TapeViews.h"
#include "../rules/KnownCalls.h"
#include "../rules/TapeMarks.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace linkgrad;

/// Named metadata that carries the decisions to settleTape.
static constexpr StringLiteral decisions = "linkgrad.tape";

GlobalVariable *linkgrad::tapeDescriptor(Module &module, StringRef name) {
  if (GlobalVariable *existing = module.getNamedGlobal(name))
    return existing;
  Type *pointer = PointerType::get(module.getContext(), 0);
  auto *made = new GlobalVariable(module, pointer, /*isConstant=*/false, GlobalValue::InternalLinkage,
                                  Constant::getNullValue(pointer), name);
  made->addAttribute(tapeDescriptorAttribute);
  return made;
}

void linkgrad::markBalanced(Function &function) { function.addFnAttr(balancedAttribute); }

void linkgrad::describeTapeFunction(Function &function) {
  const KnownCall *known = findKnownCall(function);
  if (!known || (known->kind != CallKind::TapeMemory && known->kind != CallKind::TapeControl))
    return;
  function.setDoesNotThrow();
  function.setWillReturn();
  bool isAddress = known->kind == CallKind::TapeMemory && function.getArg(0)->getType()->isPointerTy();
  if (!isAddress)
    function.setOnlyAccessesInaccessibleMemory();
  else if (known->zeroed)
    function.setOnlyAccessesArgMemory();
  else
    function.setDoesNotAccessMemory();
}

// --- lowering ---------------------------------------------------------------

template <class Lower> static void lowerCalls(Module &module, StringRef name, Lower lower) {
  Function *function = module.getFunction(name);
  if (!function)
    return;
  for (User *user : make_early_inc_range(function->users())) {
    auto *call = cast<CallInst>(user);
    IRBuilder<> b(call);
    call->replaceAllUsesWith(lower(*call, b));
    call->eraseFromParent();
  }
  function->eraseFromParent();
}

/// The tape takes a TiB of address space, mirrors included, but never less than a GiB each.
static uint64_t distanceOf(uint64_t mirrors) {
  unsigned doublings = mirrors > 1 ? Log2_64_Ceil(mirrors) : 0;
  return std::max<uint64_t>((uint64_t(1) << 40) >> doublings, uint64_t(1) << 30);
}

/// Where a descriptor is passed, the optimiser has noted that it has an address.
static void forgetAddresses(Module &module) {
  for (Function &function : module)
    if (function.getName().starts_with("__linkgrad_tape_"))
      for (User *user : function.users())
        if (auto *call = dyn_cast<CallBase>(user))
          for (unsigned i = 0; i < call->arg_size(); ++i)
            call->removeParamAttr(i, Attribute::NonNull);
}

static void forgetDescriptors(Module &module) {
  forgetAddresses(module);
  for (GlobalVariable &global : make_early_inc_range(module.globals()))
    if (global.hasAttribute(tapeDescriptorAttribute)) {
      global.replaceAllUsesWith(ConstantPointerNull::get(global.getType()));
      global.eraseFromParent();
    }
  for (Function &function : module)
    function.removeFnAttr(balancedAttribute);
}

void linkgrad::lowerTapeViews(Module &module, uint64_t mirrors, uint64_t limit) {
  uint64_t distance = distanceOf(mirrors);
  auto mirrorOf = [&](CallInst &call, IRBuilder<> &b) {
    return b.CreatePtrAdd(call.getArgOperand(0), b.CreateMul(call.getArgOperand(1), b.getInt64(distance)));
  };
  lowerCalls(module, "__linkgrad_tape_part", [&](CallInst &call, IRBuilder<> &b) {
    return b.CreatePtrAdd(call.getArgOperand(0), call.getArgOperand(1));
  });
  lowerCalls(module, "__linkgrad_tape_mirror", mirrorOf);
  lowerCalls(module, "__linkgrad_tape_fresh_mirror", [&](CallInst &call, IRBuilder<> &b) {
    Value *mirror = mirrorOf(call, b);
    b.CreateMemSet(mirror, b.getInt8(0), call.getArgOperand(2), MaybeAlign(16));
    return mirror;
  });
  forgetDescriptors(module);
  Type *i64 = Type::getInt64Ty(module.getContext());
  auto number = [&](uint64_t n) { return ConstantAsMetadata::get(ConstantInt::get(i64, n)); };
  module.getOrInsertNamedMetadata(decisions)->addOperand(
      MDNode::get(module.getContext(), {number(distance), number(mirrors), number(limit ? limit : ~uint64_t(0))}));
}

void linkgrad::settleTape(Module &module, Module *runtime) {
  NamedMDNode *decided = module.getNamedMetadata(decisions);
  if (!decided)
    return;
  const char *names[] = {"__linkgrad_tape_distance", "__linkgrad_tape_mirrors", "__linkgrad_tape_limit"};
  for (unsigned i = 0; runtime && i < 3; ++i) {
    GlobalVariable *variable = runtime->getNamedGlobal(names[i]);
    auto *number = mdconst::extract<ConstantInt>(decided->getOperand(0)->getOperand(i));
    variable->setInitializer(ConstantInt::get(variable->getValueType(), number->getZExtValue()));
    variable->setLinkage(GlobalValue::ExternalLinkage);
  }
  decided->eraseFromParent();
}
