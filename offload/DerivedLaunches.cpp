//===- DerivedLaunches.cpp - derivatives of launches ----------------------===//
//
// A launch is a loop over indices that do not depend on each other.  So is its derivative:
// forward mode launches the jvp of the kernel, the forward sweep of reverse mode its augmented
// function, the reverse sweep its pullback, in which all indices add to the adjoints of what they
// have read, atomically (core/emit/PullbackAtomics.cpp).
//
//   @k.launch.augmented(n, x, x̄) {             @k.launch.pullback(n, a, x, x̄) {
//     tapes = memory for n tapes                 tapes = what is on the tape
//     push tapes on this thread's tape           sums = memory for the adjoints of numbers
//     k.augmented.index.launch(n, x, x̄, tapes)   k.pullback.index.launch(n, a, x, x̄, tapes, sums)
//   }                                            return what is in sums
//                                              }
//   @k.augmented.index(i, x, x̄, tapes) {       @k.pullback.index(i, a, x, x̄, tapes, sums) {
//     tape = &tapes[i], empty                    tape = &tapes[i]
//     k.augmented.with.tape(i, x, x̄, tape)       ā = k.pullback.with.tape(i, a, x, x̄, tape)
//   }                                            sums[i / (n / 64 + 1)] += ā, atomically
//                                              }
//
// The functions `.index` are kernels like those the user writes: their launches run on a device
// or, where there is none, as loops on the host, with the same tapes.
//
// Some derivatives need what a device does not have, or add to shadows in ways for which there
// are no atomic operations.  Those are loops on the host, one index after the other, on the tape of
// the thread; the reverse sweep begins with the last index.  They stop where memory is mapped.
//
//===----------------------------------------------------------------------===//
#include "offload/DerivedLaunches.h"
#include "core/support/LaunchMarks.h"
#include "offload/DeviceChecks.h"
#include "offload/DeviceClosure.h"
#include "offload/DeviceMath.h"
#include "offload/IndexTape.h"
#include "offload/Launches.h"
#include "offload/Scalars.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace linkgrad;

/// The beginning of what is kept for an index: where its tape ends.
static constexpr uint64_t headerBytes = 16;

/// Sums of the adjoints of numbers, as many as this, which share no cache lines, are added up in the end.
static constexpr unsigned sumsCount = 64;
static uint64_t bytesOfSums(unsigned numbers) { return alignTo(8 * numbers, 128); }

namespace {

class DerivedLaunch {
public:
  DerivedLaunch(Module &module, const OffloadOptions &options, const MDNode &note);
  void lower(raw_ostream *report);

private:
  // Whether it can be a launch
  std::string obstacle();
  std::string obstacleIn(const GlobalValue &global, const Globals &primal) const;
  std::string obstacleOfCall(const Function &callee, const Globals &primal) const;

  // As a launch
  void launch();
  Function *indexFunction(Function &derivative, bool isPullback);
  Value *tapeOf(IRBuilder<> &b, Value *index, Value *tapes, bool isPullback);
  void launchForward(CallInst &call);
  void launchReverse(CallInst &call);
  Value *startTapes(CallInst &call);
  Value *findTapes(CallInst &call);

  // As a loop
  void loop();
  void loopForward(CallInst &call);
  void loopReverse(CallInst &call);

  void tell(raw_ostream *report, StringRef reason);

  Module &module;
  const OffloadOptions &options;
  Function *kernel;
  SmallVector<CallInst *, 2> calls; ///< of the jvp, or of the augmented function and the pullback
  std::optional<IndexTape> tape;    ///< if the kernel needs one
  uint64_t stride = 0;              ///< bytes for each index
  bool grows = false;
  StructType *stateType = nullptr;
};

} // namespace

//===- what is there ------------------------------------------------------===//

