// The one seam to the operating system's files. Everything durable goes through it, so that faults
// (power cuts, torn sectors, full disks, failing syncs) can be injected in one place.
//
// Implementations: posix_files() for real disks, FaultyFileSystem in memory. A FileSystem may be
// used from several threads; a File belongs to one thread at a time and must not outlive its
// FileSystem.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/enum.hpp>

#include "core/codec.hpp"

namespace rialto::storage {

BOOST_DEFINE_FIXED_ENUM_CLASS(Error, std::uint8_t,
                              not_found,       // no such file or directory
                              already_exists,  // create_new met an existing file
                              disk_full,       // no space or quota left
                              unsupported,     // this file system cannot do it (direct access)
                              locked,          // another process holds the lock
                              access_denied,   // permissions or a read-only file system
                              io_failed)       // the device or the system call failed
/// A sentence for people.
std::string_view phrase(Error error);

template <class T>
using Result = std::expected<T, Error>;
using MutableByteView = std::span<std::byte>;

BOOST_DEFINE_FIXED_ENUM_CLASS(Access, std::uint8_t, read_only, read_write, create_new)
/// direct: past the page cache; offsets, sizes and addresses are multiples of direct_alignment.
BOOST_DEFINE_FIXED_ENUM_CLASS(Caching, std::uint8_t, buffered, direct)

inline constexpr std::size_t direct_alignment = 4096;
/// What a device writes wholly or not at all.
inline constexpr std::size_t sector_bytes = 512;

class File {
 public:
  virtual ~File() = default;
  /// Bytes read: fewer than asked at the end of the file, and possibly elsewhere (see read_fully).
  virtual Result<std::size_t> read_at(std::uint64_t offset, MutableByteView into) = 0;
  /// All of `bytes`, or an error after which what reached the file is unknown.
  virtual Result<void> write_at(std::uint64_t offset, ByteView bytes) = 0;
  /// Reserves the range on the device and fills it with zeros, so that later writes into it neither
  /// run out of space nor change metadata. Not durable before datasync(). Direct files: aligned, as
  /// writes.
  virtual Result<void> allocate(std::uint64_t offset, std::uint64_t size) = 0;
  /// Makes everything written so far durable. After a failure nothing is known about what was
  /// written since the last success, and trying again proves nothing (Linux marks the pages clean).
  virtual Result<void> datasync() = 0;
  virtual Result<std::uint64_t> size() = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
};

/// Held until destroyed, or until the process ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, Access access,
                                             Caching caching = Caching::buffered) = 0;
  /// Creates the directory and its missing parents; one that exists is fine.
  virtual Result<void> make_directory(const std::string& path) = 0;
  /// Names (not paths) of the files in a directory, sorted.
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  /// Replaces `to` if it exists. Durable after sync_directory().
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  /// Makes creations, renames and removals in the directory durable.
  virtual Result<void> sync_directory(const std::string& directory) = 0;
  /// Bytes an unprivileged writer could still use on the file system that holds `directory`.
  virtual Result<std::uint64_t> free_space(const std::string& directory) = 0;
  /// Error::locked when another holder exists, in this process or another.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

/// Repeats read_at until `into` is full or the file ends; bytes read.
Result<std::size_t> read_fully(File& file, std::uint64_t offset, MutableByteView into);

/// A whole file in memory.
Result<Bytes> read_file(FileSystem& files, const std::string& path);

/// "directory/name".
std::string join(std::string_view directory, std::string_view name);

}  // namespace rialto::storage
