// Assertions that stay on in production. A bug (an unbalanced entry, an impossible event) stops the
// program before it can spread; input from outside must never be able to reach one.
#pragma once

namespace rialto {

/// Prints the broken condition and its place to standard error, then aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace rialto

#define RIALTO_ASSERT(condition)                                  \
  do {                                                            \
    if (!(condition)) [[unlikely]]                                \
      ::rialto::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)
