//===- LaunchArguments.cpp - from `...` to a kernel's parameters ----------===//
//
// A kernel is an ordinary function, a launch passes its arguments through `...`.  Three
// things make the two differ in IR though they agree in the program:
//
//   * promotion: float arrives as double, bool, char and short as int;
//   * literals: 5 for a parameter of type long arrives as int.  Of a constant that is not
//     negative it is clear what was meant, of anything else it is not;
//   * structs.  Up to 16 bytes they travel in registers, as one or two scalars.  A launch
//     needs one register more than its kernel, so a struct may be the first that has no
//     room: it arrives as a pointer to a copy (byval).  The kernel's scalars lie there in
//     order, one for each eight bytes.
//
// Everything else must be equal, or the program is refused: a wrong guess would be a
// wrong number.
//
//===----------------------------------------------------------------------===//
#include "offload/LaunchArguments.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace linkgrad;

/// \p value as a parameter of type \p type gets it; null if it cannot be meant.
static Value *converted(IRBuilder<> &b, Value *value, Type *type) {
  Type *from = value->getType();
  if (from == type)
    return value;
  if (from->isIntegerTy(32) && type->isIntegerTy() && type->getIntegerBitWidth() < 32)
    return b.CreateTrunc(value, type);
  if (from->isDoubleTy() && type->isFloatTy())
    return b.CreateFPTrunc(value, type);
  auto *literal = dyn_cast<ConstantInt>(value);
  if (literal && from->isIntegerTy(32) && type->isIntegerTy(64) && !literal->isNegative())
    return ConstantInt::get(type, literal->getZExtValue());
  return nullptr;
}

namespace {

/// Goes along the arguments of a launch.
class ArgumentReader {
public:
  ArgumentReader(CallBase &call, const Function &kernel, Diagnostics &diagnostics)
      : call(call), kernel(kernel), diagnostics(diagnostics), b(&call) {}

  /// The value for \p parameter; null after a complaint.
  Value *read(const Argument &parameter) {
    if (offset < size)
      return readFromCopy(parameter);
    if (next == call.arg_size()) {
      diagnostics.report(DiagnosticId::LaunchArgumentMissing, call, {describeKernel(), describe(*parameter.getType())});
      return nullptr;
    }
    bool isCopy = call.isByValArgument(next);
    if (isCopy && !parameter.hasByValAttr()) {
      offset = 0;
      size = layout().getTypeAllocSize(call.getParamByValType(next));
      copy = call.getArgOperand(next++);
      return readFromCopy(parameter);
    }
    Value *value =
        isCopy != parameter.hasByValAttr() ? nullptr : converted(b, call.getArgOperand(next), parameter.getType());
    if (!value)
      complain(parameter, *call.getArgOperand(next)->getType());
    ++next;
    return value;
  }

  bool atEnd() {
    if (next == call.arg_size() && offset >= size)
      return true;
    diagnostics.report(DiagnosticId::LaunchArgumentsMany, call,
                       {describeKernel(), std::to_string(kernel.arg_size() - 1)});
    return false;
  }

private:
  const DataLayout &layout() { return call.getModule()->getDataLayout(); }
  std::string describeKernel() { return userName(kernel); }

  void complain(const Argument &parameter, const Type &passed) {
    diagnostics.report(DiagnosticId::LaunchArgumentType, call,
                       {std::to_string(next - 1), describeKernel(), describe(*parameter.getType()), describe(passed)});
  }

  /// The next eight bytes of a struct that had no room in registers.
  Value *readFromCopy(const Argument &parameter) {
    Type *type = parameter.getType();
    uint64_t bytes = layout().getTypeStoreSize(type);
    if (bytes > 8 || offset + bytes > size) {
      complain(parameter, *copy->getType());
      return nullptr;
    }
    Value *address = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), copy, offset);
    offset += 8;
    return b.CreateAlignedLoad(type, address, Align(1));
  }

  CallBase &call;
  const Function &kernel;
  Diagnostics &diagnostics;
  IRBuilder<> b;
  unsigned next = 2; // after the kernel and n
  Value *copy = nullptr;
  uint64_t offset = 0, size = 0;
};

} // namespace

bool linkgrad::readLaunchArguments(CallBase &call, const Function &kernel, SmallVectorImpl<Value *> &arguments,
                                   Diagnostics &diagnostics) {
  ArgumentReader reader(call, kernel, diagnostics);
  for (const Argument &parameter : drop_begin(kernel.args())) {
    Value *value = reader.read(parameter);
    if (!value)
      return false;
    arguments.push_back(value);
  }
  return reader.atEnd();
}

AttrBuilder linkgrad::passingAttributes(const Argument &parameter) {
  LLVMContext &context = parameter.getContext();
  AttrBuilder result(context);
  AttributeList all = parameter.getParent()->getAttributes();
  for (Attribute::AttrKind kind : {Attribute::ByVal, Attribute::ZExt, Attribute::SExt, Attribute::Alignment})
    if (Attribute attribute = all.getParamAttr(parameter.getArgNo(), kind); attribute.isValid())
      if (kind != Attribute::Alignment || parameter.hasByValAttr())
        result.addAttribute(attribute);
  return result;
}

CallInst *linkgrad::callKernel(IRBuilder<> &b, Function &kernel, ArrayRef<Value *> arguments) {
  CallInst *call = b.CreateCall(&kernel, arguments);
  call->setCallingConv(kernel.getCallingConv());
  for (const Argument &parameter : kernel.args())
    call->setAttributes(call->getAttributes().addParamAttributes(kernel.getContext(), parameter.getArgNo(),
                                                                 passingAttributes(parameter)));
  return call;
}
