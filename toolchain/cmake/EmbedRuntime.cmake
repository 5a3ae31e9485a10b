# embed_runtime(<out> sources...): compiles the support code of core/runtime to
# bitcode, links it into one module and turns that into EmbeddedRuntime.cpp,
# which defines linkgrad::embeddedRuntime() (see core/runtime/EmbeddedRuntime.h).
#
# The bitcode is not optimised here: it is inlined into derivatives and optimised
# with them, so it must not be vectorised or unrolled before.

find_program(LINKGRAD_CLANG NAMES clang-22 HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
find_program(LINKGRAD_LLVM_LINK NAMES llvm-link-22 llvm-link HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)

set(runtimeFlags -std=gnu17 -O2 -Xclang -disable-llvm-passes -emit-llvm -fPIC -ffp-contract=off
    -fno-strict-aliasing -fno-stack-protector -fno-ident -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR}/core/runtime)

function(embed_runtime result)
  set(bitcode ${CMAKE_BINARY_DIR}/runtime)
  set(source ${bitcode}/EmbeddedRuntime.cpp)
  file(MAKE_DIRECTORY ${bitcode})
  foreach(file ${ARGN})
    cmake_path(GET file STEM name)
    add_custom_command(OUTPUT ${bitcode}/${name}.bc
      COMMAND ${LINKGRAD_CLANG} ${runtimeFlags} -MD -MF ${bitcode}/${name}.d -MT ${bitcode}/${name}.bc
              -c ${file} -o ${bitcode}/${name}.bc
      DEPENDS ${file} DEPFILE ${bitcode}/${name}.d
      COMMENT "Compiling runtime ${name}.c to bitcode" VERBATIM)
    list(APPEND modules ${bitcode}/${name}.bc)
  endforeach()
  add_custom_command(OUTPUT ${source}
    COMMAND ${LINKGRAD_LLVM_LINK} ${modules} -o ${bitcode}/runtime.bc
    COMMAND ${CMAKE_COMMAND} -DBITCODE=${bitcode}/runtime.bc -DSOURCE=${source}
            -P ${CMAKE_SOURCE_DIR}/toolchain/cmake/BytesToArray.cmake
    DEPENDS ${modules} ${CMAKE_SOURCE_DIR}/toolchain/cmake/BytesToArray.cmake
    COMMENT "Embedding the runtime" VERBATIM)
  set(${result} ${source} PARENT_SCOPE)
endfunction()
