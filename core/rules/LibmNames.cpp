//===- LibmNames.cpp - the spellings of a libm function -------------------===//

#include "LibmNames.h"

using namespace llvm;
using namespace linkgrad;

SmallVector<LibmSpelling, 4> linkgrad::libmSpellings(StringRef name) {
  if (name.consume_front("__nv_")) {
    if (name.ends_with("f"))
      return {{name, LibmReal::Double}, {name.drop_back(), LibmReal::Float}};
    return {{name, LibmReal::Double}};
  }
  if (name.consume_front("__ocml_")) {
    if (name.consume_back("_f32"))
      return {{name, LibmReal::Float}};
    if (name.consume_back("_f64"))
      return {{name, LibmReal::Double}};
    return {};
  }
  if (name.ends_with("_finite") && name.consume_front("__"))
    name.consume_back("_finite");

  SmallVector<LibmSpelling, 4> readings{{name, LibmReal::Double}};
  static constexpr struct {
    const char *suffix;
    LibmReal real;
  } suffixes[] = {
      {"f", LibmReal::Float},     {"l", LibmReal::LongDouble},  {"f32", LibmReal::Float},     {"f64", LibmReal::Double},
      {"f32x", LibmReal::Double}, {"f64x", LibmReal::Float64x}, {"f128", LibmReal::Float128},
  };
  for (auto [suffix, real] : suffixes)
    if (name.size() > StringRef(suffix).size() && name.ends_with(suffix))
      readings.push_back({name.drop_back(StringRef(suffix).size()), real});
  return readings;
}

bool linkgrad::represents(const Type &type, LibmReal real) {
  switch (real) {
  case LibmReal::Float:
    return type.isFloatTy();
  case LibmReal::Double:
    return type.isDoubleTy();
  case LibmReal::LongDouble:
    // x86, AArch64, PowerPC, and targets where it is no longer than double
    return type.isX86_FP80Ty() || type.isFP128Ty() || type.isPPC_FP128Ty() || type.isDoubleTy();
  case LibmReal::Float64x:
    return type.isX86_FP80Ty() || type.isFP128Ty();
  case LibmReal::Float128:
    return type.isFP128Ty();
  }
  return false;
}
