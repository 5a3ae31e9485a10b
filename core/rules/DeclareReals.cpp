//===- DeclareReals.cpp - numbers stay numbers when bits are changed ------===//
//
//   y[0] = f64::from_bits(x[0].to_bits() & mask)
//
// is a load and a store of numbers in unoptimised code, and of integers in optimised
// code: where all users of a number want its bits, LLVM loads the bits.  clang's
// type-based alias metadata survives that; code of other compilers gets such metadata here,
// for its accesses of numbers.  (See also DeclaredTypes.cpp.)
//
//===----------------------------------------------------------------------===//
#include "../Engine.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/MDBuilder.h"

using namespace llvm;
using namespace linkgrad;

void linkgrad::declareReals(Module &module) {
  MDBuilder builder(module.getContext());
  // With a root of its own: for alias analysis it may be anything, as before.
  auto tagOf = [&](StringRef name) {
    MDNode *type = builder.createTBAAScalarTypeNode(name, builder.createTBAARoot(("numbers: " + name).str()));
    return builder.createTBAAStructTagNode(type, type, 0);
  };
  MDNode *single = tagOf("float"), *wide = tagOf("double");
  for (Function &function : module)
    for (Instruction &inst : instructions(function)) {
      Type *type = getLoadStorePointerOperand(&inst) ? getLoadStoreType(&inst) : nullptr;
      if (type && (type->isFloatTy() || type->isDoubleTy()) && !inst.hasMetadata(LLVMContext::MD_tbaa))
        inst.setMetadata(LLVMContext::MD_tbaa, type->isFloatTy() ? single : wide);
    }
}
