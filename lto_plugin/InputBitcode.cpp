//===- InputBitcode.cpp - the bitcode inside an input file ----------------===//
//
// Bitcode reaches a linker in several wrappings.  Whatever it came in, it leaves
// here as a file of its own that takes part in full LTO:
//
//   clang -flto                    a file of bitcode, with a summary
//   clang -flto=thin, rustc        the same, but the summary says that each module
//   -Clinker-plugin-lto            is to be compiled alone: written again without
//   clang -ffat-lto-objects        section .llvm.lto of an object
//   rustc, standard library        section .llvmbc of an object
//
// A module without a summary is merged into the whole program, like one of full LTO.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/InputBitcode.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;
using namespace linkgrad;

template <class T> static std::optional<T> valueOf(Expected<T> expected) {
  if (expected)
    return std::move(*expected);
  consumeError(expected.takeError());
  return std::nullopt;
}

/// The contents of a section that is bitcode.
static StringRef bitcodeIn(const object::SectionRef &section) {
  StringRef contents = valueOf(section.getContents()).value_or("");
  auto *begin = reinterpret_cast<const unsigned char *>(contents.data());
  return isBitcode(begin, begin + contents.size()) ? contents : "";
}

static InputBitcode findInObject(const object::ObjectFile &object) {
  InputBitcode found;
  bool forGcc = false, code = false;
  for (const object::SectionRef &section : object.sections()) {
    StringRef name = valueOf(section.getName()).value_or("");
    if (name == ".llvm.lto" && !bitcodeIn(section).empty())
      return {BitcodeForm::Fat, bitcodeIn(section)};
    if (name == ".llvmbc" && !bitcodeIn(section).empty())
      found = {BitcodeForm::Embedded, bitcodeIn(section)};
    forGcc |= name.starts_with(".gnu.lto_");
    code |= (section.isText() || section.isData()) && section.getSize() && !name.starts_with(".gnu.lto_");
  }
  if (found.form == BitcodeForm::None && forGcc && !code)
    found.form = BitcodeForm::GccSlim;
  return found;
}

InputBitcode linkgrad::findBitcode(MemoryBufferRef file) {
  auto *begin = reinterpret_cast<const unsigned char *>(file.getBufferStart());
  if (isBitcode(begin, begin + file.getBufferSize()))
    return {BitcodeForm::File, file.getBuffer()};
  auto object = valueOf(object::ObjectFile::createObjectFile(file));
  return object ? findInObject(**object) : InputBitcode();
}

static Expected<bool> isForThinLink(std::vector<BitcodeModule> &modules) {
  for (BitcodeModule &module : modules) {
    Expected<BitcodeLTOInfo> info = module.getLTOInfo();
    if (!info)
      return info.takeError();
    // Unified bitcode serves both links, but is thin unless the linker is told.
    if (info->IsThinLTO || info->UnifiedLTO)
      return true;
  }
  return false;
}

/// Writes modules again, without their summaries.
static Expected<SmallVector<char, 0>> withoutSummaries(std::vector<BitcodeModule> &modules) {
  LLVMContext context;
  SmallVector<char, 0> buffer;
  BitcodeWriter writer(buffer);
  std::vector<std::unique_ptr<Module>> parsed;
  for (BitcodeModule &module : modules) {
    Expected<std::unique_ptr<Module>> result = module.parseModule(context);
    if (!result)
      return result.takeError();
    parsed.push_back(std::move(*result));
    writer.writeModule(*parsed.back());
  }
  writer.writeSymtab();
  writer.writeStrtab();
  return buffer;
}

Expected<std::unique_ptr<MemoryBuffer>> linkgrad::fullLtoBitcode(StringRef bytes, StringRef name) {
  Expected<BitcodeFileContents> contents = getBitcodeFileContents(MemoryBufferRef(bytes, name));
  if (!contents)
    return contents.takeError();
  Expected<bool> thin = isForThinLink(contents->Mods);
  if (!thin)
    return thin.takeError();
  if (!*thin)
    return MemoryBuffer::getMemBufferCopy(bytes, name);
  auto rewritten = withoutSummaries(contents->Mods);
  if (!rewritten)
    return rewritten.takeError();
  return MemoryBuffer::getMemBufferCopy(StringRef(rewritten->data(), rewritten->size()), name);
}

std::string linkgrad::producerOf(StringRef bitcode) {
  return valueOf(getBitcodeProducerString(MemoryBufferRef(bitcode, ""))).value_or("");
}
