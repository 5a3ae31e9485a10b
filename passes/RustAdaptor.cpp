//===- RustAdaptor.cpp - a function with the types a request has ----------===//
#include "passes/RustAdaptor.h"
#include "core/request/DerivativeRequest.h"

using namespace llvm;
using namespace linkgrad;

static bool returnsThroughMemory(const Function &function) {
  return function.arg_size() && function.hasParamAttribute(0, Attribute::StructRet);
}

static Type *resultOf(const Function &function) {
  return returnsThroughMemory(function) ? function.getParamStructRetType(0) : function.getReturnType();
}

AdaptorShape::AdaptorShape(Function &primal) : result(resultOf(primal)) {
  for (Argument &argument : drop_begin(primal.args(), returnsThroughMemory(primal) ? 1 : 0))
    parameters.push_back({&argument, argument.getType()});
}

bool AdaptorShape::isAsPrimal(const Function &primal) const {
  auto same = [](const Parameter &parameter) { return parameter.type == parameter.argument->getType(); };
  return all_of(parameters, same) && result == resultOf(primal);
}

// --- results ----------------------------------------------------------------

/// rustc fills gaps between elements with arrays of integers.
static bool isPadding(Type *type) {
  auto *array = dyn_cast<ArrayType>(type);
  return array && array->getElementType()->isIntegerTy();
}

/// Where the elements of a struct are that are not padding.
static SmallVector<unsigned> realElements(const StructType &structure) {
  SmallVector<unsigned> real;
  for (auto [i, type] : enumerate(structure.elements()))
    if (!isPadding(type))
      real.push_back(i);
  return real;
}

unsigned linkgrad::countElements(const StructType &structure) { return realElements(structure).size(); }

static bool isPairOf(Type *type, const ResultUnit &unit) {
  auto *structure = dyn_cast<StructType>(type);
  if (!structure)
    return false;
  SmallVector<unsigned> real = realElements(*structure);
  return real.size() == 2 && structure->getElementType(real[0]) == unit.type &&
         structure->getElementType(real[1]) == unit.second;
}

/// Whether \p element can hold \p unit; what was passed through memory has the element's type.
static bool holds(Type *element, const ResultUnit &unit) {
  if (unit.second)
    return isPairOf(element, unit);
  return unit.type == element || (unit.type->isPointerTy() && element->isAggregateType());
}

namespace {

/// An element of the declared result.
struct Element {
  unsigned index;
  Type *type;
  bool taken = false;
};

} // namespace

static SmallVector<Element> elementsOf(Type *declared) {
  SmallVector<Element> elements;
  auto *structure = cast<StructType>(declared);
  for (unsigned i : realElements(*structure))
    elements.push_back({i, structure->getElementType(i)});
  return elements;
}

/// In order if the types allow, else the first that fits.  Null if there is none.
static Element *choose(MutableArrayRef<Element> elements, const ResultUnit &unit) {
  for (Element &element : elements)
    if (!element.taken && holds(element.type, unit))
      return &element;
  return nullptr;
}

/// The types of two units that only their order tells apart must be equal: arrays through memory have none.
static bool isAmbiguous(ArrayRef<ResultUnit> units, ArrayRef<Element> elements) {
  auto isMemory = [](const ResultUnit &unit) { return unit.type->isPointerTy(); };
  if (count_if(units, isMemory) < 2)
    return false;
  Type *first = nullptr;
  for (const Element &element : elements)
    if (element.type->isAggregateType()) {
      if (first && first != element.type)
        return true;
      first = element.type;
    }
  return false;
}

namespace {

/// Collects what is yielded.
struct Yielded {
  SmallVector<Type *> types;
  SmallVector<AdaptorShape::Place> places;
  void add(Type *type, AdaptorShape::Place place) {
    types.push_back(type);
    places.push_back(std::move(place));
  }
};

} // namespace

static bool place(Type *declared, ArrayRef<ResultUnit> units, AdaptorShape &shape, Yielded &yielded) {
  bool isTuple = units.size() > 1;
  if (isTuple && !declared->isStructTy())
    return false;
  SmallVector<Element> elements = isTuple ? elementsOf(declared) : SmallVector<Element>{{0, declared}};
  if (elements.size() != units.size() || isAmbiguous(units, elements))
    return false;
  for (const ResultUnit &unit : units) {
    Element *element = choose(elements, unit);
    if (!element)
      return false;
    element->taken = true;
    AdaptorShape::Place at;
    if (isTuple)
      at.push_back(element->index);
    if (!unit.second) {
      yielded.add(element->type, at);
      if (unit.parameter)
        shape.parameters[*unit.parameter].type = element->type;
      continue;
    }
    for (unsigned half : realElements(*cast<StructType>(element->type))) {
      AdaptorShape::Place inside = at;
      inside.push_back(half);
      yielded.add(cast<StructType>(element->type)->getElementType(half), inside);
    }
  }
  return true;
}

