#include "test/support/Laboratory.h"
#include "core/Engine.h"
#include "passes/OptimisePass.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace linkgrad;

extern "C" void *__emutls_get_address(void *);

void collectErrors(LLVMContext &context, std::string &errors) {
  context.setDiagnosticHandlerCallBack(
      [](const DiagnosticInfo *info, void *place) {
        if (info->getSeverity() == DS_Remark)
          return;
        raw_string_ostream os(*static_cast<std::string *>(place));
        DiagnosticPrinterRawOStream printer(os);
        info->print(printer);
        os << '\n';
      },
      &errors);
}

static void optimise(Module &module) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  optimiseForDifferentiation(module, modules, Host());
}

std::string differentiateModule(Module &module, bool optimised, const std::string &errors) {
  std::string problem;
  raw_string_ostream os(problem);
  if (verifyModule(module, &os))
    return "the example is not valid:\n" + problem;
  protectRequests(module);
  if (optimised)
    optimise(module);
  EngineOptions options;
  options.printDerivatives = options.printPlans = getenv("LINKGRAD_SPEC_PRINT") != nullptr;
  if (differentiate(module, options).failed || !errors.empty())
    return "refused:\n" + errors;
  removeRequestLeftovers(module);
  if (Error error = linkRuntime(module))
    return toString(std::move(error));
  if (getenv("LINKGRAD_SPEC_PRINT"))
    errs() << module;
  if (verifyModule(module, &os))
    return "the derivative is not valid:\n" + problem;
  return "";
}

static Expected<std::unique_ptr<orc::LLJIT>> compile(std::unique_ptr<Module> module,
                                                     std::unique_ptr<LLVMContext> context) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto host = orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return host.takeError();
  host->setCodeGenOptLevel(CodeGenOptLevel::None);
  // The same code on every machine.  And FastISel of LLVM 22 encodes what a call
  // returns on the x87 stack wrongly where there are more than 16 vector registers.
  host->setCPU("x86-64");
  host->getFeatures() = SubtargetFeatures();
  // The tape is thread-local, and nobody loads our code for the dynamic linker.
  host->getOptions().EmulatedTLS = true;
  auto jit = orc::LLJITBuilder().setJITTargetMachineBuilder(*host).create();
  if (!jit)
    return jit;
  auto symbols = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess((*jit)->getDataLayout().getGlobalPrefix());
  if (!symbols)
    return symbols.takeError();
  orc::JITDylib &library = (*jit)->getMainJITDylib();
  library.addGenerator(std::move(*symbols));
  orc::SymbolMap own;
  own[(*jit)->mangleAndIntern("__emutls_get_address")] = orc::ExecutorSymbolDef::fromPtr(&__emutls_get_address);
  if (Error error = library.define(orc::absoluteSymbols(std::move(own))))
    return error;
  module->setTargetTriple((*jit)->getTargetTriple());
  module->setDataLayout((*jit)->getDataLayout());
  if (Error error = (*jit)->addIRModule(orc::ThreadSafeModule(std::move(module), std::move(context))))
    return error;
  return jit;
}

Laboratory::Laboratory(std::unique_ptr<Module> module, std::unique_ptr<LLVMContext> context) {
  auto compiled = compile(std::move(module), std::move(context));
  if (compiled)
    jit = std::move(*compiled);
  else
    problem = toString(compiled.takeError());
}

State Laboratory::run(const Example &example, const Form &form, State state, long rounds) {
  auto function = jit->lookup(formName(example, form));
  if (!function) {
    problem = toString(function.takeError());
    return state;
  }
  state.dx.resize(state.x.size() * std::max(form.lanes, 1u));
  state.y.resize(1);
  state.dy.resize(std::max(form.lanes, 1u));
  function->toPtr<void(double *, double *, double *, double *, int64_t)>()(state.x.data(), state.dx.data(),
                                                                           state.y.data(), state.dy.data(), rounds);
  return state;
}
