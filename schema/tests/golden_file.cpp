#include "schema/tests/golden_file.hpp"

#include <fstream>
#include <sstream>

namespace rialto::schema {

std::vector<Golden> read_golden(const std::string& path) {
  std::vector<Golden> versions;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "event") {
      Golden& next = versions.emplace_back();
      words >> next.number >> next.name;
    } else if (word == "field" && !versions.empty()) {
      versions.back().fields.push_back(line.substr(line.find("field ") + 6));
    } else if (word == "bytes" && !versions.empty()) {
      words >> versions.back().hex;
    }
  }
  return versions;
}

void write_golden(const std::string& path, const std::vector<Golden>& versions) {
  std::ofstream out(path);
  out << "# Released versions of every journal event; see schema/README.md. Written by "
         "golden_test.\n";
  for (const Golden& version : versions) {
    out << "\nevent " << version.number << ' ' << version.name << '\n';
    for (const std::string& field : version.fields) out << "  field " << field << '\n';
    out << "  bytes " << version.hex << '\n';
  }
}

std::string drift(const Golden& released, const Golden& now) {
  if (released.number != now.number) return "number changed";
  if (released.name != now.name) return "renamed from " + released.name;
  for (std::size_t i = 0; i < released.fields.size(); ++i) {
    if (i >= now.fields.size()) return "field removed: " + released.fields[i];
    if (released.fields[i] != now.fields[i])
      return "field " + released.fields[i] + " became " + now.fields[i];
  }
  if (!now.hex.starts_with(released.hex)) return "encoded otherwise";
  return "";
}

}  // namespace rialto::schema
