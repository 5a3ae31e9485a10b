//===- LibraryMembers.cpp - members of C++ library classes ----------------===//
//
// A short string lies in the string object itself, and the pointer to it leads there:
//
//   struct Parameter { std::string name; double value; };
//
//      0  pointer to the characters ──┐
//      8  length                      │
//     16  16 characters            ◀──┘ or into the heap
//     32  value
//
// To an analysis that does not tell the two apart the characters of all strings, and
// whatever is copied among them, are one memory with the members of the structs that
// strings are in.  Characters have no derivative; so where the types say that a pointer
// is the one in a string, its characters are an object of their own, wherever they are.
// Numbers that a program packs into a string are refused (ActivityAnalysis::isLostText).
// In the same way the buckets of a hash table, which may be a single one inside of it,
// are an object of their own; they hold pointers, so they have a shadow.
//
// The nodes of a std::map lead to its header, which is the end of the tree and has the
// pointers of a node.  It lies in the map; what lies behind it is not the key and the
// value of a node, so the memory graph holds the header for an object of its own.
//
// Besides, lengths, capacities and hashes are integers.  An integer of the program may be
// the bits of a number; where the memory graph holds containers and their nodes for one
// memory, it takes what is an integer here for what is a number there.
//
// Clang says which member an access is of in the type-based alias metadata, by the name
// of the class and an offset.  Code that was not optimised has none, but there the
// members are accessed in the classes' own functions alone.  These get the metadata from
// us, because it survives inlining.  (Names are those of libstdc++; the containers of
// libc++ have no pointers to themselves.)
//
//===----------------------------------------------------------------------===//
#include "LibraryMembers.h"
#include "../Engine.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/MDBuilder.h"

using namespace llvm;
using namespace linkgrad;

namespace {
struct LibraryClass {
  StringLiteral type;      ///< its name in metadata
  StringLiteral functions; ///< how the names of its functions begin, after _ZN and _ZNK
  LibraryMember first;     ///< the pointer it begins with
};
} // namespace

static constexpr StringLiteral treeHeader = "_ZTSSt15_Rb_tree_header";
static constexpr LibraryClass classes[] = {
    {"_ZTSNSt7__cxx1112basic_stringIc", "St7__cxx1112basic_stringIc", LibraryMember::Text},
    {"_ZTSSt10_HashtableI", "St10_HashtableI", LibraryMember::Buckets},
    {"_ZTSNSt8__detail", "St8__detail", LibraryMember::None},
    {treeHeader, "St15_Rb_tree_header", LibraryMember::None},
};

static bool isInteger(const Type *type) { return type->isIntegerTy(32) || type->isIntegerTy(64); }

namespace {
/// What the metadata says of an access: the class and the place in it.
struct Place {
  StringRef type;
  int64_t offset = 0;
  bool isWhole = false; ///< no member
};
} // namespace

static std::optional<Place> placeOf(const Instruction &access) {
  MDNode *tag = isa<LoadInst, StoreInst>(access) ? access.getMetadata(LLVMContext::MD_tbaa) : nullptr;
  if (!tag || tag->getNumOperands() < 3)
    return std::nullopt;
  auto *base = dyn_cast<MDNode>(tag->getOperand(0));
  auto *name = base && base->getNumOperands() ? dyn_cast<MDString>(base->getOperand(0)) : nullptr;
  auto *offset = mdconst::dyn_extract<ConstantInt>(tag->getOperand(2));
  if (!name || !offset)
    return std::nullopt;
  return Place{name->getString(), offset->getSExtValue(), tag->getOperand(0) == tag->getOperand(1)};
}

LibraryMember linkgrad::libraryMemberOf(const Instruction &access) {
  std::optional<Place> place = placeOf(access);
  if (!place)
    return LibraryMember::None;
  Type *type = getLoadStoreType(&access);
  for (const LibraryClass &known : classes)
    if (place->type.starts_with(known.type)) {
      if (type->isPointerTy() && place->offset == 0)
        return known.first;
      // What may be anything (the characters) is accessed as "omnipotent char", the first operand of that.
      return isInteger(type) && !place->isWhole ? LibraryMember::Integer : LibraryMember::None;
    }
  return LibraryMember::None;
}

std::optional<int64_t> linkgrad::offsetInTreeHeader(const Instruction &access) {
  std::optional<Place> place = placeOf(access);
  return place && place->type == treeHeader && !place->isWhole ? std::optional(place->offset) : std::nullopt;
}

static bool isOfSelfPointer(const Instruction &access) {
  LibraryMember member = libraryMemberOf(access);
  return member == LibraryMember::Text || member == LibraryMember::Buckets;
}

