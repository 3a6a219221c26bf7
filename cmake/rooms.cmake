# rialto_library(NAME SOURCES a.cpp … LINKS targets …): the target of one folder. Without sources it is
# header-only. Includes are written from the root ("core/money.hpp"); who may include whom is checked by
# cmake/fence.py, which every library depends on.
include(GoogleTest)

set(RIALTO_ROOT ${CMAKE_SOURCE_DIR})
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_target(fence ALL
  COMMAND ${Python3_EXECUTABLE} ${RIALTO_ROOT}/cmake/fence.py ${RIALTO_ROOT}
  COMMENT "module fence")

function(rialto_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC ${RIALTO_ROOT})
    target_link_libraries(${name} PUBLIC ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
    add_dependencies(${name} fence)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${RIALTO_ROOT})
    target_link_libraries(${name} INTERFACE ${arg_LINKS})
    add_dependencies(${name} fence)
  endif()
endfunction()

# rialto_test(NAME SOURCES … LINKS … [SLOW]): one test binary, one ctest entry. SLOW tests carry that label
# and are left out of `./dev check`.
function(rialto_test name)
  cmake_parse_arguments(arg "SLOW" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
  if(arg_SLOW)
    set_tests_properties(${name} PROPERTIES LABELS slow)
  endif()
endfunction()

# rialto_embed(VARIABLE namespace name=file …): a source file that holds these files as std::string_view constants.
function(rialto_embed variable namespace)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${variable}.cpp)
  set(entries)
  set(files)
  foreach(entry ${ARGN})
    string(REGEX MATCH "^([a-z_]+)=(.*)$" matched ${entry})
    cmake_path(ABSOLUTE_PATH CMAKE_MATCH_2 BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE file)
    list(APPEND entries ${CMAKE_MATCH_1}=${file})
    list(APPEND files ${file})
  endforeach()
  add_custom_command(OUTPUT ${source}
    COMMAND ${Python3_EXECUTABLE} ${RIALTO_ROOT}/cmake/embed.py ${source} ${namespace} ${entries}
    DEPENDS ${RIALTO_ROOT}/cmake/embed.py ${files} COMMENT "embed ${variable}")
  set(${variable} ${source} PARENT_SCOPE)
endfunction()
