// What one run of a benchmark found, by name: printed for people, and kept for `--json FILE`.
// One per process, made on the stack of main or filled from any function of one thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace rialto::bench {

class Figures {
 public:
  void add(std::string_view name, double value) {
    json_ += fmt::format("{}\n  \"{}\": {}", json_.empty() ? "" : ",", name, value);
  }
  /// One JSON object; nothing where no file is named. False: it could not be written.
  bool write(const std::string& path) const {
    if (path.empty()) return true;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"),
                                                               std::fclose);
    return file && std::fprintf(file.get(), "{%s\n}\n", json_.c_str()) > 0;
  }

 private:
  std::string json_;
};

/// Those of this process.
inline Figures& figures() {
  static Figures all;
  return all;
}

}  // namespace rialto::bench
