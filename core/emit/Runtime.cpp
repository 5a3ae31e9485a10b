#include "Runtime.h"
#include "TapeViews.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace linkgrad;

CallInst *Runtime::call(IRBuilderBase &b, StringRef name, Type *result, ArrayRef<Value *> arguments) const {
  SmallVector<Type *> types;
  for (Value *argument : arguments)
    types.push_back(argument->getType());
  bool isNew = !module.getFunction(name);
  FunctionCallee callee = module.getOrInsertFunction(name, FunctionType::get(result, types, false));
  if (isNew)
    cast<Function>(callee.getCallee())->setDoesNotThrow();
  if (isNew)
    describeTapeFunction(*cast<Function>(callee.getCallee()));
  return b.CreateCall(callee, arguments);
}

ConstantInt *Runtime::order() const { return ConstantInt::get(Type::getInt32Ty(module.getContext()), level.order); }

Constant *Runtime::describe(const Twine &what) const {
  if (level.isLast)
    return ConstantPointerNull::get(PointerType::get(module.getContext(), 0));
  return tapeDescriptor(module, what.str());
}

Constant *Runtime::describeMirror(const Value *what, unsigned lane) const {
  return describe(what->getName() + ".mirror" + Twine(level.mirror(lane)));
}

Value *Runtime::push(IRBuilderBase &b, Value *bytes, const Twine &what) const {
  return call(b, "__linkgrad_tape_push", b.getPtrTy(), {order(), bytes, describe(what)});
}
Value *Runtime::peek(IRBuilderBase &b, uint64_t bytes, const Twine &what) const {
  return call(b, "__linkgrad_tape_peek", b.getPtrTy(), {order(), b.getInt64(bytes), describe(what)});
}
void Runtime::pop(IRBuilderBase &b, Value *start) const {
  call(b, "__linkgrad_tape_pop", b.getVoidTy(), {order(), start});
}
Value *Runtime::part(IRBuilderBase &b, Value *start, Value *offset, const Twine &what) const {
  if (!level.isLast)
    return call(b, "__linkgrad_tape_part", b.getPtrTy(), {start, offset, describe(what)});
  auto *constant = dyn_cast<ConstantInt>(offset);
  return constant && constant->isZero() ? start : b.CreatePtrAdd(start, offset);
}
Value *Runtime::mirror(IRBuilderBase &b, Value *memory, unsigned lane, const Value *what) const {
  return call(b, "__linkgrad_tape_mirror", b.getPtrTy(),
              {memory, b.getInt64(level.mirror(lane)), describeMirror(what, lane)});
}
Value *Runtime::freshMirror(IRBuilderBase &b, Value *memory, Value *bytes, unsigned lane, const Value *what) const {
  return call(b, "__linkgrad_tape_fresh_mirror", b.getPtrTy(),
              {memory, b.getInt64(level.mirror(lane)), bytes, describeMirror(what, lane)});
}

void Runtime::defer(IRBuilderBase &b, Value *release, Value *pointer, Value *size, Value *alignment) const {
  call(b, "__linkgrad_defer", b.getVoidTy(), {order(), release, pointer, size, alignment});
}
void Runtime::checkShadow(IRBuilderBase &b, Value *primal, Value *shadow) const {
  call(b, "__linkgrad_check_shadow", b.getVoidTy(), {primal, shadow});
}
Value *Runtime::launchRelease() const {
  LLVMContext &context = module.getContext();
  Type *size = Type::getInt64Ty(context);
  return module
      .getOrInsertFunction("__linkgrad_launch_release", Type::getVoidTy(context), PointerType::getUnqual(context), size,
                           size)
      .getCallee();
}
Value *Runtime::deferredMark(IRBuilderBase &b) const {
  return call(b, "__linkgrad_deferred_mark", b.getInt64Ty(), {order()});
}
void Runtime::releaseDeferred(IRBuilderBase &b, Value *mark) const {
  call(b, "__linkgrad_release_deferred", b.getVoidTy(), {order(), mark});
}
void Runtime::releaseLater(CallBase &release) const {
  IRBuilder<> b(&release);
  bool isTape = release.getArgOperand(1)->getType()->isPointerTy();
  call(b, isTape ? "__linkgrad_tape_close_later" : "__linkgrad_postpone", b.getVoidTy(),
       {release.getArgOperand(0), release.getArgOperand(1), order()});
  release.eraseFromParent();
}

/// "double", "float", "x86_fp80", "half": the name LLVM prints.
static std::string typeName(Type *type) {
  std::string name;
  raw_string_ostream(name) << *type;
  return name;
}

