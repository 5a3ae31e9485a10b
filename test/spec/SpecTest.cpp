//===- SpecTest.cpp - runs test/spec/*.ll, one gtest case per file --------===//
//
// A spec is a sentence, a small program and numbers (test/support/Example.h).
// `CHECK` lines are matched against the differentiated module.
//
// Files in known-failures/ are defects that are known and not yet mended.  Their
// tests fail when the file begins to pass: move it up then.
//
// LINKGRAD_SPEC=file runs that file instead, in this process: good for a debugger,
// and for llvm-reduce.  With LINKGRAD_SPEC_PRINT plans, derivatives and module are printed.
//
//===----------------------------------------------------------------------===//
#include "test/support/Laws.h"
#include "llvm/FileCheck/FileCheck.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

using namespace llvm;

namespace {

std::string contents(const std::string &path) {
  auto buffer = MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

/// Empty, or why \p printed is not as the CHECK lines of \p spec say.
std::string checkShape(const std::string &spec, const std::string &printed) {
  if (!StringRef(spec).contains("; CHECK"))
    return "";
  SourceMgr sources;
  std::string complaint;
  sources.setDiagHandler(
      [](const SMDiagnostic &diagnostic, void *place) {
        raw_string_ostream os(*static_cast<std::string *>(place));
        diagnostic.print(nullptr, os, false);
      },
      &complaint);
  FileCheck checker({});
  auto add = [&](const std::string &text, StringRef name) {
    unsigned id = sources.AddNewSourceBuffer(MemoryBuffer::getMemBufferCopy(text, name), SMLoc());
    return sources.getMemoryBuffer(id)->getBuffer();
  };
  if (checker.readCheckFile(sources, add(spec, "spec")) || !checker.checkInput(sources, add(printed, "module")))
    return complaint + "\n" + printed;
  return "";
}

std::string checkSpec(const std::string &path) {
  std::string text = contents(path), printed;
  std::string problems = checkExamples(text, &printed);
  return problems.empty() ? checkShape(text, printed) : problems;
}

class Spec : public testing::Test {
public:
  explicit Spec(std::string path) : path(std::move(path)) {}
  void TestBody() override { EXPECT_EQ(checkSpec(path), "") << path; }

private:
  std::string path;
};

class KnownFailure : public testing::Test {
public:
  explicit KnownFailure(std::string path) : path(std::move(path)) {}
  void TestBody() override {
    // It may crash, or never end.
    EXPECT_NE(inChild(20, [this] { return checkSpec(path); }), "") << path << " passes now: move it to test/spec";
  }

private:
  std::string path;
};

/// The file named by LINKGRAD_SPEC.
class OneFile : public testing::Test {
public:
  void TestBody() override { EXPECT_EQ(checkSpec(getenv("LINKGRAD_SPEC")), ""); }
};

template <typename Test> void registerFolder(const char *suite, const char *folder) {
  std::vector<std::string> paths;
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".ll")
      paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  for (const std::string &path : paths)
    testing::RegisterTest(suite, std::filesystem::path(path).stem().c_str(), nullptr, nullptr, path.c_str(), 1,
                          [path]() -> testing::Test * { return new Test(path); });
}

/// GoogleTest wants all tests before main() looks for them.
[[maybe_unused]] const bool registered = [] {
  if (getenv("LINKGRAD_SPEC")) {
    testing::RegisterTest("Spec", "OneFile", nullptr, nullptr, __FILE__, __LINE__,
                          []() -> testing::Test * { return new OneFile; });
    return true;
  }
  registerFolder<Spec>("Spec", TEST_DIR "/spec");
  registerFolder<KnownFailure>("KnownFailure", TEST_DIR "/spec/known-failures");
  return true;
}();

} // namespace
