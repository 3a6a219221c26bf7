// What was found wrong. A run stops at its first finding.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

namespace rialto::simulation {

class Findings {
 public:
  /// Notes the sentence unless `holds`; returns `holds`.
  template <class... Args>
  bool expect(bool holds, fmt::format_string<Args...> sentence, Args&&... args) {
    if (!holds) found_.push_back(fmt::format(sentence, std::forward<Args>(args)...));
    return holds;
  }
  bool none() const { return found_.empty(); }
  const std::vector<std::string>& all() const { return found_; }

 private:
  std::vector<std::string> found_;
};

}  // namespace rialto::simulation