bool linkgrad::arrangeResult(Type *declared, ArrayRef<ResultUnit> units, AdaptorShape &shape, CallInst &call) {
  if (units.empty() || declared->isVoidTy() || declared->isEmptyTy())
    return true;
  Yielded yielded;
  if (place(declared, units, shape, yielded)) {
    shape.yields = StructType::get(call.getContext(), yielded.types);
    shape.places = std::move(yielded.places);
    return true;
  }
  Diagnostics diagnostics;
  std::string name = userName(*call.getCalledFunction());
  diagnostics.report(DiagnosticId::ReturnType, call,
                     {name, std::to_string(units.size()) + " value(s)", describe(*declared),
                      userName(*shape.parameters.front().argument->getParent())});
  diagnostics.emit(call, "requested here", 1);
  return false;
}

Value *linkgrad::rearrange(Value *yielded, ArrayRef<AdaptorShape::Place> places, Type *declared, IRBuilder<> &b) {
  Value *all = PoisonValue::get(declared);
  for (auto [i, at] : enumerate(places)) {
    Value *element = b.CreateExtractValue(yielded, i);
    all = at.empty() ? element : b.CreateInsertValue(all, element, at);
  }
  return all;
}

// --- the adaptor ------------------------------------------------------------

/// The same bytes as another type.  rustc leaves gaps in structs, so it is memory they go through.
static Value *retyped(Value *value, Type *type, IRBuilder<> &b) {
  if (value->getType() == type)
    return value;
  const DataLayout &layout = b.GetInsertBlock()->getDataLayout();
  Type *larger = layout.getTypeAllocSize(type) > layout.getTypeAllocSize(value->getType()) ? type : value->getType();
  AllocaInst *place = b.CreateAlloca(larger);
  place->setAlignment(std::max(layout.getABITypeAlign(type), layout.getABITypeAlign(value->getType())));
  b.CreateStore(value, place);
  return type->isPointerTy() ? place : cast<Value>(b.CreateLoad(type, place));
}

/// Two elements by value, which a struct of the request holds with padding between or behind them.
static Value *widened(Value *pair, StructType *type, IRBuilder<> &b) {
  Value *result = Constant::getNullValue(type);
  for (auto [i, place] : enumerate(realElements(*type)))
    result = b.CreateInsertValue(result, b.CreateExtractValue(pair, i), place);
  return result;
}

static bool isPairWithGap(Type *from, Type *to) {
  auto *pair = dyn_cast<StructType>(from);
  return pair && pair->getNumElements() == 2 && pair != to &&
         isPairOf(to, {pair->getElementType(0), pair->getElementType(1), std::nullopt});
}

Value *linkgrad::asRustResult(Value *value, Type *type, IRBuilder<> &b) {
  if (value->getType()->isPointerTy() && !type->isPointerTy())
    return b.CreateLoad(type, value);
  if (isPairWithGap(value->getType(), type))
    return widened(value, cast<StructType>(type), b);
  return retyped(value, type, b);
}

static void returnResult(CallInst &call, Value *place, Type *result, IRBuilder<> &b) {
  if (result->isVoidTy())
    b.CreateRetVoid();
  else
    b.CreateRet(asRustResult(place ? place : &call, result, b));
}

Function *linkgrad::makeAdaptor(Function &primal, const AdaptorShape &shape) {
  SmallVector<Type *> types;
  for (const AdaptorShape::Parameter &parameter : shape.parameters)
    types.push_back(parameter.type);
  Function *adaptor = Function::Create(FunctionType::get(shape.result, types, false), GlobalValue::InternalLinkage,
                                       primal.getName() + ".linkgrad.rust", primal.getParent());
  IRBuilder<> b(BasicBlock::Create(primal.getContext(), "entry", adaptor));
  SmallVector<Value *> arguments;
  AllocaInst *place = nullptr;
  if (returnsThroughMemory(primal)) {
    place = b.CreateAlloca(shape.result);
    place->setAlignment(std::max(place->getAlign(), primal.getParamAlign(0).valueOrOne()));
    arguments.push_back(place);
  }
  for (auto [argument, parameter] : zip(adaptor->args(), shape.parameters)) {
    Value *value = retyped(&argument, parameter.argument->getType(), b);
    if (auto *memory = dyn_cast<AllocaInst>(value))
      memory->setAlignment(std::max(memory->getAlign(), parameter.argument->getParamAlign().valueOrOne()));
    arguments.push_back(value);
  }
  CallInst *call = b.CreateCall(&primal, arguments);
  call->setCallingConv(primal.getCallingConv());
  // Its bytes are seen through only where it is one function with those that move them.
  call->addFnAttr(Attribute::AlwaysInline);
  if (place)
    call->addParamAttr(0, Attribute::getWithStructRetType(primal.getContext(), primal.getParamStructRetType(0)));
  returnResult(*call, place, shape.result, b);
  return adaptor;
}

CallInst *linkgrad::callEntry(CallInst &call, Type *result, ArrayRef<Value *> operands, IRBuilder<> &b) {
  auto *type = FunctionType::get(result, /*isVarArg=*/true);
  Function *entry = call.getCalledFunction();
  if (entry->getFunctionType() != type)
    entry = Function::Create(type, GlobalValue::ExternalLinkage, entry->getName(), entry->getParent());
  CallInst *adapted = b.CreateCall(entry, operands);
  adapted->setDebugLoc(call.getDebugLoc());
  return adapted;
}
