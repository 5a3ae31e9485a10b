//===- RustRequests.cpp - std::autodiff's calls, as the convention has them -===//
//
// For `#[autodiff_forward(df, Dual, Dual)] fn f(p: (f64, f64)) -> [f64; 4]` rustc writes
//
//   call { [4 x double], [4 x double] } (...) @__enzyme_fwddiff_RNv...2df(ptr @f, ptr @enzyme_primal_return,
//            ptr @enzyme_dup, double %p.0, double %p.1, ptr @enzyme_dup, double %dp.0, double %dp.1)
//   define void @f(ptr sret([32 x i8]), double %p.0, double %p.1)
//
// which differs from the convention in five ways.
//
// Pairs.  A pair by value is two parameters, but rustc lays out operands by Rust argument: first
// the whole value, then its shadows, and a marker after each `1 + width` of them.  So %p.1 poses as the shadow of %p.0.
// They are sorted here.  That this was one argument and not two is seen from f (RustPairs.cpp),
// or from types that do not match, and where neither tells, the request is refused.  Duplicated arguments of
// reverse mode are always references.
//
// Types.  A small array is passed as an integer, a larger one through memory, while the request
// has its real type.  Then an adaptor is requested in f's place: it has the types of
// the request, moves the bytes, and calls f.
//
// Results.  A result of f that comes back through memory has no type at all in f; the request's
// result tells it.
//
// Seeds.  The adjoint of the result is no operand at all; RustSeeds.cpp adds it while that is possible.
//
// Order.  A tuple of a gradient's components is laid out by rustc as it likes, largest first, and
// with padding.  Its elements are told apart by type; among equals the order of the arguments remains.
//
//===----------------------------------------------------------------------===//
#include "passes/RustRequests.h"
#include "core/request/DerivativeRequest.h"
#include "passes/EntryPoints.h"
#include "passes/RustAdaptor.h"
#include "passes/RustOperands.h"
#include "passes/RustPairs.h"

using namespace llvm;
using namespace linkgrad;

static unsigned skippedOf(const Function &primal) {
  return primal.arg_size() && primal.hasParamAttribute(0, Attribute::StructRet) ? 1 : 0;
}

namespace {

/// One request, read and written anew.
class RustRequest : RustOperands {
public:
  RustRequest(CallInst &call, Entry entry, Function &primal)
      : call(call), entry(entry), primal(primal), shape(primal), pairs(primal, skippedOf(primal)) {}
  /// False if it was refused; why has been reported.
  bool adapt();

private:
  bool read();
  bool sortPairs();
  std::optional<bool> isPair(unsigned group) const;
  std::optional<bool> isOutPair() const;
  void sortPair(RustGroup &first, RustGroup &second) const;
  void chooseTypes();
  void seeConstantResult();
  bool takeSeed();
  Type *resultOfPrimal() const;
  Type *resultOfTangent() const;
  Type *resultInGradient() const;
  SmallVector<ResultUnit> units() const;
  void write();
  bool refuse(DiagnosticId id, ArrayRef<std::string> arguments);

  CallInst &call;
  Entry entry;
  Function &primal;
  AdaptorShape shape; ///< with one parameter per group
  RustPairs pairs;
  SmallVector<bool> pairStart; ///< per group: it and the next are one argument
  bool constantResult = false;
};

} // namespace

bool RustRequest::refuse(DiagnosticId id, ArrayRef<std::string> arguments) {
  Diagnostics diagnostics;
  diagnostics.report(id, call, arguments);
  diagnostics.emit(call, "requested here", 1);
  return false;
}

/// False if this is not how rustc writes.
bool RustRequest::read() {
  std::optional<RustOperands> read = readRustOperands(call);
  if (!read || read->groups.size() != shape.parameters.size())
    return false;
  static_cast<RustOperands &>(*this) = std::move(*read);
  return true;
}

/// The type that all values have, or null.
static Type *typeOfAll(ArrayRef<Value *> values) {
  auto same = [&](const Value *value) { return value->getType() == values[0]->getType(); };
  return all_of(values, same) ? values[0]->getType() : nullptr;
}

/// Whether a group and the next are a pair, or nothing if it cannot be told.
std::optional<bool> RustRequest::isPair(unsigned group) const {
  if (group + 1 >= groups.size() || groups[group].kind != groups[group + 1].kind)
    return false;
  const RustGroup &first = groups[group], &second = groups[group + 1];
  if (first.isDup() && entry == Entry::Autodiff)
    return false;
  if (std::optional<bool> known = pairs.startsAt(group))
    return known;
  if (first.isDup()) {
    Type *type = typeOfAll(first.values);
    return !type ? std::optional(true) : type != typeOfAll(second.values) ? std::optional(false) : std::nullopt;
  }
  // Only the order of a gradient's components depends on it.
  return first.kind == Marker::Out ? isOutPair() : false;
}

