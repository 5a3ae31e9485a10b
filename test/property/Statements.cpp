#include "ProgramGenerator.h"
#include "llvm/IR/Intrinsics.h"

using namespace llvm;

// --- control flow -------------------------------------------------------------

BasicBlock *ProgramGenerator::newBlock(const char *name) { return BasicBlock::Create(b.getContext(), name, function); }

void ProgramGenerator::goTo(BasicBlock *block) {
  b.CreateBr(block);
  b.SetInsertPoint(block);
}

AllocaInst *ProgramGenerator::local(Type *type, const char *name) {
  BasicBlock &entry = function->getEntryBlock();
  IRBuilder<> atEntry(&entry, entry.begin());
  return atEntry.CreateAlloca(type, nullptr, name);
}

void ProgramGenerator::loop(Value *count, function_ref<void(Value *)> body) {
  AllocaInst *counter = local(intType, "counter");
  b.CreateStore(b.getInt64(0), counter);
  auto *head = newBlock("head"), *inside = newBlock("body"), *next = newBlock("next"), *leave = newBlock("leave");
  goTo(head);
  b.CreateCondBr(b.CreateICmpSLT(b.CreateLoad(intType, counter), count), inside, leave);
  b.SetInsertPoint(inside);
  loops.push_back({leave, next});
  body(b.CreateLoad(intType, counter));
  loops.pop_back();
  goTo(next);
  b.CreateStore(b.CreateNSWAdd(b.CreateLoad(intType, counter), b.getInt64(1)), counter);
  b.CreateBr(head);
  b.SetInsertPoint(leave);
}

void ProgramGenerator::countedLoop() {
  unsigned most = 2 + below(5);
  Value *count = b.getInt64(most);
  if (chance(50))
    count = integer(); // of the loop around, of the data, ...
  double before = repeats;
  repeats *= isa<Constant>(count) ? most : cells / 2;
  loop(count, [&](Value *i) {
    counters.push_back(i);
    block(1 + below(3));
    counters.pop_back();
  });
  repeats = before;
}

/// while (condition and not too often) ...
void ProgramGenerator::whileLoop() {
  AllocaInst *turns = local(intType, "turns");
  b.CreateStore(b.getInt64(0), turns);
  auto *head = newBlock("while"), *inside = newBlock("while.body"), *next = newBlock("while.next"),
       *leave = newBlock("while.end");
  bool testAtEnd = chance(40);
  double before = repeats;
  repeats *= 4;
  goTo(testAtEnd ? inside : head);
  auto test = [&] {
    Value *few = b.CreateICmpSLT(b.CreateLoad(intType, turns), b.getInt64(2 + below(5)));
    b.CreateCondBr(b.CreateAnd(condition(), few), inside, leave);
  };
  if (!testAtEnd) {
    test();
    b.SetInsertPoint(inside);
  }
  loops.push_back({leave, next});
  block(1 + below(3));
  loops.pop_back();
  goTo(next);
  b.CreateStore(b.CreateAdd(b.CreateLoad(intType, turns), b.getInt64(1)), turns);
  if (testAtEnd) {
    head->eraseFromParent();
    test();
  } else {
    b.CreateBr(head);
  }
  b.SetInsertPoint(leave);
  repeats = before;
}

/// A loop with two entries.
void ProgramGenerator::jumpIntoLoop() {
  AllocaInst *turns = local(intType, "turns");
  b.CreateStore(b.getInt64(0), turns);
  auto *first = newBlock("first"), *second = newBlock("second"), *leave = newBlock("irreducible.end");
  double before = repeats;
  repeats *= 4;
  b.CreateCondBr(condition(), first, second);
  b.SetInsertPoint(first);
  block(1 + below(2));
  goTo(second);
  block(1 + below(2));
  b.CreateStore(b.CreateAdd(b.CreateLoad(intType, turns), b.getInt64(1)), turns);
  b.CreateCondBr(b.CreateICmpSLT(b.CreateLoad(intType, turns), b.getInt64(2 + below(3))), first, leave);
  b.SetInsertPoint(leave);
  repeats = before;
}

void ProgramGenerator::branch() {
  auto *yes = newBlock("then"), *no = newBlock("else"), *join = newBlock("end");
  b.CreateCondBr(condition(), yes, no);
  b.SetInsertPoint(yes);
  block(1 + below(2));
  b.CreateBr(join);
  b.SetInsertPoint(no);
  if (chance(60))
    block(1 + below(2));
  goTo(join);
}

void ProgramGenerator::manySwitch() {
  auto *join = newBlock("switch.end");
  auto *choice = b.CreateSwitch(integer(), join);
  SmallVector<BasicBlock *> cases;
  for (unsigned i = 0; i < 3; ++i) {
    cases.push_back(newBlock("case"));
    choice->addCase(b.getInt64(i * 2 + below(2)), cases.back());
  }
  if (chance(50))
    choice->addCase(b.getInt64(7), cases[0]);
  for (unsigned i = 0; i < 3; ++i) {
    b.SetInsertPoint(cases[i]);
    block(1);
    b.CreateBr(i < 2 && chance(30) ? cases[i + 1] : join);
  }
  b.SetInsertPoint(join);
}

