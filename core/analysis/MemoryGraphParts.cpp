//===- MemoryGraphParts.cpp - members that are objects of their own -------===//
//
// A pointer that an object holds to a member of its own would make one of the object and
// all that the pointer ever leads to.  So some members are objects of their own:
//
// * The characters of a string and the buckets of a hash table: nothing else leads there
//   (LibraryMembers.cpp).
// * The header of a tree.  Through pointers to it and through the map the same pointers
//   are seen, so what is known of them goes both ways, but nothing behind them does.
// * Any member of which the address is stored in the same object, as long as nothing but
//   integers is seen there.  Then both are one again.
//
// An integer or a pointer that is read there may have been written by another way
// (Origin::viaSelf).
//
//===----------------------------------------------------------------------===//

#include "../rules/LibraryMembers.h"
#include "MemoryGraph.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;
using namespace linkgrad;

/// The object that \p pointer leads into, and where.
static std::pair<const Value *, int64_t> placeOf(const Value *pointer, const DataLayout &layout) {
  APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
  const Value *base = pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  return {base, offset.getSExtValue()};
}

void MemoryGraph::findTreeHeaders(Function &function) {
  treeHeaders.clear();
  for (Instruction &inst : instructions(function))
    if (std::optional<int64_t> member = offsetInTreeHeader(inst)) {
      auto [base, offset] = placeOf(getLoadStorePointerOperand(&inst), layout);
      treeHeaders.insert({base, offset - *member});
    }
}

/// The member that \p gep leads to is where a pointer in the same object may lead.
static bool isStoredInOwnObject(const GetElementPtrInst &gep, const Value &pointer, unsigned depth = 0) {
  return any_of(pointer.users(), [&](const User *user) {
    if (isa<PHINode, SelectInst>(user) && depth < 3)
      return isStoredInOwnObject(gep, *user, depth + 1);
    auto *store = dyn_cast<StoreInst>(user);
    return store && store->getValueOperand() == &pointer &&
           getUnderlyingObject(store->getPointerOperand()) == getUnderlyingObject(&gep);
  });
}

/// Whether \p gep leads to a member that is an object of its own.
bool MemoryGraph::addPart(GetElementPtrInst &gep) {
  if (isSelfPointer(gep)) {
    addOwnPart(gep);
    return true;
  }
  if (!gep.hasAllConstantIndices() || gep.hasAllZeroIndices())
    return false;
  bool isHeader = treeHeaders.contains(placeOf(&gep, layout));
  if (!isHeader && !isStoredInOwnObject(gep, gep))
    return false;
  NodeRef place = refOf(gep.getPointerOperand());
  if (!place)
    return false;
  addOwnPart(gep);
  nodes[resolve(place).node].origin.viaSelf = true;
  APInt offset(layout.getIndexTypeSizeInBits(gep.getType()), 0);
  gep.accumulateConstantOffset(layout, offset);
  place.offset += offset.getSExtValue();
  if (isHeader)
    copyEdges.push_back({refOf(&gep), place, treeNodeBytes});
  else
    ownParts.push_back({refOf(&gep), place});
  return true;
}

/// A part has a shadow if the whole has.
void MemoryGraph::addOwnPart(GetElementPtrInst &gep) {
  NodeRef part = refOf(&gep), whole = refOf(gep.getPointerOperand());
  Origin &origin = nodes[resolve(part).node].origin;
  origin.viaSelf = true;
  if (!whole)
    return;
  const Origin &of = nodes[resolve(whole).node].origin;
  origin.stack |= of.stack;
  origin.heap |= of.heap;
  origin.global |= of.global;
  origin.mutableGlobal |= of.mutableGlobal;
  origin.constantGlobal |= of.constantGlobal;
}

/// A pointer that may lead into its own object leads to one of its own here: see LibraryMembers.cpp.
void MemoryGraph::accessSelfPointer(Instruction &inst, LibraryMember kind) {
  NodeRef place = refOf(getLoadStorePointerOperand(&inst));
  auto *store = dyn_cast<StoreInst>(&inst);
  nodes[resolve(place).node].origin.viaSelf = true;
  if (kind == LibraryMember::Buckets) {
    access(place, getLoadStoreType(&inst), store, store ? store->getValueOperand() : &inst);
    nodes[resolve(cellAt(place).target).node].origin.viaSelf = true;
    return;
  }
  // Where a string's characters come from does not matter, they are only characters.
  access(place, getLoadStoreType(&inst), store, nullptr);
  if (store)
    return;
  Origin &characters = nodes[resolve(refOf(&inst)).node].origin;
  characters.viaSelf = characters.text = true;
}

/// Where more than integers may lie, what is known of a part and of the whole is put together.
bool MemoryGraph::joinOwnParts() {
  bool changed = false;
  auto holdsMore = [&](const Cell &cell) { return cell.real || mayPoint(cell); };
  erase_if(ownParts, [&](const auto &entry) {
    NodeRef part = resolve(entry.first), place = resolve(entry.second);
    bool isMore = any_of(nodes[part.node].cells, [&](const auto &entry) { return holdsMore(entry.second); });
    forEachCell(place, 1, [&](int64_t, const Cell &cell) { isMore |= holdsMore(cell); });
    if (isMore)
      unify(part, place);
    changed |= isMore;
    return isMore;
  });
  return changed;
}
