// The committed text of released events: reading, writing and comparing. For tests only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rialto::schema {

/// One released version of an event. Its name is its C++ type's; a field is "name wire-type".
struct Golden {
  std::uint16_t number = 0;
  std::string name;
  std::vector<std::string> fields;
  std::string hex;  // of one instance with every field set
  friend bool operator==(const Golden&, const Golden&) = default;
};

/// In the order of the file; several versions of one event stand oldest first. Empty if there is no
/// such file.
std::vector<Golden> read_golden(const std::string& path);
void write_golden(const std::string& path, const std::vector<Golden>&);

/// What forbids `now` to follow `released`; empty where it is the same, or the same with fields
/// added at the end.
std::string drift(const Golden& released, const Golden& now);

}  // namespace rialto::schema