/// if (...) return, break or continue; of any loop around.
void ProgramGenerator::leaveEarly() {
  auto *leave = newBlock("leaving"), *stay = newBlock("stay");
  b.CreateCondBr(condition(), leave, stay);
  b.SetInsertPoint(leave);
  if (loops.empty() || chance(30)) {
    b.CreateStore(real(1), earlyResult);
    b.CreateBr(earlyExit);
  } else {
    if (chance(50))
      assign();
    LoopTargets &target = any(loops);
    b.CreateBr(chance(50) ? target.leave : target.next);
  }
  b.SetInsertPoint(stay);
}

// --- statements ---------------------------------------------------------------

void ProgramGenerator::block(unsigned statements) {
  ++nesting;
  for (; statements; --statements)
    statement();
  --nesting;
}

void ProgramGenerator::statement() {
  cost += repeats * 4;
  if (nesting > 4 || cost > 3000)
    return assign();
  using Statement = void (ProgramGenerator::*)();
  // Structured ones are rarer inside others.
  static constexpr Statement simple[] = {
      &ProgramGenerator::assign,       &ProgramGenerator::assign,         &ProgramGenerator::storeElement,
      &ProgramGenerator::storeElement, &ProgramGenerator::updateInPlace,  &ProgramGenerator::updateInPlace,
      &ProgramGenerator::vectorUpdate, &ProgramGenerator::copyBits,       &ProgramGenerator::transfer,
      &ProgramGenerator::leaveEarly,   &ProgramGenerator::callHelper,     &ProgramGenerator::callHelper,
      &ProgramGenerator::movePointer,  &ProgramGenerator::changeInteger,  &ProgramGenerator::pointerTable,
      &ProgramGenerator::record,       &ProgramGenerator::chooseFunction, &ProgramGenerator::atomicAdd};
  static constexpr Statement structured[] = {&ProgramGenerator::branch,      &ProgramGenerator::countedLoop,
                                             &ProgramGenerator::countedLoop, &ProgramGenerator::whileLoop,
                                             &ProgramGenerator::manySwitch,  &ProgramGenerator::heapBlock,
                                             &ProgramGenerator::jumpIntoLoop};
  if (chance(nesting == 1 ? 50 : nesting == 2 ? 35 : 20))
    (this->*any(structured))();
  else
    (this->*any(simple))();
}

void ProgramGenerator::assign() { b.CreateStore(real(), any(reals)); }

void ProgramGenerator::storeElement() {
  Value *value = real();
  Value *base = array();
  b.CreateStore(value, b.CreateGEP(realType, base, integer()));
}

void ProgramGenerator::updateInPlace() {
  Value *base = array();
  Value *place = b.CreateGEP(realType, base, integer());
  Value *old = b.CreateLoad(realType, place), *other = real(1);
  Value *value = chance(50) ? b.CreateFMul(old, other) : average(old, other);
  b.CreateStore(chance(30) ? b.CreateUnaryIntrinsic(Intrinsic::sin, value) : value, place);
}

void ProgramGenerator::vectorUpdate() {
  auto *pair = FixedVectorType::get(realType, 2);
  Value *from = array(), *to = array();
  unsigned i = below(cells - 1), j = below(cells - 1);
  Value *x = b.CreateAlignedLoad(pair, b.CreateConstGEP1_32(realType, from, i), Align(8));
  Value *y = b.CreateFMul(x, b.CreateInsertElement(x, real(1), uint64_t(below(2))));
  if (chance(50))
    y = b.CreateShuffleVector(x, y, {int(below(4)), int(below(4))});
  b.CreateAlignedStore(y, b.CreateConstGEP1_32(realType, to, j), Align(8));
}

/// Where bytes only move, it must still be known that they are numbers, all of them.
void ProgramGenerator::useAsReals(Value *base) {
  cost += repeats * 10;
  loop(b.getInt64(cells), [&](Value *i) {
    Value *place = b.CreateGEP(realType, base, i);
    b.CreateStore(b.CreateFMul(b.CreateLoad(realType, place), constant(0.97)), place);
  });
}

/// Numbers that travel as integers.
void ProgramGenerator::copyBits() {
  Value *from = array(), *to = array();
  Value *bits = b.CreateLoad(intType, b.CreateGEP(realType, from, integer()));
  b.CreateStore(bits, b.CreateGEP(realType, to, integer()));
  useAsReals(from);
  useAsReals(to);
}

void ProgramGenerator::transfer() {
  unsigned count = 1 + below(cells / 2), i = below(cells - count), j = below(cells - count);
  Value *to = array(), *from = array();
  Value *place = b.CreateConstGEP1_32(realType, to, i);
  if (chance(25))
    b.CreateMemSet(place, b.getInt8(0), count * 8, Align(8));
  else
    b.CreateMemMove(place, Align(8), b.CreateConstGEP1_32(realType, from, j), Align(8), count * 8);
  useAsReals(to);
  useAsReals(from);
}

