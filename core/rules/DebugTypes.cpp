#include "DebugTypes.h"
#include "../support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"

using namespace llvm;
using namespace linkgrad;

static constexpr unsigned mostSteps = 1000;
static constexpr unsigned mostMembers = 4096;
static constexpr uint64_t bitsOfByte = 8;

const DIType *DebugTypes::strip(const DIType *type) {
  for (unsigned i = 0; type && i < mostSteps; ++i) {
    auto *derived = dyn_cast<DIDerivedType>(type);
    if (!derived)
      return type;
    switch (derived->getTag()) {
    case dwarf::DW_TAG_typedef:
      // They say that they hold pointers.
      if (derived->getName() == "uintptr_t" || derived->getName() == "intptr_t")
        return nullptr;
      [[fallthrough]];
    case dwarf::DW_TAG_const_type:
    case dwarf::DW_TAG_volatile_type:
    case dwarf::DW_TAG_restrict_type:
    case dwarf::DW_TAG_atomic_type:
    case dwarf::DW_TAG_member:
    case dwarf::DW_TAG_inheritance:
      type = derived->getBaseType();
      continue;
    default:
      return type;
    }
  }
  return nullptr;
}

static bool isPointer(const DIType *type) {
  return type &&
         is_contained({dwarf::DW_TAG_pointer_type, dwarf::DW_TAG_reference_type, dwarf::DW_TAG_rvalue_reference_type},
                      type->getTag());
}

/// So many elements, of all dimensions; 0 if it is not known.
static uint64_t countOf(const DICompositeType *array) {
  uint64_t count = 1;
  for (const DINode *node : array->getElements()) {
    auto *range = dyn_cast_or_null<DISubrange>(node);
    auto *length = range ? dyn_cast_if_present<ConstantInt *>(range->getCount()) : nullptr;
    uint64_t known = length && length->getSExtValue() > 0 ? length->getZExtValue() : 0;
    if (known && count > UINT64_MAX / known)
      return 0;
    count *= known;
  }
  return count;
}

static bool isArray(const DIType *type) { return type->getTag() == dwarf::DW_TAG_array_type; }

uint64_t DebugTypes::sizeOf(const DIType *type) {
  type = strip(type);
  if (!type)
    return 0;
  uint64_t bits = isPointer(type) && !type->getSizeInBits() ? 64 : type->getSizeInBits();
  return bits % bitsOfByte ? 0 : bits / bitsOfByte;
}

/// What T is in a generic type.
static const DIType *parameterOf(const DICompositeType &type, StringRef name) {
  for (const DINode *node : type.getTemplateParams()) {
    auto *parameter = dyn_cast_or_null<DITemplateTypeParameter>(node);
    if (parameter && parameter->getName() == name)
      return parameter->getType();
  }
  return nullptr;
}

/// Whether the members of \p type could be read.
static bool addMembers(const DICompositeType &type, DebugTypes::Shape &shape) {
  if (type.isForwardDecl() || type.getElements().size() > mostMembers)
    return false;
  for (const DINode *node : type.getElements()) {
    if (auto *part = dyn_cast_or_null<DICompositeType>(node); part && part->getTag() == dwarf::DW_TAG_variant_part) {
      shape.members.push_back({0, DebugTypes::sizeOf(part), part});
      continue;
    }
    auto *member = dyn_cast_or_null<DIDerivedType>(node);
    bool holds = member && !member->isStaticMember() &&
                 (member->getTag() == dwarf::DW_TAG_member || member->getTag() == dwarf::DW_TAG_inheritance);
    if (!holds)
      continue;
    if (member->isVirtual() && member->getTag() == dwarf::DW_TAG_inheritance)
      return false; // where it lies is known at run time only
    uint64_t first = member->getOffsetInBits(), size = DebugTypes::sizeOf(member);
    if (member->isBitField()) {
      uint64_t end = first + member->getSizeInBits();
      shape.members.push_back({first / bitsOfByte, divideCeil(end, bitsOfByte) - first / bitsOfByte, nullptr});
    } else if (first % bitsOfByte) {
      return false;
    } else if (size) {
      shape.members.push_back({first / bitsOfByte, size, member->getBaseType()});
    }
  }
  return true;
}

