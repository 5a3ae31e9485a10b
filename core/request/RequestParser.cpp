//===- RequestParser.cpp - the argument list of a request -----------------===//
//
//   __enzyme_autodiff(f, enzyme_dup, x, x̄, enzyme_const, n, y)
//
// The list is read from left to right along the parameters of f.  A marker says
// how the next argument takes part; without one, floats are active, pointers
// duplicated, integers constant.  An argument that is duplicated is followed by
// its shadows, one per lane.
//
//===----------------------------------------------------------------------===//

#include "DerivativeRequest.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;
using namespace linkgrad;

std::optional<Entry> linkgrad::entryNamed(StringRef name) {
  // All names of entries begin so.
  if (!name.contains("__"))
    return std::nullopt;
  std::optional<Entry> best;
  size_t length = 0;
  auto consider = [&](Entry kind, StringRef text) {
    if (name.contains(text) && text.size() > length) {
      best = kind;
      length = text.size();
    }
  };
#define ENTRY(KIND, TEXT) consider(Entry::KIND, TEXT);
#include "Markers.def"
  return best;
}

std::optional<Entry> linkgrad::entryOf(const Function &function) {
  return function.isDeclaration() ? entryNamed(function.getName()) : std::nullopt;
}

std::optional<Marker> linkgrad::markerNamed(StringRef name) {
  std::optional<Marker> best;
  size_t length = 0;
  auto consider = [&](Marker kind, StringRef text) {
    size_t at = name.find(text);
    if (at == StringRef::npos || text.size() <= length)
      return;
    // What follows must not go on as a word: enzyme_dupliq is not enzyme_dup.
    StringRef rest = name.drop_front(at + text.size());
    if (!rest.empty() && isAlnum(rest.front()) && !name.starts_with("_Z"))
      return;
    best = kind;
    length = text.size();
  };
#define MARKER(KIND, TEXT) consider(Marker::KIND, TEXT);
#include "Markers.def"
  return best;
}

bool linkgrad::looksLikeMarker(StringRef name) {
  return name.contains("enzyme_") && !name.contains("__enzyme_") && !name.contains(".linkgrad");
}

SmallVector<CallBase *> linkgrad::entryCalls(Module &module) {
  SmallVector<CallBase *> calls;
  for (Function &function : module)
    for (Instruction &inst : instructions(function))
      if (auto *call = dyn_cast<CallBase>(&inst))
        if (auto *callee = dyn_cast<Function>(call->getCalledOperand()->stripPointerCasts()))
          if (entryOf(*callee))
            calls.push_back(call);
  return calls;
}

Function *linkgrad::functionNamedBy(Value *operand) {
  operand = operand->stripPointerCastsAndAliases();
  if (auto *function = dyn_cast<Function>(operand))
    return function;
  if (auto *load = dyn_cast<LoadInst>(operand))
    if (auto *global = dyn_cast<GlobalVariable>(load->getPointerOperand()->stripPointerCasts()))
      if (global->isConstant() && global->hasInitializer())
        return dyn_cast<Function>(global->getInitializer()->stripPointerCastsAndAliases());
  return nullptr;
}

namespace {

constexpr uint64_t maxWidth = 1024;

/// Reads one argument list.
class Reader {
public:
  Reader(CallInst &call, Entry entry, Diagnostics &diagnostics)
      : call(call), entry(entry), diagnostics(diagnostics), name(userName(*call.getCalledFunction())) {}

  std::optional<DerivativeRequest> read();

private:
  void report(DiagnosticId id, const std::vector<std::string> &arguments) {
    failed = true;
    diagnostics.report(id, call, arguments);
  }
  bool readFunction();
  bool readOption(Marker marker);
  void readWidth();
  void readTapeSize();
  bool readResult();
  void readParameter(Argument &parameter);
  bool accepts(const Argument &parameter, Activity activity, std::optional<Marker> marker);
  void append(Value *value, Activity activity, Value *stride);
  void readShadows(unsigned index);
  void readLeftOverMarkers();
  Value *take() { return next < call.arg_size() ? call.getArgOperand(next++) : nullptr; }
  /// The name of the marker an operand is, or empty.
  static StringRef markerName(Value *operand);
  /// The marker at the front of the list, taken off it.
  std::optional<Marker> takeMarker();
  Activity defaultActivity(Type *type) const;

