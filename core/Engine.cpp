//===- Engine.cpp - from requests to calls --------------------------------===//
//
// Rounds: requests whose function asks for no derivative itself come first; what
// they become is ordinary code, which the next round differentiates in turn.  All
// or nothing: if any request of the link is refused, everything is reported and
// no request is replaced.
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "BetweenRounds.h"
#include "EngineState.h"
#include "ModuleSnapshot.h"
#include "analysis/CaughtCalls.h"
#include "emit/RequestEmitter.h"
#include "emit/RequestTypes.h"
#include "emit/TapeViews.h"
#include "emit/Wrappers.h"
#include "rules/CustomSignature.h"
#include "runtime/EmbeddedRuntime.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;
using namespace linkgrad;

/// As many as core/runtime/Tape.c has arenas.
static constexpr unsigned deepestNesting = 8;

namespace {

class Differentiation {
public:
  Differentiation(Module &module, const EngineOptions &options) : module(module), options(options) {}
  EngineResult run();
  /// How many copies of the tape the derivatives of derivatives use.
  unsigned mirrors() const { return level.stride; }

private:
  bool lowerSimpleEntries();
  bool readWhatIsRegistered();
  void declareRuntimeRules();
  void keepCaughtExceptions(ModuleSnapshot &snapshot);
  SmallVector<CallInst *> nextRound();
  void finishRound(ArrayRef<Function *> requesters, const DenseSet<const Function *> &before);
  std::vector<DerivativeRequest> parse(ArrayRef<CallInst *> calls);
  void runRound(ArrayRef<CallInst *> calls);
  void refuse(const Instruction &call, const Diagnostics &diagnostics, StringRef what);

  Module &module;
  const EngineOptions &options;
  EngineResult result;
  Registrations registrations;
  unsigned reported = 0;
  TapeLevel level;
};

} // namespace

static bool asksForDerivative(const Function &callee) {
  std::optional<Entry> entry = entryOf(callee);
  if (!entry)
    return false;
  switch (*entry) {
  case Entry::Autodiff:
  case Entry::Fwddiff:
  case Entry::AugmentForward:
  case Entry::Reverse:
    return true;
  default:
    return false;
  }
}

static Function *calleeOf(const CallBase &call) {
  return dyn_cast<Function>(call.getCalledOperand()->stripPointerCasts());
}

void Differentiation::refuse(const Instruction &call, const Diagnostics &diagnostics, StringRef what) {
  ++result.failed;
  if (reported < options.maxErrors)
    reported += diagnostics.emit(call, what, options.maxErrors - reported);
}

/// Entry points that are not derivatives of a function: replaced on the spot.
bool Differentiation::lowerSimpleEntries() {
  for (CallBase *base : entryCalls(module)) {
    auto *call = dyn_cast<CallInst>(base);
    Entry entry = *entryOf(*calleeOf(*base));
    if (asksForDerivative(*calleeOf(*base)) || !call)
      continue;
    Diagnostics diagnostics;
    switch (entry) {
    case Entry::AugmentSize:
      // The user holds a handle of the tape.
      call->replaceAllUsesWith(ConstantInt::get(call->getType(), 8));
      call->eraseFromParent();
      continue;
    case Entry::Annotation:
      call->eraseFromParent();
      continue;
    case Entry::Iter:
      call->replaceAllUsesWith(call->getArgOperand(0));
      call->eraseFromParent();
      continue;
    case Entry::VirtualReverse:
      // Calls are dispatched on the primal's pointer: the shadow's is never called.
      call->replaceAllUsesWith(call->getArgOperand(0));
      call->eraseFromParent();
      continue;
    case Entry::CallInactive:
      continue; // becomes a call when all is differentiated
    default:
      diagnostics.report(DiagnosticId::UnsupportedEntry, *call, {userName(*calleeOf(*call))});
      refuse(*call, diagnostics, "requested here");
    }
  }
  return !result.failed;
}

/// Derivatives of libm functions that live in core/runtime get declarations with
/// the types they have there.
void Differentiation::declareRuntimeRules() {
  SmallVector<const char *> names;
  for (Function &function : module)
    if (const KnownCall *known = function.isDeclaration() ? findKnownCall(function) : nullptr;
        known && known->kind == CallKind::RuntimeRule)
      names.append({known->augmented, known->reverse, known->tangent});
  if (names.empty())
    return;
  Expected<std::unique_ptr<Module>> runtime =
      getLazyBitcodeModule(MemoryBufferRef(embeddedRuntime(), "linkgrad runtime"), module.getContext());
  if (!runtime)
    return consumeError(runtime.takeError());
  for (const char *name : names)
    if (Function *there = name ? (*runtime)->getFunction(name) : nullptr) {
      auto *here = cast<Function>(module.getOrInsertFunction(name, there->getFunctionType()).getCallee());
      here->setAttributes(there->getAttributes());
    }
}

