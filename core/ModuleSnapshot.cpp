#include "ModuleSnapshot.h"
#include "request/DerivativeRequest.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;
using namespace linkgrad;

ModuleSnapshot::ModuleSnapshot(Module &module) : module(module) {
  for (GlobalValue &value : module.global_values())
    before.insert(&value);
  SmallSetVector<Function *, 8> asking;
  for (CallBase *call : entryCalls(module))
    asking.insert(call->getFunction());
  for (Function *function : asking)
    save(*function);
}

void ModuleSnapshot::save(Function &function) {
  if (any_of(saved, [&](const Saved &each) { return each.function == &function; }))
    return;
  ValueToValueMapTy map;
  Function *body = CloneFunction(&function, map);
  // Nobody else shall find the requests in it.
  body->removeFromParent();
  saved.push_back({&function, body});
}

ModuleSnapshot::~ModuleSnapshot() {
  for (const Saved &each : saved) {
    each.body->dropAllReferences();
    delete each.body;
  }
}

static void clearBody(Function &function) {
  for (BasicBlock &block : function)
    block.dropAllReferences();
  while (!function.empty())
    function.begin()->eraseFromParent();
}

/// What was added may refer to itself in circles.
void ModuleSnapshot::eraseAdded() {
  SmallVector<GlobalValue *> added;
  for (GlobalValue &value : module.global_values())
    if (!before.contains(&value))
      added.push_back(&value);
  for (GlobalValue *value : added)
    if (auto *function = dyn_cast<Function>(value))
      function->deleteBody();
    else if (auto *variable = dyn_cast<GlobalVariable>(value))
      variable->setInitializer(nullptr);
  for (GlobalValue *value : added) {
    value->replaceAllUsesWith(PoisonValue::get(value->getType()));
    value->eraseFromParent();
  }
}

void ModuleSnapshot::restore() {
  for (const Saved &each : saved) {
    clearBody(*each.function);
    each.function->splice(each.function->end(), each.body);
    for (auto [mine, theirs] : zip(each.function->args(), each.body->args()))
      theirs.replaceAllUsesWith(&mine);
    // The locations in a copy are in its own description.
    each.function->setSubprogram(each.body->getSubprogram());
  }
  eraseAdded();
}
