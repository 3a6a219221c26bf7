#include "apps/replay/progress_bar.hpp"

#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

namespace rialto::replay {

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), on_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (on_terminal_ && percent_ >= 0) fmt::print(stderr, "\r\x1b[K");
}

void ProgressBar::show(double fraction) {
  const int percent = static_cast<int>(fraction * 100);
  if (!on_terminal_ || percent == percent_) return;
  percent_ = percent;
  fmt::print(stderr, "\r{} [{:<25}] {:3} %", label_,
             std::string(static_cast<std::size_t>(percent / 4), '#'), percent);
  std::fflush(stderr);
}

}  // namespace rialto::replay