/// The same for numbers by value in reverse mode, whose gradients the result holds as they are.
std::optional<bool> RustRequest::isOutPair() const {
  auto isPairType = [](const Type *type) {
    return isa<StructType>(type) && countElements(*cast<StructType>(type)) == 2;
  };
  auto *all = dyn_cast<StructType>(call.getType());
  unsigned pairsInside = all ? count_if(all->elements(), isPairType) : 0;
  if (primalReturn && isPairType(shape.result) && pairsInside)
    --pairsInside;
  if (!pairsInside)
    return false;
  unsigned numbers = count_if(groups, [](const RustGroup &group) {
    return group.kind == Marker::Out && !group.values[0]->getType()->isPointerTy();
  });
  return numbers == 2 * pairsInside ? std::optional(true) : std::nullopt;
}

/// p.0 p.1 dp.0 | dp.1 ep.0 ep.1  becomes  p.0 dp.0 ep.0 | p.1 dp.1 ep.1
void RustRequest::sortPair(RustGroup &first, RustGroup &second) const {
  SmallVector<Value *> all(first.values);
  append_range(all, second.values);
  first.values.clear();
  second.values.clear();
  for (auto [i, value] : enumerate(all))
    (i % 2 ? second : first).values.push_back(value);
}

static size_t operandsOf(const RustGroup &group, unsigned width) {
  return group.isDup() ? 1 + width : markerTakesStride(group.kind) ? 3 : 1;
}

/// False if it was refused.
bool RustRequest::sortPairs() {
  pairStart.assign(groups.size(), false);
  for (unsigned i = 0; i < groups.size(); ++i) {
    std::optional<bool> pair = isPair(i);
    if (!pair)
      return refuse(DiagnosticId::RustPair, {std::to_string(i + 1), std::to_string(i + 2), userName(primal)});
    if (!*pair)
      continue;
    pairStart[i] = true;
    if (groups[i].isDup())
      sortPair(groups[i], groups[i + 1]);
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
  primalReturn = constantResult = true;
}

static bool hasNumbers(Type *type) {
  if (type->isFPOrFPVectorTy())
    return true;
  return isa<StructType, ArrayType>(type) && any_of(type->subtypes(), hasNumbers);
}

/// A result that has an adjoint needs it.  False if it was refused.
bool RustRequest::takeSeed() {
  if (entry != Entry::Autodiff || constantResult)
    return true;
  if (!hasNumbers(shape.result))
    return !seed || refuse(DiagnosticId::RustResult, {userName(primal)});
  if (!seed)
    return refuse(DiagnosticId::RustSeed, {userName(primal)});
  IRBuilder<> b(&call);
  seed = asRustResult(seed, shape.result, b);
  options.append({call.getModule()->getOrInsertGlobal("enzyme_seed", PointerType::get(call.getContext(), 0)), seed});
  return true;
}

/// The type that the request's result gives that of the primal, or null.
Type *RustRequest::resultOfPrimal() const {
  Type *all = call.getType();
  if (shape.result->isVoidTy() || all->isEmptyTy() || all->isVoidTy())
    return nullptr;
  return entry == Entry::Fwddiff ? resultOfTangent() : primalReturn ? resultInGradient() : nullptr;
}

Type *RustRequest::resultOfTangent() const {
  Type *all = call.getType();
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

/// Only numbers stand for themselves.  The rest is the one type of its size among what the gradient consists of.
Type *RustRequest::resultInGradient() const {
  if (shape.result->isFloatingPointTy())
    return nullptr;
  Type *all = call.getType();
  if (none_of(groups, [](const RustGroup &group) { return group.kind == Marker::Out; }))
    return all;
  const DataLayout &layout = call.getDataLayout();
  Type *found = nullptr;
  for (Type *element : cast<StructType>(all)->elements()) {
    bool fits = element->isAggregateType() && layout.getTypeAllocSize(element) == layout.getTypeAllocSize(shape.result);
    if (fits && found && found != element)
      return nullptr;
    if (fits)
      found = element;
  }
  return found;
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

bool RustRequest::adapt() {
  // What is wrong is found when it is parsed.
  if (!read() ||
      any_of(groups, [&](const RustGroup &group) { return group.values.size() != operandsOf(group, width); }))
    return true;
  if (!sortPairs())
    return false;
  seeConstantResult();
  chooseTypes();
  if (!takeSeed())
    return false;
  if (entry == Entry::Autodiff && width == 1 && !arrangeResult(call.getType(), units(), shape, call))
    return false;
  write();
  return true;
}

unsigned linkgrad::adaptRustRequests(Module &module) {
  if (none_of(module, isRustRequest))
    return 0;
  outlineInvokes(module); // what is called where a panic would have to clean up
  SmallVector<CallInst *> calls;
  for (Function &function : module)
    if (isEntryPoint(function) && isRustRequest(function))
      for (User *user : function.users())
        if (auto *call = dyn_cast<CallInst>(user); call && call->getCalledFunction() == &function)
          calls.push_back(call);
  return count_if(calls, [](CallInst *call) {
    Function *primal = call->arg_empty() ? nullptr : functionNamedBy(call->getArgOperand(0));
    bool known = primal && !primal->isDeclaration();
    return known && !RustRequest(*call, *entryOf(*call->getCalledFunction()), *primal).adapt();
  });
}
