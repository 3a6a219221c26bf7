// Comparing what the venue did with what somebody else wrote down. Used by the conformance drivers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/replay/source_file.hpp"

namespace rialto::replay {

/// The first line in which two texts differ; a text that has ended is shown as "(end)".
struct Difference {
  std::uint64_t line{};  // from 1
  std::string expected;
  std::string actual;
};

/// How one file of recorded orders came out.
struct GoldenReport {
  std::uint64_t lines{};  // of expected output
  std::optional<Difference> difference;
  bool passed() const { return !difference; }
};

/// Lines as their fields joined by commas without blanks, so that only the content counts.
std::string normalised(std::string_view line);

/// Both normalised.
std::optional<Difference> first_difference(const std::vector<std::string>& expected,
                                           const std::vector<std::string>& actual);

/// Every line, normalised, without the blank lines at the end.
Read<std::vector<std::string>> read_lines(const std::string& path);

}  // namespace rialto::replay
