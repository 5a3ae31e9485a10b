//===- Runtime.h - calls of the embedded support code -----------*- C++ -*-===//
#pragma once
#include "../request/DerivativeKey.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Emits calls of the functions of core/runtime.
class Runtime {
public:
  explicit Runtime(llvm::Module &module, TapeLevel level = {}) : module(module), level(level) {}

  // The tape of this round.  What is kept there is named by \p what, where it will be
  // differentiated again (see TapeViews.h).
  llvm::Value *push(llvm::IRBuilderBase &b, llvm::Value *bytes, const llvm::Twine &what) const;
  llvm::Value *peek(llvm::IRBuilderBase &b, uint64_t bytes, const llvm::Twine &what) const;
  void pop(llvm::IRBuilderBase &b, llvm::Value *start) const;
  /// The part of what was pushed that begins at \p offset, as memory of its own.
  llvm::Value *part(llvm::IRBuilderBase &b, llvm::Value *start, llvm::Value *offset, const llvm::Twine &what) const;
  /// The shadow of \p memory, which is on the tape of an earlier round.  \p what: the name of the memory.
  llvm::Value *mirror(llvm::IRBuilderBase &b, llvm::Value *memory, unsigned lane, const llvm::Value *what) const;
  /// The same, filled with zeros.
  llvm::Value *freshMirror(llvm::IRBuilderBase &b, llvm::Value *memory, llvm::Value *bytes, unsigned lane,
                           const llvm::Value *what) const;

  void defer(llvm::IRBuilderBase &b, llvm::Value *release, llvm::Value *pointer, llvm::Value *size,
             llvm::Value *alignment) const;
  /// Stops the program if a device has a copy of \p primal and none of \p shadow.
  void checkShadow(llvm::IRBuilderBase &b, llvm::Value *primal, llvm::Value *shadow) const;
  /// Releases what the tape of a launch is kept in.
  llvm::Value *launchRelease() const;
  llvm::Value *deferredMark(llvm::IRBuilderBase &b) const;
  void releaseDeferred(llvm::IRBuilderBase &b, llvm::Value *mark) const;
  /// What the release of an earlier round becomes in a forward sweep of this one: it waits.
  void releaseLater(llvm::CallBase &release) const;

  /// s̄ += d̄, d̄ = 0 for one member of type \p real.
  /// \p shared: others add to the source at the same time.
  void transfer(llvm::IRBuilderBase &b, llvm::Type *real, llvm::Value *destination, llvm::Value *source,
                llvm::Value *bytes, uint64_t period, uint64_t offset, bool shared = false) const;
  void clear(llvm::IRBuilderBase &b, llvm::Type *real, llvm::Value *destination, llvm::Value *bytes, uint64_t period,
             uint64_t offset) const;
  void copyMembers(llvm::IRBuilderBase &b, llvm::Value *destination, llvm::Value *source, llvm::Value *bytes,
                   uint64_t period, uint64_t offset, uint64_t size) const;
  void fillMembers(llvm::IRBuilderBase &b, llvm::Value *destination, llvm::Value *value, llvm::Value *bytes,
                   uint64_t period, uint64_t offset, uint64_t size) const;
  /// Split mode: a tape of its own, entered and left around each pass.
  llvm::Value *openTape(llvm::IRBuilderBase &b) const;
  void enterTape(llvm::IRBuilderBase &b, llvm::Value *tape) const;
  void leaveTape(llvm::IRBuilderBase &b, llvm::Value *tape) const;
  void closeTape(llvm::IRBuilderBase &b, llvm::Value *tape) const;
  /// Stops the program with \p message.
  /// Active values stored where the shadow is the primal are lost; reading them back stops the program.
  void noteStore(llvm::IRBuilderBase &b, llvm::Value *shadow, llvm::Value *primal) const;
  void checkLoad(llvm::IRBuilderBase &b, llvm::Value *shadow, llvm::Value *primal, llvm::StringRef message) const;
  /// Stops the program if a copy has more bytes than \p limit.
  void checkMove(llvm::IRBuilderBase &b, llvm::Value *bytes, uint64_t limit, llvm::StringRef message) const;
  /// Whether \p adjoint, a number or the bits of some, is zero.
  llvm::Value *isZero(llvm::IRBuilderBase &b, llvm::Value *adjoint) const;
  /// Stops the program unless \p condition holds.
  void checkThat(llvm::IRBuilderBase &b, llvm::Value *condition, llvm::StringRef message) const;
  void forgetStores(llvm::IRBuilderBase &b) const;
  /// Pointers in a shadow, `period` bytes apart, lead to the shadows of the globals in `ranges`.
  void translatePointers(llvm::IRBuilderBase &b, llvm::Value *shadow, uint64_t bytes, uint64_t period, uint64_t offset,
                         llvm::Value *ranges, uint64_t count) const;
  void noDerivative(llvm::IRBuilderBase &b, llvm::StringRef message) const;

private:
  llvm::CallInst *call(llvm::IRBuilderBase &b, llvm::StringRef name, llvm::Type *result,
                       llvm::ArrayRef<llvm::Value *> arguments) const;
  llvm::Constant *describe(const llvm::Twine &what) const;
  llvm::Constant *describeMirror(const llvm::Value *what, unsigned lane) const;
  llvm::ConstantInt *order() const;

  llvm::Module &module;
  TapeLevel level;
};

} // namespace linkgrad
