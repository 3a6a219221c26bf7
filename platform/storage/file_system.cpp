#include "platform/storage/file_system.hpp"

namespace rialto::storage {

std::string_view phrase(Error error) {
  switch (error) {
    case Error::not_found:
      return "no such file or directory";
    case Error::already_exists:
      return "the file exists already";
    case Error::disk_full:
      return "the disk is full";
    case Error::unsupported:
      return "the file system does not support this kind of access";
    case Error::locked:
      return "another process holds the lock";
    case Error::access_denied:
      return "permission denied";
    case Error::io_failed:
      return "the device or the system call failed";
  }
  return "unknown storage error";
}

Result<std::size_t> read_fully(File& file, std::uint64_t offset, MutableByteView into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto count = file.read_at(offset + done, into.subspan(done));
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    done += *count;
  }
  return done;
}

Result<Bytes> read_file(FileSystem& files, const std::string& path) {
  auto file = files.open(path, Access::read_only);
  if (!file) return std::unexpected(file.error());
  const auto size = (*file)->size();
  if (!size) return std::unexpected(size.error());
  Bytes content(*size);
  const auto count = read_fully(**file, 0, content);
  if (!count) return std::unexpected(count.error());
  content.resize(*count);
  return content;
}

std::string join(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') path += '/';
  return path += name;
}

}  // namespace rialto::storage
