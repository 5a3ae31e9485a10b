//===- DerivativeRequest.h - what one call asks for -------------*- C++ -*-===//
#pragma once
#include "../support/Diagnostics.h"
#include "DerivativeKey.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueHandle.h"
#include <optional>

namespace linkgrad {

enum class Entry {
  Autodiff,
  Fwddiff,
  AugmentForward,
  Reverse,
  AugmentSize,
  ForwardSplit,
  VirtualReverse,
  Batch,
  CallInactive,
  Annotation,
  Iter,
  Launch, ///< not the engine's: offload/ makes it a call before
  Unsupported,
};

enum class Marker {
#define MARKER(KIND, TEXT) KIND,
#include "Markers.def"
};

/// The entry point that a declaration of this name is.
std::optional<Entry> entryNamed(llvm::StringRef name);
/// The entry point a function is, by name; only declarations are.
std::optional<Entry> entryOf(const llvm::Function &function);
/// The marker a global's name stands for.
std::optional<Marker> markerNamed(llvm::StringRef name);
/// Whether it says how many bytes lie between the shadows of the lanes.
inline bool markerTakesStride(Marker marker) { return marker == Marker::DupV || marker == Marker::DupNoNeedV; }
/// Whether a name looks like a marker (known or not).
bool looksLikeMarker(llvm::StringRef name);
/// Calls of entry points, in the order of the module.
llvm::SmallVector<llvm::CallBase *> entryCalls(llvm::Module &module);

/// An operand of a request.  It may be the result of another request (the tape of
/// split mode is), so it follows when that one is replaced.
using Operand = llvm::WeakTrackingVH;

/// Turns every invoke of an entry point into an invoke of a function that calls it.
void outlineInvokes(llvm::Module &module);

/// Until removeRequestLeftovers, nothing inlines the function.
void keepFromInlining(llvm::Function &function);
/// Nor does anything change its parameters or take apart what it returns.
void keepAsItIs(llvm::Function &function);

/// One parsed call.
struct DerivativeRequest {
  llvm::CallInst *call = nullptr;
  Entry entry = Entry::Autodiff;
  DerivativeKey key;
  llvm::SmallVector<Operand, 8> primals;                       ///< one per parameter of the primal
  llvm::SmallVector<llvm::SmallVector<Operand, 1>, 8> shadows; ///< per parameter, one per lane
  llvm::SmallVector<Operand, 1> strides;                       ///< per parameter: bytes between lanes, or null
  bool primalReturn = false;
  bool noFree = false;
  Operand seed;                           ///< the adjoint of the result where it is not 1
  Operand tape;                           ///< enzyme_tape: the user's buffer
  llvm::SmallVector<Operand, 2> trailing; ///< Reverse: seed and tape
};

/// What the user's tape buffer holds: the handle of a tape.
constexpr uint64_t tapeHandleBytes = 8;

/// Parses a call of Autodiff, Fwddiff, AugmentForward, Reverse or AugmentSize.
/// Reports what is wrong with it and returns nothing if anything is.
std::optional<DerivativeRequest> parseRequest(llvm::CallInst &call, Entry entry, Diagnostics &diagnostics);
/// The function an operand names: itself, or what a constant global holds; null if unknown.
llvm::Function *functionNamedBy(llvm::Value *operand);

} // namespace linkgrad
