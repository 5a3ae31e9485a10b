//===- KnownCalls.cpp - reading KnownCalls.def ----------------------------===//
//
// The lists become one array, a hash table from names to it, and a sorted list
// of prefixes.  The latter has no prefix of another prefix in it, so the only
// candidate for a name is its predecessor in the order: any string between a
// prefix of the name and the name has that prefix, too.
//
//===----------------------------------------------------------------------===//

#include "KnownCalls.h"
#include "../Engine.h"
#include "../request/DerivativeRequest.h"
#include "RustPaths.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include <vector>

using namespace llvm;
using namespace linkgrad;

namespace {

// The lists as they are written.

constexpr KnownCall memoryCalls[] = {
#define ALLOCATION(NAME, SIZE, FACTOR, ZEROED, RELEASE, ARG0, ARG1)                                                    \
  {.name = #NAME,                                                                                                      \
   .kind = CallKind::Allocation,                                                                                       \
   .size = SIZE,                                                                                                       \
   .factor = FACTOR,                                                                                                   \
   .zeroed = ZEROED,                                                                                                   \
   .release = RELEASE,                                                                                                 \
   .releaseArguments = {ARG0, ARG1}},
#define ALLOCATION_BY_REF(NAME, SIZE, POINTER, RELEASE)                                                                \
  {.name = #NAME, .kind = CallKind::AllocationByRef, .size = SIZE, .pointer = POINTER, .release = RELEASE},
#define REALLOC(NAME, SIZE, FACTOR, POINTER, RELEASE)                                                                  \
  {.name = #NAME, .kind = CallKind::Realloc, .size = SIZE, .factor = FACTOR, .pointer = POINTER, .release = RELEASE},
#define FREE(NAME, POINTER) {.name = #NAME, .kind = CallKind::Free, .pointer = POINTER},
#define ALLOCATION_BESIDE(NAME, SIZE, FOR_SHADOW, RELEASE)                                                             \
  {.name = #NAME, .kind = CallKind::Allocation, .size = SIZE, .forShadow = FOR_SHADOW, .release = RELEASE},
#define FREE_BESIDE(NAME, POINTER, FOR_SHADOW)                                                                         \
  {.name = #NAME, .kind = CallKind::Free, .pointer = POINTER, .forShadow = FOR_SHADOW},
#define TRANSFER(NAME, TO, FROM, SIZE)                                                                                 \
  {.name = #NAME, .kind = CallKind::Transfer, .size = SIZE, .pointer = TO, .source = FROM},
#define FILL(NAME, TO, VALUE, SIZE)                                                                                    \
  {.name = #NAME, .kind = CallKind::Fill, .size = SIZE, .pointer = TO, .source = VALUE},
#define TAPE_MEMORY(NAME, SIZE, ZEROED, WHAT)                                                                          \
  {.name = #NAME, .kind = CallKind::TapeMemory, .size = SIZE, .pointer = WHAT, .zeroed = ZEROED},
#define TAPE_CONTROL(NAME) {.name = #NAME, .kind = CallKind::TapeControl},
#define TAPE_DEFER(NAME, POINTER) {.name = #NAME, .kind = CallKind::TapeDefer, .pointer = POINTER},
#define TAPE_RELEASE(NAME) {.name = #NAME, .kind = CallKind::TapeRelease},
#define CAST(NAME, POINTER, DISTANCE) {.name = #NAME, .kind = CallKind::Cast, .size = DISTANCE, .pointer = POINTER},
#define STRUCTURAL(NAME, FIRST, LAST) {.name = #NAME, .kind = CallKind::Structural, .pointer = FIRST, .source = LAST},
#define SORT(NAME, ELEMENTS, COUNT, SIZE, HELPER)                                                                      \
  {.name = #NAME, .kind = CallKind::Sort, .size = SIZE, .factor = COUNT, .pointer = ELEMENTS, .helper = HELPER},
#define SEARCH(NAME, ELEMENTS, COUNT, SIZE, HELPER)                                                                    \
  {.name = #NAME, .kind = CallKind::Search, .size = SIZE, .factor = COUNT, .pointer = ELEMENTS, .helper = HELPER},
#define RETURNS_TWICE(...)
#define RUNTIME(...)
#define RUNTIME_REALS(...)
#define INACTIVE(...)
#define INACTIVE_REALS(...)
#define INACTIVE_PREFIX(...)
#define INACTIVE_RUST(...)
#define INACTIVE_RUST_CODE(...)
#define INLINE_RUST_CODE(...)
#include "KnownCalls.def"
};

enum class ListKind {
  ReturnsTwice,
  Runtime,
  RuntimeReals,
  Inactive,
  InactiveReals,
  InactivePrefix,
  InactiveRust,
  InactiveRustCode,
  InlineRustCode
};

struct NameList {
  ListKind kind;
  const char *names;
};

constexpr NameList nameLists[] = {
#define ALLOCATION(...)
#define ALLOCATION_BY_REF(...)
#define REALLOC(...)
#define FREE(...)
#define ALLOCATION_BESIDE(...)
#define FREE_BESIDE(...)
#define TRANSFER(...)
#define FILL(...)
#define SORT(...)
#define SEARCH(...)
#define RETURNS_TWICE(...) {ListKind::ReturnsTwice, #__VA_ARGS__},
#define CAST(...)
#define STRUCTURAL(...)
#define TAPE_MEMORY(...)
#define TAPE_CONTROL(...)
#define TAPE_DEFER(...)
#define TAPE_RELEASE(...)
#define RUNTIME(...) {ListKind::Runtime, #__VA_ARGS__},
#define RUNTIME_REALS(...) {ListKind::RuntimeReals, #__VA_ARGS__},
#define INACTIVE(...) {ListKind::Inactive, #__VA_ARGS__},
#define INACTIVE_REALS(...) {ListKind::InactiveReals, #__VA_ARGS__},
#define INACTIVE_PREFIX(...) {ListKind::InactivePrefix, #__VA_ARGS__},
#define INACTIVE_RUST(...) {ListKind::InactiveRust, #__VA_ARGS__},
#define INACTIVE_RUST_CODE(...) {ListKind::InactiveRustCode, #__VA_ARGS__},
#define INLINE_RUST_CODE(...) {ListKind::InlineRustCode, #__VA_ARGS__},
#include "KnownCalls.def"
};

/// The lists as they are searched.  Built once, immutable afterwards.
class KnownCallTable {
public:
  KnownCallTable();
  const KnownCall *find(StringRef name) const;
  bool isInactiveRustCode(StringRef name) const;
  bool isInlineRustCode(StringRef name) const;
  ArrayRef<KnownCall> calls() const { return entries; }

private:
  std::vector<KnownCall> entries;
  StringMap<unsigned> byName;
  std::vector<StringRef> prefixes, rustPaths, rustCodePaths, rustInlinePaths;
  StringMap<char> strings; ///< owns the names, null-terminated

  const char *keep(const Twine &string) { return strings.try_emplace(string.str()).first->getKeyData(); }
  void add(const KnownCall &call);
  void addNamed(ListKind kind, StringRef name);
};

constexpr KnownCall inactiveByPattern{.name = "", .kind = CallKind::Inactive};

} // namespace

KnownCallTable::KnownCallTable() {
  for (const KnownCall &call : memoryCalls)
    add(call);
  for (auto [kind, names] : nameLists) {
    SmallVector<StringRef> parts;
    StringRef(names).split(parts, ' ', -1, false);
    for (StringRef name : parts)
      addNamed(kind, name);
  }
  llvm::sort(prefixes);
  auto covered = [](StringRef shorter, StringRef longer) { return longer.starts_with(shorter); };
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end(), covered), prefixes.end());
}

void KnownCallTable::add(const KnownCall &call) {
  // A name that stands in two lists means what it means in the first.
  if (byName.try_emplace(call.name, entries.size()).second)
    entries.push_back(call);
}

void KnownCallTable::addNamed(ListKind kind, StringRef name) {
  auto runtime = [&](const Twine &name) {
    add({.name = keep(name),
         .kind = CallKind::RuntimeRule,
         .reverse = keep("__linkgrad_" + name + "_reverse"),
         .tangent = keep("__linkgrad_" + name + "_tangent")});
  };
  auto inactive = [&](const Twine &name) { add({.name = keep(name), .kind = CallKind::Inactive}); };
  switch (kind) {
  case ListKind::ReturnsTwice:
    return add({.name = keep(name), .kind = CallKind::ReturnsTwice});
  case ListKind::RuntimeReals:
    runtime(name + "f");
    runtime(name + "l");
    [[fallthrough]];
  case ListKind::Runtime:
    return runtime(name);
  case ListKind::InactiveReals:
    inactive(name + "f");
    inactive(name + "l");
    [[fallthrough]];
  case ListKind::Inactive:
    return inactive(name);
  case ListKind::InactivePrefix:
    prefixes.push_back(name);
    return;
  case ListKind::InactiveRust:
    rustPaths.push_back(name);
    return;
  case ListKind::InactiveRustCode:
    rustCodePaths.push_back(name);
    return;
  case ListKind::InlineRustCode:
    rustInlinePaths.push_back(name);
    return;
  }
}

/// `_RNvCs<hash>_7___rustc12___rust_alloc` is `__rust_alloc` since the compiler
/// mangles the names of its allocator; anything else is returned as it is.
static StringRef demangledRustAllocator(StringRef name) {
  if (!name.starts_with("_R"))
    return name;
  StringRef identifier = name.split("7___rustc").second;
  size_t length = 0;
  if (identifier.consumeInteger(10, length) || !identifier.consume_front("_"))
    return name;
  return identifier.take_front(length);
}

/// Without the reference qualifier of a member function: `str() const &` is
/// `_ZNKR...str`, and listed like `str() const` as `_ZNK...`.
static std::string withoutReferenceQualifier(StringRef name) {
  StringRef rest = name, start = name.starts_with("_ZNK") ? "_ZNK" : "_ZN";
  if (!rest.consume_front(start) || !(rest.consume_front("RS") || rest.consume_front("OS")))
    return name.str();
  return (start + "S" + rest).str();
}

const KnownCall *KnownCallTable::find(StringRef given) const {
  std::string unqualified = withoutReferenceQualifier(given);
  StringRef name = unqualified;
  if (auto found = byName.find(demangledRustAllocator(name)); found != byName.end())
    return &entries[found->second];
  auto after = llvm::upper_bound(prefixes, name);
  if (after != prefixes.begin() && name.starts_with(*std::prev(after)))
    return &inactiveByPattern;
  auto isIn = [&](StringRef path) { return name.contains(path); };
  if (name.starts_with("_R") && llvm::any_of(rustPaths, isIn))
    return &inactiveByPattern;
  return nullptr;
}

/// Whether it is a method of an impl of a trait none of whose methods has a derivative: core::fmt's (Display,
/// Debug, ...), and rand's of generators, which make bits.
static bool isInactiveMethod(StringRef name) {
  if (name.starts_with("_ZN"))
    return name.contains("$u20$as$u20$core..fmt..") || name.contains("$u20$as$u20$rand_core..RngCore$GT$");
  return name.starts_with("_RNvX") && (name.contains("4core3fmt") || name.contains("9rand_core7RngCore"));
}

bool KnownCallTable::isInactiveRustCode(StringRef name) const {
  StringRef path = rustPathOf(name);
  auto beginsPath = [&](StringRef known) { return path.starts_with(known); };
  return !path.empty() && (llvm::any_of(rustCodePaths, beginsPath) || isInactiveMethod(name));
}

bool KnownCallTable::isInlineRustCode(StringRef name) const {
  StringRef path = rustPathOf(name);
  return !path.empty() && llvm::any_of(rustInlinePaths, [&](StringRef known) { return path.starts_with(known); });
}

static const KnownCallTable &knownCallTable() {
  static const KnownCallTable table;
  return table;
}

/// A program may have a function of its own with a known name: the arguments
/// the entry speaks of must be there and be integers and pointers.
static bool fits(const KnownCall &call, const FunctionType &type) {
  auto isInteger = [&](int i) {
    return i < 0 || (unsigned(i) < type.getNumParams() && type.getParamType(i)->isIntegerTy());
  };
  auto isPointer = [&](int i) {
    return i < 0 || (unsigned(i) < type.getNumParams() && type.getParamType(i)->isPointerTy());
  };
  switch (call.kind) {
  case CallKind::Inactive:
  case CallKind::Structural:
  case CallKind::TapeControl:
  case CallKind::TapeRelease:
    return true;
  case CallKind::ReturnsTwice:
    return type.getReturnType()->isIntegerTy(32);
  case CallKind::RuntimeRule:
    // A number, a float complex, or a long double complex by reference.
    return type.getNumParams() != 0 && (type.getParamType(0)->isFPOrFPVectorTy() || isPointer(0));
  case CallKind::Sort:
    return type.getReturnType()->isVoidTy() && isPointer(call.pointer) && isInteger(call.factor) &&
           isInteger(call.size);
  case CallKind::Search:
    return type.getReturnType()->isPointerTy() && isPointer(call.pointer) && isInteger(call.factor) &&
           isInteger(call.size);
  case CallKind::Cast:
  case CallKind::Allocation:
  case CallKind::Realloc:
    return type.getReturnType()->isPointerTy() && isInteger(call.size) && isInteger(call.factor) &&
           isPointer(call.pointer);
  case CallKind::Free:
  case CallKind::AllocationByRef:
  case CallKind::TapeMemory:
  case CallKind::TapeDefer:
    return isPointer(call.pointer) && isInteger(call.size);
  case CallKind::Transfer:
    return isPointer(call.pointer) && isPointer(call.source) && isInteger(call.size);
  case CallKind::Fill:
    return isPointer(call.pointer) && isInteger(call.source) && isInteger(call.size);
  }
  return false;
}

const KnownCall *linkgrad::findKnownCall(const Function &function) {
  if (!function.isDeclaration())
    return nullptr;
  const KnownCall *call = knownCallTable().find(function.getName());
  return call && fits(*call, *function.getFunctionType()) ? call : nullptr;
}

bool linkgrad::isInactiveLibraryCode(const GlobalValue &code) {
  return knownCallTable().isInactiveRustCode(code.getName());
}

void linkgrad::protectLibraryCode(Module &module) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    if (isInactiveLibraryCode(function)) {
      keepFromInlining(function);
    } else if (knownCallTable().isInlineRustCode(function.getName())) {
      function.removeFnAttr(Attribute::NoInline);
      function.addFnAttr(Attribute::AlwaysInline);
    }
  }
}

ArrayRef<KnownCall> linkgrad::knownCalls() { return knownCallTable().calls(); }

std::string linkgrad::releaseFunctionName(const KnownCall &call, const Function &allocation) {
  StringRef mangled = allocation.getName(), plain = demangledRustAllocator(mangled);
  if (plain == mangled || !call.release)
    return call.release ? call.release : "";
  // Replace "<length>_<name>" and keep the rest.
  std::string from = std::to_string(plain.size()) + "_" + plain.str();
  std::string to = std::to_string(StringRef(call.release).size()) + "_" + call.release;
  auto [before, after] = mangled.split(from);
  return (before + to + after).str();
}
