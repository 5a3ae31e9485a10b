//===- RustOperands.cpp - what std::autodiff passes to a request ----------===//
#include "passes/RustOperands.h"

using namespace llvm;
using namespace linkgrad;

static std::optional<Marker> markerOf(const Value *operand) {
  auto *global = dyn_cast<GlobalVariable>(operand->stripPointerCasts());
  return global && looksLikeMarker(global->getName()) ? markerNamed(global->getName()) : std::nullopt;
}

static unsigned widthOf(const Value *operand) {
  auto *number = dyn_cast<ConstantInt>(operand);
  return number ? number->getZExtValue() : 0;
}

std::optional<RustOperands> linkgrad::readRustOperands(const CallInst &call) {
  RustOperands read;
  for (unsigned i = 1; i < call.arg_size(); ++i) {
    Value *operand = call.getArgOperand(i);
    std::optional<Marker> marker = markerOf(operand);
    if (!marker) {
      if (read.groups.empty())
        return std::nullopt;
      read.groups.back().values.push_back(operand);
    } else if (*marker == Marker::Width || *marker == Marker::Seed) {
      if (++i == call.arg_size() || !read.groups.empty())
        return std::nullopt;
      Value *value = call.getArgOperand(i);
      if (*marker == Marker::Seed) {
        read.seed = value;
        continue;
      }
      read.options.append({operand, value});
      read.width = widthOf(value);
    } else if (*marker == Marker::PrimalReturn) {
      read.options.push_back(operand);
      read.primalReturn = true;
    } else {
      read.groups.push_back({operand, *marker, {}});
    }
  }
  bool complete = all_of(read.groups, [](const RustGroup &group) { return !group.values.empty(); });
  return read.width && complete ? std::optional(std::move(read)) : std::nullopt;
}

/// `__enzyme_autodiff` and the mangled name of the function that the attribute made, of any number of arguments.
bool linkgrad::isRustRequest(const Function &function) {
  StringRef name = function.getName();
  bool named = name.starts_with("__enzyme_autodiff_R") || name.starts_with("__enzyme_fwddiff_R") ||
               name.starts_with("__enzyme_autodiff_ZN") || name.starts_with("__enzyme_fwddiff_ZN");
  return named && function.isVarArg() && function.arg_empty();
}