void Runtime::transfer(IRBuilderBase &b, Type *real, Value *destination, Value *source, Value *bytes, uint64_t period,
                       uint64_t offset, bool shared) const {
  call(b, "__linkgrad_transfer_" + std::string(shared ? "shared_" : "") + typeName(real), b.getVoidTy(),
       {destination, source, bytes, b.getInt64(period), b.getInt64(offset)});
}
void Runtime::clear(IRBuilderBase &b, Type *real, Value *destination, Value *bytes, uint64_t period,
                    uint64_t offset) const {
  call(b, "__linkgrad_clear_" + typeName(real), b.getVoidTy(),
       {destination, bytes, b.getInt64(period), b.getInt64(offset)});
}
void Runtime::copyMembers(IRBuilderBase &b, Value *destination, Value *source, Value *bytes, uint64_t period,
                          uint64_t offset, uint64_t size) const {
  call(b, "__linkgrad_copy_members", b.getVoidTy(),
       {destination, source, bytes, b.getInt64(period), b.getInt64(offset), b.getInt64(size)});
}
void Runtime::fillMembers(IRBuilderBase &b, Value *destination, Value *value, Value *bytes, uint64_t period,
                          uint64_t offset, uint64_t size) const {
  call(b, "__linkgrad_fill_members", b.getVoidTy(),
       {destination, value, bytes, b.getInt64(period), b.getInt64(offset), b.getInt64(size)});
}
Value *Runtime::openTape(IRBuilderBase &b) const { return call(b, "__linkgrad_tape_open", b.getPtrTy(), {order()}); }
void Runtime::enterTape(IRBuilderBase &b, Value *tape) const {
  call(b, "__linkgrad_tape_enter", b.getVoidTy(), {order(), tape});
}
void Runtime::leaveTape(IRBuilderBase &b, Value *tape) const {
  call(b, "__linkgrad_tape_leave", b.getVoidTy(), {order(), tape});
}
void Runtime::closeTape(IRBuilderBase &b, Value *tape) const {
  call(b, "__linkgrad_tape_close", b.getVoidTy(), {order(), tape});
}
void Runtime::noteStore(IRBuilderBase &b, Value *shadow, Value *primal) const {
  call(b, "__linkgrad_note_store", b.getVoidTy(), {shadow, primal});
}
void Runtime::checkLoad(IRBuilderBase &b, Value *shadow, Value *primal, StringRef message) const {
  call(b, "__linkgrad_check_load", b.getVoidTy(), {shadow, primal, b.CreateGlobalString(message)});
}
void Runtime::checkMove(IRBuilderBase &b, Value *bytes, uint64_t limit, StringRef message) const {
  call(b, "__linkgrad_check_move", b.getVoidTy(), {bytes, b.getInt64(limit), b.CreateGlobalString(message)});
}
Value *Runtime::isZero(IRBuilderBase &b, Value *adjoint) const {
  unsigned bits = module.getDataLayout().getTypeSizeInBits(adjoint->getType()).getFixedValue();
  Value *word = b.CreateBitCast(adjoint, b.getIntNTy(bits));
  // The sign of a zero does not count; numbers have 16 bits or more.
  APInt signs = bits % 16 ? APInt::getZero(bits) : APInt::getSplat(bits, APInt::getSignMask(std::min(bits, 16u)));
  if (auto *real = adjoint->getType()->getScalarType(); real->isFloatingPointTy())
    signs = APInt::getSplat(bits, APInt::getSignMask(real->getPrimitiveSizeInBits()));
  return b.CreateICmpEQ(b.CreateAnd(word, b.getInt(~signs)), b.getInt(APInt::getZero(bits)));
}
void Runtime::checkThat(IRBuilderBase &b, Value *condition, StringRef message) const {
  call(b, "__linkgrad_check", b.getVoidTy(), {b.CreateZExt(condition, b.getInt64Ty()), b.CreateGlobalString(message)});
}
void Runtime::forgetStores(IRBuilderBase &b) const {
  // Where nothing is checked, nothing has to be remembered.
  if (module.getFunction("__linkgrad_check_load"))
    call(b, "__linkgrad_forget_stores", b.getVoidTy(), {});
}
void Runtime::translatePointers(IRBuilderBase &b, Value *shadow, uint64_t bytes, uint64_t period, uint64_t offset,
                                Value *ranges, uint64_t count) const {
  call(b, "__linkgrad_translate_pointers", b.getVoidTy(),
       {shadow, b.getInt64(bytes), b.getInt64(period), b.getInt64(offset), ranges, b.getInt64(count)});
}
void Runtime::noDerivative(IRBuilderBase &b, StringRef message) const {
  call(b, "__linkgrad_no_derivative", b.getVoidTy(), {b.CreateGlobalString(message)})->setDoesNotReturn();
}