/// The derivative of the kernel is all that these functions call and that the support code does not define.
static CallInst *derivativeCall(Function &function) {
  for (Instruction &inst : instructions(function))
    if (auto *call = dyn_cast<CallInst>(&inst))
      if (Function *callee = call->getCalledFunction(); callee && !callee->isDeclaration())
        return call;
  llvm_unreachable("a derivative of a launch calls none of its kernel");
}

static Function *functionIn(const MDNode &note, unsigned index) {
  return cast<Function>(cast<ValueAsMetadata>(note.getOperand(index))->getValue());
}

DerivedLaunch::DerivedLaunch(Module &module, const OffloadOptions &options, const MDNode &note)
    : module(module), options(options), kernel(functionIn(note, 0)) {
  for (unsigned i = 1; i < note.getNumOperands(); ++i)
    calls.push_back(derivativeCall(*functionIn(note, i)));
}

//===- whether it can be a launch -----------------------------------------===//

/// What the support code defines without state of its own.
static bool isPlainSupport(StringRef name) {
  return any_of(ArrayRef<StringRef>{"__linkgrad_tape_push", "__linkgrad_tape_peek", "__linkgrad_tape_pop",
                                    "__linkgrad_copy_members", "__linkgrad_fill_members"},
                [&](StringRef known) { return name == known; }) ||
         name.starts_with("__linkgrad_clear_") || name.starts_with("__linkgrad_transfer_");
}

static bool wantsGpu(const OffloadOptions &options) {
  return any_of(options.targets, [](StringRef target) { return !target.starts_with("x86_64"); });
}

std::string DerivedLaunch::obstacleOfCall(const Function &callee, const Globals &primal) const {
  if (callee.isIntrinsic() || primal.contains(const_cast<Function *>(&callee)) || isPlainSupport(callee.getName()))
    return "";
  bool known = wantsGpu(options) ? hasDeviceMath(callee) : isInCLibrary(callee.getName());
  return known ? "" : ("it calls " + callee.getName() + ", which a device does not have").str();
}

/// Calls through pointers are sorted by the function they lead to, whose address on a device is another.
static bool comparesFunctions(const Function &function) {
  return any_of(instructions(function), [](const Instruction &inst) {
    return isa<ICmpInst>(inst) &&
           any_of(inst.operands(), [](const Value *operand) { return isa<Function>(operand->stripPointerCasts()); });
  });
}

std::string DerivedLaunch::obstacleIn(const GlobalValue &global, const Globals &primal) const {
  if (auto *variable = dyn_cast<GlobalVariable>(&global)) {
    bool isConstant = variable->isConstant() && variable->hasInitializer() && !variable->isThreadLocal();
    return isConstant || primal.contains(const_cast<GlobalValue *>(&global))
               ? ""
               : ("it needs the variable " + variable->getName()).str();
  }
  auto *function = dyn_cast<Function>(&global);
  if (!function)
    return ("it needs " + global.getName()).str();
  if (function->isDeclaration())
    return obstacleOfCall(*function, primal);
  if (comparesFunctions(*function))
    return "it calls through pointers to functions";
  return function->getFnAttribute(oneByOneMark).getValueAsString().str();
}

/// Why indices cannot be derived at once; empty if they can.
std::string DerivedLaunch::obstacle() {
  SmallVector<Function *> roots;
  for (CallInst *call : calls)
    roots.push_back(call->getCalledFunction());
  Globals primal = deviceClosure({kernel});
  for (GlobalValue *global : deviceClosure(roots))
    if (std::string reason = obstacleIn(*global, primal); !reason.empty())
      return reason;
  if (wantsGpu(options) && any_of(kernel->args(), [](const Argument &a) { return a.hasByValAttr(); }))
    return "a GPU would have to share a struct that is passed by value";
  if (calls.size() == 1)
    return usesTape(*roots[0]) ? "its forward derivative keeps values" : "";
  SmallVector<Type *> adjoints;
  scalarsOf(calls[1]->getType(), adjoints);
  if (!all_of(adjoints, [](Type *type) { return type->isFloatTy() || type->isDoubleTy(); }))
    return "there is no atomic addition for the adjoint of a number it is passed";
  std::optional<uint64_t> bytes = bytesOnTape(*roots[0]), more = bytesOnTape(*roots[1]);
  grows = !bytes || !more || *more;
  if (grows && wantsGpu(options))
    return "how much it keeps for the reverse sweep is known at run time only, and GPUs have no memory to give";
  if (!usesTape(*roots[0]) && !usesTape(*roots[1]))
    return "";
  tape.emplace(module, grows);
  stateType = tape->type();
  stride = grows ? module.getDataLayout().getTypeAllocSize(stateType).getFixedValue() : headerBytes + *bytes;
  return "";
}

