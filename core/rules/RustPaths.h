//===- RustPaths.h - what mangled names of Rust say -------------*- C++ -*-===//
#pragma once
#include "llvm/ADT/StringRef.h"

namespace linkgrad {

/// The path in a mangled name, crate first: `4core3fmt5float...`.  Of an impl it is
/// the path of the module the impl stands in; empty if the name is not Rust's.
///
///   legacy    _ZN4core3fmt5float...17h<hash>E
///   v0        _R { I | N<namespace> | X<disambiguator> | M<disambiguator> } C<disambiguator> 4core 3fmt ...
llvm::StringRef rustPathOf(llvm::StringRef mangled);

/// Takes the next identifier off a path: `floor` off `5floor17h...`.  Empty where there is none.
llvm::StringRef takeIdentifier(llvm::StringRef &path);

} // namespace linkgrad
