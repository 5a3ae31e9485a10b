# cmake -DBITCODE=in.bc -DSOURCE=out.cpp -P BytesToArray.cmake
file(READ ${BITCODE} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${SOURCE} "// Generated from the bitcode of core/runtime.
#include \"core/runtime/EmbeddedRuntime.h\"

// LLVM reads bitcode in 32-bit words.
alignas(8) static constexpr unsigned char bitcode[] = {${bytes}};

llvm::StringRef linkgrad::embeddedRuntime() {
  return {reinterpret_cast<const char *>(bitcode), sizeof(bitcode)};
}
")
