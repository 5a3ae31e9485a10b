//===- DeviceMath.cpp - mathematics on GPUs -------------------------------===//
//
// GPUs have no libm.  NVIDIA's toolkit brings one as bitcode, libdevice; LLVM's libclc,
// made for OpenCL, has the same functions for NVIDIA and AMD and is used where the
// toolkit is not.  DeviceMath.def tells what they call what.
//
//===----------------------------------------------------------------------===//
#include "offload/DeviceMath.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace llvm;
using namespace linkgrad;

namespace {

struct MathName {
  StringRef cName;
  Intrinsic::ID intrinsic;
  unsigned numbers;
  bool takesInt;
  StringRef libclc, libdevice;
};

constexpr Intrinsic::ID none = Intrinsic::not_intrinsic;

const MathName table[] = {
#define DEVICE_MATH(C_NAME, INTRINSIC, NUMBERS, LIBCLC, LIBDEVICE)                                                     \
  {#C_NAME, Intrinsic::INTRINSIC, NUMBERS, false, LIBCLC, LIBDEVICE},
#define DEVICE_MATH_INT(C_NAME, INTRINSIC, LIBCLC, LIBDEVICE)                                                          \
  {#C_NAME, Intrinsic::INTRINSIC, 1, true, LIBCLC, LIBDEVICE},
#include "offload/DeviceMath.def"
};

enum class Library { Libclc, Libdevice };

struct LibraryFile {
  Library library;
  std::string path;
};

} // namespace

static bool hasItsTypes(const MathName &name, const FunctionType &type) {
  Type *number = type.getReturnType();
  if ((!number->isDoubleTy() && !number->isFloatTy()) || type.getNumParams() != name.numbers + name.takesInt)
    return false;
  return all_of(type.params().take_front(name.numbers), [&](Type *t) { return t == number; }) &&
         (!name.takesInt || type.getParamType(name.numbers)->isIntegerTy(32));
}

static const MathName *findName(const Function &function) {
  bool isFloat = function.getReturnType()->isFloatTy();
  StringRef cName = function.getName();
  Intrinsic::ID id = function.getIntrinsicID();
  if (id == none && isFloat && !cName.consume_back("f"))
    return nullptr;
  for (const MathName &name : table)
    if ((id == none ? name.cName == cName : name.intrinsic == id) && hasItsTypes(name, *function.getFunctionType()))
      return &name;
  return nullptr;
}

bool linkgrad::hasDeviceMath(const Function &function) { return findName(function); }

static std::string nameIn(Library library, const MathName &name, bool isFloat) {
  switch (library) {
  case Library::Libdevice:
    return ("__nv_" + name.libdevice + (isFloat ? "f" : "")).str();
  case Library::Libclc:
    return "_Z" + std::to_string(name.libclc.size()) + name.libclc.str() +
           std::string(name.numbers, isFloat ? 'f' : 'd') + (name.takesInt ? "i" : "");
  }
  llvm_unreachable("a third library");
}

static Expected<LibraryFile> findLibrary(const DeviceTarget &target, const OffloadOptions &options) {
  bool isNvidia = target.triple.isNVPTX();
  if (isNvidia) {
    std::string path = (options.cuda.empty() ? "/usr/local/cuda" : options.cuda) + "/nvvm/libdevice/libdevice.10.bc";
    if (sys::fs::exists(path))
      return LibraryFile{Library::Libdevice, path};
  }
  std::string path = isNvidia ? "/usr/lib/clc/nvptx64--.bc" : "/usr/lib/clc/amdgcn-amd-amdhsa.bc";
  if (sys::fs::exists(path))
    return LibraryFile{Library::Libclc, path};
  return createStringError("linkgrad: device " + target.name + " has no mathematics: '" + path +
                           "' is missing (Debian: libclc-22) [offload-tool]");
}

static void renameMath(Module &device, Library library) {
  for (Function &function : make_early_inc_range(device)) {
    const MathName *name = function.isDeclaration() && !function.use_empty() ? findName(function) : nullptr;
    if (!name)
      continue;
    std::string itsName = nameIn(library, *name, function.getReturnType()->isFloatTy());
    auto *its = cast<Function>(device.getOrInsertFunction(itsName, function.getFunctionType()).getCallee());
    its->addFnAttr(mathNote);
    function.replaceAllUsesWith(its);
    function.eraseFromParent();
  }
}

Expected<std::string> linkgrad::renameDeviceMath(Module &device, const DeviceTarget &target,
                                                 const OffloadOptions &options) {
  if (none_of(device, [](const Function &f) { return f.isDeclaration() && !f.use_empty() && findName(f); }))
    return "";
  Expected<LibraryFile> file = findLibrary(target, options);
  if (!file)
    return file.takeError();
  renameMath(device, file->library);
  return file->path;
}

static void fitInto(Module &library, const Module &device) {
  library.setTargetTriple(device.getTargetTriple());
  library.setDataLayout(device.getDataLayout());
  if (NamedMDNode *flags = library.getModuleFlagsMetadata())
    library.eraseNamedMetadata(flags);
  for (const char *name : {"opencl.ocl.version", "opencl.used.extensions", "llvm.ident", "nvvmir.version"})
    if (NamedMDNode *node = library.getNamedMetadata(name))
      library.eraseNamedMetadata(node);
}

Error linkgrad::linkDeviceMath(Module &device, const DeviceTarget &target, StringRef path) {
  SMDiagnostic problem;
  std::unique_ptr<Module> library = getLazyIRFileModule(path, problem, device.getContext());
  if (!library)
    return createStringError("linkgrad: cannot read '" + path + "': " + problem.getMessage() + " [offload-tool]");
  fitInto(*library, device);
  auto internalise = [](Module &linked, const StringSet<> &names) {
    internalizeModule(linked, [&](const GlobalValue &value) { return !names.contains(value.getName()); });
  };
  if (Linker::linkModules(device, std::move(library), Linker::LinkOnlyNeeded, internalise))
    return createStringError("linkgrad: '" + path + "' does not fit the module [offload-tool]");
  for (Function &function : device)
    if (!function.isDeclaration()) {
      function.removeFnAttr("target-features");
      function.addFnAttr("target-cpu", target.cpu);
    }
  return Error::success();
}
