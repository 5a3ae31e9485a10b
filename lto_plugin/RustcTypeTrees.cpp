//===- RustcTypeTrees.cpp - the type trees rustc builds -------------------===//
//
// A type tree says what lies where behind an argument: a map from a path, the offsets
// on the way through pointers (-1: every offset), to what is there.  rustc builds one
// per argument from the Rust type, asks for its text and puts that into the module as
// the attribute
//
//   "enzyme_type"="{[-1]:Pointer, [-1,0]:Float@double}"
//
// Nightly 1.97 looks the functions up and never calls them; later ones do.
//
//===----------------------------------------------------------------------===//
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compiler.h"
#include <cstring>
#include <map>
#include <vector>

using namespace llvm;

namespace {

/// rustc's numbers.
enum Kind : uint32_t {
  Anything = 0,
  Integer = 1,
  Pointer = 2,
  Half = 3,
  Float = 4,
  Double = 5,
  Unknown = 6,
  X86Extended = 7,
  BFloat = 8,
  Quadruple = 9,
};

using Path = std::vector<int64_t>;

struct TypeTree {
  std::map<Path, Kind> at;

  /// Replaces each path by what \p map makes of it, if anything.
  template <class Map> void rewrite(Map map) {
    std::map<Path, Kind> result;
    for (const auto &[path, kind] : at)
      if (Path copy = path; map(copy))
        result[std::move(copy)] = kind;
    at = std::move(result);
  }
};

constexpr int64_t everywhere = -1;

} // namespace

static StringRef nameOf(Kind kind) {
  switch (kind) {
  case Anything:
    return "Anything";
  case Integer:
    return "Integer";
  case Pointer:
    return "Pointer";
  case Half:
    return "Float@half";
  case Float:
    return "Float@float";
  case Double:
    return "Float@double";
  case Unknown:
    return "Unknown";
  case X86Extended:
    return "Float@x86_fp80";
  case BFloat:
    return "Float@bfloat";
  case Quadruple:
    return "Float@fp128";
  }
  return "Unknown";
}

static std::string textOf(const TypeTree &tree) {
  std::vector<std::string> entries;
  for (const auto &[path, kind] : tree.at) {
    std::vector<std::string> steps;
    for (int64_t step : path)
      steps.push_back(std::to_string(step));
    entries.push_back("[" + join(steps, ",") + "]:" + nameOf(kind).str());
  }
  return "{" + join(entries, ", ") + "}";
}

// NOLINTBEGIN(readability-identifier-naming): the names are rustc's
#define RUSTC_SYMBOL extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT

RUSTC_SYMBOL TypeTree *EnzymeNewTypeTree() { return new TypeTree; }

RUSTC_SYMBOL TypeTree *EnzymeNewTypeTreeCT(Kind kind, void *) { return new TypeTree{{{Path(), kind}}}; }

RUSTC_SYMBOL TypeTree *EnzymeNewTypeTreeTR(const TypeTree *tree) { return new TypeTree(*tree); }

RUSTC_SYMBOL void EnzymeFreeTypeTree(TypeTree *tree) { delete tree; }

/// Whether \p into changed.
RUSTC_SYMBOL bool EnzymeMergeTypeTree(TypeTree *into, const TypeTree *from) {
  size_t before = into->at.size();
  into->at.insert(from->at.begin(), from->at.end());
  return into->at.size() != before;
}

/// A pointer to, or a place at \p offset of, what the tree says.
RUSTC_SYMBOL void EnzymeTypeTreeOnlyEq(TypeTree *tree, int64_t offset) {
  tree->rewrite([&](Path &path) { return path.insert(path.begin(), offset), true; });
}

/// What lies at offset 0.
RUSTC_SYMBOL void EnzymeTypeTreeData0Eq(TypeTree *tree) {
  tree->rewrite([](Path &path) {
    if (path.empty() || (path.front() != 0 && path.front() != everywhere))
      return false;
    path.erase(path.begin());
    return true;
  });
}

/// The bytes from \p offset on, \p size of them (-1: all), moved to \p to.
RUSTC_SYMBOL void EnzymeTypeTreeShiftIndiciesEq(TypeTree *tree, const char *, int64_t offset, int64_t size,
                                                uint64_t to) {
  tree->rewrite([&](Path &path) {
    if (path.empty() || path.front() == everywhere)
      return true;
    path.front() -= offset;
    bool isInside = path.front() >= 0 && (size == everywhere || path.front() < size);
    path.front() += int64_t(to);
    return isInside;
  });
}

RUSTC_SYMBOL void EnzymeTypeTreeInsertEq(TypeTree *tree, const int64_t *path, size_t length, Kind kind, void *) {
  tree->at[Path(path, path + length)] = kind;
}

RUSTC_SYMBOL const char *EnzymeTypeTreeToString(const TypeTree *tree) { return strdup(textOf(*tree).c_str()); }

RUSTC_SYMBOL void EnzymeTypeTreeToStringFree(char *text) { free(text); }

// NOLINTEND(readability-identifier-naming)
