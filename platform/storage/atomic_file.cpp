#include "platform/storage/atomic_file.hpp"

#include "core/assert.hpp"

namespace rialto::storage {
namespace {

constexpr std::uint64_t sync_every_bytes = 8 << 20;

}  // namespace

AtomicFile::AtomicFile(FileSystem& files, std::string directory, std::string path,
                       std::unique_ptr<File> file)
    : files_(&files),
      directory_(std::move(directory)),
      path_(std::move(path)),
      file_(std::move(file)) {}

Result<AtomicFile> AtomicFile::create(FileSystem& files, const std::string& directory,
                                      std::string_view name) {
  std::string path = join(directory, name);
  const std::string unfinished = path + std::string(unfinished_suffix);
  if (auto removed = files.remove(unfinished); !removed && removed.error() != Error::not_found)
    return std::unexpected(removed.error());
  auto file = files.open(unfinished, Access::create_new);
  if (!file) return std::unexpected(file.error());
  return AtomicFile(files, directory, std::move(path), std::move(*file));
}

AtomicFile::~AtomicFile() {
  if (!file_) return;
  file_.reset();
  // Nothing depends on this: an unfinished file that stays is ignored and later replaced.
  (void)files_->remove(path_ + std::string(unfinished_suffix));
}

Result<void> AtomicFile::append(ByteView bytes) {
  RIALTO_ASSERT(file_ != nullptr);
  if (auto written = file_->write_at(written_, bytes); !written) return written;
  written_ += bytes.size();
  if (written_ - synced_ < sync_every_bytes) return {};
  synced_ = written_;
  return file_->datasync();
}

Result<void> AtomicFile::commit() {
  RIALTO_ASSERT(file_ != nullptr);
  if (auto synced = file_->datasync(); !synced) return synced;
  if (auto renamed = files_->rename(path_ + std::string(unfinished_suffix), path_); !renamed)
    return renamed;
  file_.reset();
  return files_->sync_directory(directory_);
}

Result<void> write_atomically(FileSystem& files, const std::string& directory,
                              std::string_view name, ByteView bytes) {
  auto file = AtomicFile::create(files, directory, name);
  if (!file) return std::unexpected(file.error());
  if (auto written = file->append(bytes); !written) return written;
  return file->commit();
}

}  // namespace rialto::storage
