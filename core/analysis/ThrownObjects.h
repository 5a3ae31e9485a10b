//===- ThrownObjects.h - exception objects that are read --------*- C++ -*-===//
//
// Where handlers read numbers in what they catch, exception objects are memory like
// any other to the engine, from the throw to the handler:
//
//   o = allocate_exception(n)      o = thrown(allocate_exception(n), n)
//   invoke throw(o) to %pad        $thrown = o; invoke throw(o) to %pad
//   h = begin_catch(e)             h = $thrown   (checked against what begin_catch gives)
//   invoke rethrow() to %pad       $thrown = h; h = null; invoke rethrow() to %pad
//   end_catch()                    thrown_end(h); end_catch()
//
// $thrown is a variable of the function that becomes SSA values in the end; copies that
// return that they threw return it, too (CaughtCalls.cpp).  It is null on the way of
// exceptions that come from elsewhere: one of those whose numbers are read stops the
// program.  The object is made and destroyed by the C++ library; thrown and
// thrown_end do nothing but tell the engine when, and their rules make and release the shadow.
//
// Left alone, and refused where it matters, are pointers that are thrown.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "CallEffects.h"
#include "llvm/IR/IRBuilder.h"

namespace linkgrad {

class ThrownObjects {
public:
  /// \p reached: all functions whose handlers count.
  ThrownObjects(llvm::ArrayRef<llvm::Function *> reached, const CallEffects &effects);
  /// Some handler reads numbers: objects are to be followed.
  bool areRead() const { return read; }
  /// \p function catches what may be followed.
  bool concerns(const llvm::Function &function) const;
  /// $thrown of the function \p b builds in.
  llvm::Value *current(llvm::IRBuilder<> &b);
  /// What \p invoke throws is \p object.
  void throws(const llvm::InvokeInst &invoke, llvm::Value *object) { known[&invoke] = object; }
  /// \p begin catches only to return.
  void leaves(const llvm::CallInst &begin) { leaving.insert(&begin); }
  /// To be called when nothing more changes in the control flow of \p function.
  void follow(llvm::Function &function);

private:
  llvm::AllocaInst *variable(llvm::Function &function);
  bool readsNumbers(const llvm::Value *object) const;
  llvm::DenseSet<llvm::BasicBlock *> blocksInFlight(llvm::Function &function, const llvm::AllocaInst &thrown) const;
  void setBefore(llvm::InvokeInst &invoke, llvm::AllocaInst &thrown, llvm::AllocaInst *caught);
  void useObject(llvm::CallInst &begin, llvm::AllocaInst &thrown, llvm::AllocaInst *caught);
  void end(llvm::Value *object, llvm::IRBuilder<> &b);

  const CallEffects &effects;
  bool read = false;
  llvm::DenseMap<llvm::Function *, llvm::AllocaInst *> variables;
  llvm::DenseMap<const llvm::InvokeInst *, llvm::Value *> known;
  llvm::DenseSet<const llvm::Instruction *> leaving;
};

} // namespace linkgrad
