#include "test/support/Forms.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

std::string formName(const Example &example, const Form &form) {
  return "form." + std::to_string(example.line) + "." + form.name;
}

namespace {

class FormBuilder {
public:
  FormBuilder(Module &module, const Example &example)
      : module(module), example(example), subject(module.getFunction(example.function)), b(module.getContext()),
        real(b.getDoubleTy()), ptr(b.getPtrTy()) {}
  std::string complaint() const;
  void addPrimal();
  void addGradient();
  void addTangent();
  void addOfCaller(bool wide);

private:
  Function *begin(const Form &form, FunctionType *type = nullptr);
  Function *makeCaller();
  void addAutodiff(const Form &form, Function *caller);
  void addSplit(Function *caller);
  void addFwddiff(const Form &form, Function *caller);
  Value *marker(StringRef name) { return module.getOrInsertGlobal(name, b.getInt32Ty()); }
  Value *at(Value *base, unsigned index) { return b.CreateConstGEP1_32(real, base, index); }
  /// Argument \p index of the subject, from the numbers at \p base.
  Value *argument(unsigned index, Value *base);
  Value *toReal(Value *value) { return b.CreateFPCast(value, real); }
  Value *ask(StringRef entry, Type *result, ArrayRef<Value *> arguments);
  void appendCallerArguments(SmallVectorImpl<Value *> &list, Function *form, unsigned lanes);
  bool hasResult() const { return !subject->getReturnType()->isVoidTy(); }

  Module &module;
  const Example &example;
  Function *subject;
  IRBuilder<> b;
  Type *real, *ptr;
};

} // namespace

std::string FormBuilder::complaint() const {
  if (!subject || subject->isDeclaration())
    return "no function named " + example.function;
  if (subject->arg_size() != example.arguments.size())
    return example.function + " takes " + std::to_string(subject->arg_size()) + " arguments";
  for (auto [parameter, argument] : zip(subject->args(), example.arguments))
    if (parameter.getType()->isPointerTy() != argument.isList)
      return "a list stands for a pointer, a number for a number";
  return "";
}

Function *FormBuilder::begin(const Form &form, FunctionType *type) {
  if (!type)
    type = FunctionType::get(b.getVoidTy(), {ptr, ptr, ptr, ptr, b.getInt64Ty()}, false);
  auto *function = Function::Create(type, Function::ExternalLinkage, formName(example, form), module);
  b.SetInsertPoint(BasicBlock::Create(module.getContext(), "entry", function));
  return function;
}

Value *FormBuilder::argument(unsigned index, Value *base) {
  const Example::Argument &argument = example.arguments[index];
  Value *place = at(base, argument.at);
  if (argument.isList)
    return place;
  Type *type = subject->getArg(index)->getType();
  Value *number = b.CreateLoad(real, place);
  return type->isIntegerTy() ? b.CreateFPToSI(number, type) : b.CreateFPCast(number, type);
}

void FormBuilder::addPrimal() {
  Function *form = begin(primalForm);
  SmallVector<Value *> arguments;
  for (unsigned i = 0; i < subject->arg_size(); ++i)
    arguments.push_back(argument(i, form->getArg(0)));
  Value *result = b.CreateCall(subject, arguments);
  if (hasResult())
    b.CreateStore(toReal(result), form->getArg(2));
  b.CreateRetVoid();
}

Value *FormBuilder::ask(StringRef entry, Type *result, ArrayRef<Value *> arguments) {
  auto *type = FunctionType::get(result, {ptr}, true);
  auto *callee = Function::Create(type, Function::ExternalLinkage, entry, module);
  return b.CreateCall(callee, arguments);
}

void FormBuilder::addGradient() {
  Function *form = begin(gradientForm);
  SmallVector<Value *> arguments{subject};
  SmallVector<Type *> results;
  SmallVector<unsigned> places;
  if (hasResult()) {
    arguments.push_back(marker("enzyme_primal_return"));
    results.push_back(subject->getReturnType());
  }
  for (auto [i, parameter] : enumerate(subject->args())) {
    bool isList = example.arguments[i].isList, isReal = parameter.getType()->isFloatingPointTy();
    arguments.push_back(marker(isList ? "enzyme_dup" : isReal ? "enzyme_out" : "enzyme_const"));
    arguments.push_back(argument(i, form->getArg(0)));
    if (isList)
      arguments.push_back(at(form->getArg(1), example.arguments[i].at));
    if (!isReal)
      continue;
    results.push_back(parameter.getType());
    places.push_back(example.arguments[i].at);
  }
  bool single = results.size() == 1;
  Type *type = results.empty() ? b.getVoidTy() : single ? results[0] : StructType::get(b.getContext(), results);
  Value *all = ask("__enzyme_autodiff", type, arguments);
  auto result = [&](unsigned i) { return toReal(single ? all : b.CreateExtractValue(all, i)); };
  if (hasResult())
    b.CreateStore(result(0), form->getArg(2));
  for (auto [i, place] : enumerate(places))
    b.CreateStore(result(i + hasResult()), at(form->getArg(1), place));
  b.CreateRetVoid();
}

