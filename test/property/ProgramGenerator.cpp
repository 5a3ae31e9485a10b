#include "ProgramGenerator.h"
#include "llvm/IR/Intrinsics.h"

using namespace llvm;

ProgramGenerator::ProgramGenerator(LLVMContext &context, uint64_t seed)
    : generator(seed), module(std::make_unique<Module>("random", context)), b(context), realType(b.getDoubleTy()),
      intType(b.getInt64Ty()), ptrType(b.getPtrTy()) {}

std::unique_ptr<Module> ProgramGenerator::make() {
  addGlobals();
  addPlainHelper("plain0");
  addPlainHelper("plain1");
  auto *type = ArrayType::get(ptrType, 2);
  functionTable = new GlobalVariable(*module, type, true, GlobalValue::InternalLinkage,
                                     ConstantArray::get(type, {plain[0], plain[1]}), "functions");
  for (unsigned count = below(4); count; --count)
    addHelper();
  addTop();
  return std::move(module);
}

void ProgramGenerator::addGlobals() {
  for (unsigned i = 0; i < 2; ++i) {
    auto *type = ArrayType::get(realType, room);
    globals.push_back(new GlobalVariable(*module, type, false, GlobalValue::InternalLinkage,
                                         Constant::getNullValue(type), "scratch" + Twine(i)));
  }
}

// --- functions ----------------------------------------------------------------

Function *ProgramGenerator::begin(FunctionType *type, StringRef name) {
  function = Function::Create(type, GlobalValue::InternalLinkage, name, *module);
  if (chance(70))
    function->addFnAttr(Attribute::NoInline);
  reals.clear(), integers.clear(), pointers.clear(), arrays.clear(), loops.clear(), counters.clear();
  cost = 0, repeats = 1, nesting = 0;
  b.SetInsertPoint(BasicBlock::Create(b.getContext(), "entry", function));
  earlyExit = BasicBlock::Create(b.getContext(), "early");
  earlyResult = local(realType, "early.result");
  for (GlobalVariable *global : globals)
    if (chance(60))
      arrays.push_back({global, true});
  return function;
}

/// Parameters and new variables become what statements read and write.
void ProgramGenerator::declareLocals(unsigned firstParameter) {
  for (Argument &argument : drop_begin(function->args(), firstParameter)) {
    if (argument.getType()->isPointerTy()) {
      arrays.push_back({&argument, false});
      continue;
    }
    AllocaInst *variable = local(argument.getType(), "variable");
    b.CreateStore(argument.getType()->isIntegerTy() ? b.CreateAnd(&argument, cells - 1) : &argument, variable);
    (argument.getType()->isIntegerTy() ? integers : reals).push_back(variable);
  }
  for (unsigned i = 0; i < 2; ++i) {
    reals.push_back(local(realType, "real"));
    b.CreateStore(constant(number()), reals.back());
    integers.push_back(local(intType, "integer"));
    b.CreateStore(b.getInt64(below(cells)), integers.back());
  }
  if (arrays.empty() || chance(50)) {
    AllocaInst *scratch = local(ArrayType::get(realType, room), "local");
    Value *start = leaf();
    loop(b.getInt64(room), [&](Value *i) { b.CreateStore(start, b.CreateGEP(realType, scratch, i)); });
    arrays.push_back({scratch, true});
  }
  if (chance(50)) {
    pointers.push_back(local(ptrType, "pointer"));
    b.CreateStore(any(arrays).pointer, pointers.back());
  }
}

void ProgramGenerator::finish(Value *result) {
  auto *join = newBlock("join");
  BasicBlock *last = b.GetInsertBlock();
  b.CreateBr(join);
  function->insert(function->end(), earlyExit);
  b.SetInsertPoint(earlyExit);
  Type *type = function->getReturnType();
  Value *early = b.CreateLoad(realType, earlyResult);
  if (type->isPointerTy())
    early = arrays.back().pointer;
  else if (type->isStructTy())
    early = b.CreateInsertValue(b.CreateInsertValue(PoisonValue::get(type), early, 0), early, 1);
  b.CreateBr(join);
  b.SetInsertPoint(join);
  if (type->isVoidTy()) {
    b.CreateRetVoid();
    return;
  }
  PHINode *phi = b.CreatePHI(type, 2);
  phi->addIncoming(result, last);
  phi->addIncoming(early, earlyExit);
  b.CreateRet(phi);
}

