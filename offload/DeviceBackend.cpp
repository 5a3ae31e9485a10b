#include "offload/DeviceBackend.h"
#include "offload/Tools.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace linkgrad;

static void optimise(Module &device, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3).run(device, modules);
}

static Expected<SmallString<0>> generate(Module &device, TargetMachine &machine, CodeGenFileType type) {
  SmallString<0> bytes;
  raw_svector_ostream os(bytes);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, nullptr, type))
    return createStringError("linkgrad: LLVM cannot generate code for " + device.getTargetTriple().str() +
                             " [offload-target]");
  passes.run(device);
  return bytes;
}

/// Beside what the assembler makes of it, for people to read and for drivers of later GPUs.
static Error keepPtx(const DeviceTarget &target, StringRef ptx, const OffloadOptions &options) {
  if (options.saveFolder.empty())
    return Error::success();
  SmallString<128> path(options.saveFolder);
  sys::path::append(path, "device-" + target.triple.getArchName() + "-" + target.cpu + ".ptx");
  std::error_code error;
  raw_fd_ostream os(path, error);
  if (!error) {
    os << ptx;
    os.close();
    error = os.error();
    os.clear_error();
  }
  return error ? createStringError("linkgrad: cannot write '" + path + "': " + error.message()) : Error::success();
}

/// Without NVIDIA's assembler the driver has to do its work when the program runs.
static Expected<DeviceImage> finishPtx(const DeviceTarget &target, StringRef ptx, const OffloadOptions &options) {
  if (Error error = keepPtx(target, ptx, options))
    return error;
  std::string ptxas = findPtxas(options);
  if (ptxas.empty())
    return DeviceImage{&target, ImageForm::Ptx, MemoryBuffer::getMemBufferCopy(ptx)};
  Image cubin = assemblePtx(ptxas, ptx, target);
  if (!cubin)
    return cubin.takeError();
  return DeviceImage{&target, ImageForm::Cubin, std::move(*cubin)};
}

Expected<DeviceImage> linkgrad::compileForDevice(Module &device, const DeviceTarget &target, TargetMachine &machine,
                                                 const OffloadOptions &options) {
  // ptxas takes debug information for a wish not to optimise; of AMD's code, lines of the source are enough.
  if (target.triple.isNVPTX())
    StripDebugInfo(device);
  else if (target.isGpu())
    stripNonLineTableDebugInfo(device);
  optimise(device, machine);
  bool isPtx = target.triple.isNVPTX();
  Expected<SmallString<0>> code =
      generate(device, machine, isPtx ? CodeGenFileType::AssemblyFile : CodeGenFileType::ObjectFile);
  if (!code)
    return code.takeError();
  if (isPtx)
    return finishPtx(target, *code, options);
  Image linked = target.isGpu() ? linkForAmd(*code) : linkForHost(*code);
  if (!linked)
    return linked.takeError();
  return DeviceImage{&target, ImageForm::Object, std::move(*linked)};
}
