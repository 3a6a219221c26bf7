// A disk in memory that fails on command: power cuts that lose or tear whatever was not synced,
// full disks, failing syncs, flipped bits, short reads. Everything follows from the seed.
//
// For tests and the simulator. One thread. Files opened before a crash() answer io_failed for ever.
//
// Model. A write reaches the cache at once and the disk at datasync(). At a crash every unsynced
// sector (512 bytes) becomes, independently, any of the versions it had since the last sync; sizes
// and directory changes survive as prefixes of their history. After a failed datasync() the cache
// looks clean, as on Linux: later syncs succeed without making those sectors durable.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>

#include "platform/storage/file_system.hpp"

namespace rialto::storage {

class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(std::uint64_t seed) : random_(seed) {}

  Result<std::unique_ptr<File>> open(const std::string& path, Access access,
                                     Caching caching = Caching::buffered) override;
  Result<void> make_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> sync_directory(const std::string& directory) override;
  Result<std::uint64_t> free_space(const std::string& directory) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

  /// The power fails now and returns: unsynced state is lost or torn, locks and open files are
  /// gone.
  void crash();
  /// The program ends and the machine does not: the cache stays, locks and open files are gone.
  void kill();
  /// The power fails during the `operations`-th changing call from now (1: the next): that call and
  /// all later ones answer io_failed until crash().
  void lose_power_after(std::uint64_t operations) { power_left_ = operations; }
  bool powered() const { return powered_; }

  /// Space for file contents, in bytes; growth beyond it answers disk_full.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  std::uint64_t used() const;
  /// The next `count` datasync calls fail, and lose what they should have made durable.
  void fail_datasyncs(std::uint64_t count) { failing_syncs_ = count; }
  /// The next `count` writes fail, leaving each sector old or new.
  void fail_writes(std::uint64_t count) { failing_writes_ = count; }
  /// Reads return fewer bytes than asked, at random.
  void set_short_reads(bool on) { short_reads_ = on; }
  /// Direct access answers unsupported, as on some file systems.
  void refuse_direct(bool on) { refuse_direct_ = on; }
  /// Damage on the medium itself, in cache and on disk. REQUIRES: the file exists and is that long.
  void flip_bit(const std::string& path, std::uint64_t offset, int bit);

 private:
  friend class FaultyFile;
  friend class FaultyLock;
  using Sector = std::vector<std::byte>;

  struct Contents {
    Bytes cache;
    std::uint64_t durable_size = 0;
    /// Unsynced sectors: number -> what the disk holds, then each later version but the newest.
    std::map<std::uint64_t, std::vector<Sector>> dirty;
    /// Sectors a failed sync marked clean: number -> what the disk really holds.
    std::map<std::uint64_t, Sector> lost;
  };
  using Directory = std::map<std::string, std::shared_ptr<Contents>>;  // by path

  bool tick();
  void remember(Contents& contents, std::uint64_t offset, std::uint64_t size);
  void settle(Contents& contents);
  Sector sector_of(const Contents& contents, std::uint64_t number) const;
  void put_sector(Contents& contents, std::uint64_t number, const Sector& sector);
  Result<void> resize(Contents& contents, std::uint64_t size);
  Result<void> write(Contents& contents, std::uint64_t offset, ByteView bytes);
  Result<void> sync(Contents& contents);
  Result<std::size_t> read(const Contents& contents, std::uint64_t offset, MutableByteView into);
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  std::mt19937_64 random_;
  Directory files_;  // as the running system sees them
  std::vector<Directory>
      directory_history_;  // since the last directory sync, oldest (durable) first
  std::set<std::string> directories_;
  std::set<std::string> locks_;
  std::uint64_t boot_ = 1;
  bool powered_ = true;
  std::optional<std::uint64_t> power_left_;
  std::uint64_t capacity_ = ~std::uint64_t{0};
  std::uint64_t failing_syncs_ = 0;
  std::uint64_t failing_writes_ = 0;
  bool short_reads_ = false;
  bool refuse_direct_ = false;
};

}  // namespace rialto::storage
