// The program's log of what an operator should know: one line an occurrence, to standard error, as
// text for people or as JSON for machines. Not the journal: nothing is ever read back from here,
// and no secret may be given to it.
//
//   {"time":"2026-11-21T07:20:01.123456Z","level":"warning","component":"venue",
//    "message":"the disk is full: commands are refused","sequence":41}
//
// Made by apps; any thread may write.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace rialto::telemetry {

enum class Level : std::uint8_t { debug, info, warning, error };
enum class LineFormat : std::uint8_t { text, json };

/// A named number or text of a line. The text need not outlive the call.
struct Field {
  std::string_view name;
  std::variant<std::uint64_t, double, std::string_view> value;
};

class LogLines {
 public:
  LogLines(LineFormat format, Level least, int descriptor = 2)
      : format_(format), least_(least), descriptor_(descriptor) {}

  /// Every later line says how far the venue has come by then. `sequence` may be called by any
  /// thread, until clear_position().
  void show_position(std::function<std::uint64_t()> sequence);
  void clear_position();

  bool shows(Level level) const { return level >= least_; }
  /// TELEMETRY-2.
  void write(Level level, std::string_view component, std::string_view message,
             std::initializer_list<Field> fields = {}) const;

 private:
  const LineFormat format_;
  const Level least_;
  const int descriptor_;
  std::function<std::uint64_t()> position_;
  std::atomic<bool> shows_position_{false};
};

}  // namespace rialto::telemetry
