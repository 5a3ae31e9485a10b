//===- LtoSession.cpp - the optimising part of a link ---------------------===//
//
// What ld.lld does by itself, for linkers that leave it to a plugin: merge all
// bitcode into one module, run the LTO pipeline, generate objects.  LLVM's lto::LTO
// is the same code that lld uses, and its configuration here is lld's; our passes
// join it in the same way, as a pass plugin (see PassPluginEntry.cpp).  So a program
// gets the same derivatives from every linker.
//
// The linker tells of each symbol who defines and who refers to it.  lto::LTO needs
// that to know what may become internal to the module; a mistake shows as an
// undefined symbol or as a wrong definition that wins.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/LtoSession.h"
#include "lto_plugin/HostProcess.h"
#include "lto_plugin/InputBitcode.h"
#include "passes/EntryPoints.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/CodeGen/CommandFlags.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/LTO/Config.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Threading.h"
#include "llvm/TargetParser/Host.h"
#include <dlfcn.h>
#include <unistd.h>

using namespace llvm;
using namespace linkgrad;

//===- claiming ------------------------------------------------------------===//

/// Rust's standard library is native code with its bitcode attached.  It is worth
/// compiling once more only for programs that differentiate, so the first request
/// decides; the standard library comes last on Rust's command line.
bool LtoSession::wantsEmbedded(StringRef name) const {
  // The intrinsics of the compiler must not be compiled into calls of themselves.
  return options.embedded.value_or(requestSeen) && !name.contains("compiler_builtins");
}

static ld_plugin_symbol_kind kindOf(const lto::InputFile::Symbol &symbol) {
  if (symbol.isUndefined())
    return symbol.isWeak() ? LDPK_WEAKUNDEF : LDPK_UNDEF;
  if (symbol.isCommon())
    return LDPK_COMMON;
  return symbol.isWeak() ? LDPK_WEAKDEF : LDPK_DEF;
}

static ld_plugin_symbol_visibility visibilityOf(const lto::InputFile::Symbol &symbol) {
  switch (symbol.getVisibility()) {
  case GlobalValue::DefaultVisibility:
    return LDPV_DEFAULT;
  case GlobalValue::HiddenVisibility:
    return LDPV_HIDDEN;
  case GlobalValue::ProtectedVisibility:
    return LDPV_PROTECTED;
  }
  llvm_unreachable("a fourth visibility");
}

ld_plugin_symbol LtoSession::describe(const lto::InputFile &file, const lto::InputFile::Symbol &symbol) {
  auto keep = [&](StringRef name) { return const_cast<char *>(names.save(name).data()); };
  ld_plugin_symbol result = {};
  result.name = keep(symbol.getName());
  result.def = static_cast<char>(kindOf(symbol));
  result.visibility = visibilityOf(symbol);
  result.symbol_type = symbol.isExecutable() ? LDST_FUNCTION : LDST_VARIABLE;
  if (symbol.isCommon())
    result.size = symbol.getCommonSize();
  if (int comdat = symbol.getComdatIndex(); comdat != -1)
    result.comdat_key = keep(file.getComdatTable()[comdat].first);
  return result;
}

static Error cannotUse(StringRef name, StringRef bytes, Error reason) {
  std::string producer = producerOf(bytes);
  std::string text = (name + ": cannot read its bitcode: " + toString(std::move(reason))).str();
  if (!StringRef(producer).starts_with("LLVM22."))
    text += "; it was written by " + (producer.empty() ? "an unknown compiler" : producer) +
            ", this is LLVM " LLVM_VERSION_STRING;
  return createStringError(text + " [bitcode]");
}

static bool isRequest(const lto::InputFile::Symbol &symbol) {
  return symbol.isUndefined() && entryNamed(symbol.getName());
}

/// What the support code calls and LLVM does not know to be needed.  Should an archive
/// of bitcode define it, it must be there before the program is compiled; that
/// nobody may need it in the end is no error.  Of malloc and the like LLVM knows.
static SmallVector<ld_plugin_symbol> supportSymbols() {
  SmallVector<ld_plugin_symbol> symbols;
  for (const char *name : {"realloc", "malloc_usable_size"}) {
    ld_plugin_symbol symbol = {};
    symbol.name = const_cast<char *>(name);
    symbol.def = LDPK_UNDEF;
    symbol.symbol_type = LDST_FUNCTION;
    symbols.push_back(symbol);
  }
  return symbols;
}