  CallInst &call;
  Entry entry;
  Diagnostics &diagnostics;
  std::string name;
  DerivativeRequest request;
  unsigned next = 0;
  bool failed = false, interleaved = false, runtimeActivity = false;
  std::optional<Activity> resultActivity;
  /// By parameter: how many shadows stand behind an integer.
  DenseMap<unsigned, unsigned> skippedShadows;
};

} // namespace

StringRef Reader::markerName(Value *operand) {
  SmallPtrSet<Value *, 4> seen;
  while (operand && seen.insert(operand).second) {
    if (auto *load = dyn_cast<LoadInst>(operand))
      operand = load->getPointerOperand();
    else if (isa<CastInst>(operand))
      operand = cast<CastInst>(operand)->getOperand(0);
    else if (auto *phi = dyn_cast<PHINode>(operand))
      operand = phi->getIncomingValue(0);
    else if (auto *freeze = dyn_cast<FreezeInst>(operand))
      operand = freeze->getOperand(0);
    else
      break;
  }
  if (auto *metadata = dyn_cast_or_null<MetadataAsValue>(operand))
    if (auto *string = dyn_cast<MDString>(metadata->getMetadata()))
      return string->getString();
  operand = operand ? operand->stripPointerCasts() : nullptr;
  if (operand && (isa<GlobalVariable>(operand) || isa<AllocaInst>(operand)) && looksLikeMarker(operand->getName()))
    return operand->getName();
  return {};
}

std::optional<Marker> Reader::takeMarker() {
  if (next >= call.arg_size())
    return std::nullopt;
  StringRef text = markerName(call.getArgOperand(next));
  if (text.empty())
    return std::nullopt;
  ++next;
  std::optional<Marker> marker = markerNamed(text);
  if (!marker)
    report(DiagnosticId::UnknownMarker, {text.str(), name});
  return marker;
}

bool Reader::readFunction() {
  // A result that is returned through memory comes first.
  if (call.arg_size() && call.paramHasAttr(0, Attribute::StructRet))
    next = 1;
  Value *operand = take();
  Function *function = operand ? functionNamedBy(operand) : nullptr;
  if (!function) {
    report(DiagnosticId::NoFunction, {name});
    return false;
  }
  if (function->isDeclaration()) {
    report(DiagnosticId::NoBody, {userName(*function)});
    return false;
  }
  request.key.primal = function;
  return true;
}

void Reader::readWidth() {
  auto *width = dyn_cast_or_null<ConstantInt>(take());
  if (!width || width->isZero() || width->getValue().ugt(maxWidth))
    report(DiagnosticId::WidthNotConstant, {});
  else
    request.key.width = width->getZExtValue();
}

/// A size that is not known here was asked for by __enzyme_augmentsize at run time.
void Reader::readTapeSize() {
  auto *bytes = dyn_cast_or_null<ConstantInt>(take());
  if (bytes && bytes->getValue().ult(tapeHandleBytes))
    report(DiagnosticId::TapeTooSmall,
           {userName(*request.key.primal), std::to_string(tapeHandleBytes), std::to_string(bytes->getZExtValue())});
}