/// The requests of which none lies in the code of another's function.
SmallVector<CallInst *> Differentiation::nextRound() {
  DenseSet<const CallBase *> requests;
  SmallVector<CallInst *> all, round;
  for (CallBase *call : entryCalls(module))
    if (asksForDerivative(*calleeOf(*call)))
      all.push_back(cast<CallInst>(call));
  for (CallInst *call : all) {
    SmallSetVector<Function *, 8> reached;
    for (Value *argument : call->args())
      if (Function *function = functionNamedBy(argument))
        reached.insert(function);
    bool nested = false;
    for (size_t i = 0; i < reached.size() && !nested; ++i)
      for (Instruction &inst : instructions(*reached[i]))
        for (Value *operand : inst.operands())
          if (auto *function = dyn_cast<Function>(operand->stripPointerCastsAndAliases())) {
            nested |= asksForDerivative(*function);
            if (!function->isDeclaration())
              reached.insert(function);
          }
    if (!nested)
      round.push_back(call);
  }
  level.isLast = round.empty() || round.size() == all.size();
  // A cycle of requests has no first one; differentiating it reports why.
  return round.empty() ? all : round;
}

std::vector<DerivativeRequest> Differentiation::parse(ArrayRef<CallInst *> calls) {
  std::vector<DerivativeRequest> requests;
  for (CallInst *call : calls) {
    ++result.requests;
    Diagnostics diagnostics;
    std::optional<DerivativeRequest> request = parseRequest(*call, *entryOf(*calleeOf(*call)), diagnostics);
    if (request)
      checkRequestTypes(*request, diagnostics);
    if (diagnostics.empty()) {
      request->key.level = level;
      requests.push_back(std::move(*request));
    } else
      refuse(*call, diagnostics, "requested here");
  }
  return requests;
}

static std::string requestedHere(const DerivativeRequest &request) {
  return "the derivative of '" + userName(*request.key.primal) + "' is requested here";
}

/// Refuses before it emits, wherever it can; what an emitter finds is reported
/// for the first request.
void Differentiation::runRound(ArrayRef<CallInst *> calls) {
  std::vector<DerivativeRequest> requests = parse(calls);
  EngineRound round(module, options, registrations);
  round.analyse(requests);
  SmallVector<Derivative *> derivatives;
  for (const DerivativeRequest &request : requests) {
    derivatives.push_back(round.derivative(request.key));
    if (derivatives.back()->failed)
      refuse(*request.call, derivatives.back()->problems, requestedHere(request));
  }
  if (result.failed)
    return;
  Diagnostics diagnostics;
  round.emit(diagnostics);
  if (!diagnostics.empty())
    return refuse(*requests.front().call, diagnostics, requestedHere(requests.front()));
  for (auto [request, derivative] : zip(requests, derivatives))
    RequestEmitter(request, *derivative, round.activeGlobals()).emit();
  unsigned width = 0;
  for (const DerivativeRequest &request : requests)
    width = std::max(width, request.key.width);
  // The tape of the first round is no memory of its own functions.
  if (level.order++)
    level.stride *= width + 1;
}

/// What the round made is ordinary code now.
void Differentiation::finishRound(ArrayRef<Function *> requesters, const DenseSet<const Function *> &before) {
  if (level.isLast || result.failed)
    return;
  if (Error error = prepareNextRound(module, before, requesters)) {
    module.getContext().emitError("linkgrad: " + toString(std::move(error)));
    ++result.failed;
  }
}

static void checkCustomRule(const Function &primal, const CustomRule &rule, Diagnostics &diagnostics) {
  auto check = [&](const Function *function, RulePart part, const char *role) {
    if (std::optional<std::string> expected = missedSignature(primal, rule, part))
      diagnostics.report(DiagnosticId::RuleSignature, *function,
                         {userName(primal), userName(*function), role, *expected});
  };
  check(rule.augmented, RulePart::Augmented, "the augmented function");
  check(rule.reverse, RulePart::Reverse, "the reverse function");
  check(rule.tangent, RulePart::Tangent, "the tangent function");
}

/// Registrations are about the whole link: the first request names them.
bool Differentiation::readWhatIsRegistered() {
  Diagnostics diagnostics;
  registrations = readRegistrations(module, diagnostics);
  for (auto &[function, rule] : registrations.customRules)
    checkCustomRule(*function, rule, diagnostics);
  for (auto &[function, name] : registrations.functionLike) {
    const_cast<Function *>(function)->addFnAttr("enzyme_math", name);
    if (!findScalarRule(*function))
      diagnostics.report(DiagnosticId::UnknownRule, *function, {userName(*function), name});
  }
  if (diagnostics.empty())
    return true;
  SmallVector<CallBase *> calls = entryCalls(module);
  if (!calls.empty())
    refuse(*calls.front(), diagnostics, "needed for the derivative requested here");
  return calls.empty();
}