//===- as a launch --------------------------------------------------------===//

/// The tape of \p index as its derivative sees it.
Value *DerivedLaunch::tapeOf(IRBuilder<> &b, Value *index, Value *tapes, bool isPullback) {
  Value *kept = b.CreatePtrAdd(tapes, b.CreateMul(index, b.getInt64(stride)));
  Constant *owns =
      ConstantStruct::get(stateType, {ConstantPointerNull::get(b.getPtrTy()), ConstantPointerNull::get(b.getPtrTy()),
                                      ConstantPointerNull::get(b.getPtrTy()), b.getInt64(1)});
  if (grows && !isPullback) {
    b.CreateStore(owns, kept);
    return kept;
  }
  Value *state = b.CreateAlloca(stateType);
  if (!grows) {
    b.CreateStore(isPullback ? b.CreateLoad(b.getPtrTy(), kept) : b.CreatePtrAdd(kept, b.getInt64(headerBytes)), state);
    return state;
  }
  // Who reads the tape leaves it as it is: it may be read again.
  b.CreateMemCpy(state, Align(8), kept, Align(8), stride);
  b.CreateStore(b.getInt64(0), b.CreateStructGEP(stateType, state, 3));
  return state;
}

/// Neighbouring indices add to the same sums, \p each of them, so that threads do not wait for each other.
static void addToSums(IRBuilder<> &b, Value *adjoint, Value *index, Value *sums, Value *each) {
  SmallVector<Value *> adjoints;
  takeApart(b, adjoint, adjoints);
  Value *ours = b.CreatePtrAdd(sums, b.CreateMul(b.CreateUDiv(index, each), b.getInt64(bytesOfSums(adjoints.size()))));
  for (auto [i, scalar] : enumerate(adjoints))
    b.CreateAtomicRMW(AtomicRMWInst::FAdd, b.CreatePtrAdd(ours, b.getInt64(8 * i)),
                      b.CreateFPExt(scalar, b.getDoubleTy()), Align(8), AtomicOrdering::Monotonic);
}

/// The kernel that runs \p derivative for one index.
Function *DerivedLaunch::indexFunction(Function &derivative, bool isPullback) {
  bool hasSums = isPullback && !derivative.getReturnType()->isVoidTy();
  if (!tape && !hasSums)
    return &derivative;
  LLVMContext &context = module.getContext();
  SmallVector<Type *> types(derivative.getFunctionType()->params());
  unsigned given = types.size();
  types.append(unsigned(tape.has_value()) + unsigned(hasSums), PointerType::getUnqual(context));
  if (hasSums)
    types.push_back(Type::getInt64Ty(context));
  auto *function = Function::Create(FunctionType::get(Type::getVoidTy(context), types, /*isVarArg=*/false),
                                    GlobalValue::InternalLinkage, derivative.getName() + ".index", module);
  for (Attribute attribute : derivative.getAttributes().getFnAttrs())
    if (attribute.isStringAttribute())
      function->addFnAttr(attribute);
  IRBuilder<> b(BasicBlock::Create(context, "entry", function));
  SmallVector<Value *> arguments;
  for (Argument &argument : function->args())
    if (argument.getArgNo() < given)
      arguments.push_back(&argument);
  Value *index = function->getArg(0), *state = nullptr;
  if (tape) {
    state = tapeOf(b, index, function->getArg(given), isPullback);
    arguments.push_back(state);
  }
  CallInst *result = b.CreateCall(tape ? tape->withTape(derivative) : &derivative, arguments);
  if (tape && !grows && !isPullback)
    b.CreateStore(b.CreateLoad(b.getPtrTy(), state),
                  b.CreatePtrAdd(function->getArg(given), b.CreateMul(index, b.getInt64(stride))));
  if (hasSums) {
    addToSums(b, result, index, function->getArg(types.size() - 2), function->getArg(types.size() - 1));
  }
  b.CreateRetVoid();
  return function;
}

