//===- LibraryMembers.h - members of C++ library classes --------*- C++ -*-===//
#pragma once
#include "llvm/IR/Instructions.h"
#include <optional>

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

/// If \p access is of a member of the header of a std::map or its kin, the bytes from the start of the header.
std::optional<int64_t> offsetInTreeHeader(const llvm::Instruction &access);
/// The colour and the three pointers of a node of such a tree, which the header has, too.
constexpr int64_t treeNodeBytes = 32;

/// Whether \p pointer is stored as a member that may lead into its own object, by way of
/// phis perhaps, or compared with one to find out.
bool isSelfPointer(const llvm::Value &pointer, unsigned depth = 0);

} // namespace linkgrad
