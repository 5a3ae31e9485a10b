# find_package(linkgrad)
# target_link_libraries(program PRIVATE linkgrad::lto)
#
# Lies in <prefix>/lib/cmake/linkgrad.  The flags are those of linkgrad-config, for
# the linker that LINKGRAD_LINKER names (lld, bfd, gold, mold; lld as it stands).
# What is to be differentiated must be compiled by clang 22.  A project whose compiler
# is gcc can link such objects and libraries.

get_filename_component(linkgrad_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT LINKGRAD_LINKER)
  set(LINKGRAD_LINKER lld)
  if(DEFINED ENV{LINKGRAD_LINKER})
    set(LINKGRAD_LINKER $ENV{LINKGRAD_LINKER})
  endif()
endif()

function(linkgrad_ask result)
  execute_process(COMMAND ${linkgrad_PREFIX}/bin/linkgrad-config ${ARGN}
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  # CMake would drop what it takes for repetitions, such as a second -Xclang.
  set(${result} "SHELL:${flags}" PARENT_SCOPE)
endfunction()

if(NOT TARGET linkgrad::lto)
  add_library(linkgrad::lto INTERFACE IMPORTED)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU" OR CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    linkgrad_ask(linkFlags --ldflags --driver=gcc --linker=${LINKGRAD_LINKER})
    target_include_directories(linkgrad::lto INTERFACE ${linkgrad_PREFIX}/include)
  else()
    linkgrad_ask(compileFlags --cxxflags)
    linkgrad_ask(linkFlags --ldflags --linker=${LINKGRAD_LINKER})
    target_compile_options(linkgrad::lto INTERFACE "${compileFlags}")
  endif()
  target_link_options(linkgrad::lto INTERFACE "${linkFlags}")
  # Its first name.
  add_library(linkgrad::linkgrad ALIAS linkgrad::lto)
endif()
