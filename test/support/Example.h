//===- Example.h - a function and a point to differentiate it at -*- C++ -*-===//
//
// Examples are written in the comments of an IR file:
//
//   ; eval @f(2, [1, 5], 3) = 6  grad 3 [0 1] 2    value and gradient, by hand
//   ; check @f(2, [1, 5], 3)                       the laws alone
//   ; refuse @f(2, [1, 5], 3) [no-rule]            a diagnostic with this text
//   ; tolerance 1e-5                               of the whole file
//   ; optimised                                    the pipeline's O3 runs first
//   ; width 1                                      no forms with several lanes
//
// A list is memory: a pointer to that many doubles.  All arguments together are
// one flat list of numbers to everything below.  Integers have no derivative, and
// `grad` leaves them out.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include <string>
#include <vector>

using Numbers = std::vector<double>;

struct Example {
  enum Kind { Eval, Check, Refuse } kind = Check;
  struct Argument {
    bool isList = false;
    unsigned at = 0, size = 1; ///< where it lies among the numbers
  };
  std::string function;
  std::vector<Argument> arguments;
  Numbers numbers;
  Numbers expected;    ///< Eval: the value, then the gradient
  std::string message; ///< Refuse
  unsigned line = 0;
};

struct ExampleFile {
  std::vector<Example> examples;
  double tolerance = 1e-9;
  bool optimised = false;
  bool wide = true;
};

/// Reads the comments of \p text; a malformed line gives a complaint.
ExampleFile readExamples(llvm::StringRef text, std::string &complaint);