void FormBuilder::addTangent() {
  Function *form = begin(tangentForm);
  SmallVector<Value *> arguments{subject};
  if (hasResult())
    arguments.push_back(marker("enzyme_primal_return"));
  for (auto [i, parameter] : enumerate(subject->args())) {
    bool active = !parameter.getType()->isIntegerTy();
    arguments.push_back(marker(active ? "enzyme_dup" : "enzyme_const"));
    arguments.push_back(argument(i, form->getArg(0)));
    if (active)
      arguments.push_back(argument(i, form->getArg(1)));
  }
  Type *result = subject->getReturnType();
  Type *type = hasResult() ? StructType::get(result, result) : b.getVoidTy();
  Value *both = ask("__enzyme_fwddiff", type, arguments);
  if (hasResult()) {
    b.CreateStore(toReal(b.CreateExtractValue(both, 0)), form->getArg(2));
    b.CreateStore(toReal(b.CreateExtractValue(both, 1)), form->getArg(3));
  }
  b.CreateRetVoid();
}

/// caller(x, y, rounds): rounds times  y += f(x...)
Function *FormBuilder::makeCaller() {
  Function *caller = begin({"caller", 0}, FunctionType::get(b.getVoidTy(), {ptr, ptr, b.getInt64Ty()}, false));
  caller->addFnAttr(Attribute::NoInline);
  BasicBlock *entry = b.GetInsertBlock();
  auto *head = BasicBlock::Create(b.getContext(), "head", caller);
  auto *body = BasicBlock::Create(b.getContext(), "body", caller);
  auto *done = BasicBlock::Create(b.getContext(), "done", caller);
  b.CreateBr(head);
  b.SetInsertPoint(head);
  PHINode *round = b.CreatePHI(b.getInt64Ty(), 2);
  round->addIncoming(b.getInt64(0), entry);
  b.CreateCondBr(b.CreateICmpSLT(round, caller->getArg(2)), body, done);
  b.SetInsertPoint(body);
  SmallVector<Value *> arguments;
  for (unsigned i = 0; i < subject->arg_size(); ++i)
    arguments.push_back(argument(i, caller->getArg(0)));
  Value *result = b.CreateCall(subject, arguments);
  if (hasResult())
    b.CreateStore(b.CreateFAdd(b.CreateLoad(real, caller->getArg(1)), toReal(result)), caller->getArg(1));
  round->addIncoming(b.CreateAdd(round, b.getInt64(1)), body);
  b.CreateBr(head);
  b.SetInsertPoint(done);
  b.CreateRetVoid();
  return caller;
}

void FormBuilder::appendCallerArguments(SmallVectorImpl<Value *> &list, Function *form, unsigned lanes) {
  for (unsigned pair : {0u, 2u}) {
    list.append({marker("enzyme_dup"), form->getArg(pair)});
    unsigned stride = pair ? 1 : example.numbers.size();
    for (unsigned lane = 0; lane < lanes; ++lane)
      list.push_back(at(form->getArg(pair + 1), lane * stride));
  }
  list.append({marker("enzyme_const"), form->getArg(4)});
}

void FormBuilder::addAutodiff(const Form &shape, Function *caller) {
  Function *form = begin(shape);
  SmallVector<Value *> arguments{caller};
  if (shape.lanes > 1)
    arguments.append({marker("enzyme_width"), b.getInt32(shape.lanes)});
  appendCallerArguments(arguments, form, shape.lanes);
  ask("__enzyme_autodiff", b.getVoidTy(), arguments);
  b.CreateRetVoid();
}

void FormBuilder::addFwddiff(const Form &shape, Function *caller) {
  Function *form = begin(shape);
  SmallVector<Value *> arguments{caller, marker("enzyme_width"), b.getInt32(shape.lanes)};
  appendCallerArguments(arguments, form, shape.lanes);
  ask("__enzyme_fwddiff", b.getVoidTy(), arguments);
  b.CreateRetVoid();
}

void FormBuilder::addSplit(Function *caller) {
  Function *form = begin(splitForm);
  SmallVector<Value *> arguments{caller};
  appendCallerArguments(arguments, form, 1);
  arguments.push_back(ask("__enzyme_augmentfwd", ptr, arguments));
  ask("__enzyme_reverse", b.getVoidTy(), arguments);
  b.CreateRetVoid();
}

void FormBuilder::addOfCaller(bool wide) {
  Function *caller = makeCaller();
  addAutodiff(reverseForm, caller);
  addSplit(caller);
  addFwddiff(tangent1Form, caller);
  if (!wide)
    return;
  addAutodiff(reverse2Form, caller);
  addFwddiff(tangent3Form, caller);
}

std::string addForms(Module &module, const Example &example, bool wide) {
  FormBuilder builder(module, example);
  std::string complaint = builder.complaint();
  if (!complaint.empty())
    return complaint;
  builder.addPrimal();
  builder.addGradient();
  builder.addTangent();
  builder.addOfCaller(wide);
  return "";
}

std::string addGradientForm(Module &module, const Example &example) {
  FormBuilder builder(module, example);
  std::string complaint = builder.complaint();
  if (complaint.empty())
    builder.addGradient();
  return complaint;
}