/// A marker that is not about the next argument.
bool Reader::readOption(Marker marker) {
  switch (marker) {
  case Marker::Width:
    readWidth();
    return true;
  case Marker::Interleave:
    return interleaved = true;
  case Marker::NoReturn:
  case Marker::StrongZero:
    return true;
  case Marker::PrimalReturn:
    // The first pass of split mode returns the primal as it is, the second cannot.
    if (entry == Entry::Reverse)
      report(DiagnosticId::PrimalReturnSplit, {name});
    return request.primalReturn = true;
  case Marker::ConstReturn:
    resultActivity = Activity::Constant;
    return true;
  case Marker::ActiveReturn:
    resultActivity = Activity::Active;
    return true;
  case Marker::DupReturn:
    resultActivity = Activity::Duplicated;
    return true;
  case Marker::Tape:
    request.tape = take();
    return true;
  case Marker::Allocated:
    readTapeSize();
    return true;
  case Marker::Seed:
    request.seed = take();
    return true;
  case Marker::NoFree:
    return request.noFree = true;
  case Marker::RuntimeActivity:
    return runtimeActivity = true;
  case Marker::NotOverwritten:
  case Marker::NoCache:
    return true;
  case Marker::Const:
  case Marker::Dup:
  case Marker::DupNoNeed:
  case Marker::Out:
  case Marker::DupV:
  case Marker::DupNoNeedV:
    return false;
  }
  llvm_unreachable("unknown marker");
}

Activity Reader::defaultActivity(Type *type) const {
  if (type->isPtrOrPtrVectorTy())
    return Activity::Duplicated;
  if (type->isIntOrIntVectorTy() || type->isEmptyTy())
    return Activity::Constant;
  return entry == Entry::Fwddiff ? Activity::Duplicated : Activity::Active;
}

/// Integers have no derivative; a shadow that one was given all the same is skipped.
void Reader::readShadows(unsigned index) {
  next += skippedShadows.lookup(index);
  if (request.key.arguments[index].activity != Activity::Duplicated)
    return;
  unsigned count = request.strides[index] ? 1 : request.key.width;
  for (unsigned lane = 0; lane < count; ++lane) {
    Value *shadow = take();
    if (!shadow)
      return report(DiagnosticId::MissingShadow, {std::to_string(index + 1), userName(*request.key.primal)});
    request.shadows[index].push_back(shadow);
  }
}

/// Whether \p parameter can take part as \p activity.
bool Reader::accepts(const Argument &parameter, Activity activity, std::optional<Marker> marker) {
  std::string position = std::to_string(parameter.getArgNo() + 1), function = userName(*request.key.primal);
  Type *type = parameter.getType();
  bool isValue = type->isFPOrFPVectorTy() || type->isAggregateType();
  if (marker == Marker::Out && entry == Entry::Fwddiff)
    report(DiagnosticId::OutForward, {position, function});
  else if (activity == Activity::Active && !isValue)
    report(DiagnosticId::OutOnPointer, {position, function, describe(*type)});
  // In reverse mode a value that is "duplicated" has nowhere to accumulate into but its return.
  else if (activity == Activity::Duplicated && entry != Entry::Fwddiff && isValue)
    report(DiagnosticId::ArgumentType,
           {position, function, describe(*type), "enzyme_dup, which in reverse mode needs a pointer,"});
  return !failed;
}

void Reader::readParameter(Argument &parameter) {
  std::optional<Marker> marker;
  while ((marker = takeMarker()))
    if (!readOption(*marker))
      break;
  Type *type = parameter.getType();
  bool strided = marker && markerTakesStride(*marker);
  Activity activity = !marker                   ? defaultActivity(type)
                      : marker == Marker::Const ? Activity::Constant
                      : marker == Marker::Out   ? Activity::Active
                                                : Activity::Duplicated;
  if (failed || !accepts(parameter, activity, marker))
    return;
  Value *stride = strided ? take() : nullptr;
  Value *value = entry == Entry::AugmentSize ? PoisonValue::get(type) : take();
  if (!value)
    return report(DiagnosticId::MissingArgument,
                  {name, std::to_string(parameter.getArgNo() + 1), userName(*request.key.primal)});
  // A function pointer is code, not data.
  if (!marker && isa<Function>(value->stripPointerCasts()))
    activity = Activity::Constant;
  bool shadowless = activity == Activity::Duplicated && type->isIntOrIntVectorTy();
  append(value, shadowless ? Activity::Constant : activity, stride);
  request.key.arguments.back().primalUnread = marker == Marker::DupNoNeed || marker == Marker::DupNoNeedV;
  if (shadowless)
    skippedShadows[parameter.getArgNo()] = strided ? 1 : request.key.width;
  if (!interleaved && entry != Entry::AugmentSize)
    readShadows(parameter.getArgNo());
}

