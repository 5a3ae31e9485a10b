#include "EngineState.h"
#include "analysis/Lowering.h"
#include "analysis/MoveLayout.h"
#include "analysis/RetypeBits.h"
#include "emit/AugmentedEmitter.h"
#include "emit/Finish.h"
#include "emit/LaunchEmitter.h"
#include "emit/PullbackEmitter.h"
#include "emit/TangentEmitter.h"
#include "emit/TapeViews.h"
#include "emit/Wrappers.h"
#include "rules/DebugTypes.h"
#include "rules/TapeMarks.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/EscapeEnumerator.h"

using namespace llvm;
using namespace linkgrad;

EngineRound::EngineRound(Module &module, const EngineOptions &options, const Registrations &registrations)
    : module(module), options(options), effects(module, registrations) {
  passBuilder.registerModuleAnalyses(moduleAnalyses);
  passBuilder.registerCGSCCAnalyses(componentAnalyses);
  passBuilder.registerFunctionAnalyses(functionAnalyses);
  passBuilder.registerLoopAnalyses(loopAnalyses);
  passBuilder.crossRegisterProxies(loopAnalyses, functionAnalyses, componentAnalyses, moduleAnalyses);
}

EngineRound::~EngineRound() {
  derivatives.clear(); // plans refer to prepared functions
  ownedGraphs.clear();
  // Prepared bodies may refer to one another's originals only, so order is free.
  prepared.clear();
}

// --- analysis ---------------------------------------------------------------

namespace {

/// Strongly connected components of the call graph, callees first (Tarjan 1972,
/// without recursion: call chains can be as long as programs are).
class Components {
public:
  using Callees = function_ref<SmallVector<Function *>(Function &)>;
  Components(ArrayRef<Function *> roots, Callees callees) : callees(callees) {
    for (Function *root : roots)
      if (!state.contains(root))
        visit(*root);
  }
  std::vector<SmallVector<Function *>> found;

private:
  struct Visit {
    unsigned index, low;
    bool onStack;
  };
  struct Step {
    Function *function;
    SmallVector<Function *> callees;
    unsigned next;
  };

  void open(Function &function) {
    unsigned index = state.size();
    state[&function] = {index, index, true};
    stack.push_back(&function);
    steps.push_back({&function, callees(function), 0});
  }

  void visit(Function &root) {
    open(root);
    while (!steps.empty()) {
      Step &step = steps.back();
      if (step.next < step.callees.size()) {
        Function *callee = step.callees[step.next++];
        auto known = state.find(callee);
        if (known == state.end())
          open(*callee);
        else if (known->second.onStack)
          state[step.function].low = std::min(state[step.function].low, known->second.index);
        continue;
      }
      Function *done = step.function;
      unsigned low = state[done].low;
      steps.pop_back();
      if (!steps.empty())
        state[steps.back().function].low = std::min(state[steps.back().function].low, low);
      if (low == state[done].index)
        close(*done);
    }
  }

  void close(Function &root) {
    SmallVector<Function *> component;
    Function *member;
    do {
      member = stack.pop_back_val();
      state[member].onStack = false;
      component.push_back(member);
    } while (member != &root);
    found.push_back(component);
  }

  Callees callees;
  DenseMap<Function *, Visit> state;
  SmallVector<Function *> stack;
  std::vector<Step> steps;
};

} // namespace

void EngineRound::prepare(Function &function) {
  if (prepared.contains(&function))
    return;
  // A direct call of it is by its rule; here it is the target of an indirect one.
  bool byRule = hasRuleOfItsOwn(function, effects.registrations());
  Function &body = byRule ? *makeForwarder(function) : function;
  auto copy = std::make_unique<PreparedFunction>(body, functionAnalyses, effects.anySmallReals());
  prepared[&function] = std::move(copy);
}

