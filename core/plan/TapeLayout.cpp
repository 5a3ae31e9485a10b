#include "TapeLayout.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace llvm;
using namespace linkgrad;

Type *linkgrad::tapeType(Type *type) {
  if (type->isIntOrIntVectorTy(1))
    return type->getWithNewBitWidth(8);
  return type;
}

Align linkgrad::slotAlignment(Type *type, const DataLayout &data) {
  return std::min(data.getABITypeAlign(type), Align(tapeAlignment));
}

/// Equal for the two functions that share the tape, different for all others.
static std::string tapeName(const DerivativeKey &key) {
  std::string name = (key.primal->getName() + ".tape" + Twine(key.level.order)).str();
  for (unsigned number : {unsigned(key.form), key.width, unsigned(key.result)})
    name += "." + std::to_string(number);
  for (const ArgumentActivity &argument : key.arguments)
    name += char('a' + 4 * unsigned(argument.activity) + 2 * argument.mayBeConstant + argument.stable);
  return name;
}

void TapeLayoutBuilder::build() {
  assignSlots();
  // Innermost first: a region adds its base pointer to the scope around it.
  SmallVector<Loop *> order = plan.prepared.loops().getLoopsInPreorder();
  for (const Loop *loop : reverse(order))
    layOut(loop);
  layOutFunction();
  nameScopes();
}

void TapeLayoutBuilder::nameScopes() {
  if (plan.planKey.level.isLast)
    return; // nobody will ask
  std::string prefix = tapeName(plan.planKey);
  plan.layouts[nullptr].name = prefix + ".function";
  for (auto [index, loop] : enumerate(plan.prepared.loops().getLoopsInPreorder()))
    if (auto found = plan.layouts.find(loop); found != plan.layouts.end())
      found->second.name = prefix + ".loop" + std::to_string(index);
}

void TapeLayoutBuilder::assignSlots() {
  // In the order of the function, so that equal inputs give equal tapes.
  auto keep = [&](Item item, Type *type, const Loop *scope) {
    auto found = plan.decisions.find(item);
    if (found == plan.decisions.end() || found->second != Decision::Keep)
      return;
    if (item.getInt() && plan.planKey.width > 1 && plan.active.hasShadow(item.getPointer()))
      type = ArrayType::get(type, plan.planKey.width);
    ScopeLayout &layout = plan.layouts[scope];
    plan.slots.insert({item, Slot{scope, unsigned(layout.slots.size())}});
    layout.slots.push_back(tapeType(type));
  };
  for (const BasicBlock &block : plan.prepared.body())
    for (const Instruction &inst : block) {
      const Loop *scope = plan.prepared.loops().getLoopFor(&block);
      keep(primalItem(&inst), inst.getType(), scope);
      auto *call = dyn_cast<CallBase>(&inst);
      Type *ruleTape = call ? plan.ruleTapeType(*call) : nullptr;
      keep(shadowItem(&inst), ruleTape ? ruleTape : inst.getType(), scope);
    }
}

bool TapeLayoutBuilder::callsUseTape(const Loop *scope) const {
  for (auto &[call, planned] : plan.plannedCalls)
    if (plan.prepared.loops().getLoopFor(call->getParent()) == scope &&
        any_of(planned.targets, [](Derivative *target) { return !target->failed && target->usesTape(); }))
      return true;
  return false;
}

bool TapeLayoutBuilder::loopsUseTape(ArrayRef<Loop *> loops) const {
  return any_of(loops, [&](const Loop *loop) { return scopeUsesTape.lookup(loop); });
}

/// Frames and records are structs; a region is one array per slot, and since the
/// number of elements is the same for all, sorting by size keeps them aligned.
void TapeLayoutBuilder::place(ScopeLayout &layout) {
  const DataLayout &data = plan.prepared.body().getDataLayout();
  layout.offsets.assign(layout.slots.size(), 0);
  SmallVector<unsigned> order(layout.slots.size());
  std::iota(order.begin(), order.end(), 0);
  stable_sort(order, [&](unsigned a, unsigned b) {
    return data.getABITypeAlign(layout.slots[a]) > data.getABITypeAlign(layout.slots[b]);
  });
  uint64_t at = 0;
  for (unsigned i : order) {
    layout.offsets[i] = at;
    at += data.getTypeAllocSize(layout.slots[i]);
    if (layout.kind != ScopeLayout::Region)
      at = alignTo(at, 1);
  }
  layout.bytes = layout.kind == ScopeLayout::Region ? at : alignTo(at, tapeAlignment);
}

void TapeLayoutBuilder::layOut(const Loop *loop) {
  const LoopFacts &facts = plan.prepared.facts(loop);
  bool inner = callsUseTape(loop) || loopsUseTape(loop->getSubLoops());
  auto found = plan.layouts.find(loop);
  if (found == plan.layouts.end()) {
    scopeUsesTape[loop] = inner;
    return;
  }
  found->second.kind = facts.isCounted() ? ScopeLayout::Region : ScopeLayout::Record;
  found->second.dynamicInside = inner;
  place(found->second);
  scopeUsesTape[loop] = true;
  if (!facts.isCounted())
    return;
  const Loop *around = facts.regionRoot->getParentLoop();
  Slot base{around, unsigned(plan.layouts[around].slots.size())};
  plan.layouts[around].slots.push_back(PointerType::get(plan.prepared.body().getContext(), 0));
  plan.layouts[loop].base = base;
}

void TapeLayoutBuilder::layOutFunction() {
  bool split = plan.planKey.form == DerivativeForm::Split;
  ScopeLayout &layout = plan.layouts[nullptr];
  layout.kind = plan.keepsInRegisters() ? ScopeLayout::Registers : ScopeLayout::Frame;
  layout.dynamicInside = callsUseTape(nullptr) || loopsUseTape(plan.prepared.loops().getTopLevelLoops());
  place(layout);
  if (!split)
    return;
  // Behind the slots: the shadows of local variables, which must outlive the forward sweep.
  const DataLayout &data = plan.prepared.body().getDataLayout();
  uint64_t at = layout.bytes;
  for (Instruction &inst : plan.prepared.body().getEntryBlock()) {
    auto *alloca = dyn_cast<AllocaInst>(&inst);
    if (!alloca || !alloca->isStaticAlloca() || !plan.active.hasShadow(alloca))
      continue;
    plan.storage[alloca] = at;
    at += plan.planKey.width * alignTo(alloca->getAllocationSize(data)->getFixedValue(), tapeAlignment);
  }
  layout.bytes = at;
  plan.tapeUsed = layout.bytes != 0 || layout.dynamicInside;
}