const DebugTypes::Shape &DebugTypes::shapeOf(const DICompositeType *type) {
  std::unique_ptr<Shape> &entry = shapes[type];
  if (entry)
    return *entry;
  entry = std::make_unique<Shape>();
  Shape &shape = *entry;
  switch (type->getTag()) {
  case dwarf::DW_TAG_structure_type:
  case dwarf::DW_TAG_class_type:
    // Whoever sets numbers apart for atomic operations may keep pointers there; and registers move anything.
    if (type->getName().starts_with("Atomic") || type->getName().starts_with("__m"))
      return shape;
    shape.kind = Shape::Members;
    if (type->getName().starts_with("RawVec<"))
      shape.erased = parameterOf(*type, "T");
    break;
  case dwarf::DW_TAG_union_type:
    shape.kind = Shape::Choice;
    break;
  case dwarf::DW_TAG_variant_part:
    shape.kind = Shape::Choice;
    if (const DIDerivedType *tag = type->getDiscriminator()) {
      shape.tagged = true;
      shape.members.push_back({tag->getOffsetInBits() / bitsOfByte, sizeOf(tag), tag->getBaseType()});
    }
    break;
  default:
    return shape;
  }
  if (!addMembers(*type, shape)) {
    shape = Shape();
    return shape;
  }
  if (shape.kind == Shape::Members)
    stable_sort(shape.members, [](const Member &a, const Member &b) { return a.offset < b.offset; });
  return shape;
}

// --- what stands at an offset -----------------------------------------------

static DeclaredPart scalar(const DIType *type, DeclaredPart::Kind kind, uint64_t size, const DIType *erased) {
  DeclaredPart part{kind, 0, size, nullptr};
  if (kind == DeclaredPart::Pointer) {
    part.pointee = cast<DIDerivedType>(type)->getBaseType();
    if (erased && DebugTypes::sizeOf(part.pointee) == 1)
      part.pointee = erased;
  }
  return part;
}

static DeclaredPart basic(const DIBasicType *type, uint64_t size) {
  DeclaredPart part{DeclaredPart::Integer, 0, size, nullptr};
  if (type->getEncoding() == dwarf::DW_ATE_float)
    part.kind = DeclaredPart::Real;
  else if (type->getEncoding() == dwarf::DW_ATE_complex_float)
    part = {DeclaredPart::Real, 0, size / 2, nullptr};
  return part;
}

static DeclaredPart moved(DeclaredPart part, uint64_t by) {
  part.offset += by;
  return part;
}

/// All alternatives that have something there must agree.  An enum's discriminant may lie where a variant has a
/// pointer, which is never null there.
DeclaredPart DebugTypes::findInChoice(const Shape &shape, uint64_t offset, uint64_t end, const DIType *erased,
                                      unsigned &steps) {
  std::optional<DeclaredPart> found, tag;
  uint64_t gapEnd = end;
  for (const auto &[index, member] : enumerate(shape.members)) {
    if (offset < member.offset) {
      gapEnd = std::min(gapEnd, member.offset);
      continue;
    }
    if (offset >= member.offset + member.size)
      continue;
    DeclaredPart part = moved(find(member.type, offset - member.offset, erased, steps), member.offset);
    if (part.kind == DeclaredPart::Gap) {
      gapEnd = std::min(gapEnd, part.offset + part.size);
    } else if (shape.tagged && index == 0) {
      tag = part;
    } else {
      if (found && *found != part)
        return {DeclaredPart::Unknown, offset, 1, nullptr};
      found = part;
    }
  }
  if (found)
    return *found;
  return tag ? *tag : DeclaredPart{DeclaredPart::Gap, offset, gapEnd - offset, nullptr};
}

