set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Release keeps symbols for profiles; assertions of ours never depend on NDEBUG.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
# x86-64-v2 has the CRC32C instruction and runs on every server of the last ten years.
add_compile_options(-march=x86-64-v2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # For a struct of two hundred bytes, g++ 12 would choose "rep stos", which takes forty cycles to begin.
  add_compile_options(-mmemset-strategy=unrolled_loop:64:noalign,vector_loop:1024:noalign,libcall:-1:noalign)
  # g++ 12 reports these inside its own library at -O2; they are false positives there.
  add_compile_options(-Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-dangling-pointer)
endif()
# 128-bit integers are part of the money arithmetic; -Wpedantic would object to each use.
add_compile_options(-Wno-pedantic)

option(RIALTO_FUZZ "instrument for libFuzzer (clang)" OFF)
if(RIALTO_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link -Wno-error)
endif()

option(RIALTO_SANITIZE "address and undefined behaviour sanitizers" OFF)
if(RIALTO_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(RIALTO_CCACHE ccache)
if(RIALTO_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${RIALTO_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${RIALTO_CCACHE})
endif()
find_program(RIALTO_MOLD mold)
if(RIALTO_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
