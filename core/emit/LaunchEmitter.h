//===- LaunchEmitter.h - the derivative of a launch is a launch -*- C++ -*-===//
#pragma once
#include "../plan/DerivativePlan.h"

namespace linkgrad {

/// Emits the derivative of a function whose plan has a launchedCall: calls of the kernel's derivatives that
/// stand for all indices (see core/support/LaunchMarks.h).
void emitLaunch(const Derivative &launch);

} // namespace linkgrad