void EngineRound::analyse(ArrayRef<DerivativeRequest> requests) {
  auto calleesOf = [&](Function &function) {
    prepare(function);
    SmallSetVector<Function *, 8> callees;
    for (Instruction &inst : instructions(prepared[&function]->body()))
      if (auto *call = dyn_cast<CallBase>(&inst))
        for (Function *target : effects.targets(*call))
          callees.insert(target);
    return SmallVector<Function *>(callees.begin(), callees.end());
  };
  SmallVector<Function *> roots;
  for (const DerivativeRequest &request : requests)
    roots.push_back(request.key.primal);
  Components components(roots, calleesOf);
  for (ArrayRef<Function *> component : components.found)
    buildGraph(component);
  tellCallees(components.found, requests);
  for (ArrayRef<Function *> component : components.found) {
    for (Function *function : component)
      prepared[function]->addControlValues();
    if (is_contained(component, module.getFunction(options.printMemoryGraph)))
      graphs[component.front()]->print(errs());
  }
  findActiveGlobals();
  findReadExceptions();
}

/// Loads that turn out to be of floats say more about the memory.  Not before the
/// callers have been heard: bytes that are a pointer here may be a number there.
void EngineRound::retype(ArrayRef<Function *> component) {
  bool changed = false;
  for (Function *function : component) {
    changed |= raiseByteCopies(prepared[function]->body(), functionAnalyses, *graphs[function]);
    changed |= retypeFloatBits(prepared[function]->body(), *graphs[function]);
    changed |= splitArrayMoves(prepared[function]->body(), *graphs[function]);
    changed |= expandMixedMoves(prepared[function]->body(), *graphs[function]);
  }
  if (changed)
    buildGraph(component);
}

/// Callers first: what they know of the memory they pass is news to a callee that
/// only moves it.  Then its own types are settled.  The callers of the requested functions are those who request.
void EngineRound::tellCallees(ArrayRef<SmallVector<Function *>> components, ArrayRef<DerivativeRequest> requests) {
  auto summary = [&](const Function &callee) { return graphOf(callee); };
  auto body = [&](const Function &callee) -> Function * {
    auto found = prepared.find(&callee);
    return found == prepared.end() ? nullptr : &found->second->body();
  };
  DenseMap<Function *, std::unique_ptr<MemoryGraph>> requesting;
  for (const DerivativeRequest &request : requests) {
    std::unique_ptr<MemoryGraph> &graph = requesting[request.call->getFunction()];
    if (!graph)
      graph = std::make_unique<MemoryGraph>(request.call->getFunction(), effects, summary, body);
    for (auto [formal, actual] : zip(body(*request.key.primal)->args(), request.primals))
      imports[request.key.primal].push_back({formal.getArgNo(), graph.get(), actual});
  }
  for (ArrayRef<Function *> component : reverse(components)) {
    for (Function *function : component)
      graphs[function]->learn(*body(*function), imports[function]);
    retype(component);
    for (Function *function : component)
      for (Instruction &inst : instructions(prepared[function]->body()))
        if (auto *call = dyn_cast<CallBase>(&inst))
          tellCallees(*call, component);
  }
}

void EngineRound::tellCallees(const CallBase &call, ArrayRef<Function *> caller) {
  for (Function *target : effects.targets(call)) {
    const MemoryGraph *graph = graphOf(*target);
    if (!graph || is_contained(caller, target))
      continue;
    const Function &body = prepared[target]->body();
    for (unsigned i = 0; i < body.arg_size() && i < call.arg_size(); ++i)
      if (graph->movesUnknownBytes(*body.getArg(i)))
        imports[target].push_back({i, graphs[caller.front()], call.getArgOperand(i)});
  }
}

void EngineRound::buildGraph(ArrayRef<Function *> component) {
  SmallVector<Function *> bodies;
  for (Function *function : component) {
    graphs.erase(function);
    bodies.push_back(&prepared[function]->body());
  }
  auto summary = [&](const Function &callee) { return graphOf(callee); };
  auto body = [&](const Function &callee) -> Function * {
    auto found = prepared.find(&callee);
    return found == prepared.end() ? nullptr : &found->second->body();
  };
  auto graph = std::make_unique<MemoryGraph>(bodies, effects, summary, body);
  for (Function *function : component)
    graph->learn(prepared[function]->body(), imports[function]);
  auto [place, isNew] = graphNumbers.try_emplace(component.front(), ownedGraphs.size());
  if (isNew)
    ownedGraphs.emplace_back();
  ownedGraphs[place->second] = std::move(graph);
  for (Function *function : component)
    graphs[function] = ownedGraphs[place->second].get();
}

void EngineRound::findReadExceptions() {
  for (const auto &[function, body] : prepared)
    for (const Instruction &inst : instructions(body->body()))
      if (auto *call = dyn_cast<CallBase>(&inst); call && graphs.lookup(function)->readsException(*call))
        return effects.noteThatExceptionsAreRead();
}

