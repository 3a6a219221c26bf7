// A text file read line by line, plain or compressed (gzip, xz, zstd; told apart by their first
// bytes, not by name). Owns the open file and its decoder; used by the replay's readers.
//
// One thread. A line is valid until the next one is asked for. Damaged or shortened input is an
// error, never a quiet end.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe/enum.hpp>

namespace rialto::replay {

BOOST_DEFINE_FIXED_ENUM_CLASS(InputError, std::uint8_t,
                              cannot_open,  // absent, a folder, no permission
                              damaged,      // compressed bytes that do not decode, or end early
                              malformed,    // a line that is not of the format
                              refused)      // well formed, but more than the venue can express

/// Says what was wrong with which line of which file; `message` is for people.
struct InputProblem {
  InputError error{};
  std::string message;  // "orders.csv:3: …"
};

template <class T>
using Read = std::expected<T, InputProblem>;

class SourceFile {
 public:
  /// Errors: cannot_open; damaged for a zstd file that ends early.
  static Read<SourceFile> open(const std::string& path);
  SourceFile(SourceFile&&) noexcept;
  SourceFile& operator=(SourceFile&&) noexcept;
  ~SourceFile();

  /// The next line without its end (LF or CR LF); nothing at the end of the file. Errors: damaged;
  /// malformed for a line above a megabyte.
  Read<std::optional<std::string_view>> next_line();

  /// Number of the line read last, from 1.
  std::uint64_t line() const;
  /// How much of the file, as stored, has been read: 0 to 1.
  double fraction() const;
  InputProblem problem(InputError error, std::string_view what) const;
  InputProblem malformed(std::string_view what) const {
    return problem(InputError::malformed, what);
  }

 private:
  struct Stream;
  explicit SourceFile(std::unique_ptr<Stream> stream);
  std::unique_ptr<Stream> stream_;
};

}  // namespace rialto::replay