static CallInst *callSupport(IRBuilder<> &b, StringRef name, Type *result, ArrayRef<Value *> arguments) {
  SmallVector<Type *> types;
  for (Value *argument : arguments)
    types.push_back(argument->getType());
  Module &module = *b.GetInsertBlock()->getModule();
  return b.CreateCall(module.getOrInsertFunction(name, FunctionType::get(result, types, /*isVarArg=*/false)),
                      arguments);
}

/// The release of the memory of tapes, which the engine has put where releases wait.
static CallInst *releaseIn(Function &function) {
  for (Instruction &inst : instructions(function))
    if (auto *call = dyn_cast<CallInst>(&inst);
        call && call->getCalledFunction() && call->getCalledFunction()->getName() == "__linkgrad_defer")
      return call;
  return nullptr;
}

/// Memory for the tapes of all indices; the thread's tape remembers it.
Value *DerivedLaunch::startTapes(CallInst &call) {
  CallInst *release = releaseIn(*call.getFunction());
  assert(release && "a kernel that needs a tape, and nobody to release it");
  IRBuilder<> b(release);
  Value *handle = callSupport(b, "__linkgrad_launch_tape", b.getPtrTy(),
                              {call.getArgOperand(0), b.getInt64(stride), b.getInt64(grows)});
  release->setArgOperand(2, handle);
  Value *nothing = ConstantPointerNull::get(b.getPtrTy());
  Value *place = callSupport(b, "__linkgrad_tape_push", b.getPtrTy(), {b.getInt32(0), b.getInt64(16), nothing});
  b.CreateStore(handle, place);
  return b.CreateLoad(b.getPtrTy(), handle);
}

Value *DerivedLaunch::findTapes(CallInst &call) {
  IRBuilder<> b(&call);
  Value *nothing = ConstantPointerNull::get(b.getPtrTy());
  Value *place = callSupport(b, "__linkgrad_tape_peek", b.getPtrTy(), {b.getInt32(0), b.getInt64(16), nothing});
  Value *handle = b.CreateLoad(b.getPtrTy(), place);
  callSupport(b, "__linkgrad_tape_pop", b.getVoidTy(), {b.getInt32(0), place});
  return b.CreateLoad(b.getPtrTy(), handle);
}

/// A launch returns where it ran.
static void returnInstead(CallInst &call, Value *result) {
  cast<ReturnInst>(call.getParent()->getTerminator())->setOperand(0, result);
  call.eraseFromParent();
}

void DerivedLaunch::launchForward(CallInst &call) {
  SmallVector<Value *> arguments(call.args());
  if (tape)
    arguments.push_back(startTapes(call));
  else if (CallInst *release = releaseIn(*call.getFunction()))
    release->eraseFromParent();
  Function *function = indexFunction(*call.getCalledFunction(), /*isPullback=*/false);
  IRBuilder<> b(&call);
  returnInstead(call, b.CreateCall(launchFunctionOf(*function), arguments));
}

