//===- RustRequests.cpp - std::autodiff's calls, as the convention has them -===//
//
// For `#[autodiff_forward(df, Dual, Dual)] fn f(p: (f64, f64)) -> [f64; 4]` rustc writes
//
//   call { [4 x double], [4 x double] } (...) @__enzyme_fwddiff_RNv...2df(ptr @f, ptr @enzyme_primal_return,
//            ptr @enzyme_dup, double %p.0, double %p.1, ptr @enzyme_dup, double %dp.0, double %dp.1)
//   define void @f(ptr sret([32 x i8]), double %p.0, double %p.1)
//
// which differs from the convention in four ways.
//
// Pairs.  A pair by value is two parameters, but rustc lays out operands by Rust argument: first
// the whole value, then its shadows, and a marker after each `1 + width` of them.  So %p.1 poses as the shadow of %p.0.
// They are sorted here.  That this was one argument and not two is seen from the names of f's
// parameters (-Zfewer-names=no keeps them; no identifier of Rust contains a dot), or from types that do
// not match.  Without names two arguments of one type are taken for what they look like.
//
// Types.  A small array is passed as an integer, a larger one through memory, while the request
// has its real type.  Then an adaptor is requested in f's place: it has the types of
// the request, moves the bytes, and calls f.
//
// Results.  A result of f that comes back through memory has no type at all in f; the request's
// result tells it.
//
// Order.  A tuple of a gradient's components is laid out by rustc as it likes, largest first, and
// with padding.  Its elements are told apart by type; among equals the order of the arguments remains.
//
//===----------------------------------------------------------------------===//
#include "passes/RustRequests.h"
#include "core/request/DerivativeRequest.h"
#include "passes/EntryPoints.h"
#include "passes/RustAdaptor.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// A marker about arguments, and what stands behind it.
struct Group {
  Value *marker;
  Marker kind;
  SmallVector<Value *> values;
};

/// One request, read and written anew.
class RustRequest {
public:
  RustRequest(CallInst &call, Entry entry, Function &primal)
      : call(call), entry(entry), primal(primal), shape(primal) {}
  void adapt();

private:
  bool read();
  bool sortPairs();
  bool isPair(unsigned group, unsigned parameter) const;
  void sortPair(Group &first, Group &second) const;
  void chooseTypes();
  void seeConstantResult();
  Type *resultOfPrimal() const;
  SmallVector<ResultUnit> units() const;
  void write();

  CallInst &call;
  Entry entry;
  Function &primal;
  AdaptorShape shape;
  SmallVector<Value *> options; ///< operands before the first argument
  SmallVector<Group> groups;    ///< one per parameter, sret excepted
  SmallVector<bool> pairStart;  ///< per group: it and the next are one argument
  unsigned width = 1;
  bool primalReturn = false;
};

} // namespace

static std::optional<Marker> markerOf(const Value *operand) {
  auto *global = dyn_cast<GlobalVariable>(operand->stripPointerCasts());
  return global && looksLikeMarker(global->getName()) ? markerNamed(global->getName()) : std::nullopt;
}

/// False if this is not how rustc writes.
bool RustRequest::read() {
  for (unsigned i = 1; i < call.arg_size(); ++i) {
    Value *operand = call.getArgOperand(i);
    std::optional<Marker> marker = markerOf(operand);
    if (!marker) {
      if (groups.empty())
        return false;
      groups.back().values.push_back(operand);
    } else if (*marker == Marker::Width || *marker == Marker::Seed) {
      if (++i == call.arg_size() || !groups.empty())
        return false;
      options.append({operand, call.getArgOperand(i)});
      auto *number = dyn_cast<ConstantInt>(call.getArgOperand(i));
      if (*marker == Marker::Width)
        width = number ? number->getZExtValue() : 0;
    } else if (*marker == Marker::PrimalReturn) {
      options.push_back(operand);
      primalReturn = true;
    } else {
      groups.push_back({operand, *marker, {}});
    }
  }
  bool complete = all_of(groups, [](const Group &group) { return !group.values.empty(); });
  return width && complete && groups.size() == shape.parameters.size();
}

