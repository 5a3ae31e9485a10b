//===- KnownCalls.h - library functions known by name -----------*- C++ -*-===//
//
// The only place where the engine compares function names.  The lists are in
// KnownCalls.def; the mathematics of libm is in ScalarRules.def.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Function.h"
#include <string>

namespace linkgrad {

enum class CallKind {
  Inactive,        ///< neither result nor memory effect carries derivatives (I/O, clocks, strlen, locks, ...)
  Allocation,      ///< returns fresh memory
  Free,            ///< releases memory
  Realloc,         ///< realloc-like: moves an allocation
  AllocationByRef, ///< writes a pointer to fresh memory through an argument (posix_memalign)
  Transfer,        ///< moves bytes like memcpy/memmove (bcopy, __memcpy_chk, mempcpy, ...)
  Fill,            ///< like memset (__memset_chk, bzero)
  Structural,      ///< links nodes of a container: done to the shadow nodes as well
  TapeMemory,      ///< returns memory of a tape: push, peek, a part, a mirror
  TapeControl,     ///< pop and the like: done as it stands
  TapeDefer,       ///< remembers memory to release
  TapeRelease,     ///< releases it
  Sort,            ///< puts elements in the order a callback asks for
  Search,          ///< returns a pointer to one of the elements, which a callback tells
  ReturnsTwice,    ///< setjmp
  Cast,            ///< returns another pointer into the same object, or null (dynamic_cast)
  RuntimeRule,     ///< derivative functions live in core/runtime (sincos, modf, frexp, complex functions)
};

struct KnownCall {
  const char *name;
  CallKind kind;
  /// Positions of the arguments that matter, -1 where the kind has none:
  /// Allocation/Realloc/AllocationByRef: byte size, second factor of the size (calloc);
  /// Free/Realloc: the pointer; AllocationByRef: pointer = the argument written through.
  /// TapeMemory: byte size where the memory is new; pointer = what describes it.  TapeDefer: the pointer.
  /// Transfer: pointer = destination, source, size.  Fill: pointer = destination, value = source, size.
  /// Sort/Search: pointer = the elements, factor = how many, size = of one.
  /// Cast: pointer = what is cast, size = by how much the result lies before it (negative: unknown).
  /// Structural: the nodes' links lie at the offsets from pointer to source.
  int size = -1, factor = -1, pointer = -1, source = -1;
  bool zeroed = false;             ///< Allocation, TapeMemory: the memory is zero (calloc)
  const char *forShadow = nullptr; ///< Allocation/Free: the function for the shadow, where the primal's will not do
  const char *release = nullptr;   ///< Allocation: the matching deallocation function ("free", "_ZdlPv", ...)
  /// RuntimeRule: names of functions of core/runtime with the signatures of a custom derivative rule.
  /// No augmented function means: call the primal, there is nothing to keep.
  const char *augmented = nullptr, *reverse = nullptr, *tangent = nullptr;
  /// Sort/Search: the function of core/runtime that finds the order or the place.
  const char *helper = nullptr;
  /// Arguments of the allocation that `release` takes after the pointer (alignment of an aligned operator new;
  /// size and alignment in Rust), -1 for none.
  int releaseArguments[2] = {-1, -1};
};

/// Known by name, and only if the function has no body in this module.
const KnownCall *findKnownCall(const llvm::Function &);
llvm::ArrayRef<KnownCall> knownCalls();

/// Whether the function is inactive, body or not: printing, panicking and hashing of Rust's library, which is merged
/// into the program; or a variable of theirs.
bool isInactiveLibraryCode(const llvm::GlobalValue &code);

/// The name of the function that releases what \p allocation returns: `release`, mangled like the allocation where
/// the language mangles it with a hash (Rust).
std::string releaseFunctionName(const KnownCall &call, const llvm::Function &allocation);

} // namespace linkgrad
