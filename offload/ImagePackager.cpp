//===- ImagePackager.cpp - images become part of the program --------------===//
//
// The layout is that of clang's OpenMP programs, made by the same code, so LLVM's tools
// read it (llvm-objdump --offloading) and libomptarget does.  Only the section of the
// entries has a name of its own: libomptarget keeps one table for each array of
// entries, and objects that clang made for OpenMP have theirs.  The name is different for
// different images, so programs and their libraries do not mix either.
//
//===----------------------------------------------------------------------===//
#include "offload/ImagePackager.h"
#include "llvm/Frontend/Offloading/OffloadWrapper.h"
#include "llvm/Frontend/Offloading/Utility.h"
#include "llvm/Object/OffloadBinary.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/xxhash.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;
using namespace linkgrad;

static object::ImageKind kindOf(ImageForm form) {
  switch (form) {
  case ImageForm::Object:
    return object::IMG_Object;
  case ImageForm::Cubin:
    return object::IMG_Cubin;
  case ImageForm::Ptx:
    return object::IMG_PTX;
  }
  llvm_unreachable("a fourth form");
}

static SmallString<0> pack(DeviceImage image) {
  object::OffloadBinary::OffloadingImage described = {};
  described.TheImageKind = kindOf(image.form);
  described.TheOffloadKind = object::OFK_OpenMP;
  described.StringData["triple"] = image.device->triple.str();
  described.StringData["arch"] = image.device->cpu;
  described.Image = std::move(image.bytes);
  return object::OffloadBinary::write(described);
}

static std::string sectionFor(ArrayRef<SmallString<0>> images) {
  std::string all;
  for (StringRef image : images)
    all += image;
  return formatv("linkgrad_offload_entries_{0:x}", xxh3_64bits(all));
}

static void addEntry(Module &module, HostEntry &kernel, StringRef section) {
  Type *byte = Type::getInt8Ty(module.getContext());
  if (!kernel.region)
    kernel.region = new GlobalVariable(module, byte, /*isConstant=*/true, GlobalValue::InternalLinkage,
                                       ConstantInt::get(byte, 0), kernel.name + ".region");
  GlobalVariable *entry = offloading::emitOffloadingEntry(module, object::OFK_OpenMP, kernel.region, kernel.name, 0, 0,
                                                          0, /*AuxAddr=*/nullptr, section);
  entry->setLinkage(GlobalValue::InternalLinkage);
  // The linker may drop what only the compiler is told to keep.
  appendToUsed(module, entry);
}

Error linkgrad::packImages(Module &module, std::vector<DeviceImage> images, MutableArrayRef<HostEntry> entries) {
  SmallVector<SmallString<0>> packed;
  for (DeviceImage &image : images)
    packed.push_back(pack(std::move(image)));
  std::string section = sectionFor(packed);
  for (HostEntry &entry : entries)
    addEntry(module, entry, section);
  SmallVector<ArrayRef<char>> bytes;
  for (const SmallString<0> &image : packed)
    bytes.emplace_back(image.data(), image.size());
  return offloading::wrapOpenMPBinaries(module, bytes, offloading::getOffloadEntryArray(module, section), ".linkgrad");
}
