#include "platform/telemetry/metrics_text.hpp"

#include <iterator>

#include <fmt/format.h>

namespace rialto::telemetry {
namespace {

/// Backslash, quote and line feed are the three that a label's value may not hold as they are.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n')
      text += "\\n";
    else
      text += c;
  }
  return text;
}

template <class Counts, class Shown>
void write(std::string& text, std::string_view name, const Counts& counts, Shown shown) {
  std::uint64_t below = 0;
  auto out = std::back_inserter(text);
  const auto bounds = counts.bounds();
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    below += counts.count(i);
    fmt::format_to(out, "{}_bucket{{le=\"{}\"}} {}\n", name, shown(bounds[i]), below);
  }
  below += counts.count(bounds.size());
  fmt::format_to(out, "{}_bucket{{le=\"+Inf\"}} {}\n", name, below);
  fmt::format_to(out, "{}_sum {}\n{}_count {}\n", name, shown(counts.sum()), name, below);
}

}  // namespace

void MetricsText::head(std::string_view name, std::string_view kind, std::string_view help) {
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

void MetricsText::sample(std::string_view name, std::initializer_list<Label> labels,
                         std::uint64_t value) {
  text_ += name;
  char before = '{';
  for (const auto& [label, text] : labels) {
    fmt::format_to(std::back_inserter(text_), "{}{}=\"{}\"", before, label, escaped(text));
    before = ',';
  }
  if (before == ',') text_ += '}';
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

void MetricsText::gauge_seconds(std::string_view name, std::string_view help, double seconds) {
  head(name, "gauge", help);
  fmt::format_to(std::back_inserter(text_), "{} {:.6f}\n", name, seconds);
}

void MetricsText::histogram_seconds(std::string_view name, std::string_view help,
                                    const TimeHistogram& counts) {
  head(name, "histogram", help);
  write(text_, name, counts, [](std::uint64_t ns) { return static_cast<double>(ns) / 1e9; });
}

void MetricsText::histogram(std::string_view name, std::string_view help,
                            const SizeHistogram& counts) {
  head(name, "histogram", help);
  write(text_, name, counts, [](std::uint64_t value) { return value; });
}

void MetricsText::counters(std::string_view name, std::string_view help, std::string_view label,
                           const CodeCounts& counts) {
  head(name, "counter", help);
  counts.each(
      [&](std::string_view word, std::uint64_t count) { sample(name, {{label, word}}, count); });
}

}  // namespace rialto::telemetry
