#include "passes/Options.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace linkgrad;

static std::string failure(StringRef list) {
  Options options;
  return toString(parseOptions(list, options));
}

TEST(Options, areSeparatedByCommasOrWhiteSpace) {
  Options options;
  EXPECT_FALSE(parseOptions("report, max-errors=3\nprint-plans\tno-verify", options));
  EXPECT_TRUE(options.report);
  EXPECT_TRUE(options.engine.printPlans);
  EXPECT_FALSE(options.engine.verify);
  EXPECT_EQ(options.engine.maxErrors, 3u);
}

TEST(Options, anUnknownOneIsAnErrorThatNamesTheKnown) {
  std::string message = failure("reprot");
  EXPECT_NE(message.find("unknown option 'reprot'"), std::string::npos);
  EXPECT_NE(message.find("max-errors"), std::string::npos);
}

TEST(Options, aBadValueIsAnError) {
  EXPECT_NE(failure("max-errors=many"), "");
  EXPECT_NE(failure("report=yes"), "");
  EXPECT_NE(failure("save-stages="), "");
}

TEST(Options, allAreDocumented) {
  std::string text;
  raw_string_ostream os(text);
  printOptions(os);
  EXPECT_NE(text.find("save-stages=FOLDER"), std::string::npos);
}

TEST(Options, theTargetsOfImagesAreSeparatedByPlus) {
  Options options;
  EXPECT_FALSE(parseOptions("offload=x86_64+nvptx64:sm_90,cuda=/opt/cuda", options));
  EXPECT_EQ(options.offload.targets, (std::vector<std::string>{"x86_64", "nvptx64:sm_90"}));
  EXPECT_EQ(options.offload.cuda, "/opt/cuda");
}
