// A fresh directory that is gone at the end of its scope.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/assert.hpp"

namespace rialto::crash {

class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rialto-crash-XXXXXX").string();
    const bool made = ::mkdtemp(pattern.data()) != nullptr;
    RIALTO_ASSERT(made);
    path_ = pattern;
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace rialto::crash