/// Mutable globals that code under differentiation writes and that hold more than integers somewhere.
void EngineRound::findActiveGlobals() {
  DenseSet<const GlobalVariable *> notIntegers;
  for (const auto &graph : ownedGraphs)
    for (const GlobalVariable *global : graph->globals()) {
      const MemoryGraph::Node &node = graph->node(graph->of(global));
      bool inactive = effects.isInactive(global);
      bool isData = !isa<Function>(global) && !isTapeDescriptor(*global);
      if (!global->isConstant() && node.origin.written && !inactive && isData)
        globals.insert(global);
      if (any_of(node.cells, [](const auto &entry) { return entry.second.real || entry.second.pointer; }))
        notIntegers.insert(global);
    }
  for (const GlobalVariable *global : SmallVector<const GlobalVariable *>(globals.begin(), globals.end()))
    if (!notIntegers.contains(global))
      globals.erase(global);
}

// --- plans ------------------------------------------------------------------

Derivative *EngineRound::derivative(const DerivativeKey &key) {
  std::unique_ptr<Derivative> &entry = derivatives[key];
  if (entry)
    return entry.get();
  entry = std::make_unique<Derivative>();
  Derivative *made = entry.get();
  made->key = key;
  auto body = prepared.find(key.primal);
  if (body == prepared.end()) {
    made->failed = true;
    made->problems.report(DiagnosticId::NoBody, *key.primal, {userName(*key.primal)});
    return made;
  }
  if (options.printTypes)
    errs() << DebugTypes::describe(*key.primal);
  declareDerivative(*made);
  auto source = [&](const DerivativeKey &wanted) { return derivative(wanted); };
  // Kept by the plan, which outlives this function.
  auto graph = [this](const Function &function) { return graphOf(function); };
  made->plan = std::make_unique<DerivativePlan>(made->key, *body->second, *graphOf(*key.primal), effects, globals,
                                                graph, source, made->problems);
  made->failed = !made->problems.empty();
  order.push_back(made);
  if (options.printPlans)
    made->plan->print(errs());
  return made;
}

// --- emission ---------------------------------------------------------------

void EngineRound::emit(Diagnostics &diagnostics) {
  for (Derivative *derivative : order)
    if (!derivative->failed)
      emitOne(*derivative, diagnostics);
  // A refused candidate of an indirect call is never called; its declarations go.
  for (Derivative *derivative : order)
    if (derivative->failed)
      for (Function **function :
           {&derivative->jvp, &derivative->gradient, &derivative->augmented, &derivative->pullback})
        if (*function && (*function)->use_empty()) {
          (*function)->eraseFromParent();
          *function = nullptr;
        }
}

void EngineRound::emitBody(Derivative &derivative, Diagnostics &diagnostics) {
  if (derivative.plan->launchedCall() && derivative.key.form != DerivativeForm::Gradient)
    return emitLaunch(derivative);
  switch (derivative.key.form) {
  case DerivativeForm::Forward: {
    Parameters parameters = parametersOf(*derivative.jvp, derivative.key);
    return TangentEmitter(*derivative.plan, *derivative.jvp, diagnostics).emit(parameters);
  }
  case DerivativeForm::Gradient:
    return emitGradient(derivative, diagnostics);
  case DerivativeForm::Split:
    return emitSplit(derivative, diagnostics);
  }
}

void EngineRound::emitOne(Derivative &derivative, Diagnostics &diagnostics) {
  emitBody(derivative, diagnostics);
  for (Function *function : {derivative.jvp, derivative.gradient, derivative.augmented, derivative.pullback}) {
    if (!function)
      continue;
    finishDerivative(*function, *derivative.plan);
    if (options.printDerivatives)
      function->print(errs());
    std::string problem;
    raw_string_ostream os(problem);
    if (options.verify && diagnostics.empty() && verifyFunction(*function, &os))
      diagnostics.report(DiagnosticId::Internal, *derivative.key.primal, {userName(*derivative.key.primal), problem});
  }
}

/// The block in which the forward sweep would return, with the return taken off.
static BasicBlock *openReturn(ReturnInst *exit) {
  BasicBlock *block = exit->getParent();
  exit->eraseFromParent();
  return block;
}

