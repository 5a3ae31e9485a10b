//===- RustMath.cpp - mathematical libraries written in Rust --------------===//
//
// The crate libm computes sine and its kin with the bits of numbers: it takes
// them apart, shifts them, rounds by adding large numbers and subtracting them
// again.  The derivative of that is not the derivative of the function, so the
// function gets the rule of C's function of the same name, and keeps its body
// for the value.
//
// Some functions return two results.  Of each result a function of its own is
// made, which has a rule:
//
//   sincos(x) = {sincos.0(x), sincos.1(x)}       like sin and cos
//   modf(x)   = {modf.0(x, 1), modf.1(x)}        like fmod(x, 1) and trunc
//   frexp(x)  = {ldexp(x, -n), n = frexp.1(x)}   the number, and an integer
//
//===----------------------------------------------------------------------===//
#include "../Engine.h"
#include "../request/DerivativeRequest.h"
#include "RustPaths.h"
#include "ScalarRules.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// How one of two results comes about.
enum class Kind {
  Rule,      ///< there is a rule
  RuleOfOne, ///< there is a rule with a further operand, which is 1
  Scaled,    ///< the argument times two to the power of minus the other result
  Integer,   ///< without a derivative
};

struct Member {
  Kind kind;
  StringRef like = {}; ///< whose rule
};

struct PairFunction {
  StringRef name;
  Member members[2];
};

constexpr PairFunction pairFunctions[] = {
    {"frexp", {{Kind::Scaled}, {Kind::Integer}}},
    {"lgamma_r", {{Kind::Rule, "lgamma"}, {Kind::Integer}}},
    {"modf", {{Kind::RuleOfOne, "fmod"}, {Kind::Rule, "trunc"}}},
    {"remquo", {{Kind::Rule, "remainder"}, {Kind::Integer}}},
    {"sincos", {{Kind::Rule, "sin"}, {Kind::Rule, "cos"}}},
};

} // namespace

/// The last name in the path of a function of the crate libm, empty for others.
static StringRef nameInLibm(const Function &function) {
  StringRef path = rustPathOf(function.getName()), name;
  if (!path.consume_front("4libm4math"))
    return {};
  for (StringRef next = takeIdentifier(path); !next.empty(); next = takeIdentifier(path)) {
    // Legacy names end with a hash.
    bool isHash = next.size() == 17 && next.starts_with("h") && path.starts_with("E");
    if (!isHash)
      name = next;
  }
  return name;
}

static bool hasRule(Function &function, StringRef like) {
  function.addFnAttr("enzyme_math", like);
  if (findScalarRule(function))
    return true;
  function.removeFnAttr("enzyme_math");
  return false;
}

/// Which of the functions with two results it is.  Those for float end with an f, before a suffix.
static const PairFunction *pairFunctionOf(const Function &function, StringRef name) {
  auto *result = dyn_cast<StructType>(function.getReturnType());
  if (!result || result->getNumElements() != 2 || !function.getFunctionType()->getNumParams())
    return nullptr;
  for (const PairFunction &pair : pairFunctions) {
    StringRef stem = pair.name, suffix;
    if (stem.consume_back("_r"))
      suffix = "_r";
    if (name != pair.name && name != (stem + "f" + suffix).str())
      continue;
    bool fits = true;
    for (unsigned i = 0; i < 2; ++i)
      fits &= pair.members[i].kind == Kind::Integer ? result->getElementType(i)->isIntegerTy()
                                                    : result->getElementType(i) == function.getArg(0)->getType();
    return fits ? &pair : nullptr;
  }
  return nullptr;
}

/// A function of the i-th result; a further parameter is only for the rule.
static Function *makeMember(Function &whole, const Member &member, unsigned i) {
  SmallVector<Type *> parameters(whole.getFunctionType()->params());
  if (member.kind == Kind::RuleOfOne)
    parameters.push_back(parameters.front());
  Type *result = whole.getReturnType()->getStructElementType(i);
  auto *function = Function::Create(FunctionType::get(result, parameters, false), GlobalValue::InternalLinkage,
                                    whole.getName() + "." + Twine(i), whole.getParent());
  for (Attribute::AttrKind kind : {Attribute::NoUnwind, Attribute::UWTable})
    if (Attribute attribute = whole.getFnAttribute(kind); attribute.isValid())
      function->addFnAttr(attribute);
  if (member.kind == Kind::Integer)
    function->addFnAttr("enzyme_inactive");
  else
    function->addFnAttr("enzyme_math", member.like);
  IRBuilder<> b(BasicBlock::Create(whole.getContext(), "", function));
  SmallVector<Value *> arguments;
  for (Argument &argument : whole.args())
    arguments.push_back(function->getArg(argument.getArgNo()));
  CallInst *call = b.CreateCall(&whole, arguments);
  call->setCallingConv(whole.getCallingConv());
  b.CreateRet(b.CreateExtractValue(call, i));
  keepAsItIs(*function);
  return function;
}

/// Replaces the body of \p function by calls of the functions of each result.
static void divide(Function &function, const PairFunction &pair) {
  Function *whole = Function::Create(function.getFunctionType(), GlobalValue::InternalLinkage,
                                     function.getName() + ".whole", function.getParent());
  whole->copyAttributesFrom(&function);
  whole->setLinkage(GlobalValue::InternalLinkage);
  whole->splice(whole->begin(), &function);
  for (Argument &argument : function.args())
    argument.replaceAllUsesWith(whole->getArg(argument.getArgNo()));
  whole->setSubprogram(function.getSubprogram());
  function.setSubprogram(nullptr);

  IRBuilder<> b(BasicBlock::Create(function.getContext(), "", &function));
  Value *results[2] = {}, *aggregate = PoisonValue::get(function.getReturnType());
  // The first may read the second.
  for (unsigned i : {1, 0}) {
    SmallVector<Value *> arguments(make_pointer_range(function.args()));
    const Member &member = pair.members[i];
    if (member.kind == Kind::RuleOfOne)
      arguments.push_back(ConstantFP::get(arguments[0]->getType(), 1));
    results[i] = member.kind == Kind::Scaled
                     ? b.CreateIntrinsic(Intrinsic::ldexp, {arguments[0]->getType(), results[1 - i]->getType()},
                                         {arguments[0], b.CreateNeg(results[1 - i])})
                     : b.CreateCall(makeMember(*whole, member, i), arguments);
    aggregate = b.CreateInsertValue(aggregate, results[i], i);
  }
  b.CreateRet(aggregate);
}

void linkgrad::nameMathLibraries(Module &module) {
  SmallVector<Function *> definitions;
  for (Function &function : module)
    if (!function.isDeclaration())
      definitions.push_back(&function);
  for (Function *function : definitions) {
    StringRef name = nameInLibm(*function);
    if (name.empty())
      continue;
    if (const PairFunction *pair = pairFunctionOf(*function, name))
      divide(*function, *pair);
    else if (hasRule(*function, name))
      keepAsItIs(*function);
  }
}
