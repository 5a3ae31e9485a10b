//===- Tools.cpp - programs that finish images ----------------------------===//
//
// Objects are made by LLVM inside this process.  A shared object for the host needs a
// linker, and there is one: the program that loaded us, which /proc/self/exe names.  ld.lld
// would do it in this process too, but its second run changes options of the first.
//
//===----------------------------------------------------------------------===//
#include "offload/Tools.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <unistd.h>

using namespace llvm;
using namespace linkgrad;

namespace {

/// A name for a file that goes when this object does.
class TemporaryFile {
public:
  explicit TemporaryFile(StringRef suffix) { error = sys::fs::createTemporaryFile("linkgrad", suffix, path); }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;
  ~TemporaryFile() { unlink(path.c_str()); }

  Error write(StringRef bytes) {
    raw_fd_ostream os(path, error);
    if (!error) {
      os << bytes;
      os.close();
      error = os.error();
      os.clear_error();
    }
    return errorCodeToError(error);
  }
  Image read() const {
    return errorOrToExpected(MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                                   /*IsVolatile=*/true));
  }
  StringRef name() const { return path; }

private:
  SmallString<128> path;
  std::error_code error;
};

} // namespace

/// Runs `program arguments...`; what it says belongs to the error.
static Error run(StringRef program, ArrayRef<StringRef> arguments) {
  TemporaryFile output("txt");
  std::optional<StringRef> redirects[] = {std::nullopt, output.name(), output.name()};
  std::string reason;
  int status = sys::ExecuteAndWait(program, arguments, std::nullopt, redirects, 0, 0, &reason);
  if (status == 0)
    return Error::success();
  Image said = output.read();
  std::string text = said ? (*said)->getBuffer().trim().str() : toString(said.takeError());
  return createStringError("linkgrad: '" + join(arguments, " ") + "' failed (" + program +
                           "): " + (reason.empty() ? "" : reason + " ") + text + " [offload-tool]");
}

static Image linkShared(StringRef linker, StringRef name, StringRef object) {
  TemporaryFile input("o"), output("so");
  if (Error error = input.write(object))
    return error;
  if (Error error = run(linker, {name, "-shared", "-o", output.name(), input.name()}))
    return error;
  return output.read();
}

/// Whether this process is a linker: ld.lld, rust-lld, x86_64-linux-gnu-ld.bfd, mold.
static bool isLinker(StringRef program) {
  StringRef name = sys::path::filename(program);
  return name.contains("lld") || name == "ld" || name.contains("ld.") || name.ends_with("-ld") || name.contains("mold");
}

static Expected<std::string> findLld() {
  if (ErrorOr<std::string> beside = sys::findProgramByName("ld.lld", {LINKGRAD_LLVM_TOOLS}))
    return *beside;
  for (StringRef name : {"ld.lld-22", "ld.lld"})
    if (ErrorOr<std::string> found = sys::findProgramByName(name))
      return *found;
  return createStringError("linkgrad: an image needs ld.lld, which is not installed (Debian: lld-22) [offload-tool]");
}

Image linkgrad::linkForHost(StringRef object) {
  SmallString<128> self;
  if (!sys::fs::real_path("/proc/self/exe", self) && isLinker(self))
    return linkShared("/proc/self/exe", self.str().contains("lld") ? "ld.lld" : sys::path::filename(self), object);
  Expected<std::string> linker = findLld();
  if (!linker)
    return linker.takeError();
  return linkShared(*linker, "ld.lld", object);
}

Image linkgrad::linkForAmd(StringRef object) {
  Expected<std::string> linker = findLld();
  if (!linker)
    return linker.takeError();
  return linkShared(*linker, "ld.lld", object);
}

std::string linkgrad::findPtxas(const OffloadOptions &options) {
  std::string folder = (options.cuda.empty() ? "/usr/local/cuda" : options.cuda) + "/bin";
  if (ErrorOr<std::string> found = sys::findProgramByName("ptxas", {folder}))
    return *found;
  ErrorOr<std::string> found = sys::findProgramByName("ptxas");
  return found && options.cuda.empty() ? *found : "";
}

Image linkgrad::assemblePtx(StringRef ptxas, StringRef ptx, const DeviceTarget &device) {
  TemporaryFile input("ptx"), output("cubin");
  if (Error error = input.write(ptx))
    return error;
  if (Error error = run(ptxas, {"ptxas", "-m64", "-O3", "-lineinfo", "--gpu-name", device.cpu, "--output-file",
                                output.name(), input.name()}))
    return error;
  return output.read();
}