static void returnAll(Function &function, ArrayRef<Value *> values, IRBuilder<> &b) {
  if (function.getReturnType()->isVoidTy()) {
    b.CreateRetVoid();
    return;
  }
  Value *all = PoisonValue::get(function.getReturnType());
  for (auto [index, value] : enumerate(values))
    all = b.CreateInsertValue(all, value, index);
  b.CreateRet(all);
}

/// How this program unwinds; null if nothing in it deals with exceptions.
static Constant *personalityIn(const Module &module) {
  for (const Function &function : module)
    if (function.hasPersonalityFn())
      return function.getPersonalityFn();
  return nullptr;
}

/// An exception takes what the gradient has on the tape along.
static void rewindOnUnwind(Function &function, Value *mark, const Runtime &runtime) {
  auto mayThrow = [](const Instruction &inst) { return isa<CallInst>(inst) && inst.mayThrow(); };
  Constant *personality = personalityIn(*function.getParent());
  if (!personality || function.doesNotThrow() || none_of(instructions(function), mayThrow))
    return;
  if (!function.hasPersonalityFn())
    function.setPersonalityFn(personality);
  BasicBlock &entry = function.getEntryBlock();
  IRBuilder<> b(&entry, std::next(cast<Instruction>(mark)->getIterator()));
  Value *top = runtime.peek(b, 0, function.getName() + ".top");
  EscapeEnumerator escapes(function, "unwind");
  while (IRBuilder<> *end = escapes.Next())
    if (isa<ResumeInst>(end->GetInsertPoint())) {
      runtime.releaseDeferred(*end, mark);
      runtime.pop(*end, top);
    }
}

void EngineRound::emitGradient(Derivative &derivative, Diagnostics &diagnostics) {
  Function &function = *derivative.gradient;
  Parameters parameters = parametersOf(function, derivative.key);
  AugmentedEmitter forward(*derivative.plan, function, diagnostics);
  forward.emit(parameters.primal, parameters.shadows);
  Runtime runtime(module, derivative.key.level);
  markBalanced(function);
  IRBuilder<> entry(&function.getEntryBlock(), function.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
  Value *mark = runtime.deferredMark(entry);
  if (!forward.exit())
    return; // the primal never returns
  Value *result = forward.exit()->getReturnValue();
  PullbackEmitter reverse(*derivative.plan, function, &forward, parameters, diagnostics);
  BasicBlock *turn = openReturn(forward.exit());
  BasicBlock *end = reverse.emit(turn);
  IRBuilder<> b(end);
  SmallVector<Value *> values;
  if (result)
    values.push_back(result);
  append_range(values, reverse.argumentAdjoints(b));
  runtime.releaseDeferred(b, mark);
  returnAll(function, values, b);
  reverse.complete();
  if (derivative.plan->touchesTape())
    rewindOnUnwind(function, mark, runtime);
}

void EngineRound::emitSplit(Derivative &derivative, Diagnostics &diagnostics) {
  const DerivativeKey &key = derivative.key;
  Function &augmented = *derivative.augmented, &pullback = *derivative.pullback;
  {
    Parameters parameters = parametersOf(augmented, key);
    AugmentedEmitter forward(*derivative.plan, augmented, diagnostics);
    forward.emit(parameters.primal, parameters.shadows);
    if (forward.exit()) {
      IRBuilder<> b(forward.exit());
      forward.closeFrame(b);
      if (key.result == Activity::Duplicated) {
        const Value *result = derivative.plan->function().exit()->getReturnValue();
        SmallVector<Value *> values{forward.exit()->getReturnValue()};
        append_range(values, forward.shadow(result));
        returnAll(augmented, values, b);
        forward.exit()->eraseFromParent();
      }
    }
  }
  BasicBlock *entry = BasicBlock::Create(module.getContext(), "entry", &pullback);
  if (!derivative.plan->function().exit()) {
    IRBuilder<>(entry).CreateUnreachable();
    return;
  }
  Parameters parameters = parametersOf(pullback, key);
  PullbackEmitter reverse(*derivative.plan, pullback, nullptr, parameters, diagnostics);
  BasicBlock *end = reverse.emit(entry);
  IRBuilder<> b(end);
  SmallVector<Value *> values = reverse.argumentAdjoints(b);
  returnAll(pullback, values, b);
  reverse.complete();
}
