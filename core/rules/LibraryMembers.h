//===- LibraryMembers.h - members of C++ library classes --------*- C++ -*-===//
#pragma once
#include "llvm/IR/Instructions.h"

namespace linkgrad {

enum class LibraryMember {
  None,
  Text,    ///< the pointer to the characters of a std::string
  Buckets, ///< the pointer to the buckets of a hash table
  Integer, ///< a length, a capacity, a hash: an integer, and not the bits of something else
};

/// The member that a load or store is of, as far as the program says so (in type-based
/// alias metadata).
LibraryMember libraryMemberOf(const llvm::Instruction &access);

/// Whether \p pointer is stored as a member that may lead into its own object, by way of
/// phis perhaps.
bool isStoredAsSelfPointer(const llvm::Value &pointer, unsigned depth = 0);

} // namespace linkgrad
