//===- DebugTypesTest.cpp - types that debug information states ------------===//

#include "core/rules/DebugTypes.h"
#include "../passes/ParseIR.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// Function f, whose one argument is of type !10.
const std::string head = R"(
  !llvm.module.flags = !{!0}
  !llvm.dbg.cu = !{!1}
  !0 = !{i32 2, !"Debug Info Version", i32 3}
  !1 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !2, emissionKind: FullDebug)
  !2 = !DIFile(filename: "f.rs", directory: "/")
  !3 = !DISubroutineType(types: !4)
  !4 = !{null, !10}
  !5 = distinct !DISubprogram(name: "f", file: !2, type: !3, spFlags: DISPFlagDefinition, unit: !1)
  !6 = !DILocalVariable(name: "x", arg: 1, scope: !5, type: !10)
  !7 = !DILocation(line: 1, scope: !5)
  !90 = !DIBasicType(name: "f64", size: 64, encoding: DW_ATE_float)
  !91 = !DIBasicType(name: "f32", size: 32, encoding: DW_ATE_float)
  !92 = !DIBasicType(name: "i64", size: 64, encoding: DW_ATE_signed)
  !93 = !DIBasicType(name: "u8", size: 8, encoding: DW_ATE_unsigned)
  !94 = !DIBasicType(name: "i32", size: 32, encoding: DW_ATE_signed)
)";

std::string member(const char *type, unsigned offset, const char *more = "") {
  return std::string("!DIDerivedType(tag: DW_TAG_member, baseType: ") + type +
         ", size: 64, offset: " + std::to_string(8 * offset) + more + ")";
}

/// An enum of f64, f32, and nothing, with its tag in front.
const std::string anEnum =
    "!10 = !DICompositeType(tag: DW_TAG_structure_type, name: \"Num\", size: 128, elements: !11)\n"
    "!11 = !{!12}\n"
    "!12 = !DICompositeType(tag: DW_TAG_variant_part, scope: !10, size: 128, elements: !13, "
    "discriminator: !14)\n"
    "!13 = !{!15, !16, !17}\n"
    "!14 = " +
    member("!92", 0) +
    "\n"
    "!15 = !DIDerivedType(tag: DW_TAG_member, name: \"Real\", scope: !12, baseType: !18, size: "
    "128, extraData: i64 0)\n"
    "!16 = !DIDerivedType(tag: DW_TAG_member, name: \"Half\", scope: !12, baseType: !19, size: "
    "128, extraData: i64 1)\n"
    "!17 = !DIDerivedType(tag: DW_TAG_member, name: \"None\", scope: !12, baseType: !20, size: "
    "128, extraData: i64 2)\n"
    "!18 = !DICompositeType(tag: DW_TAG_structure_type, name: \"Real\", size: 128, elements: "
    "!{!21})\n"
    "!19 = !DICompositeType(tag: DW_TAG_structure_type, name: \"Half\", size: 128, elements: "
    "!{!22})\n"
    "!20 = !DICompositeType(tag: DW_TAG_structure_type, name: \"None\", size: 128, elements: "
    "!{})\n"
    "!21 = " +
    member("!90", 8) + "\n!22 = " + member("!91", 8) + "\n";

struct Parsed {
  LLVMContext context;
  std::unique_ptr<Module> module;
  explicit Parsed(const std::string &types)
      : module(parseIR(context, "define void @f(ptr %x) !dbg !5 {\n ret void\n}\n" + head + types)) {}
  Function &function() const { return *module->getFunction("f"); }
  const DIType *type() const { return function().getSubprogram()->getType()->getTypeArray()[1]; }
  std::string described() const { return DebugTypes::describe(type()); }
};

