//===- DerivativeKey.h - which derivative of which function -----*- C++ -*-===//
//
// A value type: two calls that need the same derivative have equal keys, and the
// engine emits one function for them.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Function.h"
#include <tuple>

namespace linkgrad {

enum class Activity : uint8_t {
  Constant,   ///< no derivative
  Duplicated, ///< comes with a shadow (memory) or tangent (forward mode)
  Active,     ///< by value; its adjoint is returned (reverse mode only)
};

struct ArgumentActivity {
  Activity activity = Activity::Constant;
  /// The shadow may be the primal pointer itself, which means: inactive.
  bool mayBeConstant = false;
  /// The memory is not written between the forward and the reverse sweep.
  bool stable = false;
  /// Nobody reads what the primal writes to the memory.
  bool primalUnread = false;

  friend auto operator<=>(const ArgumentActivity &, const ArgumentActivity &) = default;
};

enum class DerivativeForm : uint8_t {
  Forward,  ///< f.jvp: primal and tangents in one pass
  Gradient, ///< f.gradient: forward and reverse sweep in one function
  Split,    ///< f.augmented and f.pullback, with the tape between them
};

/// Which round of differentiation makes a derivative: a function that contains
/// derivatives is differentiated in a later round than they are made in.
struct TapeLevel {
  unsigned order = 0;  ///< its tape: one for each round
  unsigned stride = 1; ///< distance between the mirrors of its lanes; earlier rounds use those below
  bool isLast = true;  ///< nothing this round makes is differentiated again
  /// Tells the shadows of one global apart.
  unsigned shadowNumber(unsigned lane) const { return order << 16 | lane; }
  /// The mirror of the tapes below that is the shadow in \p lane.
  unsigned mirror(unsigned lane) const { return stride * (lane + 1); }
};

/// Whether other threads run the same derivative at the same time, for other indices of a launch.
enum class Concurrency : uint8_t {
  None,
  Kernel, ///< of the launch, whose first argument is the index
  Callee, ///< what the kernel calls
};

struct DerivativeKey {
  llvm::Function *primal = nullptr;
  DerivativeForm form = DerivativeForm::Forward;
  unsigned width = 1;
  Activity result = Activity::Constant;
  llvm::SmallVector<ArgumentActivity, 8> arguments;
  Concurrency concurrency = Concurrency::None;
  TapeLevel level; ///< the same for all keys of a round

  bool operator<(const DerivativeKey &other) const {
    auto head = [](const DerivativeKey &k) { return std::tuple(k.primal, k.form, k.width, k.result, k.concurrency); };
    if (head(*this) != head(other))
      return head(*this) < head(other);
    return std::lexicographical_compare(arguments.begin(), arguments.end(), other.arguments.begin(),
                                        other.arguments.end());
  }
};

} // namespace linkgrad
