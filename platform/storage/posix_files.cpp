#include "platform/storage/posix_files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/storage/aligned_buffer.hpp"

namespace rialto::storage {
namespace {

Error from_errno(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return Error::not_found;
    case EEXIST:
      return Error::already_exists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Error::disk_full;
    case EACCES:
    case EPERM:
    case EROFS:
      return Error::access_denied;
    case EWOULDBLOCK:
      return Error::locked;
    case EOPNOTSUPP:
      return Error::unsupported;
    default:
      return Error::io_failed;
  }
}

std::unexpected<Error> last_error() {
  return std::unexpected(from_errno(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number_); }
  int number() const { return number_; }

 private:
  int number_;
};

/// A megabyte of zeros, what allocate() writes from.
ByteView zeros() {
  constexpr std::size_t size = 1 << 20;
  static const AlignedBuffer buffer = [] {
    AlignedBuffer made(size);
    std::memset(made.data(), 0, size);
    return made;
  }();
  return {buffer.data(), size};
}

class PosixFile final : public File {
 public:
  PosixFile(int number, bool direct) : descriptor_(number), direct_(direct) {}

  Result<std::size_t> read_at(std::uint64_t offset, MutableByteView into) override {
    while (true) {
      const ssize_t count =
          ::pread(descriptor_.number(), into.data(), into.size(), static_cast<off_t>(offset));
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return last_error();
    }
  }

  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    while (!bytes.empty()) {
      const ssize_t count =
          ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return last_error();
      // A direct write cut short between blocks cannot be continued.
      if (count == 0 || (direct_ && count % direct_alignment != 0))
        return std::unexpected(Error::io_failed);
      offset += static_cast<std::uint64_t>(count);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

  Result<void> allocate(std::uint64_t offset, std::uint64_t size) override {
    const int code = ::posix_fallocate(descriptor_.number(), static_cast<off_t>(offset),
                                       static_cast<off_t>(size));
    if (code != 0 && code != EOPNOTSUPP && code != EINVAL) return std::unexpected(from_errno(code));
    // Reserved extents are marked unwritten; writing zeros now spares every later write that
    // change.
    while (size != 0) {
      const auto part = std::min<std::uint64_t>(size, zeros().size());
      if (auto written = write_at(offset, zeros().first(part)); !written) return written;
      offset += part;
      size -= part;
    }
    return {};
  }

  Result<void> datasync() override {
    if (::fdatasync(descriptor_.number()) != 0) return last_error();
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat status{};
    if (::fstat(descriptor_.number(), &status) != 0) return last_error();
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0) return last_error();
    return {};
  }

 private:
  Descriptor descriptor_;
  bool direct_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(int number) : descriptor_(number) {}

 private:
  Descriptor descriptor_;
};

int flags_of(Access access) {
  switch (access) {
    case Access::read_only:
      return O_RDONLY;
    case Access::read_write:
      return O_RDWR;
    case Access::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, Access access,
                                     Caching caching) override {
    const bool direct = caching == Caching::direct;
    const int flags = flags_of(access) | O_CLOEXEC | (direct ? O_DIRECT : 0);
    const int number = ::open(path.c_str(), flags, 0640);
    if (number < 0 && direct && errno == EINVAL) {
      // Some kernels create the file before they refuse to open it directly.
      if (access == Access::create_new) ::unlink(path.c_str());
      return std::unexpected(Error::unsupported);
    }
    if (number < 0) return last_error();
    return std::make_unique<PosixFile>(number, direct);
  }

  Result<void> make_directory(const std::string& path) override {
    std::error_code code;
    const std::filesystem::path wanted(path);
    if (std::filesystem::is_directory(wanted, code)) return {};
    const std::string parent = wanted.parent_path().string();
    if (!parent.empty() && parent != path) {
      if (auto made = make_directory(parent); !made) return made;
    }
    if (::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST) return last_error();
    return sync_directory(parent.empty() ? "." : parent);
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
    std::error_code code;
    std::filesystem::directory_iterator entry(directory, code);
    std::vector<std::string> names;
    for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
      std::error_code ignored;
      if (entry->is_regular_file(ignored)) names.push_back(entry->path().filename().string());
    }
    if (code) return std::unexpected(from_errno(code.value()));
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return last_error();
    return {};
  }

  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return last_error();
    return {};
  }

  Result<void> sync_directory(const std::string& directory) override {
    const int number = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) return last_error();
    const Descriptor descriptor(number);
    if (::fsync(number) != 0) return last_error();
    return {};
  }

  Result<std::uint64_t> free_space(const std::string& directory) override {
    struct statvfs status{};
    if (::statvfs(directory.c_str(), &status) != 0) return last_error();
    return std::uint64_t{status.f_bavail} * status.f_frsize;
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    const int number = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (number < 0) return last_error();
    auto held = std::make_unique<PosixLock>(number);
    if (::flock(number, LOCK_EX | LOCK_NB) != 0) return last_error();
    return held;
  }
};

}  // namespace

FileSystem& posix_files() {
  static PosixFileSystem instance;
  return instance;
}

}  // namespace rialto::storage