static bool isDup(const Group &group) { return group.kind == Marker::Dup || group.kind == Marker::DupNoNeed; }

/// Whether two parameters are called p.0 and p.1.
static bool arePairByName(const Argument &first, const Argument &second) {
  StringRef stem = first.getName(), other = second.getName();
  return stem.consume_back(".0") && other.consume_back(".1") && stem == other;
}

static bool haveOneType(ArrayRef<Value *> values) {
  return all_of(values, [&](Value *value) { return value->getType() == values[0]->getType(); });
}

bool RustRequest::isPair(unsigned group, unsigned parameter) const {
  if (group + 1 >= groups.size() || groups[group].kind != groups[group + 1].kind)
    return false;
  const Argument &first = *shape.parameters[parameter].argument, &second = *shape.parameters[parameter + 1].argument;
  bool named = any_of(primal.args(), [](const Argument &argument) { return argument.hasName(); });
  if (named)
    return arePairByName(first, second);
  return isDup(groups[group]) && !haveOneType(groups[group].values);
}

/// p.0 p.1 dp.0 | dp.1 ep.0 ep.1  becomes  p.0 dp.0 ep.0 | p.1 dp.1 ep.1
void RustRequest::sortPair(Group &first, Group &second) const {
  SmallVector<Value *> all(first.values);
  append_range(all, second.values);
  first.values.clear();
  second.values.clear();
  for (auto [i, value] : enumerate(all))
    (i % 2 ? second : first).values.push_back(value);
}

/// False if the operands do not fit the parameters.
bool RustRequest::sortPairs() {
  pairStart.assign(groups.size(), false);
  for (unsigned i = 0; i < groups.size(); ++i) {
    Group &group = groups[i];
    size_t expected = isDup(group) ? 1 + width : markerTakesStride(group.kind) ? 3 : 1;
    if (group.values.size() != expected)
      return false;
    if (!isPair(i, i))
      continue;
    pairStart[i] = true;
    if (isDup(group) && groups[i + 1].values.size() == expected)
      sortPair(group, groups[i + 1]);
    ++i;
  }
  return true;
}

/// Where an operand has another type than the parameter, the adaptor gets the operand's.
void RustRequest::chooseTypes() {
  const DataLayout &layout = call.getDataLayout();
  for (auto [group, parameter] : zip(groups, shape.parameters)) {
    unsigned primalAt = markerTakesStride(group.kind) ? 1 : 0;
    Type *given = group.values[primalAt]->getType(), *wanted = parameter.argument->getType();
    bool moves = given != wanted && layout.getTypeStoreSize(given) == layout.getTypeStoreSize(wanted);
    if (moves)
      parameter.type = given;
  }
  if (Type *result = resultOfPrimal())
    shape.result = result;
}

/// A result that is constant is returned, and nothing says so but the type of the request's result.
void RustRequest::seeConstantResult() {
  Type *all = call.getType(), *result = shape.result;
  if (primalReturn || result->isVoidTy() || all->isVoidTy() || all->isEmptyTy())
    return;
  // A number may as well be the tangent, and is taken for that.
  size_t gradients = units().size();
  auto *structure = dyn_cast<StructType>(all);
  bool isAlone = all == result &&
                 (entry == Entry::Fwddiff ? !result->isFPOrFPVectorTy() && !result->isAggregateType() : gradients == 0);
  bool isFirst = entry == Entry::Autodiff && gradients && structure && countElements(*structure) == gradients + 1;
  if (!isAlone && !isFirst)
    return;
  Type *pointer = PointerType::get(call.getContext(), 0);
  for (StringRef marker : {"enzyme_primal_return", "enzyme_const_return"})
    options.push_back(call.getModule()->getOrInsertGlobal(marker, pointer));
  primalReturn = true;
}

