// Request bodies from anywhere: never a crash, whatever a handler then asks for.
#include <string_view>

#include "platform/net/json_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static rialto::net::JsonReader reader;
  const auto root = reader.parse({reinterpret_cast<const char*>(data), size});
  if (!root) return 0;
  rialto::net::JsonFields fields(*root);
  (void)fields.optional_text("a");
  (void)fields.optional_number("b");
  (void)fields.optional_integer("c");
  (void)fields.optional_boolean("d");
  (void)fields.optional_array("e");
  (void)fields.unknown({"a", "b"});
  return 0;
}
