// Decimal text from anywhere: never a crash, and what parses prints back to the same value.
#include <cstdlib>
#include <string_view>

#include "core/decimal.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const int scale = data[0] % 19;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto value = rialto::parse_decimal(text, scale);
  if (!value) return 0;
  const auto again = rialto::parse_decimal(rialto::format_decimal(*value, scale), scale);
  if (!again || *again != *value) std::abort();
  return 0;
}