/// The type that the request's result gives that of the primal, or null.
Type *RustRequest::resultOfPrimal() const {
  Type *all = call.getType();
  bool returns = shape.result && !shape.result->isVoidTy();
  if (entry != Entry::Fwddiff || !returns || all->isEmptyTy() || all->isVoidTy())
    return nullptr;
  unsigned results = width + (primalReturn ? 1 : 0);
  Type *one = all;
  if (results > 1) {
    auto *structure = dyn_cast<StructType>(all);
    auto *array = dyn_cast<ArrayType>(all);
    uint64_t count = structure ? structure->getNumElements() : array ? array->getNumElements() : 0;
    if (count != results)
      return nullptr;
    one = structure ? structure->getElementType(0) : array->getElementType();
  }
  const DataLayout &layout = call.getDataLayout();
  return layout.getTypeAllocSize(one) >= layout.getTypeStoreSize(shape.result) ? one : nullptr;
}

/// What a gradient yields, in the order of the convention.
SmallVector<ResultUnit> RustRequest::units() const {
  SmallVector<ResultUnit> units;
  if (primalReturn)
    units.push_back({shape.result, nullptr, std::nullopt});
  for (unsigned i = 0; i < groups.size(); ++i)
    if (groups[i].kind == Marker::Out) {
      bool pair = pairStart[i] && groups[i + 1].kind == Marker::Out;
      units.push_back({shape.parameters[i].type, pair ? shape.parameters[i + 1].type : nullptr, i});
      i += pair;
    }
  return units;
}

void RustRequest::write() {
  IRBuilder<> b(&call);
  SmallVector<Value *> operands = {shape.isAsPrimal(primal) ? &primal : makeAdaptor(primal, shape)};
  append_range(operands, options);
  for (auto [group, parameter] : zip(groups, shape.parameters)) {
    operands.push_back(group.marker);
    for (Value *value : group.values) {
      bool isRead = value->getType()->isPointerTy() && !parameter.type->isPointerTy();
      operands.push_back(isRead ? b.CreateLoad(parameter.type, value) : value);
    }
  }
  Type *result = shape.yields ? shape.yields : call.getType();
  CallInst *adapted = callEntry(call, result, operands, b);
  Value *all = shape.yields ? rearrange(adapted, shape.places, call.getType(), b) : adapted;
  call.replaceAllUsesWith(all);
  call.eraseFromParent();
}

void RustRequest::adapt() {
  if (!read() || !sortPairs())
    return; // what is wrong is found when it is parsed
  seeConstantResult();
  chooseTypes();
  if (entry == Entry::Autodiff && width == 1 && !arrangeResult(call.getType(), units(), shape, call))
    return;
  write();
}

/// `__enzyme_autodiff` and the mangled name of the function that the attribute made, of any number of arguments.
bool linkgrad::isRustRequest(const Function &function) {
  StringRef name = function.getName();
  bool named = name.starts_with("__enzyme_autodiff_R") || name.starts_with("__enzyme_fwddiff_R") ||
               name.starts_with("__enzyme_autodiff_ZN") || name.starts_with("__enzyme_fwddiff_ZN");
  return named && function.isVarArg() && function.arg_empty();
}

void linkgrad::adaptRustRequests(Module &module) {
  if (none_of(module, isRustRequest))
    return;
  outlineInvokes(module); // what is called where a panic would have to clean up
  SmallVector<CallInst *> calls;
  for (Function &function : module)
    if (isEntryPoint(function) && isRustRequest(function))
      for (User *user : function.users())
        if (auto *call = dyn_cast<CallInst>(user); call && call->getCalledFunction() == &function)
          calls.push_back(call);
  for (CallInst *call : calls) {
    Function *primal = call->arg_empty() ? nullptr : functionNamedBy(call->getArgOperand(0));
    if (primal && !primal->isDeclaration())
      RustRequest(*call, *entryOf(*call->getCalledFunction()), *primal).adapt();
  }
}
