//===- LibmNames.h - the spellings of a libm function -----------*- C++ -*-===//
//
// sin, sinf, sinl, sinf64, __sin_finite, __sinf_finite, __nv_sinf and
// __ocml_sin_f32 are one function to us.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Type.h"

namespace linkgrad {

/// Which C type a spelling says the function works on.
enum class LibmReal { Float, Double, LongDouble, Float64x, Float128 };

struct LibmSpelling {
  llvm::StringRef base;
  LibmReal real;
};

/// The ways to read \p name: `erff` is `erff` for double or `erf` for float.
/// Whether a base exists is for the caller to know; at most one does.
llvm::SmallVector<LibmSpelling, 4> libmSpellings(llvm::StringRef name);

/// Whether \p type is how some target represents \p real.
bool represents(const llvm::Type &type, LibmReal real);

} // namespace linkgrad