Value *ProgramGenerator::resultOf(Result kind) {
  switch (kind) {
  case Result::Nothing:
    return nullptr;
  case Result::Real:
    return real();
  case Result::Pointer:
    return array();
  case Result::Pair: {
    Value *pair = PoisonValue::get(function->getReturnType());
    return b.CreateInsertValue(b.CreateInsertValue(pair, real(), 0), real(), 1);
  }
  }
  llvm_unreachable("no such result");
}

void ProgramGenerator::addPlainHelper(StringRef name) {
  plain.push_back(begin(FunctionType::get(realType, {realType, realType}, false), name));
  arrays.clear();
  if (chance(30))
    arrays.push_back({globals[0], true});
  declareLocals(0);
  block(1 + below(2));
  finish(real());
}

void ProgramGenerator::endRecursionAt(Value *depth, Result kind) {
  auto *stop = newBlock("stop"), *deeper = newBlock("deeper");
  b.CreateCondBr(b.CreateICmpSLE(depth, b.getInt64(0)), stop, deeper);
  b.SetInsertPoint(stop);
  Value *result = resultOf(kind);
  result ? b.CreateRet(result) : b.CreateRetVoid();
  b.SetInsertPoint(deeper);
}

void ProgramGenerator::recurse(Function *self, Result kind) {
  Helper helper{self, kind, true, false, 0};
  Value *result = call(helper);
  if (kind == Result::Real)
    b.CreateStore(result, any(reals));
  else if (kind == Result::Pointer && !pointers.empty())
    b.CreateStore(result, pointers[0]);
  else if (kind == Result::Pair)
    b.CreateStore(b.CreateExtractValue(result, below(2)), any(reals));
}

void ProgramGenerator::addHelper() {
  SmallVector<Type *> parameters;
  bool recursive = chance(30);
  if (recursive)
    parameters.push_back(intType);
  auto kind = Result(below(4));
  Type *choices[] = {realType, ptrType, ptrType, intType};
  for (unsigned count = 1 + below(3); count; --count)
    parameters.push_back(choices[below(4)]);
  if (kind == Result::Pointer)
    parameters.push_back(ptrType);
  Type *results[] = {b.getVoidTy(), realType, ptrType, StructType::get(realType, realType)};
  Function *self =
      begin(FunctionType::get(results[unsigned(kind)], parameters, false), "helper" + Twine(helpers.size()).str());
  if (kind == Result::Pointer) // what is local or small must not get out
    arrays.clear();
  bool wholeOnly = false;
  if (kind == Result::Pointer) {
    for (Argument &argument : drop_begin(self->args(), recursive))
      if (argument.getType()->isPointerTy())
        arrays.push_back({&argument, false});
    for (Argument &argument : drop_begin(self->args(), recursive))
      if (argument.getType()->isDoubleTy()) {
        reals.push_back(local(realType, "variable"));
        b.CreateStore(&argument, reals.back());
      }
    reals.push_back(local(realType, "real"));
    b.CreateStore(constant(number()), reals.back());
    integers.push_back(local(intType, "integer"));
    b.CreateStore(b.getInt64(below(cells)), integers.back());
  } else {
    declareLocals(recursive);
  }
  if (recursive)
    endRecursionAt(self->getArg(0), kind);
  block(1 + below(3));
  if (recursive) {
    recurse(self, kind);
    if (chance(50))
      block(1 + below(2));
    if (chance(20))
      recurse(self, kind);
  }
  finish(resultOf(kind));
  helpers.push_back({self, kind, recursive, !wholeOnly, (cost + 5) * (recursive ? 10 : 1)});
}

void ProgramGenerator::addTop() {
  begin(FunctionType::get(realType, {realType, realType, ptrType, ptrType, intType}, false), "f");
  function->setLinkage(GlobalValue::ExternalLinkage);
  arrays.clear();
  // What a run before left in the globals must not matter.
  for (GlobalVariable *global : globals) {
    Value *start = b.CreateFMul(function->getArg(0), constant(number()));
    loop(b.getInt64(room), [&](Value *i) { b.CreateStore(start, b.CreateGEP(realType, global, i)); });
    arrays.push_back({global, true});
  }
  declareLocals(0);
  for (Array &array : arrays)
    array.whole = true;
  block(3 + below(5));
  Value *sum = real();
  for (AllocaInst *variable : reals)
    sum = average(sum, b.CreateLoad(realType, variable));
  finish(average(sum, element()));
}

