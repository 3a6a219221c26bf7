// Metrics in Prometheus' text format, version 0.0.4. A name that comes twice (with other labels)
// must come twice in a row.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "platform/telemetry/code_counts.hpp"
#include "platform/telemetry/histogram.hpp"

namespace rialto::telemetry {

class MetricsText {
 public:
  using Label = std::pair<std::string_view, std::string_view>;

  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    head(name, "counter", help);
    sample(name, {}, value);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    head(name, "gauge", help);
    sample(name, {}, value);
  }
  void gauge_seconds(std::string_view name, std::string_view help, double seconds);
  /// Sum and bounds are in nanoseconds inside and in seconds outside.
  void histogram_seconds(std::string_view name, std::string_view help, const TimeHistogram&);
  void histogram(std::string_view name, std::string_view help, const SizeHistogram&);
  /// A counter with one label, a sample for each word.
  void counters(std::string_view name, std::string_view help, std::string_view label,
                const CodeCounts&);

  /// For what the above do not cover: HELP and TYPE, then samples.
  void head(std::string_view name, std::string_view kind, std::string_view help);
  void sample(std::string_view name, std::initializer_list<Label> labels, std::uint64_t value);

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace rialto::telemetry