/// Does the string use its own memory?  Its pointer is compared with an address in itself.
static bool asksForOwnMemory(const ICmpInst &compare, const Value &pointer) {
  auto *member = dyn_cast<LoadInst>(compare.getOperand(compare.getOperand(0) == &pointer ? 1 : 0));
  if (!compare.isEquality() || !member || !isOfSelfPointer(*member))
    return false;
  const DataLayout &layout = compare.getDataLayout();
  int64_t offset = 0;
  return GetPointerBaseWithConstantOffset(member->getPointerOperand(), offset, layout) ==
         GetPointerBaseWithConstantOffset(&pointer, offset, layout);
}

bool linkgrad::isSelfPointer(const Value &pointer, unsigned depth) {
  return any_of(pointer.users(), [&](const User *user) {
    if (isa<PHINode, SelectInst>(user) && depth < 3)
      return isSelfPointer(*user, depth + 1);
    if (auto *compare = dyn_cast<ICmpInst>(user); compare && depth == 0)
      return asksForOwnMemory(*compare, pointer);
    auto *store = dyn_cast<StoreInst>(user);
    return store && store->getValueOperand() == &pointer && isOfSelfPointer(*store);
  });
}

// --- code without metadata --------------------------------------------------

static const LibraryClass *classOf(StringRef function) {
  if (!function.consume_front("_ZNK") && !function.consume_front("_ZN"))
    return nullptr;
  auto *found = find_if(classes, [&](const LibraryClass &known) { return function.starts_with(known.functions); });
  return found == std::end(classes) ? nullptr : found;
}

/// basic_string::_M_data() const, basic_string::_M_data(pointer) and the constructors of
/// _Alloc_hider access the pointer in a string, everything else calls them.
static bool accessesText(StringRef function) {
  return function.contains("E7_M_dataE") || function.contains("E12_Alloc_hiderC");
}

/// Hash tables access their buckets directly; the type of the address shows where.
static bool isBuckets(const GetElementPtrInst &gep) {
  auto *type = gep.hasAllZeroIndices() ? dyn_cast<StructType>(gep.getSourceElementType()) : nullptr;
  return type && type->hasName() && type->getName().starts_with("class.std::_Hashtable");
}

/// Where \p address lies in the header of a tree, by the type of the steps that lead there.
static std::optional<int64_t> steppedIntoHeader(const Value *address, const DataLayout &layout) {
  APInt offset(layout.getIndexTypeSizeInBits(address->getType()), 0);
  while (auto *gep = dyn_cast<GetElementPtrInst>(address)) {
    if (!gep->accumulateConstantOffset(layout, offset))
      return std::nullopt;
    auto *type = dyn_cast<StructType>(gep->getSourceElementType());
    if (type && type->hasName() && type->getName() == "struct.std::_Rb_tree_header")
      return offset.getSExtValue();
    address = gep->getPointerOperand();
  }
  return std::nullopt;
}

namespace {
/// The metadata that we give to accesses.  Each class has a root of its own: for alias analysis they may be anything,
/// as before.
class Declarations {
public:
  explicit Declarations(LLVMContext &context) : builder(context) {}
  void declare(Instruction &access, StringRef type, int64_t offset) {
    bool isPointer = getLoadStoreType(&access)->isPointerTy();
    MDNode *&tag = tags[{type.data(), isPointer ? offset : ~offset}];
    if (!tag) {
      MDNode *root = builder.createTBAARoot(((isPointer ? "pointers: " : "integers: ") + type).str());
      MDNode *member = builder.createTBAAScalarTypeNode(isPointer ? "pointer" : "integer", root);
      MDNode *whole = builder.createTBAAStructTypeNode(type, {{member, offset}});
      tag = builder.createTBAAStructTagNode(whole, member, offset);
    }
    access.setMetadata(LLVMContext::MD_tbaa, tag);
  }

private:
  MDBuilder builder;
  DenseMap<std::pair<const char *, int64_t>, MDNode *> tags;
};
} // namespace

void linkgrad::declareLibraryMembers(Module &module) {
  Declarations declarations(module.getContext());
  for (Function &function : module) {
    const LibraryClass *known = classOf(function.getName());
    for (Instruction &inst : instructions(function)) {
      auto *gep = dyn_cast_or_null<GetElementPtrInst>(getLoadStorePointerOperand(&inst));
      if (!gep || inst.hasMetadata(LLVMContext::MD_tbaa))
        continue;
      bool isPointer = getLoadStoreType(&inst)->isPointerTy();
      if (std::optional<int64_t> offset = steppedIntoHeader(gep, module.getDataLayout());
          offset && (isPointer || isInteger(getLoadStoreType(&inst)))) {
        declarations.declare(inst, treeHeader, *offset);
        continue;
      }
      if (!known)
        continue;
      bool isText = known->first == LibraryMember::Text && accessesText(function.getName());
      if (isPointer ? isText || (known->first == LibraryMember::Buckets && isBuckets(*gep))
                    : isInteger(getLoadStoreType(&inst)))
        declarations.declare(inst, known->type, 0);
    }
  }
}