/// What is thrown and caught in one differentiated program stays in its control flow.
void Differentiation::keepCaughtExceptions(ModuleSnapshot &snapshot) {
  SmallVector<Function *> roots;
  for (CallBase *call : entryCalls(module))
    if (asksForDerivative(*calleeOf(*call)))
      for (Value *argument : call->args())
        if (Function *function = functionNamedBy(argument); function && !function->isDeclaration())
          roots.push_back(function);
  returnCaughtExceptions(roots, CallEffects(module, registrations),
                         [&](Function &function) { snapshot.save(function); });
}

EngineResult Differentiation::run() {
  ModuleSnapshot snapshot(module);
  outlineInvokes(module);
  if (lowerSimpleEntries() && readWhatIsRegistered()) {
    declareRuntimeRules();
    for (CallBase *call : entryCalls(module))
      if (asksForDerivative(*calleeOf(*call)))
        wrapRequestedFunction(*cast<CallInst>(call), registrations);
    keepCaughtExceptions(snapshot);
  }
  while (!result.failed) {
    SmallVector<CallInst *> calls = nextRound();
    if (calls.empty())
      return result;
    SmallSetVector<Function *, 8> requesters;
    for (CallInst *call : calls)
      requesters.insert(call->getFunction());
    if (level.order == deepestNesting) {
      Diagnostics diagnostics;
      diagnostics.report(DiagnosticId::TooDeep, *calls.front(), {std::to_string(deepestNesting)});
      refuse(*calls.front(), diagnostics, "requested here");
      break;
    }
    DenseSet<const Function *> before = definedFunctions(module);
    runRound(calls);
    finishRound(requesters.getArrayRef(), before);
  }
  snapshot.restore();
  return result;
}

/// Without a deferred release there is nothing to mark and nothing to free.
static void dropUnusedMarks(Module &module) {
  for (const char *name : {"__linkgrad_defer", "__linkgrad_tape_close_later"})
    if (Function *function = module.getFunction(name); function && !function->use_empty())
      return;
  Function *postpone = module.getFunction("__linkgrad_postpone");
  Function *release = module.getFunction("__linkgrad_release_deferred");
  Function *mark = module.getFunction("__linkgrad_deferred_mark");
  for (Function *function : {postpone, release, mark}) {
    if (!function)
      continue;
    for (User *user : make_early_inc_range(function->users()))
      if (auto *call = dyn_cast<CallInst>(user); call && call->use_empty())
        call->eraseFromParent();
  }
}

static void lowerInactiveCalls(Module &module) {
  for (CallBase *base : entryCalls(module)) {
    if (entryOf(*calleeOf(*base)) != Entry::CallInactive)
      continue;
    SmallVector<Value *> arguments(drop_begin(base->args()));
    SmallVector<Type *> types;
    for (Value *argument : arguments)
      types.push_back(argument->getType());
    IRBuilder<> b(base);
    Function *target = functionNamedBy(base->getArgOperand(0));
    FunctionType *type = target ? target->getFunctionType() : FunctionType::get(base->getType(), types, false);
    Value *result = b.CreateCall(type, base->getArgOperand(0), arguments);
    if (result->getType() == base->getType())
      base->replaceAllUsesWith(result);
    base->eraseFromParent();
  }
}

EngineResult linkgrad::differentiate(Module &module, const EngineOptions &options) {
  Differentiation differentiation(module, options);
  EngineResult result = differentiation.run();
  if (result.failed)
    return result;
  lowerTapeViews(module, differentiation.mirrors(), options.maxTape);
  lowerInactiveCalls(module);
  dropUnusedMarks(module);
  return result;
}

Error linkgrad::linkRuntime(Module &module) {
  if (none_of(module, [](const Function &f) { return f.isDeclaration() && f.getName().starts_with("__linkgrad_"); })) {
    settleTape(module, nullptr);
    return Error::success();
  }
  Expected<std::unique_ptr<Module>> runtime =
      parseBitcodeFile(MemoryBufferRef(embeddedRuntime(), "linkgrad runtime"), module.getContext());
  if (!runtime)
    return runtime.takeError();
  (*runtime)->setTargetTriple(module.getTargetTriple());
  (*runtime)->setDataLayout(module.getDataLayout());
  settleTape(module, runtime->get());
  StringSet<> brought;
  auto internalise = [&](Module &linked, const StringSet<> &names) {
    for (const auto &name : names)
      if (GlobalValue *value = linked.getNamedValue(name.getKey()); value && !value->isDeclaration())
        value->setLinkage(GlobalValue::InternalLinkage);
  };
  if (Linker::linkModules(module, std::move(*runtime), Linker::LinkOnlyNeeded, internalise))
    return createStringError("the support code does not fit the module");
  return Error::success();
}