DeclaredPart DebugTypes::find(const DIType *type, uint64_t offset, const DIType *erased, unsigned &steps) {
  const DeclaredPart unknown{DeclaredPart::Unknown, offset, 1, nullptr};
  type = strip(type);
  uint64_t size = sizeOf(type);
  if (!type || offset >= size || ++steps > mostSteps)
    return unknown;
  if (isPointer(type))
    return scalar(type, DeclaredPart::Pointer, size, erased);
  if (auto *number = dyn_cast<DIBasicType>(type)) {
    DeclaredPart part = basic(number, size);
    return moved(part, offset / part.size * part.size);
  }
  auto *composite = dyn_cast<DICompositeType>(type);
  if (!composite)
    return unknown;
  if (composite->getTag() == dwarf::DW_TAG_enumeration_type)
    return {DeclaredPart::Integer, 0, size, nullptr};
  if (isArray(composite)) {
    uint64_t stride = sizeOf(composite->getBaseType());
    // Arrays of bytes, and registers, hold what is only stored there or moved.
    if (stride < 2 || !countOf(composite) || composite->isVector())
      return unknown;
    uint64_t start = offset / stride * stride;
    return moved(find(composite->getBaseType(), offset - start, erased, steps), start);
  }
  const Shape &shape = shapeOf(composite);
  if (shape.kind == Shape::Opaque)
    return unknown;
  erased = shape.erased ? shape.erased : erased;
  return shape.kind == Shape::Choice ? findInChoice(shape, offset, size, erased, steps)
                                     : findInMembers(shape, offset, size, erased, steps);
}

/// An empty base class lies where something else does, and what a base class leaves free at its end is used.
DeclaredPart DebugTypes::findInMembers(const Shape &shape, uint64_t offset, uint64_t end, const DIType *erased,
                                       unsigned &steps) {
  constexpr unsigned mostOverlaps = 8;
  const auto *next =
      upper_bound(shape.members, offset, [](uint64_t at, const Member &member) { return at < member.offset; });
  uint64_t gapEnd = next == shape.members.end() ? end : std::min(end, next->offset);
  for (unsigned i = 0; i < mostOverlaps && next != shape.members.begin(); ++i) {
    const Member &member = *--next;
    if (offset >= member.offset + member.size)
      continue;
    DeclaredPart part = moved(find(member.type, offset - member.offset, erased, steps), member.offset);
    if (part.kind != DeclaredPart::Gap)
      return part;
    gapEnd = std::min(gapEnd, part.offset + part.size);
  }
  return {DeclaredPart::Gap, offset, gapEnd - offset, nullptr};
}

DeclaredPart DebugTypes::at(const DIType *type, uint64_t offset) {
  auto entry = known.find({type, offset});
  if (entry != known.end())
    return entry->second;
  unsigned steps = 0;
  DeclaredPart part = find(type, offset, nullptr, steps);
  return known[{type, offset}] = steps > mostSteps ? DeclaredPart{DeclaredPart::Unknown, offset, 1, nullptr} : part;
}

SmallVector<DeclaredPart> DebugTypes::parts(const DIType *type, uint64_t offset, uint64_t size, unsigned limit) {
  SmallVector<DeclaredPart> found;
  for (uint64_t at = offset; at < offset + size;) {
    DeclaredPart part = this->at(type, at);
    uint64_t end = part.offset + part.size;
    if (found.size() == limit || end <= at)
      return {};
    found.push_back(part);
    at = end;
  }
  return found;
}

DeclaredPart::Kind DebugTypes::kindOf(const DIType *type, uint64_t offset, uint64_t size) {
  constexpr unsigned mostParts = 64;
  SmallVector<DeclaredPart> all = parts(type, offset, size, mostParts);
  DeclaredPart::Kind kind = DeclaredPart::Gap;
  for (const DeclaredPart &part : all) {
    if (part.kind == DeclaredPart::Gap)
      continue;
    bool fits = part.offset >= offset && part.offset + part.size <= offset + size;
    if (!fits || (kind != DeclaredPart::Gap && kind != part.kind))
      return DeclaredPart::Unknown;
    kind = part.kind;
  }
  return all.empty() ? DeclaredPart::Unknown : kind;
}

// --- for people --------------------------------------------------------------

