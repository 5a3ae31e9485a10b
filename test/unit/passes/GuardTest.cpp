#include "ParseIR.h"
#include "passes/GuardPass.h"

using namespace llvm;
using namespace linkgrad;

static const char *text = R"(
  define void @ours() { ret void }
  define void @users() sanitize_hwaddress { ret void }
  declare void @elsewhere()
)";

TEST(Guard, isOnEveryDefinitionAndOnlyThere) {
  LLVMContext context;
  auto module = parseIR(context, text);
  addGuards(*module);
  EXPECT_TRUE(isGuarded(*module->getFunction("ours")));
  EXPECT_TRUE(module->getFunction("ours")->hasFnAttribute(Attribute::SanitizeHWAddress));
  EXPECT_FALSE(isGuarded(*module->getFunction("users")));
  EXPECT_FALSE(isGuarded(*module->getFunction("elsewhere")));
}

TEST(Guard, leavesTheUsersOwnAttribute) {
  LLVMContext context;
  auto module = parseIR(context, text);
  addGuards(*module);
  removeGuards(*module);
  EXPECT_FALSE(isGuarded(*module->getFunction("ours")));
  EXPECT_FALSE(module->getFunction("ours")->hasFnAttribute(Attribute::SanitizeHWAddress));
  EXPECT_TRUE(module->getFunction("users")->hasFnAttribute(Attribute::SanitizeHWAddress));
}
