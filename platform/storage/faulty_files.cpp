#include "platform/storage/faulty_files.hpp"

#include <algorithm>
#include <cstring>

#include "core/assert.hpp"

namespace rialto::storage {

class FaultyFile final : public File {
 public:
  FaultyFile(FaultyFileSystem& files, std::shared_ptr<FaultyFileSystem::Contents> contents,
             Access access, bool direct)
      : files_(files),
        contents_(std::move(contents)),
        boot_(files.boot_),
        writable_(access != Access::read_only),
        direct_(direct) {}

  Result<std::size_t> read_at(std::uint64_t offset, MutableByteView into) override {
    if (!alive()) return std::unexpected(Error::io_failed);
    return files_.read(*contents_, offset, into);
  }

  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    RIALTO_ASSERT(writable_ && aligned(offset, bytes.size()));
    RIALTO_ASSERT(!direct_ ||
                  reinterpret_cast<std::uintptr_t>(bytes.data()) % direct_alignment == 0);
    if (!alive()) return std::unexpected(Error::io_failed);
    return files_.write(*contents_, offset, bytes);
  }

  Result<void> allocate(std::uint64_t offset, std::uint64_t size) override {
    RIALTO_ASSERT(writable_ && aligned(offset, size));
    if (!alive()) return std::unexpected(Error::io_failed);
    return files_.write(*contents_, offset, Bytes(size));
  }

  Result<void> datasync() override {
    if (!alive()) return std::unexpected(Error::io_failed);
    return files_.sync(*contents_);
  }

  Result<std::uint64_t> size() override {
    if (!alive()) return std::unexpected(Error::io_failed);
    return contents_->cache.size();
  }

  Result<void> truncate(std::uint64_t size) override {
    RIALTO_ASSERT(writable_);
    if (!alive()) return std::unexpected(Error::io_failed);
    const bool survives = files_.tick();
    auto resized = files_.resize(*contents_, size);
    if (!survives) return std::unexpected(Error::io_failed);
    return resized;
  }

 private:
  bool alive() const { return files_.powered_ && boot_ == files_.boot_; }
  bool aligned(std::uint64_t offset, std::uint64_t size) const {
    return !direct_ || (offset % direct_alignment == 0 && size % direct_alignment == 0);
  }

  FaultyFileSystem& files_;
  std::shared_ptr<FaultyFileSystem::Contents> contents_;
  std::uint64_t boot_;
  bool writable_;
  bool direct_;
};

class FaultyLock final : public FileLock {
 public:
  FaultyLock(FaultyFileSystem& files, std::string path)
      : files_(files), path_(std::move(path)), boot_(files.boot_) {}
  ~FaultyLock() override {
    if (files_.boot_ == boot_) files_.locks_.erase(path_);
  }

 private:
  FaultyFileSystem& files_;
  std::string path_;
  std::uint64_t boot_;
};

/// Counts a changing call; false when the power fails during it.
bool FaultyFileSystem::tick() {
  if (power_left_ && --*power_left_ == 0) {
    power_left_.reset();
    powered_ = false;
  }
  return powered_;
}

FaultyFileSystem::Sector FaultyFileSystem::sector_of(const Contents& contents,
                                                     std::uint64_t number) const {
  Sector sector(sector_bytes);
  const std::uint64_t begin = number * sector_bytes;
  if (begin < contents.cache.size()) {
    const auto size = std::min<std::uint64_t>(sector_bytes, contents.cache.size() - begin);
    std::memcpy(sector.data(), contents.cache.data() + begin, size);
  }
  return sector;
}

void FaultyFileSystem::put_sector(Contents& contents, std::uint64_t number, const Sector& sector) {
  const std::uint64_t begin = number * sector_bytes;
  if (begin >= contents.cache.size()) return;
  const auto size = std::min<std::uint64_t>(sector_bytes, contents.cache.size() - begin);
  std::memcpy(contents.cache.data() + begin, sector.data(), size);
}