namespace {
class Describer {
public:
  std::string describe(const DIType *type, const DIType *erased = nullptr);

private:
  std::string describeShape(const DICompositeType &type, const DIType *erased);
  static std::string describeBasic(const DIBasicType &type);

  DebugTypes types;
  SmallVector<const DIType *> open; ///< what is being described
  unsigned words = 0;
};
} // namespace

std::string Describer::describeBasic(const DIBasicType &type) {
  uint64_t bits = type.getSizeInBits();
  bool complex = type.getEncoding() == dwarf::DW_ATE_complex_float;
  if (!complex && type.getEncoding() != dwarf::DW_ATE_float)
    return bits ? "i" + std::to_string(bits) : "nothing";
  uint64_t each = complex ? bits / 2 : bits;
  std::string real = each == 64 ? "double" : each == 32 ? "float" : "f" + std::to_string(each);
  return complex ? "[2 x " + real + "]" : real;
}

std::string Describer::describeShape(const DICompositeType &type, const DIType *erased) {
  const DebugTypes::Shape &shape = types.shapeOf(&type);
  if (shape.kind == DebugTypes::Shape::Opaque)
    return "opaque";
  erased = shape.erased ? shape.erased : erased;
  bool choice = shape.kind == DebugTypes::Shape::Choice;
  SmallVector<std::string> members;
  std::string only;
  for (const auto &[index, member] : enumerate(shape.members)) {
    std::string text = member.type ? describe(member.type, erased) : "bits";
    if (text == "{}" && !choice)
      continue; // an empty base class
    std::string place = std::to_string(member.offset) + ": ";
    only = member.offset ? "" : text;
    members.push_back(choice && !(shape.tagged && index == 0) && !member.offset ? text : place + text);
  }
  std::string all = llvm::join(members, choice ? " | " : ", ");
  // A struct of one member is as good as that.
  return members.size() == 1 && !choice && !only.empty() ? only : "{" + all + "}";
}

std::string Describer::describe(const DIType *type, const DIType *erased) {
  constexpr unsigned mostWords = 400, deepest = 24;
  type = DebugTypes::strip(type);
  if (!type)
    return "nothing";
  if ((isa<DICompositeType>(type) && is_contained(open, type)) || ++words > mostWords || open.size() > deepest)
    return type->getName().empty() ? "..." : type->getName().str();
  open.push_back(type);
  std::string text = "opaque";
  if (isPointer(type)) {
    const DIType *pointee = cast<DIDerivedType>(type)->getBaseType();
    bool isErased = erased && DebugTypes::sizeOf(pointee) == 1;
    text = "pointer to " + (isErased ? "[" + describe(erased) + "]" : describe(pointee));
  } else if (auto *basic = dyn_cast<DIBasicType>(type)) {
    text = describeBasic(*basic);
  } else if (auto *composite = dyn_cast<DICompositeType>(type)) {
    if (isArray(composite))
      text = "[" + std::to_string(countOf(composite)) + " x " + describe(composite->getBaseType(), erased) + "]";
    else if (composite->getTag() == dwarf::DW_TAG_enumeration_type)
      text = "i" + std::to_string(composite->getSizeInBits());
    else
      text = describeShape(*composite, erased);
  } else if (isa<DISubroutineType>(type)) {
    text = "function";
  }
  open.pop_back();
  return text;
}

std::string DebugTypes::describe(const DIType *type) { return Describer().describe(type); }

std::string DebugTypes::describe(const Function &function) {
  const DISubprogram *subprogram = function.getSubprogram();
  const DISubroutineType *type = subprogram ? subprogram->getType() : nullptr;
  std::string text = "types of '" + userName(function) + "'";
  // The result comes first; without it these are line tables only.
  if (!type || !type->getTypeArray().size())
    return text + ": no debug information, compile with -g\n";
  text += "\n";
  for (auto [index, argument] : enumerate(type->getTypeArray()))
    if (index)
      text += "  " + std::to_string(index - 1) + ": " + describe(argument) + "\n";
  return text + "  result: " + describe(type->getTypeArray()[0]) + "\n";
}
