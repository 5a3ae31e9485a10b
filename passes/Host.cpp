//===- Host.cpp - reading a PassBuilder's target machine ------------------===//
//
// A nested pipeline needs the target machine of the host's PassBuilder, for
// which LLVM 22 has no getter.  The language lets an explicit instantiation name
// a private member: Access<&PassBuilder::TM> below defines, as a friend, a
// function that returns this pointer to member.
//
//===----------------------------------------------------------------------===//
#include "passes/Host.h"
#include "llvm/Config/llvm-config.h"

using namespace llvm;

static_assert(LLVM_VERSION_MAJOR == 22, "linkgrad is written for LLVM 22");

namespace {

using TargetMember = TargetMachine *PassBuilder::*;
TargetMember targetMember();

template <TargetMember member> struct Access {
  friend TargetMember targetMember() { return member; }
};
template struct Access<&PassBuilder::TM>;

} // namespace

linkgrad::Host linkgrad::hostOf(PassBuilder &builder) {
  return {builder.*targetMember(), builder.getPassInstrumentationCallbacks()};
}
