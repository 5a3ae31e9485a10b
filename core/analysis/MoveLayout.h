//===- MoveLayout.h - what an untyped move moves ----------------*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"

namespace linkgrad {

/// The members of memory that an untyped move covers, told apart by kind.
struct MoveLayout {
  struct Member {
    llvm::Type *real; ///< what is moved as one: a real, or an integer that is declared as one; null: any other bytes
    uint64_t offset, size;
    bool pointer = false; ///< of a real: may be a pointer instead (a word)
  };
  uint64_t period = 1; ///< members repeat after this many bytes
  llvm::SmallVector<Member> members;
  bool conflict = false; ///< different reals share bytes, or where they repeat is unknown
  /// Of a move whose length is not known, in an object that is not known to repeat: a
  /// move of more bytes is refused when it happens.  0: any length will do.
  uint64_t limit = 0;
  bool anyReal() const {
    return llvm::any_of(members, [](const Member &m) { return m.real; });
  }
  bool allReal() const {
    return llvm::all_of(members, [](const Member &m) { return m.real; });
  }
  bool anyWord() const {
    return llvm::any_of(members, [](const Member &m) { return m.pointer; });
  }
};

/// What the memory graph knows of the bytes from \p pointer on.  \p granule: a power of two of which \p size, known or
/// not, is a multiple.
MoveLayout layoutOfMove(const MemoryGraph &graph, const llvm::Value *pointer, std::optional<int64_t> size,
                        uint64_t granule);
MoveLayout layoutOfMove(const MemoryGraph &graph, const llvm::Value *pointer, const llvm::Value &size,
                        const llvm::DataLayout &data);

/// Moves of unknown length of objects that end with an array (a length, and so many numbers) become one of what lies
/// before the array and one of the array.  Returns whether anything changed.
bool splitArrayMoves(llvm::Function &function, const MemoryGraph &graph);

/// Moves (and clears) of memory in which words lie are taken apart into loads and
/// stores of what is a word or a real, and moves of what lies between: member by
/// member, in a loop where they repeat.  So are moves of which the program says that they
/// are of integers, where the graph cannot tell them from numbers.  Returns whether anything changed.
bool expandMixedMoves(llvm::Function &function, const MemoryGraph &graph);

} // namespace linkgrad
