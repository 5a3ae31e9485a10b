#include "VirtualTables.h"
#include "../request/DerivativeRequest.h"
#include "../request/Registrations.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace linkgrad;

bool linkgrad::holdsAddress(const Use &use) {
  const User *user = use.getUser();
  if (auto *call = dyn_cast<CallBase>(user)) {
    auto *callee = dyn_cast<Function>(call->getCalledOperand()->stripPointerCasts());
    bool isRequest = callee && entryOf(*callee);
    return !call->isCallee(&use) && !isRequest;
  }
  if (auto *global = dyn_cast<GlobalVariable>(user))
    return !isRegistration(*global) && !global->getName().starts_with("llvm.");
  if (isa<Constant>(user) && !isa<GlobalValue>(user))
    return any_of(user->uses(), holdsAddress);
  return true;
}

VirtualTables::VirtualTables(const Module &module) {
  for (const GlobalVariable &global : module.globals())
    if (global.isConstant() && global.hasInitializer() &&
        (global.getName().starts_with("_ZTV") || global.getName().starts_with("_ZTC")) && addTable(global))
      tables.insert(&global);
  SmallVector<const Function *> elsewhere;
  for (const auto &entry : slots)
    if (any_of(entry.first->uses(), [&](const Use &use) { return liesElsewhere(use); }))
      elsewhere.push_back(entry.first);
  for (const Function *function : elsewhere)
    slots.erase(function);
}

/// Objects point behind what describes their type.  Tables without it (-fno-rtti) are not understood.
bool VirtualTables::addTable(const GlobalVariable &global) {
  auto *parts = dyn_cast<ConstantStruct>(global.getInitializer());
  if (!parts)
    return false;
  int64_t slotBytes = global.getDataLayout().getPointerSize();
  SmallVector<std::pair<const Function *, int64_t>> found;
  for (const Use &part : parts->operands()) {
    auto *array = dyn_cast<ConstantArray>(part);
    if (!array)
      return false;
    std::optional<int64_t> start;
    for (unsigned i = 0; i < array->getNumOperands(); ++i) {
      const Constant *entry = cast<Constant>(array->getOperand(i)->stripPointerCasts());
      if (isa<GlobalVariable>(entry) && entry->getName().starts_with("_ZTI") && !start)
        start = i + 1;
      else if (auto *function = dyn_cast<Function>(entry); function && start)
        found.push_back({function, (int64_t(i) - *start) * slotBytes});
    }
    if (!start)
      return false;
  }
  for (auto [function, slot] : found)
    if (!is_contained(slots[function], slot))
      slots[function].push_back(slot);
  return true;
}

bool VirtualTables::liesElsewhere(const Use &use) const {
  const User *user = use.getUser();
  if (auto *global = dyn_cast<GlobalVariable>(user); global && tables.contains(global))
    return false;
  if (isa<Constant>(user) && !isa<GlobalValue>(user))
    return any_of(user->uses(), [&](const Use &next) { return liesElsewhere(next); });
  return holdsAddress(use);
}

static bool readsTablePointer(const LoadInst &load) {
  const MDNode *tag = load.getMetadata(LLVMContext::MD_tbaa);
  auto *type = tag && tag->getNumOperands() > 1 ? dyn_cast<MDNode>(tag->getOperand(1)) : nullptr;
  auto *name = type && type->getNumOperands() ? dyn_cast<MDString>(type->getOperand(0)) : nullptr;
  return name && name->getString() == "vtable pointer";
}

namespace {

/// Where the address that is called is loaded from, as seen from what is loaded or called before.
class Places {
public:
  Places(const LoadInst &entry, const DenseSet<const GlobalVariable *> &tables)
      : layout(entry.getDataLayout()), tables(tables) {
    add(entry.getPointerOperand(), 0);
  }
  bool areKnown() const { return known; }
  bool contains(int64_t slot) const { return slots.contains(slot); }
  bool areInTables() const { return inTables; }

private:
  void add(const Value *pointer, int64_t distance);

  const DataLayout &layout;
  const DenseSet<const GlobalVariable *> &tables;
  DenseMap<const Value *, int64_t> visited;
  DenseSet<int64_t> slots;
  bool known = true, inTables = true;
};

} // namespace

void Places::add(const Value *pointer, int64_t distance) {
  APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
  pointer = pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  distance += offset.getSExtValue();
  auto [before, isNew] = visited.try_emplace(pointer, distance);
  known &= before->second == distance;
  if (!isNew || !known)
    return;
  if (auto *phi = dyn_cast<PHINode>(pointer)) {
    for (const Value *incoming : phi->incoming_values())
      add(incoming, distance);
    return;
  }
  if (auto *select = dyn_cast<SelectInst>(pointer)) {
    add(select->getTrueValue(), distance);
    return add(select->getFalseValue(), distance);
  }
  auto *load = dyn_cast<LoadInst>(pointer);
  auto *global = dyn_cast<GlobalVariable>(pointer);
  known &= isa<LoadInst, CallBase, AllocaInst>(pointer) || (global && !tables.contains(global));
  inTables &= load && readsTablePointer(*load);
  slots.insert(distance);
}

void VirtualTables::restrict(SmallVectorImpl<Function *> &functions, const CallBase &call) const {
  auto *entry = dyn_cast<LoadInst>(call.getCalledOperand());
  if (!entry || functions.empty())
    return;
  Places places(*entry, tables);
  if (!places.areKnown())
    return;
  erase_if(functions, [&](const Function *function) {
    auto found = slots.find(function);
    return found == slots.end() ? places.areInTables()
                                : none_of(found->second, [&](int64_t slot) { return places.contains(slot); });
  });
}
