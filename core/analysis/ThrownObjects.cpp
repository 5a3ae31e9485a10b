#include "ThrownObjects.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

using namespace llvm;
using namespace linkgrad;

static bool isCallOf(const Instruction &inst, StringRef name) {
  auto *call = dyn_cast<CallBase>(&inst);
  const Function *callee = call ? call->getCalledFunction() : nullptr;
  return callee && callee->getName() == name;
}

static bool isCatch(const Instruction &inst) {
  return isCallOf(inst, "__cxa_begin_catch") || isCallOf(inst, "__cxa_get_exception_ptr");
}

/// `catch (const Failure *)`: what is caught is no object of the library's.
static bool catchesPointers(const Function &function) {
  for (const Instruction &inst : instructions(function))
    if (auto *pad = dyn_cast<LandingPadInst>(&inst))
      for (unsigned i = 0; i < pad->getNumClauses(); ++i)
        if (pad->getClause(i)->stripPointerCasts()->getName().starts_with("_ZTIP"))
          return true;
  return false;
}

static bool holdsNumber(Type *type) {
  if (auto *structure = dyn_cast<StructType>(type))
    return any_of(structure->elements(), holdsNumber);
  return type->isArrayTy() ? holdsNumber(type->getArrayElementType()) : type->isFPOrFPVectorTy();
}

bool ThrownObjects::readsNumbers(const Value *object) const {
  return any_of(object->uses(), [&](const Use &use) {
    const User *user = use.getUser();
    if (isa<GetElementPtrInst, PHINode, SelectInst>(user))
      return readsNumbers(cast<Value>(user));
    if (auto *load = dyn_cast<LoadInst>(user))
      return holdsNumber(load->getType());
    if (auto *transfer = dyn_cast<AnyMemTransferInst>(user))
      return transfer->getRawSource() == object;
    auto *call = dyn_cast<CallBase>(user);
    return call && call->isDataOperand(&use) && effects.classify(*call).kind == CallClass::Derived;
  });
}

bool ThrownObjects::concerns(const Function &function) const {
  return read && any_of(instructions(function), isCatch) && !catchesPointers(function);
}

ThrownObjects::ThrownObjects(ArrayRef<Function *> reached, const CallEffects &effects) : effects(effects) {
  auto readsWhatItCatches = [&](const Function *function) {
    return any_of(instructions(*function),
                  [&](const Instruction &inst) { return isCatch(inst) && readsNumbers(&inst); });
  };
  read = any_of(reached, readsWhatItCatches);
}

static AllocaInst *variableOf(Function &function, StringRef name) {
  IRBuilder<> b(&function.getEntryBlock(), function.getEntryBlock().begin());
  AllocaInst *variable = b.CreateAlloca(b.getPtrTy(), nullptr, name);
  b.CreateStore(ConstantPointerNull::get(b.getPtrTy()), variable);
  return variable;
}

AllocaInst *ThrownObjects::variable(Function &function) {
  AllocaInst *&made = variables[&function];
  if (!made)
    made = variableOf(function, "thrown");
  return made;
}

Value *ThrownObjects::current(IRBuilder<> &b) {
  return b.CreateLoad(b.getPtrTy(), variable(*b.GetInsertBlock()->getParent()));
}

/// Blocks on the way from a landing pad to who asks what was thrown.
DenseSet<BasicBlock *> ThrownObjects::blocksInFlight(Function &function, const AllocaInst &thrown) const {
  DenseSet<BasicBlock *> found;
  SmallVector<BasicBlock *> worklist;
  for (Instruction &inst : instructions(function)) {
    bool asks = isCatch(inst) && !leaving.contains(&inst);
    auto *load = dyn_cast<LoadInst>(&inst);
    if ((asks || (load && load->getPointerOperand() == &thrown)) && found.insert(inst.getParent()).second)
      worklist.push_back(inst.getParent());
  }
  while (!worklist.empty()) {
    BasicBlock *block = worklist.pop_back_val();
    if (block->isLandingPad())
      continue;
    for (BasicBlock *before : predecessors(block))
      if (found.insert(before).second)
        worklist.push_back(before);
  }
  return found;
}

/// Who cleans up may call what could throw in its turn, but does not.
static void keepAcross(InvokeInst &invoke, AllocaInst &thrown) {
  IRBuilder<> b(&invoke);
  Value *inFlight = b.CreateLoad(b.getPtrTy(), &thrown);
  BasicBlock *normal = invoke.getNormalDest();
  if (!normal->getSinglePredecessor())
    normal = SplitEdge(invoke.getParent(), normal);
  b.SetInsertPoint(normal, normal->getFirstInsertionPt());
  b.CreateStore(inFlight, &thrown);
}

