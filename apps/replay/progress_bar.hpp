// A progress bar on standard error, drawn only when that is a terminal. One thread; erases itself
// at the end of its life.
#pragma once

#include <string>

namespace rialto::replay {

class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `fraction` from 0 to 1. Cheap: draws only when the percentage changes.
  void show(double fraction);

 private:
  std::string label_;
  bool on_terminal_;
  int percent_ = -1;
};

}  // namespace rialto::replay
