//===- Split.cpp - host and device images ---------------------------------===//
//
// By now the program is differentiated and not vectorised yet.  What its launch
// functions run is copied and compiled for each device the user named:
//
//   launch functions ─▶ kernels ─▶ closure ─▶ for each device: module ─▶ checks ─▶ image
//                                                                │
//   program  ◀── entries, images, registration ◀─────────────────┘
//
// and every launch function tries a device before it runs its loop.
//
//===----------------------------------------------------------------------===//
#include "offload/Split.h"
#include "offload/DeviceBackend.h"
#include "offload/DeviceChecks.h"
#include "offload/DeviceMath.h"
#include "offload/DeviceModule.h"
#include "offload/HostStubs.h"
#include "llvm/ADT/SmallVectorExtras.h"
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
      : program(program), options(options), launches(launchesOf(program)) {}

  Error run();

private:
  void nameEntries();
  Error prepare(const DeviceTarget &device);
  Error compile();
  Error pack();

  Module &program;
  const OffloadOptions &options;
  SmallVector<Launch> launches;
  SmallVector<Function *> kernels;
  SmallVector<KernelEntry> entries;
  Globals closure;
  std::vector<DevicePart> parts;
  std::vector<DeviceImage> images;
  unsigned refused = 0, reported = 0;
};

} // namespace

/// Names that every assembler takes.
void Splitter::nameEntries() {
  for (auto [index, launch] : enumerate(launches)) {
    std::string name = formatv("__linkgrad_offload_{0}_", index);
    for (char c : launch.kernel->getName())
      name += isAlnum(c) ? c : '_';
    kernels.push_back(launch.kernel);
    entries.push_back({launch.kernel, std::move(name)});
  }
}

Error Splitter::prepare(const DeviceTarget &device) {
  Expected<std::unique_ptr<TargetMachine>> machine = targetMachineFor(device);
  if (!machine)
    return machine.takeError();
  std::unique_ptr<Module> module = makeDeviceModule(program, closure, entries, device, **machine);
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
    images.push_back(std::move(*image));
  }
  return Error::success();
}

Error Splitter::pack() {
  SmallVector<std::string> names = map_to_vector(entries, [](const KernelEntry &entry) { return entry.name; });
  Expected<SmallVector<GlobalVariable *>> regions = packImages(program, std::move(images), names);
  if (!regions)
    return regions.takeError();
  for (auto [launch, region] : zip(launches, *regions))
    tryDeviceFirst(launch, *region);
  makeRuntimeOptional(program);
  return Error::success();
}

Error Splitter::run() {
  Expected<std::vector<DeviceTarget>> devices = parseTargets(options.targets, program.getTargetTriple());
  if (!devices)
    return devices.takeError();
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

bool linkgrad::splitImages(Module &program, const OffloadOptions &options) {
  Error error = Error::success();
  if (!options.targets.empty() && !launchesOf(program).empty())
    error = Splitter(program, options).run();
  finishLaunches(program);
  if (!error)
    return true;
  std::string text = toString(std::move(error));
  if (!text.empty())
    program.getContext().emitError(text);
  return false;
}