Expected<bool> LtoSession::claim(const ld_plugin_input_file &input) {
  std::lock_guard<std::mutex> lock(mutex);
  auto file = MemoryBuffer::getOpenFileSlice(input.fd, input.name, input.filesize, input.offset);
  // A file we cannot read is the linker's to complain about.
  if (!file)
    return false;
  std::string name = input.name;
  if (input.offset)
    name += "(at " + std::to_string(input.offset) + ")";

  InputBitcode found = findBitcode((*file)->getMemBufferRef());
  if (found.form == BitcodeForm::GccSlim && api.isLinker())
    return createStringError(name + ": contains code for gcc's link-time optimiser only, which cannot be combined with "
                                    "linkgrad; compile it with gcc -ffat-lto-objects or -fno-lto [gcc-lto]");
  if (found.form != BitcodeForm::None && api.isLinker() && api.program.find("mold") != std::string::npos &&
      makesObject())
    return createStringError(name +
                             ": mold -r leaves bitcode out; use ld.bfd, ld.gold or ld.lld for this step [relocatable]");
  if (found.bytes.empty() || (found.form == BitcodeForm::Embedded && !wantsEmbedded(name)))
    return false;

  auto bitcode = fullLtoBitcode(found.bytes, name);
  if (!bitcode)
    return cannotUse(name, found.bytes, bitcode.takeError());
  auto table = lto::InputFile::create((*bitcode)->getMemBufferRef());
  if (!table)
    return cannotUse(name, found.bytes, table.takeError());

  ClaimedFile &claimed = files.emplace_back(ClaimedFile{input.handle, std::move(*bitcode), {}});
  for (const lto::InputFile::Symbol &symbol : (*table)->symbols())
    claimed.symbols.push_back(describe(**table, symbol));
  if (any_of((*table)->symbols(), isRequest)) {
    requestSeen = true;
    append_range(claimed.symbols, supportSymbols());
  }
  if (api.addSymbols(input.handle, claimed.symbols.size(), claimed.symbols.data()) != LDPS_OK)
    return createStringError(name + ": the linker does not accept its symbols");
  return true;
}

//===- compiling -----------------------------------------------------------===//

/// The linker makes __start_NAME and __stop_NAME for such a section.
static bool hasBoundarySymbols(StringRef section) {
  return !section.empty() && !isDigit(section.front()) &&
         all_of(section, [](char c) { return isAlnum(c) || c == '_'; });
}

/// What the linker redirects later, such as a malloc that the code generator needs, it
/// redirects to this.
static bool isWrapper(StringRef name) {
  static const SmallVector<std::string> wrapped = wrappedSymbols();
  return name.consume_front("__wrap_") && is_contained(wrapped, name);
}

static lto::SymbolResolution resolutionOf(const lto::InputFile::Symbol &symbol, int answer, const LinkerApi &api) {
  lto::SymbolResolution result;
  bool defined = !symbol.isUndefined();
  bool elsewhere = false; // at run time, or not known yet
  switch (static_cast<ld_plugin_symbol_resolution>(answer)) {
  case LDPR_PREVAILING_DEF:
    result.Prevailing = defined;
    result.VisibleToRegularObj = true;
    break;
  case LDPR_PREVAILING_DEF_IRONLY:
    result.Prevailing = defined;
    break;
  case LDPR_PREVAILING_DEF_IRONLY_EXP:
    result.Prevailing = defined;
    result.VisibleToRegularObj = !symbol.canBeOmittedFromSymbolTable();
    result.ExportDynamic = true;
    break;
  case LDPR_UNKNOWN:
  case LDPR_UNDEF:
  case LDPR_RESOLVED_DYN:
    elsewhere = true;
    break;
  case LDPR_PREEMPTED_REG:
  case LDPR_PREEMPTED_IR:
  case LDPR_RESOLVED_IR:
  case LDPR_RESOLVED_EXEC:
    break;
  }
  if (hasBoundarySymbols(symbol.getSectionName()) || isWrapper(symbol.getName()) || api.output == LDPO_REL)
    result.VisibleToRegularObj = true;
  result.FinalDefinitionInLinkageUnit =
      !elsewhere && (api.makesExecutable() || symbol.getVisibility() != GlobalValue::DefaultVisibility);
  return result;
}

Error LtoSession::addTo(lto::LTO &lto, ClaimedFile &file) {
  ld_plugin_status status = api.getSymbols(file.handle, file.symbols.size(), file.symbols.data());
  // A member of an archive that nobody needs.
  if (status == LDPS_NO_SYMS)
    return Error::success();
  StringRef name = file.bitcode->getBufferIdentifier();
  if (status != LDPS_OK)
    return createStringError(name + ": the linker does not tell how its symbols are resolved");
  auto input = lto::InputFile::create(file.bitcode->getMemBufferRef());
  if (!input)
    return input.takeError();
  std::vector<lto::SymbolResolution> resolutions;
  for (auto [symbol, answer] : zip((*input)->symbols(), file.symbols)) // ours come last
    resolutions.push_back(resolutionOf(symbol, answer.resolution, api));
  return lto.add(std::move(*input), resolutions);
}

static StringRef nameOf(DiagnosticSeverity severity) {
  switch (severity) {
  case DS_Error:
    return "error";
  case DS_Warning:
    return "warning";
  case DS_Remark:
    return "remark";
  case DS_Note:
    return "note";
  }
  llvm_unreachable("a fifth severity");
}

/// Written by ourselves, as ld.lld writes them.  Of the linkers, mold would stop at
/// the first error, and ld.bfd says notes on standard output.
void LtoSession::report(const DiagnosticInfo &info) {
  errors += info.getSeverity() == DS_Error;
  errs() << api.program << ": " << nameOf(info.getSeverity()) << ": ";
  DiagnosticPrinterRawOStream printer(errs());
  info.print(printer);
  errs() << '\n';
}

