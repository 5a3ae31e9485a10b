#include "Signatures.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace linkgrad;

/// Something in a value of \p type besides pointers.
static bool holdsMoreThanPointers(Type *type) {
  if (auto *array = dyn_cast<ArrayType>(type))
    return holdsMoreThanPointers(array->getElementType());
  if (auto *structure = dyn_cast<StructType>(type))
    return any_of(structure->elements(), holdsMoreThanPointers);
  return !type->isPtrOrPtrVectorTy();
}

/// Of a number and a pointer that are returned together the one has an adjoint, the other a shadow.
bool linkgrad::hasSeed(const DerivativeKey &key) {
  bool both = key.form == DerivativeForm::Split && key.result == Activity::Duplicated &&
              holdsMoreThanPointers(key.primal->getReturnType());
  return key.result == Activity::Active || both;
}

static Function *declare(const DerivativeKey &key, StringRef suffix, Type *result, ArrayRef<Type *> parameters) {
  auto *function = Function::Create(FunctionType::get(result, parameters, false), GlobalValue::InternalLinkage,
                                    key.primal->getName() + ".linkgrad." + suffix, key.primal->getParent());
  // What code generation must know of the primal holds for its derivative.  So does
  // that it is not to be inlined: the derivatives of a chain of such functions would
  // otherwise be copied into one another, each for its only caller.
  for (const char *name : {"target-cpu", "target-features", "tune-cpu", "frame-pointer", "no-trapping-math",
                           "stack-protector-buffer-size", "linkgrad-guard", "linkgrad-noinline"})
    if (key.primal->hasFnAttribute(name))
      function->addFnAttr(key.primal->getFnAttribute(name));
  for (Attribute::AttrKind kind :
       {Attribute::SanitizeHWAddress, Attribute::StrictFP, Attribute::NoUnwind, Attribute::UWTable,
        Attribute::MustProgress, Attribute::NoInline, Attribute::Cold, Attribute::MinSize, Attribute::OptimizeForSize})
    if (key.primal->hasFnAttribute(kind))
      function->addFnAttr(key.primal->getFnAttribute(kind));
  if (key.primal->hasPersonalityFn())
    function->setPersonalityFn(key.primal->getPersonalityFn());
  return function;
}

static Type *structOf(LLVMContext &context, ArrayRef<Type *> elements) {
  return elements.empty() ? Type::getVoidTy(context) : StructType::get(context, elements);
}

void linkgrad::declareDerivative(Derivative &derivative) {
  const DerivativeKey &key = derivative.key;
  LLVMContext &context = key.primal->getContext();
  Type *result = key.primal->getReturnType();
  SmallVector<Type *> parameters, adjoints;
  for (auto [argument, activity] : zip(key.primal->args(), key.arguments)) {
    parameters.push_back(argument.getType());
    if (activity.activity == Activity::Duplicated)
      parameters.append(key.width, argument.getType());
    if (activity.activity == Activity::Active)
      adjoints.append(key.width, argument.getType());
  }
  SmallVector<Type *> withSeed = parameters;
  if (hasSeed(key))
    withSeed.append(key.width, result);
  Type *withShadows = key.result == Activity::Duplicated
                          ? StructType::get(context, SmallVector<Type *>(key.width + 1, result))
                          : result;
  switch (key.form) {
  case DerivativeForm::Forward:
    derivative.jvp = declare(key, "jvp", withShadows, parameters);
    return;
  case DerivativeForm::Gradient: {
    SmallVector<Type *> elements;
    if (!result->isVoidTy())
      elements.push_back(result);
    append_range(elements, adjoints);
    derivative.gradient = declare(key, "gradient", structOf(context, elements), withSeed);
    return;
  }
  case DerivativeForm::Split:
    derivative.augmented = declare(key, "augmented", withShadows, parameters);
    derivative.pullback = declare(key, "pullback", structOf(context, adjoints), withSeed);
    return;
  }
}

Parameters linkgrad::parametersOf(Function &function, const DerivativeKey &key) {
  Parameters parameters;
  unsigned next = 0;
  for (auto [argument, activity] : zip(key.primal->args(), key.arguments)) {
    parameters.primal.push_back(function.getArg(next));
    function.getArg(next++)->setName(argument.getName());
    Lanes lanes;
    if (activity.activity == Activity::Duplicated)
      for (unsigned lane = 0; lane < key.width; ++lane) {
        function.getArg(next)->setName(argument.getName() + ".shadow");
        lanes.push_back(function.getArg(next++));
      }
    parameters.shadows.push_back(lanes);
  }
  while (next < function.arg_size())
    parameters.seeds.push_back(function.getArg(next++));
  return parameters;
}