/// Keeps the present version of every sector in the range, before a change.
void FaultyFileSystem::remember(Contents& contents, std::uint64_t offset, std::uint64_t size) {
  if (size == 0) return;
  for (std::uint64_t number = offset / sector_bytes; number <= (offset + size - 1) / sector_bytes;
       ++number) {
    auto& versions = contents.dirty[number];
    const auto lost = contents.lost.find(number);
    if (versions.empty() && lost != contents.lost.end()) {
      // The disk never got the version in the cache; this write makes the sector dirty once more.
      versions.push_back(lost->second);
      contents.lost.erase(lost);
    }
    versions.push_back(sector_of(contents, number));
  }
}

Result<void> FaultyFileSystem::resize(Contents& contents, std::uint64_t size) {
  const std::uint64_t before = contents.cache.size();
  if (size > before && used() + (size - before) > capacity_)
    return std::unexpected(Error::disk_full);
  if (size < before) remember(contents, size, before - size);
  contents.cache.resize(size);
  return {};
}

Result<void> FaultyFileSystem::write(Contents& contents, std::uint64_t offset, ByteView bytes) {
  const bool survives = tick();
  if (offset + bytes.size() > contents.cache.size()) {
    if (auto grown = resize(contents, offset + bytes.size()); !grown) return grown;
  }
  if (bytes.empty()) return {};
  remember(contents, offset, bytes.size());
  const bool fails = failing_writes_ != 0;
  if (!fails) {
    std::memcpy(contents.cache.data() + offset, bytes.data(), bytes.size());
  } else {
    --failing_writes_;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t part =
          std::min<std::size_t>(sector_bytes - (offset + at) % sector_bytes, bytes.size() - at);
      if (below(2) == 0) std::memcpy(contents.cache.data() + offset + at, bytes.data() + at, part);
      at += part;
    }
  }
  if (fails || !survives) return std::unexpected(Error::io_failed);
  return {};
}

Result<void> FaultyFileSystem::sync(Contents& contents) {
  if (!tick()) return std::unexpected(Error::io_failed);
  if (failing_syncs_ != 0) {
    --failing_syncs_;
    for (auto& [number, versions] : contents.dirty)
      contents.lost.try_emplace(number, std::move(versions.front()));
    contents.dirty.clear();
    return std::unexpected(Error::io_failed);
  }
  contents.dirty.clear();
  contents.durable_size = contents.cache.size();
  return {};
}

Result<std::size_t> FaultyFileSystem::read(const Contents& contents, std::uint64_t offset,
                                           MutableByteView into) {
  if (offset >= contents.cache.size() || into.empty()) return std::size_t{0};
  std::uint64_t size = std::min<std::uint64_t>(into.size(), contents.cache.size() - offset);
  if (short_reads_) size = 1 + below(size);
  std::memcpy(into.data(), contents.cache.data() + offset, size);
  return size;
}

Result<std::unique_ptr<File>> FaultyFileSystem::open(const std::string& path, Access access,
                                                     Caching caching) {
  if (!powered_) return std::unexpected(Error::io_failed);
  if (caching == Caching::direct && refuse_direct_) return std::unexpected(Error::unsupported);
  auto found = files_.find(path);
  if (access == Access::create_new) {
    if (found != files_.end()) return std::unexpected(Error::already_exists);
    directory_history_.push_back(files_);
    const bool survives = tick();
    found = files_.emplace(path, std::make_shared<Contents>()).first;
    if (!survives) return std::unexpected(Error::io_failed);
  }
  if (found == files_.end()) return std::unexpected(Error::not_found);
  return std::make_unique<FaultyFile>(*this, found->second, access, caching == Caching::direct);
}

Result<void> FaultyFileSystem::make_directory(const std::string& path) {
  if (!powered_) return std::unexpected(Error::io_failed);
  directories_.insert(path);
  return {};
}