void ThrownObjects::setBefore(InvokeInst &invoke, AllocaInst &thrown, AllocaInst *caught) {
  IRBuilder<> b(&invoke);
  Value *null = ConstantPointerNull::get(b.getPtrTy());
  Value *object = known.lookup(&invoke);
  if (!object && isCallOf(invoke, "__cxa_throw"))
    object = invoke.getArgOperand(0);
  if (!object && caught && isCallOf(invoke, "__cxa_rethrow")) {
    // The object outlives the end of this catch.
    object = b.CreateLoad(b.getPtrTy(), caught);
    b.CreateStore(null, caught);
  }
  b.CreateStore(object ? object : null, &thrown);
}

void ThrownObjects::end(Value *object, IRBuilder<> &b) {
  Module &module = *b.GetInsertBlock()->getModule();
  CallInst *call =
      b.CreateCall(module.getOrInsertFunction("__linkgrad_thrown_end", b.getVoidTy(), b.getPtrTy()), object);
  call->setDoesNotThrow();
}

void ThrownObjects::useObject(CallInst &begin, AllocaInst &thrown, AllocaInst *caught) {
  IRBuilder<> b(begin.getNextNode());
  Module &module = *begin.getModule();
  Value *object = b.CreateLoad(b.getPtrTy(), &thrown);
  if (isCallOf(begin, "__cxa_begin_catch"))
    b.CreateStore(object, caught);
  if (!readsNumbers(&begin))
    return;
  begin.replaceUsesWithIf(object, [&](Use &use) { return use.getUser() != object; });
  Value *same = b.CreateZExt(b.CreateICmpEQ(object, &begin), b.getInt64Ty());
  FunctionCallee check = module.getOrInsertFunction("__linkgrad_check", b.getVoidTy(), b.getInt64Ty(), b.getPtrTy());
  b.CreateCall(check,
               {same, b.CreateGlobalString("numbers are read in an exception that was not thrown by differentiated "
                                           "code, or in a base of its object [caught-number]")});
}

void ThrownObjects::follow(Function &function) {
  if (!read)
    return;
  AllocaInst *thrown = variable(function), *caught = nullptr;
  bool handles = concerns(function);
  if (handles)
    caught = variableOf(function, "caught");
  const DenseSet<BasicBlock *> inFlight = blocksInFlight(function, *thrown);
  SmallVector<Instruction *> found;
  for (Instruction &inst : instructions(function))
    found.push_back(&inst);
  for (Instruction *inst : found) {
    IRBuilder<> b(inst);
    if (handles && isCallOf(*inst, "__cxa_end_catch")) {
      end(b.CreateLoad(b.getPtrTy(), caught), b);
      b.CreateStore(ConstantPointerNull::get(b.getPtrTy()), caught);
    }
    if (auto *invoke = dyn_cast<InvokeInst>(inst)) {
      if (invoke->doesNotThrow())
        continue;
      if (inFlight.contains(invoke->getNormalDest()))
        keepAcross(*invoke, *thrown);
      setBefore(*invoke, *thrown, caught);
    } else if (isCallOf(*inst, "__cxa_allocate_exception")) {
      auto &call = cast<CallInst>(*inst);
      b.SetInsertPoint(inst->getNextNode());
      FunctionCallee callee =
          function.getParent()->getOrInsertFunction("__linkgrad_thrown", b.getPtrTy(), b.getPtrTy(), b.getInt64Ty());
      CallInst *object = b.CreateCall(callee, {&call, call.getArgOperand(0)});
      object->setDoesNotThrow();
      call.replaceUsesWithIf(object, [&](Use &use) { return use.getUser() != object; });
    } else if (isCallOf(*inst, "__cxa_free_exception"))
      end(cast<CallInst>(inst)->getArgOperand(0), b);
    else if (handles && isCatch(*inst) && !leaving.contains(inst))
      useObject(cast<CallInst>(*inst), *thrown, caught);
  }
  DominatorTree dominators(function);
  SmallVector<AllocaInst *> promoted{thrown};
  if (caught)
    promoted.push_back(caught);
  PromoteMemToReg(promoted, dominators);
  variables.erase(&function);
}
