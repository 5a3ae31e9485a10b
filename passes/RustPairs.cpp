//===- RustPairs.cpp - which parameters are one pair by value -------------===//
//
// rustc passes a value of two numbers, `(f64, f64)` or a struct like it, as two parameters:
//
//   fn f(p: (f64, f64))    define double @f(double %p.0, double %p.1)
//   fn f(x: f64, y: f64)   define double @f(double %x, double %y)
//
// Two things tell these apart, and where both are missing nothing does:
//
// * the names of the parameters.  No identifier of Rust contains a dot, and rustc numbers arguments without a name.
// * debug information, which has the types of the arguments.  From each type follows how many
//   parameters it takes:  none if it has no bytes, two if just two numbers or pointers are left when all structs are
//   opened, and else one.  A struct of C's layout is taken for a pair by this and is none, which the
//   total shows.  Enums and unions follow laws of their own; with one of them nothing is known.
//
//===----------------------------------------------------------------------===//
#include "passes/RustPairs.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DebugInfoMetadata.h"

using namespace llvm;
using namespace linkgrad;

RustPairs::RustPairs(const Function &function, unsigned skipped) {
  starts.assign(function.arg_size() - skipped, false);
  known = readNames(function, skipped) || readDebugInfo(function, skipped);
}

std::optional<bool> RustPairs::startsAt(unsigned parameter) const {
  if (parameter + 1 >= starts.size())
    return false;
  return known ? std::optional(starts[parameter]) : std::nullopt;
}

/// Whether two parameters are called p.0 and p.1.
static bool arePairByName(const Argument &first, const Argument &second) {
  StringRef stem = first.getName(), other = second.getName();
  return stem.consume_back(".0") && other.consume_back(".1") && stem == other;
}

bool RustPairs::readNames(const Function &function, unsigned skipped) {
  auto parameters = drop_begin(function.args(), skipped);
  if (!all_of(parameters, [](const Argument &argument) { return argument.hasName(); }))
    return false;
  for (unsigned i = 0; i + 1 < starts.size(); ++i)
    starts[i] = arePairByName(*function.getArg(skipped + i), *function.getArg(skipped + i + 1));
  return true;
}

static constexpr unsigned many = 3;

/// How many numbers and pointers a type consists of, many at most.  Nothing where its layout is the compiler's choice.
static std::optional<unsigned> countScalars(const DIType *type) {
  if (auto *derived = dyn_cast_or_null<DIDerivedType>(type))
    return derived->getTag() == dwarf::DW_TAG_pointer_type ? 1 : countScalars(derived->getBaseType());
  if (isa_and_nonnull<DIBasicType>(type))
    return type->getSizeInBits() ? 1 : 0;
  auto *composite = dyn_cast_or_null<DICompositeType>(type);
  if (!composite)
    return std::nullopt;
  if (!composite->getSizeInBits())
    return 0;
  if (composite->getTag() == dwarf::DW_TAG_array_type)
    return many;
  if (composite->getTag() != dwarf::DW_TAG_structure_type)
    return std::nullopt;
  unsigned sum = 0;
  for (const DINode *element : composite->getElements()) {
    auto *member = dyn_cast<DIDerivedType>(element);
    if (!member)
      return std::nullopt; // an enum
    std::optional<unsigned> count = countScalars(member->getBaseType());
    if (!count)
      return std::nullopt;
    sum = std::min(sum + *count, many);
  }
  return sum;
}

bool RustPairs::readDebugInfo(const Function &function, unsigned skipped) {
  const DISubprogram *subprogram = function.getSubprogram();
  const DISubroutineType *type = subprogram ? subprogram->getType() : nullptr;
  // The result comes first; without it these are line tables only.
  if (!type || type->getTypeArray().size() < 2)
    return false;
  SmallVector<bool> read;
  for (const DIType *argument : drop_begin(type->getTypeArray())) {
    std::optional<unsigned> count = countScalars(argument);
    if (!count)
      return false;
    if (*count == 2)
      read.append({true, false});
    else if (*count)
      read.push_back(false);
  }
  if (read.size() != function.arg_size() - skipped)
    return false;
  starts = std::move(read);
  return true;
}
