//===- RustPaths.cpp - what mangled names of Rust say ---------------------===//
#include "RustPaths.h"

using namespace llvm;

StringRef linkgrad::rustPathOf(StringRef name) {
  if (name.consume_front("_ZN"))
    return name;
  if (!name.consume_front("_R"))
    return {};
  auto skipDisambiguator = [&] {
    if (name.consume_front("s"))
      name = name.drop_until([](char c) { return c == '_'; }).drop_front(name.contains('_'));
  };
  while (!name.empty() && name.front() != 'C') {
    char tag = name.front();
    name = name.drop_front();
    if (tag == 'N')
      name = name.drop_front(!name.empty());
    else if (tag == 'X' || tag == 'M')
      skipDisambiguator();
    else if (tag != 'I')
      return {};
  }
  name.consume_front("C");
  skipDisambiguator();
  return name;
}

StringRef linkgrad::takeIdentifier(StringRef &path) {
  size_t length = 0;
  StringRef rest = path;
  if (rest.consumeInteger(10, length))
    return {};
  rest.consume_front("_");
  if (length > rest.size())
    return {};
  path = rest.drop_front(length);
  return rest.take_front(length);
}