Result<std::vector<std::string>> FaultyFileSystem::list(const std::string& directory) {
  if (!powered_) return std::unexpected(Error::io_failed);
  if (!directories_.contains(directory)) return std::unexpected(Error::not_found);
  const std::string prefix = join(directory, "");
  std::vector<std::string> names;
  for (const auto& [path, contents] : files_) {
    if (path.starts_with(prefix) && path.find('/', prefix.size()) == std::string::npos)
      names.push_back(path.substr(prefix.size()));
  }
  return names;
}

Result<void> FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  if (!powered_) return std::unexpected(Error::io_failed);
  const auto found = files_.find(from);
  if (found == files_.end()) return std::unexpected(Error::not_found);
  directory_history_.push_back(files_);
  const bool survives = tick();
  auto contents = found->second;
  files_.erase(found);
  files_[to] = std::move(contents);
  if (!survives) return std::unexpected(Error::io_failed);
  return {};
}

Result<void> FaultyFileSystem::remove(const std::string& path) {
  if (!powered_) return std::unexpected(Error::io_failed);
  if (!files_.contains(path)) return std::unexpected(Error::not_found);
  directory_history_.push_back(files_);
  const bool survives = tick();
  files_.erase(path);
  if (!survives) return std::unexpected(Error::io_failed);
  return {};
}

Result<void> FaultyFileSystem::sync_directory(const std::string& directory) {
  if (!powered_) return std::unexpected(Error::io_failed);
  if (!directories_.contains(directory)) return std::unexpected(Error::not_found);
  if (!tick()) return std::unexpected(Error::io_failed);
  directory_history_.clear();
  return {};
}

std::uint64_t FaultyFileSystem::used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, contents] : files_) sum += contents->cache.size();
  return sum;
}

Result<std::uint64_t> FaultyFileSystem::free_space(const std::string&) {
  if (!powered_) return std::unexpected(Error::io_failed);
  return capacity_ - std::min(capacity_, used());
}

Result<std::unique_ptr<FileLock>> FaultyFileSystem::lock(const std::string& path) {
  if (!powered_) return std::unexpected(Error::io_failed);
  if (!locks_.insert(path).second) return std::unexpected(Error::locked);
  return std::make_unique<FaultyLock>(*this, path);
}

void FaultyFileSystem::crash() {
  // Directory changes reach the disk in order: some prefix of them survives.
  if (!directory_history_.empty()) {
    const std::uint64_t kept = below(directory_history_.size() + 1);
    if (kept < directory_history_.size()) files_ = directory_history_[kept];
    directory_history_.clear();
  }
  for (auto& [path, contents] : files_) settle(*contents);
  kill();
}

void FaultyFileSystem::kill() {
  locks_.clear();
  ++boot_;
  powered_ = true;
  power_left_.reset();
  failing_syncs_ = failing_writes_ = 0;
}

/// What the disk holds of one file once the power is back.
void FaultyFileSystem::settle(Contents& contents) {
  const std::uint64_t newest_size = contents.cache.size();
  const std::uint64_t size = below(2) == 0 ? contents.durable_size : newest_size;
  contents.cache.resize(std::max(contents.durable_size, newest_size));
  for (const auto& [number, sector] : contents.lost) put_sector(contents, number, sector);
  contents.lost.clear();
  // All, none, or an arbitrary part of the unsynced sectors: each of the three often.
  const std::uint64_t mood = below(4);
  for (const auto& [number, versions] : contents.dirty) {
    const std::uint64_t newest = versions.size();
    const std::uint64_t choice = mood == 0 ? 0 : mood == 1 ? newest : below(newest + 1);
    if (choice != newest) put_sector(contents, number, versions[choice]);
  }
  contents.dirty.clear();
  contents.cache.resize(size);
  contents.durable_size = size;
}

void FaultyFileSystem::flip_bit(const std::string& path, std::uint64_t offset, int bit) {
  const auto found = files_.find(path);
  RIALTO_ASSERT(found != files_.end() && offset < found->second->cache.size());
  found->second->cache[offset] ^= static_cast<std::byte>(1 << bit);
}

}  // namespace rialto::storage
