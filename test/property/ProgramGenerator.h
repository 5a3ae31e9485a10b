//===- ProgramGenerator.h - random programs to differentiate ----*- C++ -*-===//
//
// A seed determines a module: a function `@f(double, double, ptr, ptr, i64)` and
// helpers that it calls.  All real numbers stay in [-1, 1], because every operation
// maps that interval into itself; all integers are indices below `cells`; every
// array has `room` elements, so that a pointer into it may be moved a little.
// Loops end, by count or by a bound beside their condition, and `cost` estimates
// the work, so that calls in loops in calls stay affordable.
//
// Variables are allocas.  What makes them registers and phis is the passes that run
// afterwards, which differ from seed to seed.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include <random>

class ProgramGenerator {
public:
  ProgramGenerator(llvm::LLVMContext &context, uint64_t seed);
  std::unique_ptr<llvm::Module> make();

  static constexpr unsigned cells = 8, room = 12;

private:
  enum class Result { Nothing, Real, Pointer, Pair };
  struct Helper {
    llvm::Function *function;
    Result result;
    bool recursive; ///< its first parameter is the depth
    bool offsets;   ///< its arrays may start anywhere in the caller's
    double cost;
  };
  struct Array {
    llvm::Value *pointer;
    bool whole; ///< has `room` elements, not just `cells`
  };
  struct LoopTargets {
    llvm::BasicBlock *leave, *next;
  };

  // Functions.
  void addGlobals();
  void addHelper();
  void addPlainHelper(llvm::StringRef name);
  llvm::Function *begin(llvm::FunctionType *type, llvm::StringRef name);
  void finish(llvm::Value *result);
  llvm::Value *resultOf(Result kind);
  void addTop();
  void endRecursionAt(llvm::Value *depth, Result kind);
  void recurse(llvm::Function *self, Result kind);
  void declareLocals(unsigned parametersAreReal);

  // Statements.
  void block(unsigned statements);
  void statement();
  void assign();
  void storeElement();
  void updateInPlace();
  void vectorUpdate();
  void copyBits();
  void useAsReals(llvm::Value *base);
  void transfer();
  void branch();
  void countedLoop();
  void whileLoop();
  void manySwitch();
  void leaveEarly();
  void callHelper();
  void movePointer();
  void changeInteger();
  void heapBlock();
  void pointerTable();
  void record();
  void chooseFunction();
  void atomicAdd();
  void jumpIntoLoop();

  // Expressions.
  llvm::Value *real(unsigned depth = 2);
  llvm::Value *leaf();
  llvm::Value *integer();
  llvm::Value *condition();
  llvm::Value *array();
  llvm::Value *element();
  llvm::Value *call(const Helper &helper);
  llvm::Value *constant(double number) { return llvm::ConstantFP::get(realType, number); }
  llvm::Value *average(llvm::Value *a, llvm::Value *b);

  // Pieces of control flow.
  llvm::BasicBlock *newBlock(const char *name);
  void goTo(llvm::BasicBlock *block);
  void loop(llvm::Value *count, llvm::function_ref<void(llvm::Value *)> body);
  llvm::AllocaInst *local(llvm::Type *type, const char *name);

  unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(generator); }
  bool chance(unsigned percent) { return below(100) < percent; }
  double number() { return std::uniform_real_distribution(-1.0, 1.0)(generator); }
  template <typename Range> auto &any(Range &range) { return range[below(std::size(range))]; }

  std::mt19937_64 generator;
  std::unique_ptr<llvm::Module> module;
  llvm::IRBuilder<> b;
  llvm::Type *realType, *intType, *ptrType;

  std::vector<Helper> helpers;
  std::vector<llvm::Function *> plain; ///< double (double, double), with their address taken
  std::vector<llvm::GlobalVariable *> globals;
  llvm::GlobalVariable *functionTable = nullptr;

  // Of the function being made.
  llvm::Function *function = nullptr;
  llvm::SmallVector<llvm::AllocaInst *> reals, integers, pointers;
  llvm::SmallVector<Array> arrays;
  llvm::SmallVector<LoopTargets> loops;
  llvm::SmallVector<llvm::Value *> counters;
  llvm::AllocaInst *earlyResult = nullptr;
  llvm::BasicBlock *earlyExit = nullptr;
  double cost = 0, repeats = 1;
  unsigned nesting = 0;
};
