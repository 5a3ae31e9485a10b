# find_package(linkgrad)
# target_link_libraries(program PRIVATE linkgrad::linkgrad)
#
# Lies in <prefix>/lib/cmake/linkgrad.  The flags are those of linkgrad-config.

get_filename_component(linkgrad_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

function(linkgrad_ask option result)
  execute_process(COMMAND ${linkgrad_PREFIX}/bin/linkgrad-config ${option}
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  # CMake would drop what it takes for repetitions, such as a second -Xclang.
  set(${result} "SHELL:${flags}" PARENT_SCOPE)
endfunction()

if(NOT TARGET linkgrad::linkgrad)
  linkgrad_ask(--cxxflags compileFlags)
  linkgrad_ask(--ldflags linkFlags)
  add_library(linkgrad::linkgrad INTERFACE IMPORTED)
  set_target_properties(linkgrad::linkgrad PROPERTIES
    INTERFACE_COMPILE_OPTIONS "${compileFlags}"
    INTERFACE_LINK_OPTIONS "${linkFlags}")
endif()
