#include "platform/telemetry/log_lines.hpp"

#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "platform/net/json_writer.hpp"

namespace rialto::telemetry {
namespace {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      break;
  }
  return "error";
}

/// Wall-clock time, in UTC: log lines are compared with other programs' (DESIGN section 5).
std::string now_text() {
  const auto now =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (now - seconds).count());
}

/// A line stays one line, whatever a client has put into a name.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

struct TextLine {
  std::string line;

  TextLine(Level level, std::string_view component, std::string_view message)
      : line(fmt::format("{} {:<7} {}: {}", now_text(), name_of(level), component,
                         printable(message))) {}
  void add(std::string_view name, std::string_view value) {
    line += fmt::format(" {}=\"{}\"", name, printable(value));
  }
  void add(std::string_view name, auto value) { line += fmt::format(" {}={}", name, value); }
  std::string take() { return std::move(line); }
};

struct JsonLine {
  std::string line;
  net::JsonWriter json{line};

  JsonLine(Level level, std::string_view component, std::string_view message) {
    json.begin_object()
        .field("time", now_text())
        .field("level", name_of(level))
        .field("component", component)
        .field("message", message);
  }
  void add(std::string_view name, double value) { json.key(name).raw(fmt::format("{}", value)); }
  void add(std::string_view name, auto value) { json.field(name, value); }
  std::string take() {
    json.end_object();
    return std::move(line);
  }
};

template <class Line>
std::string made(Level level, std::string_view component, std::string_view message,
                 std::optional<std::uint64_t> sequence, std::initializer_list<Field> fields) {
  Line line(level, component, message);
  if (sequence) line.add("sequence", *sequence);
  for (const Field& field : fields)
    std::visit([&](const auto& value) { line.add(field.name, value); }, field.value);
  return line.take() + '\n';
}

}  // namespace

void LogLines::show_position(std::function<std::uint64_t()> sequence) {
  position_ = std::move(sequence);
  shows_position_.store(true, std::memory_order_release);
}

void LogLines::clear_position() {
  shows_position_.store(false, std::memory_order_release);
}

void LogLines::write(Level level, std::string_view component, std::string_view message,
                     std::initializer_list<Field> fields) const {
  if (!shows(level)) return;
  std::optional<std::uint64_t> sequence;
  if (shows_position_.load(std::memory_order_acquire)) sequence = position_();
  const auto make = format_ == LineFormat::json ? made<JsonLine> : made<TextLine>;
  const std::string text = make(level, component, message, sequence, fields);
  // Whoever closed standard error does not want to know.
  (void)!::write(descriptor_, text.data(), text.size());
}

}  // namespace rialto::telemetry
