// A file that exists wholly or not at all: written under a temporary name, synced, renamed, and the
// directory synced. Used by one thread; destroyed before commit() it leaves nothing behind (a crash
// may leave the temporary file, which the next AtomicFile of that path replaces).
#pragma once

#include "platform/storage/file_system.hpp"

namespace rialto::storage {

/// Temporary names end so; readers of a directory ignore them.
inline constexpr std::string_view unfinished_suffix = ".unfinished";

class AtomicFile {
 public:
  /// `directory` exists; `name` may exist and is replaced by commit().
  static Result<AtomicFile> create(FileSystem& files, const std::string& directory,
                                   std::string_view name);
  AtomicFile(AtomicFile&&) = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  /// Syncs every few megabytes, so that the last sync is short and stalls nobody else's.
  Result<void> append(ByteView bytes);
  /// Durable under its final name when this returns well. REQUIRES: called once, last.
  Result<void> commit();

 private:
  AtomicFile(FileSystem& files, std::string directory, std::string path,
             std::unique_ptr<File> file);

  FileSystem* files_;
  std::string directory_;
  std::string path_;
  std::unique_ptr<File> file_;  // empty once committed
  std::uint64_t written_ = 0;
  std::uint64_t synced_ = 0;
};

/// `bytes` as the durable content of directory/name, replacing what was there.
Result<void> write_atomically(FileSystem& files, const std::string& directory,
                              std::string_view name, ByteView bytes);

}  // namespace rialto::storage
