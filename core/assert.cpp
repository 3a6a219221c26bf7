#include "core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace rialto {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "rialto: assertion failed: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace rialto