void ProgramGenerator::callHelper() {
  if (helpers.empty())
    return assign();
  Helper &helper = any(helpers);
  if (cost + repeats * helper.cost > 3000)
    return assign();
  Value *result = call(helper);
  switch (helper.result) {
  case Result::Nothing:
    return;
  case Result::Real:
    b.CreateStore(result, any(reals));
    return;
  case Result::Pointer:
    b.CreateStore(real(1), b.CreateGEP(realType, result, integer()));
    return;
  case Result::Pair:
    b.CreateStore(b.CreateFMul(b.CreateExtractValue(result, 0), b.CreateExtractValue(result, 1)), any(reals));
    return;
  }
}

void ProgramGenerator::movePointer() {
  if (pointers.empty())
    return assign();
  Value *a = any(arrays).pointer, *c = any(arrays).pointer;
  b.CreateStore(chance(50) ? a : b.CreateSelect(condition(), a, c), any(pointers));
}

void ProgramGenerator::changeInteger() {
  Value *value = chance(50) ? b.CreateFPToSI(b.CreateFMul(b.CreateFAdd(leaf(), constant(1)), constant(3.7)), intType)
                            : b.CreateAdd(integer(), b.getInt64(1 + below(3)));
  b.CreateStore(b.CreateAnd(value, cells - 1), any(integers));
}

/// Memory that lives for some statements.
void ProgramGenerator::heapBlock() {
  FunctionCallee allocate = module->getOrInsertFunction("malloc", ptrType, intType);
  FunctionCallee release = module->getOrInsertFunction("free", b.getVoidTy(), ptrType);
  Value *memory = b.CreateCall(allocate, {b.getInt64(room * 8)});
  Value *start = real(1);
  loop(b.getInt64(room), [&](Value *i) { b.CreateStore(start, b.CreateGEP(realType, memory, i)); });
  arrays.push_back({memory, true});
  // A pointer variable must not outlive it.
  auto kept = pointers;
  pointers.clear();
  block(1 + below(3));
  pointers = kept;
  b.CreateStore(b.CreateLoad(realType, b.CreateGEP(realType, memory, integer())), any(reals));
  arrays.pop_back();
  b.CreateCall(release, {memory});
}

/// Pointers in memory.
void ProgramGenerator::pointerTable() {
  AllocaInst *table = local(ArrayType::get(ptrType, 2), "table");
  for (unsigned i = 0; i < 2; ++i) {
    Value *pointer = array();
    b.CreateStore(pointer, b.CreateConstGEP1_32(ptrType, table, i));
  }
  Value *chosen = b.CreateLoad(ptrType, b.CreateGEP(ptrType, table, b.CreateAnd(integer(), 1)));
  Value *place = b.CreateGEP(realType, chosen, integer());
  b.CreateStore(average(b.CreateLoad(realType, place), real(1)), place);
}

/// A struct of a number, an index and a number, copied as a whole.
void ProgramGenerator::record() {
  auto *type = StructType::get(realType, intType, realType);
  AllocaInst *from = local(type, "record"), *to = local(type, "copy");
  b.CreateStore(real(1), b.CreateStructGEP(type, from, 0));
  b.CreateStore(integer(), b.CreateStructGEP(type, from, 1));
  b.CreateStore(real(1), b.CreateStructGEP(type, from, 2));
  b.CreateMemCpy(to, Align(8), from, Align(8), 24);
  Value *place = b.CreateGEP(realType, array(), b.CreateLoad(intType, b.CreateStructGEP(type, to, 1)));
  b.CreateStore(b.CreateFMul(b.CreateLoad(realType, b.CreateStructGEP(type, to, 0)),
                             b.CreateLoad(realType, b.CreateStructGEP(type, to, 2))),
                place);
}

void ProgramGenerator::chooseFunction() {
  if (!functionTable)
    return assign();
  Value *target = chance(50)
                      ? b.CreateSelect(condition(), plain[0], plain[1])
                      : (Value *)b.CreateLoad(ptrType, b.CreateGEP(ptrType, functionTable, b.CreateAnd(integer(), 1)));
  Value *arguments[] = {real(1), real(1)};
  cost += repeats * 10;
  b.CreateStore(b.CreateCall(plain[0]->getFunctionType(), target, arguments), any(reals));
}

void ProgramGenerator::atomicAdd() {
  // Twice what we add must stay small: halve first.
  Value *place = b.CreateGEP(realType, array(), integer());
  b.CreateStore(b.CreateFMul(b.CreateLoad(realType, place), constant(0.5)), place);
  b.CreateAtomicRMW(AtomicRMWInst::FAdd, place, b.CreateFMul(real(1), constant(0.5)), Align(8),
                    AtomicOrdering::Monotonic);
}
