//===- Split.cpp - host and device images ---------------------------------===//
//
// By now the program is differentiated and not vectorised yet.  What its launch
// functions run is copied and compiled for each device the user named:
//
//   launch functions ─▶ kernels ─▶ closure ─▶ for each device: module ─▶ checks ─▶ image
//                                                                │
//   program  ◀── entries, images, registration ◀─────────────────┘
//
// and every launch function tries a device before it runs its loop.  Kernels that code of
// another compiler launches, and has no image for, get theirs in the same way.
//
//===----------------------------------------------------------------------===//
#include "offload/Split.h"
#include "offload/DeviceBackend.h"
#include "offload/DeviceChecks.h"
#include "offload/DeviceMath.h"
#include "offload/DeviceModule.h"
#include "offload/ForeignKernels.h"
#include "offload/HostStubs.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// A device, and the program's part for it.
struct DevicePart {
  const DeviceTarget *device;
  std::unique_ptr<TargetMachine> machine;
  std::unique_ptr<Module> module;
  std::string mathematics; ///< path of the library it needs, or empty
};

class Splitter {
public:
  Splitter(Module &program, const OffloadOptions &options)
      : program(program), options(options), launches(launchesOf(program)), foreign(foreignKernels(program)) {}

  Error run();

private:
  bool addForeignKernels();
  void nameEntries();
  Error prepare(const DeviceTarget &device);
  Error checkSize(const DeviceTarget &device, uint64_t bytes);
  Error compile();
  Error pack();

  Module &program;
  const OffloadOptions &options;
  SmallVector<Launch> launches; ///< the program's own, then those of others
  SmallVector<ForeignKernel> foreign;
  SmallVector<Function *> kernels;
  SmallVector<KernelEntry> entries;
  Globals closure;
  std::vector<DevicePart> parts;
  std::vector<DeviceImage> images;
  unsigned refused = 0, reported = 0;
};

} // namespace

/// False after a kernel was reported that is not here.
bool Splitter::addForeignKernels() {
  Diagnostics diagnostics;
  const CallBase *call = nullptr;
  for (const ForeignKernel &kernel : foreign) {
    if (kernel.kernel) {
      launches.push_back({nullptr, kernel.kernel, kernel.launchedHere});
    } else if (kernel.launchedHere) {
      call = kernel.launchedHere;
      diagnostics.report(DiagnosticId::ForeignNoBody, *call, {demangle(kernel.name)});
    }
  }
  if (call)
    diagnostics.emit(*call, "it is launched here", options.maxErrors);
  return !call;
}

/// Names that every assembler takes.
void Splitter::nameEntries() {
  for (auto [index, launch] : enumerate(launches)) {
    std::string name = formatv("__linkgrad_offload_{0}_", index);
    for (char c : launch.kernel->getName())
      name += isAlnum(c) ? c : '_';
    kernels.push_back(launch.kernel);
    entries.push_back({launch.kernel, std::move(name), !launch.function});
  }
}

/// An error without a text after an image was reported that is too large.
Error Splitter::checkSize(const DeviceTarget &device, uint64_t bytes) {
  if (bytes <= options.maxImage)
    return Error::success();
  const CallBase *call = firstCallOf(launches.front());
  Location where = call ? Location(*call) : Location(*kernels.front());
  Diagnostics diagnostics;
  diagnostics.report(DiagnosticId::DeviceImageSize, where,
                     {device.name, std::to_string(bytes), std::to_string(options.maxImage)});
  diagnostics.emit(where, "'" + userName(*kernels.front()) + "' is launched here", options.maxErrors);
  return createStringError("");
}

/// What the variables of an image take, before there is code.
static uint64_t bytesOfVariables(const Module &module) {
  uint64_t bytes = 0;
  for (const GlobalVariable &variable : module.globals())
    if (variable.hasInitializer())
      bytes += module.getDataLayout().getTypeAllocSize(variable.getValueType());
  return bytes;
}

Error Splitter::prepare(const DeviceTarget &device) {
  Expected<std::unique_ptr<TargetMachine>> machine = targetMachineFor(device);
  if (!machine)
    return machine.takeError();
  std::unique_ptr<Module> module = makeDeviceModule(program, closure, entries, device, **machine);
  if (Error error = checkSize(device, bytesOfVariables(*module)))
    return error;
  Expected<std::string> mathematics = device.isGpu() ? renameDeviceMath(*module, device, options) : "";
  if (!mathematics)
    return mathematics.takeError();
  refused += checkForDevice(*module, launches, program.getDataLayout(), device, options.maxErrors, reported);
  assert(!verifyModule(*module, &errs()) && "the device's module is broken");
  parts.push_back({&device, std::move(*machine), std::move(module), std::move(*mathematics)});
  return Error::success();
}

Error Splitter::compile() {
  for (DevicePart &part : parts) {
    if (!part.mathematics.empty())
      if (Error error = linkDeviceMath(*part.module, *part.device, part.mathematics))
        return error;
    Expected<DeviceImage> image = compileForDevice(*part.module, *part.device, *part.machine, options);
    if (!image)
      return image.takeError();
    if (Error error = checkSize(*part.device, image->bytes->getBufferSize()))
      return error;
    images.push_back(std::move(*image));
  }
  return Error::success();
}

Error Splitter::pack() {
  SmallVector<HostEntry> packed =
      map_to_vector(entries, [](const KernelEntry &entry) { return HostEntry{entry.name, nullptr}; });
  auto isHere = [](const ForeignKernel &kernel) { return kernel.kernel; };
  size_t next = packed.size() - count_if(foreign, isHere);
  for (const ForeignKernel &kernel : make_filter_range(foreign, isHere))
    packed[next++].region = kernel.region;
  dropForeignEntries(program, foreign);
  if (Error error = packImages(program, std::move(images), packed))
    return error;
  for (auto [launch, entry] : zip(launches, packed))
    if (launch.function)
      tryDeviceFirst(launch, *entry.region);
  // Code of others does not ask whether a device is there.
  if (foreign.empty())
    makeRuntimeOptional(program);
  return Error::success();
}

Error Splitter::run() {
  Expected<std::vector<DeviceTarget>> devices = parseTargets(options.targets, program.getTargetTriple());
  if (!devices)
    return devices.takeError();
  if (!addForeignKernels())
    return createStringError("");
  nameEntries();
  closure = deviceClosure(kernels);
  for (const DeviceTarget &device : *devices)
    if (Error error = prepare(device))
      return error;
  // What stands in the way was reported, for all devices.
  if (refused)
    return createStringError("");
  if (Error error = compile())
    return error;
  return pack();
}

bool linkgrad::hasKernels(Module &program) { return !launchesOf(program).empty() || !foreignKernels(program).empty(); }

bool linkgrad::splitImages(Module &program, const OffloadOptions &options) {
  Error error = Error::success();
  if (!options.targets.empty() && hasKernels(program))
    error = Splitter(program, options).run();
  finishLaunches(program);
  if (!error)
    return true;
  std::string text = toString(std::move(error));
  if (!text.empty())
    program.getContext().emitError(text);
  return false;
}