void DerivedLaunch::launchReverse(CallInst &call) {
  SmallVector<Value *> arguments(call.args());
  if (tape)
    arguments.push_back(findTapes(call));
  Function *function = indexFunction(*call.getCalledFunction(), /*isPullback=*/true);
  IRBuilder<> b(&call);
  SmallVector<Type *> types;
  scalarsOf(call.getType(), types);
  if (types.empty()) {
    b.CreateCall(launchFunctionOf(*function), arguments);
    call.eraseFromParent();
    return;
  }
  Value *stripe = b.getInt64(bytesOfSums(types.size())), *count = b.getInt64(sumsCount);
  Value *sums = callSupport(b, "__linkgrad_launch_sums", b.getPtrTy(), {b.CreateMul(stripe, count)});
  // No division by zero where there are no indices.
  Value *each = b.CreateAdd(b.CreateUDiv(call.getArgOperand(0), count), b.getInt64(1));
  append_values(arguments, sums, each);
  b.CreateCall(launchFunctionOf(*function), arguments);
  IRBuilder<> entry(&*call.getFunction()->getEntryBlock().getFirstInsertionPt());
  Value *place = entry.CreateAlloca(ArrayType::get(b.getDoubleTy(), types.size()), nullptr, "sums");
  callSupport(b, "__linkgrad_launch_take", b.getVoidTy(), {place, b.getInt64(types.size()), sums, count, stripe});
  SmallVector<Value *> adjoints;
  for (auto [i, type] : enumerate(types))
    adjoints.push_back(b.CreateFPTrunc(b.CreateLoad(b.getDoubleTy(), b.CreatePtrAdd(place, b.getInt64(8 * i))), type));
  ArrayRef<Value *> rest = adjoints;
  call.replaceAllUsesWith(putTogether(b, call.getType(), rest));
  call.eraseFromParent();
}

void DerivedLaunch::launch() {
  launchForward(*calls[0]);
  if (calls.size() > 1)
    launchReverse(*calls[1]);
}

//===- as a loop ----------------------------------------------------------===//

/// A device's copy of memory would not see what happens here, and this not what happened there.
static void checkPointers(CallInst &call) {
  IRBuilder<> b(&call);
  for (Value *argument : call.args())
    if (argument->getType()->isPointerTy())
      callSupport(b, "__linkgrad_check_on_host", b.getVoidTy(), {b.CreateFreeze(argument)});
}

namespace {

/// for (i = 0; i != n; ++i), in place of a call.
struct IndexLoop {
  explicit IndexLoop(CallInst &call);

  Value *n;
  BasicBlock *before, *after;
  PHINode *i;
  IRBuilder<> body; ///< builds what is repeated
  void close();
};

} // namespace

IndexLoop::IndexLoop(CallInst &call) : n(call.getArgOperand(0)), body(call.getContext()) {
  before = call.getParent();
  after = before->splitBasicBlock(&call, "after");
  LLVMContext &context = call.getContext();
  auto *header = BasicBlock::Create(context, "header", before->getParent(), after);
  auto *block = BasicBlock::Create(context, "body", before->getParent(), after);
  before->getTerminator()->setSuccessor(0, header);
  IRBuilder<> b(header);
  i = b.CreatePHI(b.getInt64Ty(), 2, "i");
  i->addIncoming(b.getInt64(0), before);
  b.CreateCondBr(b.CreateICmpULT(i, n), block, after);
  body.SetInsertPoint(block);
  body.SetCurrentDebugLocation(call.getDebugLoc());
}

void IndexLoop::close() {
  i->addIncoming(body.CreateAdd(i, body.getInt64(1), "", /*HasNUW=*/true), body.GetInsertBlock());
  body.CreateBr(i->getParent());
}

void DerivedLaunch::loopForward(CallInst &call) {
  checkPointers(call);
  if (CallInst *release = releaseIn(*call.getFunction()))
    release->eraseFromParent();
  IndexLoop loop(call);
  SmallVector<Value *> arguments(call.args());
  arguments[0] = loop.i;
  loop.body.CreateCall(call.getCalledFunction(), arguments);
  loop.close();
  call.eraseFromParent();
}

