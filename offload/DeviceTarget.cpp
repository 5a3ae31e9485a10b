#include "offload/DeviceTarget.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

using namespace llvm;
using namespace linkgrad;

static bool isNumbered(StringRef cpu, StringRef prefix) {
  return cpu.consume_front(prefix) && !cpu.empty() && all_of(cpu, [](char c) { return isAlnum(c); });
}

static Expected<DeviceTarget> parseTarget(StringRef name, const Triple &host) {
  auto [arch, cpu] = name.split(':');
  if (arch == "x86_64" && host.getArch() == Triple::x86_64)
    return DeviceTarget{name.str(), cpu.str(), host};
  if (arch == "nvptx64" && isNumbered(cpu, "sm_"))
    return DeviceTarget{name.str(), cpu.str(), Triple("nvptx64-nvidia-cuda")};
  if (arch == "amdgcn" && isNumbered(cpu, "gfx"))
    return DeviceTarget{name.str(), cpu.str(), Triple("amdgcn-amd-amdhsa")};
  return createStringError("linkgrad: unknown offload target '" + name +
                           "'; known are x86_64, nvptx64:sm_XX (such as nvptx64:sm_90) and amdgcn:gfxXXX (such as "
                           "amdgcn:gfx90a) [offload-target]");
}

Expected<std::vector<DeviceTarget>> linkgrad::parseTargets(ArrayRef<std::string> names, const Triple &host) {
  std::vector<DeviceTarget> targets;
  for (StringRef name : names) {
    Expected<DeviceTarget> target = parseTarget(name, host);
    if (!target)
      return target.takeError();
    if (none_of(targets, [&](const DeviceTarget &other) { return other.name == name; }))
      targets.push_back(std::move(*target));
  }
  std::stable_partition(targets.begin(), targets.end(), [](const DeviceTarget &target) { return target.isGpu(); });
  return targets;
}

/// A linker with a plugin has initialised the targets it compiles for, no others.
static void initialiseTargets() {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers();
}

Expected<std::unique_ptr<TargetMachine>> linkgrad::targetMachineFor(const DeviceTarget &device) {
  initialiseTargets();
  std::string reason;
  const Target *target = TargetRegistry::lookupTarget(device.triple, reason);
  if (!target)
    return createStringError("linkgrad: offload target '" + device.name + "': " + reason + " [offload-target]");
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(
      device.triple, device.cpu, "", TargetOptions(), Reloc::PIC_, std::nullopt, CodeGenOptLevel::Aggressive));
  if (!machine || (!device.cpu.empty() && !machine->getMCSubtargetInfo()->isCPUStringValid(device.cpu)))
    return createStringError("linkgrad: offload target '" + device.name + "': LLVM knows no processor '" + device.cpu +
                             "' [offload-target]");
  return machine;
}
