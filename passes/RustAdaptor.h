//===- RustAdaptor.h - a function with the types a request has --*- C++ -*-===//
#pragma once
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include <optional>

namespace linkgrad {

/// The parameters and the result that a request sees.
struct AdaptorShape {
  struct Parameter {
    llvm::Argument *argument; ///< the primal's
    llvm::Type *type;         ///< what the request passes for it
  };
  /// Where in the request's result an element of what is yielded stands: its indices.
  using Place = llvm::SmallVector<unsigned, 2>;

  /// As the primal has them.
  explicit AdaptorShape(llvm::Function &primal);
  bool isAsPrimal(const llvm::Function &primal) const;

  llvm::SmallVector<Parameter> parameters; ///< without the one the result comes back through
  llvm::Type *result;
  llvm::StructType *yields = nullptr; ///< what a gradient yields, in order, if that is not the request's result
  llvm::SmallVector<Place> places;    ///< one per element of it
};

/// What a gradient yields for the primal or for one Rust argument.
struct ResultUnit {
  llvm::Type *type, *second; ///< the second of a pair, or null
  std::optional<unsigned> parameter;
};

/// The elements of a struct that are not padding.
unsigned countElements(const llvm::StructType &structure);

/// Finds the place of each unit in \p declared, the type of the request's result, and gives arrays that are passed
/// through memory their type.  Reports an error at \p call and returns false if there is none.
bool arrangeResult(llvm::Type *declared, llvm::ArrayRef<ResultUnit> units, AdaptorShape &shape, llvm::CallInst &call);

/// A value of type \p declared with the elements of \p yielded in their places.
llvm::Value *rearrange(llvm::Value *yielded, llvm::ArrayRef<AdaptorShape::Place> places, llvm::Type *declared,
                       llvm::IRBuilder<> &b);

/// A value that rustc passes for one of type \p type: itself, its bytes as an integer, a pair without gaps, or a
/// pointer.
llvm::Value *asRustResult(llvm::Value *value, llvm::Type *type, llvm::IRBuilder<> &b);

/// A function of this shape that calls the primal.
llvm::Function *makeAdaptor(llvm::Function &primal, const AdaptorShape &shape);

/// A call like \p call, but with this result and these operands.
llvm::CallInst *callEntry(llvm::CallInst &call, llvm::Type *result, llvm::ArrayRef<llvm::Value *> operands,
                          llvm::IRBuilder<> &b);

} // namespace linkgrad