/// What was kept last is needed first.
void DerivedLaunch::loopReverse(CallInst &call) {
  checkPointers(call);
  IRBuilder<> entry(&*call.getFunction()->getEntryBlock().getFirstInsertionPt());
  Type *type = call.getType();
  Value *sum = nullptr;
  if (!type->isVoidTy()) {
    sum = entry.CreateAlloca(type, nullptr, "sum");
    entry.CreateStore(Constant::getNullValue(type), sum);
  }
  IndexLoop loop(call);
  IRBuilder<> &b = loop.body;
  SmallVector<Value *> arguments(call.args()), sums, terms;
  arguments[0] = b.CreateSub(b.CreateSub(loop.n, b.getInt64(1)), loop.i);
  Value *made = b.CreateCall(call.getCalledFunction(), arguments);
  if (sum) {
    takeApart(b, made, terms);
    takeApart(b, b.CreateLoad(type, sum), sums);
    for (auto [old, term] : zip(sums, terms))
      if (term->getType()->isFloatingPointTy())
        old = b.CreateFAdd(old, term);
    ArrayRef<Value *> rest = sums;
    b.CreateStore(putTogether(b, type, rest), sum);
  }
  loop.close();
  if (sum)
    call.replaceAllUsesWith(IRBuilder<>(&call).CreateLoad(type, sum));
  call.eraseFromParent();
}

void DerivedLaunch::loop() {
  loopForward(*calls[0]);
  if (calls.size() > 1)
    loopReverse(*calls[1]);
}

//===- what was done ------------------------------------------------------===//

/// How many additions to shadows, in the text of the program, are atomic.
static unsigned atomicAdditions(Function &pullback) {
  unsigned count = 0;
  for (GlobalValue *global : deviceClosure({&pullback}))
    if (auto *function = dyn_cast<Function>(global))
      for (Instruction &inst : instructions(*function)) {
        auto *call = dyn_cast<CallInst>(&inst);
        bool isGuarded =
            call && call->getCalledFunction() && call->getCalledFunction()->getName().starts_with("linkgrad.add.");
        count += isGuarded || (isa<AtomicRMWInst>(inst) && !function->getName().starts_with("linkgrad.add."));
      }
  return count;
}

void DerivedLaunch::tell(raw_ostream *report, StringRef reason) {
  std::string text = formatv("derivative of launches of '{0}': ", userName(*kernel));
  if (!reason.empty()) {
    text += formatv("a loop on the host, because {0}", reason);
  } else {
    text += "a launch";
    if (calls.size() > 1)
      text += formatv(", {0} atomic additions", atomicAdditions(*calls[1]->getCalledFunction()));
    if (tape)
      text += grows ? std::string(", a tape that grows") : formatv(", {0} bytes of tape for each index", stride).str();
  }
  if (report)
    *report << "linkgrad: " << text << '\n';
  DISubprogram *where = kernel->getSubprogram();
  DiagnosticLocation location = where ? DiagnosticLocation(where) : DiagnosticLocation();
  LLVMContext &context = module.getContext();
  if (reason.empty())
    context.diagnose(OptimizationRemark("linkgrad", "LaunchDerivative", location, &kernel->getEntryBlock()) << text);
  else
    context.diagnose(OptimizationRemarkMissed("linkgrad", "LaunchDerivative", location, &kernel->getEntryBlock())
                     << text);
}

void DerivedLaunch::lower(raw_ostream *report) {
  std::string reason = obstacle();
  tell(report, reason);
  reason.empty() ? launch() : loop();
}

void linkgrad::lowerDerivedLaunches(Module &module, const OffloadOptions &options, raw_ostream *report) {
  NamedMDNode *notes = module.getNamedMetadata(derivedLaunches);
  if (!notes)
    return;
  for (const MDNode *note : notes->operands())
    DerivedLaunch(module, options, *note).lower(report);
  module.eraseNamedMetadata(notes);
}