// --- expressions --------------------------------------------------------------

Value *ProgramGenerator::average(Value *a, Value *b2) { return b.CreateFMul(b.CreateFAdd(a, b2), constant(0.5)); }

Value *ProgramGenerator::array() {
  if (!pointers.empty() && chance(30))
    return b.CreateLoad(ptrType, any(pointers));
  return any(arrays).pointer;
}

Value *ProgramGenerator::integer() {
  if (!counters.empty() && chance(60))
    return any(counters);
  return chance(20) ? b.getInt64(below(cells)) : (Value *)b.CreateLoad(intType, any(integers));
}

Value *ProgramGenerator::element() {
  Value *base = array();
  return b.CreateLoad(realType, b.CreateGEP(realType, base, integer()));
}

Value *ProgramGenerator::leaf() {
  unsigned kind = below(10);
  if (kind == 0)
    return constant(number());
  if (kind == 1)
    return b.CreateFMul(b.CreateSIToFP(integer(), realType), constant(0.125));
  if (kind < 5 && !arrays.empty())
    return element();
  return b.CreateLoad(realType, any(reals));
}

Value *ProgramGenerator::condition() {
  if (chance(30))
    return b.CreateICmp(chance(50) ? CmpInst::ICMP_SLT : CmpInst::ICMP_EQ, integer(), b.getInt64(below(cells)));
  // Thresholds that no number equals by accident.
  return b.CreateFCmp(chance(50) ? CmpInst::FCMP_OLT : CmpInst::FCMP_UGE, leaf(), constant(0.7 * number()));
}

Value *ProgramGenerator::real(unsigned depth) {
  if (depth == 0)
    return leaf();
  auto operand = [&] { return real(depth - 1); };
  auto unary = [&](Intrinsic::ID id, Value *x) { return b.CreateUnaryIntrinsic(id, x); };
  switch (below(14)) {
  case 0:
    return b.CreateFMul(operand(), operand());
  case 1:
    return average(operand(), operand());
  case 2:
    return b.CreateFMul(b.CreateFSub(operand(), operand()), constant(0.5));
  case 3:
    return unary(Intrinsic::sin, b.CreateFAdd(b.CreateFMul(operand(), constant(1.2)), constant(number())));
  case 4:
    return unary(Intrinsic::tanh, operand());
  case 5:
    return b.CreateFDiv(operand(), b.CreateFAdd(operand(), constant(2.5)));
  case 6:
    return b.CreateFMul(unary(Intrinsic::sqrt, b.CreateFAdd(operand(), constant(1.5))), constant(0.6));
  case 7:
    return b.CreateFMul(unary(Intrinsic::exp, operand()), constant(0.36));
  case 8:
    return b.CreateSelect(condition(), operand(), operand());
  case 9:
    return b.CreateFNeg(operand());
  case 10: {
    Value *factors[] = {operand(), constant(0.5), b.CreateFMul(operand(), constant(0.5))};
    return b.CreateIntrinsic(Intrinsic::fmuladd, {realType}, factors);
  }
  case 11:
    if (functionTable && cost + repeats * 10 < 3000) {
      cost += repeats * 10;
      Value *arguments[] = {operand(), operand()};
      return b.CreateCall(any(plain), arguments);
    }
    return leaf();
  default:
    return leaf();
  }
}

Value *ProgramGenerator::call(const Helper &helper) {
  SmallVector<Value *> arguments;
  for (Argument &parameter : helper.function->args()) {
    if (helper.recursive && parameter.getArgNo() == 0) {
      // A function that calls itself goes one down.
      arguments.push_back(helper.function == function ? b.CreateSub(function->getArg(0), b.getInt64(1))
                                                      : (Value *)b.getInt64(below(4)));
    } else if (parameter.getType()->isPointerTy()) {
      const Array &base = any(arrays);
      bool moved = base.whole && chance(25);
      Value *pointer = moved ? b.CreateConstGEP1_32(realType, base.pointer, 1 + below(room - cells))
                             : (chance(30) ? array() : base.pointer);
      arguments.push_back(pointer);
    } else {
      arguments.push_back(parameter.getType()->isIntegerTy() ? integer() : real(1));
    }
  }
  cost += repeats * helper.cost;
  return b.CreateCall(helper.function, arguments);
}