void Reader::append(Value *value, Activity activity, Value *stride) {
  ArgumentActivity argument;
  bool tangent = activity == Activity::Active && entry == Entry::Fwddiff;
  argument.activity = tangent ? Activity::Duplicated : activity;
  argument.mayBeConstant = runtimeActivity && value->getType()->isPointerTy() && activity == Activity::Duplicated;
  request.key.arguments.push_back(argument);
  request.primals.push_back(value);
  request.shadows.emplace_back();
  request.strides.push_back(stride);
}

/// Options may stand anywhere, so also at the end.
void Reader::readLeftOverMarkers() {
  while (!failed) {
    std::optional<Marker> marker = takeMarker();
    if (!marker || !readOption(*marker))
      return;
  }
}

/// Options that stand behind the first duplicated argument still concern it.
static unsigned widthStatedIn(CallInst &call, function_ref<StringRef(Value *)> markerName) {
  for (unsigned i = 0; i + 1 < call.arg_size(); ++i)
    if (markerNamed(markerName(call.getArgOperand(i))) == Marker::Width)
      if (auto *width = dyn_cast<ConstantInt>(call.getArgOperand(i + 1)))
        if (!width->isZero() && width->getValue().ule(maxWidth))
          return width->getZExtValue();
  return 1;
}

/// How the result takes part, and whether what stands behind the arguments may.
bool Reader::readResult() {
  const Function &primal = *request.key.primal;
  Type *result = primal.getReturnType();
  bool mayTrail = entry == Entry::Reverse || primal.isVarArg();
  if (!request.trailing.empty() && !mayTrail)
    report(DiagnosticId::TooManyArguments,
           {userName(primal), std::to_string(request.key.arguments.size()) + " argument(s)"});
  else if (request.primalReturn && result->isVoidTy())
    report(DiagnosticId::PrimalReturnVoid, {userName(primal)});
  bool real = result->isFPOrFPVectorTy() || result->isAggregateType();
  bool forward = entry == Entry::Fwddiff;
  if (real)
    request.key.result = forward ? Activity::Duplicated : Activity::Active;
  else if (result->isPointerTy() && (forward || entry == Entry::AugmentForward || entry == Entry::Reverse))
    request.key.result = Activity::Duplicated;
  bool overrides = resultActivity && !(real && *resultActivity == Activity::Duplicated && !forward);
  if (overrides)
    request.key.result = forward && *resultActivity == Activity::Active ? Activity::Duplicated : *resultActivity;
  return !failed;
}

std::optional<DerivativeRequest> Reader::read() {
  request.call = &call;
  request.entry = entry;
  request.key.form = entry == Entry::Fwddiff    ? DerivativeForm::Forward
                     : entry == Entry::Autodiff ? DerivativeForm::Gradient
                                                : DerivativeForm::Split;
  request.key.width = widthStatedIn(call, markerName);
  if (!readFunction())
    return std::nullopt;
  for (Argument &parameter : request.key.primal->args()) {
    readParameter(parameter);
    if (failed)
      return std::nullopt;
  }
  for (unsigned index = 0; interleaved && index < request.key.arguments.size() && !failed; ++index)
    readShadows(index);
  readLeftOverMarkers();
  if (failed)
    return std::nullopt;
  while (Value *rest = take())
    request.trailing.push_back(rest);
  if (!readResult())
    return std::nullopt;
  return std::move(request);
}

std::optional<DerivativeRequest> linkgrad::parseRequest(CallInst &call, Entry entry, Diagnostics &diagnostics) {
  return Reader(call, entry, diagnostics).read();
}
