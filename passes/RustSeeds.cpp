//===- RustSeeds.cpp - the adjoint that rustc drops -----------------------===//
//
// The function that `#[autodiff_reverse(df, Active, Active)]` makes takes the adjoint of the result last,
//
//   define { double, double } @df(double %x, double %dret) {
//     call ... @__enzyme_autodiff_df(ptr @f, ptr @enzyme_primal_return, ptr @enzyme_out, double %x)
//
// and rustc's request says nothing of it.  As long as the request stands in this function, whose name it
// carries, which is so before anything is inlined (-Zinline-mir=no), it can be added:
//
//     call ... @__enzyme_autodiff_df(ptr @f, ptr @enzyme_seed, double %dret, ptr @enzyme_primal_return, ...
//
// Which parameters it is in follows from counting.  Each operand is a parameter too, in the same order; and so is the
// length of a slice's shadow, which rustc leaves out.  What is left at the end is the adjoint: nothing, a number, a
// pair in two parameters, an array as an integer, or a pointer to it.
//
//===----------------------------------------------------------------------===//
#include "passes/RustSeeds.h"
#include "passes/RustOperands.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;
using namespace linkgrad;

using Parameters = ArrayRef<Argument *>;

/// Whether a group and the next are what a slice is passed as: pointers to numbers and their shadows, and one length.
static bool isSlice(ArrayRef<RustGroup> groups, Parameters parameters) {
  if (groups.size() < 2 || groups[1].kind != Marker::Const || !groups[1].values[0]->getType()->isIntegerTy(64))
    return false;
  bool ofPointers =
      (groups[0].isDup() || markerTakesStride(groups[0].kind)) && groups[0].values.back()->getType()->isPointerTy();
  return ofPointers && parameters.size() > 1 && parameters[0]->getType()->isPointerTy() &&
         parameters[1]->getType()->isIntegerTy(64);
}

/// The parameters behind those that the operands are.  Nothing if the two do not fit.
static std::optional<Parameters> parametersBehind(ArrayRef<RustGroup> groups, Parameters parameters) {
  while (!groups.empty()) {
    size_t count = groups[0].values.size() - (markerTakesStride(groups[0].kind) ? 1 : 0);
    bool slice = isSlice(groups, parameters);
    if (slice)
      count *= 2;
    if (parameters.size() < count)
      return std::nullopt;
    parameters = parameters.drop_front(count);
    groups = groups.drop_front(slice ? 2 : 1);
  }
  return parameters;
}

/// The parameters of the function around a request that the compiler did not add.
static SmallVector<Argument *> parametersAround(const CallInst &request) {
  Function &around = *const_cast<CallInst &>(request).getFunction();
  SmallVector<Argument *> parameters;
  for (Argument &argument : around.args())
    if (!argument.hasStructRetAttr())
      parameters.push_back(&argument);
  return parameters;
}

static bool isInItsFunction(const CallInst &request) {
  return request.getCalledFunction()->getName() == ("__enzyme_autodiff" + request.getFunction()->getName()).str();
}

/// One value, or null if there is none or it is not understood; that is found when the request is adapted.
static Value *seedFor(CallInst &request) {
  std::optional<RustOperands> operands = readRustOperands(request);
  if (!operands || operands->seed || !isInItsFunction(request))
    return nullptr;
  SmallVector<Argument *> all = parametersAround(request);
  std::optional<Parameters> left = parametersBehind(operands->groups, all);
  if (!left || left->empty() || left->size() > 2)
    return nullptr;
  if (left->size() == 1)
    return left->front();
  IRBuilder<> b(&request);
  Value *pair = PoisonValue::get(StructType::get(left->front()->getType(), left->back()->getType()));
  for (auto [i, half] : enumerate(*left))
    pair = b.CreateInsertValue(pair, half, i);
  return pair;
}

static void addSeed(CallInst &request, Value &seed) {
  Module &module = *request.getModule();
  SmallVector<Value *> operands(request.args());
  Value *marker = module.getOrInsertGlobal("enzyme_seed", PointerType::get(module.getContext(), 0));
  operands.insert(operands.begin() + 1, {marker, &seed});
  auto *seeded =
      CallInst::Create(request.getFunctionType(), request.getCalledFunction(), operands, "", request.getIterator());
  seeded->setDebugLoc(request.getDebugLoc());
  request.replaceAllUsesWith(seeded);
  request.eraseFromParent();
}

PreservedAnalyses RustSeedsPass::run(Module &module, ModuleAnalysisManager &) {
  bool changed = false;
  for (CallBase *call : entryCalls(module)) {
    auto *request = dyn_cast<CallInst>(call);
    if (!request || !request->getCalledFunction() || !isRustRequest(*request->getCalledFunction()) ||
        request->arg_empty())
      continue;
    Value *seed = seedFor(*request);
    if (!seed)
      continue;
    addSeed(*request, *seed);
    changed = true;
  }
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}
