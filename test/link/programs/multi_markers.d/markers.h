// The declarations most C++ projects keep in one header of their own.
#pragma once
extern int enzyme_const, enzyme_dup, enzyme_out;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);
double f(double x, double *v, int n);
double tangentOf(double x, double *v, double *direction, int n);
