//===- DebugTypes.h - the types that debug information states ---*- C++ -*-===//
//
// DWARF types as trees of what lies where:
//
//   struct S { double x; float *list; long n; };   {0: double, 8: pointer to float, 16: i64}
//
// An offset is looked up in the tree, so arrays cost nothing.  What is one thing in one
// alternative and another in another (a union, the payload of an enum) is unknown; where
// all alternatives that have something there agree, it is known.  The buffer of Rust's
// RawVec<T> is declared as one of bytes, and is one of T.
//
// Debug information may be wrong, huge, or go round in circles: every walk has a limit of
// steps, and what lies behind it is unknown.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include <memory>
#include <string>

namespace linkgrad {

/// What stands at one offset of a type.
struct DeclaredPart {
  enum Kind { Gap, Integer, Real, Pointer, Unknown };
  Kind kind = Unknown;
  uint64_t offset = 0, size = 1;         ///< in the type that was asked for; of a gap: to its end
  const llvm::DIType *pointee = nullptr; ///< of a pointer, if it is known
  bool operator==(const DeclaredPart &) const = default;
};

class DebugTypes {
public:
  /// The part that covers the byte at \p offset.
  DeclaredPart at(const llvm::DIType *type, uint64_t offset);
  /// What all parts of these bytes are, gaps aside: Unknown if they differ, or reach beyond.
  DeclaredPart::Kind kindOf(const llvm::DIType *type, uint64_t offset, uint64_t size);
  /// The parts of these bytes in their order; none if there are more than \p limit.
  llvm::SmallVector<DeclaredPart> parts(const llvm::DIType *type, uint64_t offset, uint64_t size, unsigned limit);
  /// In bytes; 0 if it is not known.
  static uint64_t sizeOf(const llvm::DIType *type);
  /// \p type without names for it and qualifiers.
  static const llvm::DIType *strip(const llvm::DIType *type);
  /// As at the top of this file.
  static std::string describe(const llvm::DIType *type);

  /// One line for each argument of \p function, and for its result, as the program declares them.
  static std::string describe(const llvm::Function &function);

  /// A member of a class, a variant, or a base class.
  struct Member {
    uint64_t offset, size;
    const llvm::DIType *type;
  };
  /// In which layout the bytes of a composite type lie.
  struct Shape {
    enum Kind { Opaque, Members, Choice } kind = Opaque;
    llvm::SmallVector<Member> members;    ///< by offset; of a choice: the alternatives
    bool tagged = false;                  ///< of a choice: the first is the discriminant
    const llvm::DIType *erased = nullptr; ///< what bytes behind its pointers are in truth
  };
  const Shape &shapeOf(const llvm::DICompositeType *type);

private:
  DeclaredPart find(const llvm::DIType *type, uint64_t offset, const llvm::DIType *erased, unsigned &steps);
  DeclaredPart findInChoice(const Shape &shape, uint64_t offset, uint64_t end, const llvm::DIType *erased,
                            unsigned &steps);

  DeclaredPart findInMembers(const Shape &shape, uint64_t offset, uint64_t end, const llvm::DIType *erased,
                             unsigned &steps);

  llvm::DenseMap<const llvm::DICompositeType *, std::unique_ptr<Shape>> shapes;
  llvm::DenseMap<std::pair<const llvm::DIType *, uint64_t>, DeclaredPart> known;
};

} // namespace linkgrad