static std::optional<Reloc::Model> relocationModel(ld_plugin_output_file_type output) {
  if (auto model = codegen::getExplicitRelocModel())
    return model;
  switch (output) {
  case LDPO_REL:
    return std::nullopt;
  case LDPO_EXEC:
    return Reloc::Static;
  case LDPO_DYN:
  case LDPO_PIE:
    return Reloc::PIC_;
  }
  llvm_unreachable("a fifth kind of output");
}

lto::Config LtoSession::configuration() {
  lto::Config config;
  config.Options = codegen::InitTargetOptionsFromCodeGenFlags(Triple(sys::getDefaultTargetTriple()));
  // So that --gc-sections sees functions.
  config.Options.FunctionSections = config.Options.DataSections = true;
  config.CPU = options.cpu;
  config.MAttrs = codegen::getMAttrs();
  config.RelocModel = relocationModel(api.output);
  config.CodeModel = codegen::getExplicitCodeModel();
  config.OptLevel = options.level;
  config.CGOptLevel = static_cast<CodeGenOptLevel>(options.level);
  config.PTO.LoopVectorization = config.PTO.SLPVectorization = options.level > 1;
  config.DisableVerify = true;
  config.PassPlugins.push_back(plugin);
  config.RemarksFilename = options.remarksFile;
  config.RemarksPasses = options.remarksPasses;
  config.DiagHandler = [this](const DiagnosticInfo &info) { report(info); };
  return config;
}

/// Whether the C library's mathematical part has this function.  We use that
/// library ourselves, so we can look.
static bool isInMathLibrary(const char *name) {
  void *library = dlopen("libm.so.6", RTLD_LAZY | RTLD_NOLOAD);
  return library && dlsym(library, name) && !dlsym(dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), name);
}

/// Whether an object refers to functions of libm.  Those that no bitcode named, a linker
/// has not looked for: ld.bfd leaves out a library that seemed not to be needed, and
/// will not look once more into an archive it has passed.
static bool needsMathLibrary(StringRef object) {
  auto file = object::ObjectFile::createObjectFile(MemoryBufferRef(object, "linkgrad.o"));
  if (!file) {
    consumeError(file.takeError());
    return false;
  }
  return any_of((*file)->symbols(), [](const object::SymbolRef &symbol) {
    Expected<uint32_t> flags = symbol.getFlags();
    Expected<StringRef> name = symbol.getName();
    bool undefined = flags && (*flags & object::SymbolRef::SF_Undefined);
    bool needed = undefined && name && isInMathLibrary(name->str().c_str());
    consumeError(flags.takeError());
    consumeError(name.takeError());
    return needed;
  });
}

Error LtoSession::emit(StringRef object) {
  SmallString<128> path;
  int descriptor;
  if (std::error_code error = sys::fs::createTemporaryFile("linkgrad", "o", descriptor, path))
    return createStringError("linkgrad: cannot create a temporary file: " + error.message());
  temporaryFiles.push_back(path.str().str());
  raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  os << object;
  os.close();
  if (std::error_code error = os.error()) {
    os.clear_error(); // or its destructor would end the process its own way
    return createStringError("linkgrad: cannot write '" + path + "': " + error.message());
  }
  if (api.addInputFile(path.c_str()) != LDPS_OK)
    return createStringError("linkgrad: the linker does not accept '" + path + "'");
  return Error::success();
}

Error LtoSession::emit(ArrayRef<SmallString<0>> objects) {
  bool math = false;
  for (StringRef object : objects) {
    if (object.empty())
      continue;
    if (Error error = emit(object))
      return error;
    math |= needsMathLibrary(object);
  }
  if (math && api.addInputLibrary && api.output != LDPO_REL)
    api.addInputLibrary("m");
  return Error::success();
}

Error LtoSession::compile() {
  // Without bitcode there is nothing to do.
  if (files.empty())
    return Error::success();
  if (Error error = applyLLVMOptions(options))
    return error;
  lto::Config config = configuration();
  if (options.saveTemps)
    if (Error error = config.addSaveTemps(api.outputName + ".", /*UseInputModulePath=*/true))
      return error;
  lto::LTO lto(std::move(config), lto::createInProcessThinBackend(heavyweight_hardware_concurrency()),
               options.partitions);
  for (ClaimedFile &file : files)
    if (Error error = addTo(lto, file))
      return error;

  std::vector<SmallString<0>> objects(lto.getMaxTasks());
  auto addStream = [&](unsigned task, const Twine &) -> Expected<std::unique_ptr<CachedFileStream>> {
    return std::make_unique<CachedFileStream>(std::make_unique<raw_svector_ostream>(objects[task]));
  };
  if (Error error = lto.run(addStream))
    return error;
  if (errors)
    return createStringError("linkgrad: " + Twine(errors) + (errors == 1 ? " error" : " errors") + ", no output");
  return emit(objects);
}

void LtoSession::removeTemporaryFiles() {
  for (const std::string &path : temporaryFiles)
    unlink(path.c_str());
  temporaryFiles.clear();
}