TEST(DebugTypes, StructsPointersAndArraysAreTrees) {
  Parsed parsed(
      "!10 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !11, size: 64)\n"
      "!11 = !DICompositeType(tag: DW_TAG_structure_type, name: \"S\", size: 320, elements: !{!12, !13, !14})\n"
      "!12 = " +
      member("!90", 0) + "\n!13 = " + member("!10", 8) + "\n!14 = " + member("!15", 16) +
      "\n!15 = !DICompositeType(tag: DW_TAG_array_type, baseType: !94, size: 192, elements: !{!16})\n"
      "!16 = !DISubrange(count: 6)\n");
  EXPECT_EQ(parsed.described(), "pointer to {0: double, 8: pointer to S, 16: [6 x i32]}");
  DebugTypes types;
  const DIType *pointee = types.at(parsed.type(), 0).pointee;
  EXPECT_EQ(types.at(pointee, 3).kind, DeclaredPart::Real);
  EXPECT_EQ(types.kindOf(pointee, 16, 8), DeclaredPart::Integer);
  EXPECT_EQ(types.kindOf(pointee, 0, 16), DeclaredPart::Unknown);
  EXPECT_EQ(types.at(pointee, 40).kind, DeclaredPart::Unknown);
}

TEST(DebugTypes, AnEnumIsWhatAllVariantsAgreeOn) {
  Parsed parsed(anEnum);
  EXPECT_EQ(parsed.described(), "{0: i64 | {8: double} | {8: float} | {}}");
  DebugTypes types;
  EXPECT_EQ(types.at(parsed.type(), 0).kind, DeclaredPart::Integer);
  EXPECT_EQ(types.at(parsed.type(), 8).kind, DeclaredPart::Unknown);
}

TEST(DebugTypes, TheBufferOfARustVectorIsOfItsParameter) {
  Parsed parsed("!10 = !DICompositeType(tag: DW_TAG_structure_type, name: \"RawVec<f64, Global>\", size: 128, "
                "elements: !{!11}, templateParams: !{!DITemplateTypeParameter(name: \"T\", type: !90)})\n"
                "!11 = !DIDerivedType(tag: DW_TAG_member, baseType: !12, size: 128)\n"
                "!12 = !DICompositeType(tag: DW_TAG_structure_type, name: \"RawVecInner\", size: 128, elements: !{!13, "
                "!14})\n!13 = " +
                member("!92", 0) + "\n!14 = " + member("!15", 8) +
                "\n!15 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !93, size: 64)\n");
  EXPECT_EQ(parsed.described(), "{0: i64, 8: pointer to [double]}");
}

TEST(DebugTypes, FunctionsAreDescribedByTheirArguments) {
  Parsed parsed("!10 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !90, size: 64)\n");
  EXPECT_EQ(DebugTypes::describe(parsed.function()), "types of 'f'\n  0: pointer to double\n  result: nothing\n");
  parsed.function().setSubprogram(nullptr);
  EXPECT_EQ(DebugTypes::describe(parsed.function()), "types of 'f': no debug information, compile with -g\n");
}

TEST(DebugTypes, NonsenseIsUnknownAndEnds) {
  Parsed ring(
      "!10 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: \"Ring\", size: 64, elements: !{!11})\n"
      "!11 = !DIDerivedType(tag: DW_TAG_member, baseType: !10, size: 64)\n");
  DebugTypes types;
  EXPECT_EQ(types.at(ring.type(), 0).kind, DeclaredPart::Unknown);
  EXPECT_EQ(ring.described(), "Ring");
  Parsed typedefs("!10 = distinct !DIDerivedType(tag: DW_TAG_typedef, name: \"T\", baseType: !11)\n"
                  "!11 = distinct !DIDerivedType(tag: DW_TAG_typedef, name: \"U\", baseType: !10)\n");
  EXPECT_EQ(types.at(typedefs.type(), 0).kind, DeclaredPart::Unknown);
}

TEST(DebugTypes, BytesAndUnionsSayNothing) {
  DebugTypes types;
  Parsed bytes("!10 = !DICompositeType(tag: DW_TAG_array_type, baseType: !93, size: 64, elements: !{!11})\n"
               "!11 = !DISubrange(count: 8)\n");
  EXPECT_EQ(types.at(bytes.type(), 0).kind, DeclaredPart::Unknown);
  Parsed both("!10 = !DICompositeType(tag: DW_TAG_union_type, name: \"U\", size: 64, elements: !{!11, !12})\n"
              "!11 = " +
              member("!90", 0) + "\n!12 = " + member("!92", 0) + "\n");
  EXPECT_EQ(types.at(both.type(), 0).kind, DeclaredPart::Unknown);
}

} // namespace
