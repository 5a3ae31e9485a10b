//===- IndexTape.h - the tape of one index of a launch ----------*- C++ -*-===//
#pragma once
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include <optional>

namespace linkgrad {

/// The bytes that \p augmented, a function of the engine's, leaves on the tape at most; nothing if that is known
/// at run time only.
std::optional<uint64_t> bytesOnTape(const llvm::Function &augmented);
/// Whether \p function or what it calls uses the tape.
bool usesTape(const llvm::Function &function);

/// Copies of functions that are handed their tape, instead of using the thread's.
class IndexTape {
public:
  /// \p grows: memory is found as the tape needs it; otherwise there is enough from the beginning.
  IndexTape(llvm::Module &module, bool grows) : module(module), grows(grows) {}

  /// {top, limit, chunk, whether it may give back what it found}
  llvm::StructType *type() const;
  /// \p function with the tape as one more parameter, the last one.
  llvm::Function *withTape(llvm::Function &function);

private:
  void replaceCalls(llvm::Function &function);
  void replaceTapeCall(llvm::CallBase &call, llvm::Value *tape);

  llvm::Module &module;
  bool grows;
  llvm::DenseMap<llvm::Function *, llvm::Function *> copies;
};

} // namespace linkgrad
