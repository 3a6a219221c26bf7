#include "apps/replay/golden.hpp"

#include <algorithm>

#include "apps/replay/fields.hpp"

namespace rialto::replay {

std::string normalised(std::string_view line) {
  Fields fields(line);
  std::string joined(fields.text());
  while (!fields.complete()) {
    joined += ',';
    joined += fields.text();
  }
  return joined;
}

std::optional<Difference> first_difference(const std::vector<std::string>& expected,
                                           const std::vector<std::string>& actual) {
  const auto [e, a] = std::ranges::mismatch(expected, actual);
  if (e == expected.end() && a == actual.end()) return std::nullopt;
  return Difference{static_cast<std::uint64_t>(e - expected.begin()) + 1,
                    e == expected.end() ? "(end)" : *e, a == actual.end() ? "(end)" : *a};
}

Read<std::vector<std::string>> read_lines(const std::string& path) {
  auto file = SourceFile::open(path);
  if (!file) return std::unexpected(file.error());
  std::vector<std::string> lines;
  for (;;) {
    const auto line = file->next_line();
    if (!line) return std::unexpected(line.error());
    if (!*line) break;
    lines.push_back(normalised(**line));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace rialto::replay
