#include "Adjoints.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/Transforms/Utils/SSAUpdater.h"

using namespace llvm;
using namespace linkgrad;

Value *linkgrad::asTransported(Value *adjoint, Type *type, IRBuilder<> &b) {
  if (adjoint->getType() == type)
    return adjoint;
  auto *structure = dyn_cast<StructType>(type);
  if (!structure)
    return b.CreateBitCast(adjoint, type);
  Value *result = Constant::getNullValue(type);
  for (unsigned i = 0; i < structure->getNumElements(); ++i)
    if (holdsReal(GetElementPtrInst::getTypeAtIndex(adjoint->getType(), uint64_t(i))) ||
        holdsReal(structure->getElementType(i)))
      result = b.CreateInsertValue(result,
                                   b.CreateBitCast(b.CreateExtractValue(adjoint, i), structure->getElementType(i)), i);
  return result;
}

Value *linkgrad::asAdjoint(Value *transported, const Value *value, IRBuilder<> &b) {
  Type *type = adjointType(value);
  return type ? asTransported(transported, type, b) : transported;
}

Constant *linkgrad::adjointZero(Type *type) {
  if (auto *structure = dyn_cast<StructType>(type)) {
    SmallVector<Constant *> elements;
    for (Type *element : structure->elements())
      elements.push_back(adjointZero(element));
    return ConstantStruct::get(structure, elements);
  }
  if (auto *array = dyn_cast<ArrayType>(type))
    return ConstantArray::get(array,
                              SmallVector<Constant *>(array->getNumElements(), adjointZero(array->getElementType())));
  return type->isFPOrFPVectorTy() ? ConstantFP::getNegativeZero(type) : Constant::getNullValue(type);
}

Value *linkgrad::addAdjoints(Value *a, Value *b, IRBuilder<> &builder) {
  Type *type = a->getType();
  if (type->isFPOrFPVectorTy())
    return builder.CreateFAdd(a, b);
  if (!type->isAggregateType())
    return a;
  unsigned count = isa<StructType>(type) ? type->getStructNumElements() : type->getArrayNumElements();
  Value *sum = a;
  for (unsigned i = 0; i < count; ++i)
    if (holdsReal(GetElementPtrInst::getTypeAtIndex(type, uint64_t(i))))
      sum = builder.CreateInsertValue(
          sum, addAdjoints(builder.CreateExtractValue(a, i), builder.CreateExtractValue(b, i), builder), i);
  return sum;
}

bool Adjoints::isLocal(const Value *value) {
  auto *inst = dyn_cast<Instruction>(value);
  return inst && !inst->isTerminator() && all_of(inst->users(), [&](const User *user) {
           return !isa<PHINode>(user) && cast<Instruction>(user)->getParent() == inst->getParent() &&
                  !cast<Instruction>(user)->isTerminator();
         });
}

AllocaInst *Adjoints::variable(const Value *value, unsigned lane) {
  auto &lanes = variables[value];
  if (lanes.empty()) {
    Type *type = adjointType(value);
    BasicBlock &entry = target.getEntryBlock();
    IRBuilder<> b(&entry, entry.begin());
    for (unsigned i = 0; i < width; ++i) {
      AllocaInst *place = b.CreateAlloca(type, nullptr, value->getName() + ".adjoint");
      lanes.push_back(place);
    }
  }
  return lanes[lane];
}

/// The block in which the zero of \p place is written: it dominates all uses and lies
/// in no loop.  Null: nothing uses it.
static BasicBlock *homeOf(const AllocaInst &place, const DominatorTree &dt, const LoopInfo &loops) {
  BasicBlock *home = nullptr;
  for (const User *user : place.users()) {
    auto *block = const_cast<BasicBlock *>(cast<Instruction>(user)->getParent());
    if (dt.isReachableFromEntry(block))
      home = home ? dt.findNearestCommonDominator(home, block) : block;
  }
  for (const Loop *loop = home ? loops.getLoopFor(home) : nullptr; loop; loop = loops.getLoopFor(home))
    home = dt.getNode(loop->getOutermostLoop()->getHeader())->getIDom()->getBlock();
  return home;
}

/// mem2reg looks for the places of phis in all that a store dominates, which in a
/// chain of branches is the rest of the function: together quadratic.  An adjoint
/// outside of loops is used close to where it begins, and this looks no further.
static void dissolve(AllocaInst &place) {
  SmallVector<Instruction *> accesses;
  for (User *user : place.users())
    accesses.push_back(cast<Instruction>(user));
  SSAUpdater updater;
  LoadAndStorePromoter(accesses, updater, place.getName()).run(accesses);
  place.eraseFromParent();
}

void Adjoints::initialise() {
  constexpr size_t manyBlocks = 1000;
  bool mayDissolve = target.size() > manyBlocks;
  DominatorTree dt(target);
  LoopInfo loops(dt);
  ReversePostOrderTraversal<const Function *> order(&target);
  // A circle that is no loop could come back to a zero that was thought to be written once.
  bool loopsAreAll = !containsIrreducibleCFG<const BasicBlock *>(order, loops);
  BasicBlock *entry = &target.getEntryBlock();
  for (auto &[value, lanes] : variables)
    for (AllocaInst *place : lanes) {
      BasicBlock *home = loopsAreAll ? homeOf(*place, dt, loops) : entry;
      if (!home)
        continue;
      BasicBlock::iterator position = home == entry ? std::next(place->getIterator()) : home->getFirstInsertionPt();
      IRBuilder<>(home, position).CreateStore(adjointZero(place->getAllocatedType()), place);
      if (mayDissolve && loopsAreAll && none_of(place->users(), [&](const User *user) {
            return loops.getLoopFor(cast<Instruction>(user)->getParent());
          }))
        dissolve(*place);
    }
  variables.clear();
}

void Adjoints::add(const Value *value, unsigned lane, Value *term, IRBuilder<> &b) {
  if (!term || isa<Constant>(value))
    return;
  if (isLocal(value)) {
    Lanes &lanes = local[value];
    lanes.resize(width);
    lanes[lane] = lanes[lane] ? addAdjoints(lanes[lane], term, b) : term;
    return;
  }
  AllocaInst *place = variable(value, lane);
  Value *before = b.CreateLoad(place->getAllocatedType(), place);
  b.CreateStore(addAdjoints(before, term, b), place);
}

Value *Adjoints::take(const Value *value, unsigned lane, IRBuilder<> &b) {
  if (isLocal(value)) {
    auto found = local.find(value);
    return found == local.end() ? nullptr : found->second[lane];
  }
  if (!variables.contains(value) && !adjointType(value))
    return nullptr;
  AllocaInst *place = variable(value, lane);
  Value *adjoint = b.CreateLoad(place->getAllocatedType(), place, value->getName() + ".adjoint");
  b.CreateStore(adjointZero(place->getAllocatedType()), place);
  return adjoint;
}
