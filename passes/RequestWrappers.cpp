//===- RequestWrappers.cpp - let requests see their function --------------===//
//
// A request must name the function to differentiate, but programs wrap requests:
//
//   template <class F> double slope(F f, double x) { return __enzyme_autodiff<double>(f, x); }
//   ... slope(square, 3.0) ...
//
// Once slope is inlined, the request names square.  The inliner would mostly do
// that, but not at -O0 and not where it finds slope too large, and whether a
// program links should depend on neither.  So from each request that does not
// name a function we climb to its callers, until a call passes one, and mark what
// we pass on the way as alwaysinline.  No function is visited twice.
//
//===----------------------------------------------------------------------===//
#include "passes/RequestWrappers.h"
#include "passes/EntryPoints.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"

using namespace llvm;
using namespace linkgrad;

/// Follows casts, member accesses and loads to where a value comes from.
static const Value *origin(const Value *value) {
  while (true) {
    value = value->stripPointerCasts();
    if (auto *load = dyn_cast<LoadInst>(value))
      value = load->getPointerOperand();
    else if (auto *address = dyn_cast<GEPOperator>(value))
      value = address->getPointerOperand();
    else
      return value;
  }
}

static bool isFunction(const Value *value) { return isa<Function>(value->stripPointerCasts()); }

/// Whether the function a request is about stands in the function that makes it.
static bool namesItsFunction(const CallBase &request) {
  if (request.arg_empty())
    return true; // an error, but not ours to report
  const Value *from = origin(request.getArgOperand(0));
  if (!isa<AllocaInst>(from))
    return !isa<Argument>(from);
  return any_of(from->users(), [](const User *user) {
    auto *store = dyn_cast<StoreInst>(user);
    return store && isFunction(store->getValueOperand());
  });
}

static bool passesFunction(const CallBase &call) { return any_of(call.args(), isFunction); }

/// The author's noinline is respected; the one that came with optnone is not the author's.
static bool mayBeInlined(const Function &function) {
  return !function.hasFnAttribute(Attribute::NoInline) || function.hasFnAttribute(Attribute::OptimizeNone);
}

using Functions = SetVector<Function *>;

static void addWrapper(Function &function, Functions &wrappers) {
  if (mayBeInlined(function))
    wrappers.insert(&function);
}

static Functions functionsWithNamelessRequests(Module &module) {
  Functions wrappers;
  for (Function &entry : module)
    if (isEntryPoint(entry))
      for (User *user : entry.users())
        if (auto *request = dyn_cast<CallBase>(user); request && !namesItsFunction(*request))
          addWrapper(*request->getFunction(), wrappers);
  return wrappers;
}

/// Goes up to the callers of a wrapper.  Those that pass no function are wrappers too.
static void climb(Function &wrapper, Functions &wrappers, Functions &callers) {
  for (User *user : wrapper.users()) {
    auto *call = dyn_cast<CallBase>(user);
    if (!call || call->getCalledOperand() != &wrapper)
      continue;
    wrapper.removeFnAttr(Attribute::OptimizeNone);
    wrapper.removeFnAttr(Attribute::NoInline);
    wrapper.addFnAttr(Attribute::AlwaysInline);
    callers.insert(call->getFunction());
    if (!passesFunction(*call))
      addWrapper(*call->getFunction(), wrappers);
  }
}

SetVector<Function *> linkgrad::inlineRequestWrappers(Module &module) {
  Functions wrappers = functionsWithNamelessRequests(module), callers;
  for (size_t i = 0; i < wrappers.size(); ++i) // grows while we walk it
    climb(*wrappers[i], wrappers, callers);
  callers.insert_range(wrappers);
  return callers;
}
