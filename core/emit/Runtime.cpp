#include "Runtime.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace linkgrad;

CallInst *Runtime::call(IRBuilderBase &b, StringRef name, Type *result, ArrayRef<Value *> arguments) const {
  SmallVector<Type *> types;
  for (Value *argument : arguments)
    types.push_back(argument->getType());
  return b.CreateCall(module.getOrInsertFunction(name, FunctionType::get(result, types, false)), arguments);
}

Value *Runtime::push(IRBuilderBase &b, Value *bytes) const {
  return call(b, "__linkgrad_tape_push", b.getPtrTy(), {b.getInt32(0), bytes});
}
Value *Runtime::peek(IRBuilderBase &b, uint64_t bytes) const {
  return call(b, "__linkgrad_tape_peek", b.getPtrTy(), {b.getInt32(0), b.getInt64(bytes)});
}
void Runtime::pop(IRBuilderBase &b, Value *start) const {
  call(b, "__linkgrad_tape_pop", b.getVoidTy(), {b.getInt32(0), start});
}

void Runtime::defer(IRBuilderBase &b, Value *release, Value *pointer, Value *size, Value *alignment) const {
  call(b, "__linkgrad_defer", b.getVoidTy(), {release, pointer, size, alignment});
}
Value *Runtime::deferredMark(IRBuilderBase &b) const { return call(b, "__linkgrad_deferred_mark", b.getInt64Ty(), {}); }
void Runtime::releaseDeferred(IRBuilderBase &b, Value *mark) const {
  call(b, "__linkgrad_release_deferred", b.getVoidTy(), {mark});
}

/// "double", "float", "x86_fp80", "half": the name LLVM prints.
static std::string typeName(Type *type) {
  std::string name;
  raw_string_ostream(name) << *type;
  return name;
}

void Runtime::transfer(IRBuilderBase &b, Type *real, Value *destination, Value *source, Value *bytes, uint64_t period,
                       uint64_t offset) const {
  call(b, "__linkgrad_transfer_" + typeName(real), b.getVoidTy(),
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
Value *Runtime::openTape(IRBuilderBase &b) const { return call(b, "__linkgrad_tape_open", b.getPtrTy(), {}); }
void Runtime::enterTape(IRBuilderBase &b, Value *tape) const {
  call(b, "__linkgrad_tape_enter", b.getVoidTy(), {tape});
}
void Runtime::leaveTape(IRBuilderBase &b, Value *tape) const {
  call(b, "__linkgrad_tape_leave", b.getVoidTy(), {tape});
}
void Runtime::closeTape(IRBuilderBase &b, Value *tape) const {
  call(b, "__linkgrad_tape_close", b.getVoidTy(), {tape});
}
void Runtime::noDerivative(IRBuilderBase &b, StringRef message) const {
  call(b, "__linkgrad_no_derivative", b.getVoidTy(), {b.CreateGlobalString(message)})->setDoesNotReturn();
}
