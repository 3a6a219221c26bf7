// The faulty disk must honour exactly what it promises: tests of the log are worth no more than
// this.
#include "platform/storage/faulty_files.hpp"

#include <gtest/gtest.h>

#include "platform/storage/atomic_file.hpp"

namespace rialto::storage {
namespace {

const std::string directory = "d";
const std::string path = "d/file";

Bytes filled(std::size_t size, int value) {
  return Bytes(size, static_cast<std::byte>(value));
}

/// A durable file of `size` ones.
std::unique_ptr<File> make_file(FaultyFileSystem& files, std::size_t size) {
  EXPECT_TRUE(files.make_directory(directory));
  auto file = files.open(path, Access::create_new);
  EXPECT_TRUE(file && (*file)->write_at(0, filled(size, 1)) && (*file)->datasync());
  EXPECT_TRUE(files.sync_directory(directory));
  return std::move(*file);
}

TEST(FaultyFiles, what_was_synced_survives_every_crash) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    FaultyFileSystem files(seed);
    auto file = make_file(files, 3000);
    files.crash();
    EXPECT_FALSE(file->size()) << "a file opened before the crash still answers";
    EXPECT_EQ(*read_file(files, path), filled(3000, 1));
  }
}

TEST(FaultyFiles, unsynced_sectors_are_each_old_or_new) {
  int torn = 0;
  int kept = 0;
  int lost = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    FaultyFileSystem files(seed);
    auto file = make_file(files, 4096);
    ASSERT_TRUE(file->write_at(0, filled(4096, 2)));
    files.crash();
    const Bytes content = *read_file(files, path);
    ASSERT_EQ(content.size(), 4096u);
    int newer = 0;
    for (std::size_t sector = 0; sector < 8; ++sector) {
      const std::byte first = content[sector * sector_bytes];
      for (std::size_t i = 0; i < sector_bytes; ++i)
        ASSERT_EQ(content[sector * sector_bytes + i], first);
      newer += first == std::byte{2} ? 1 : 0;
    }
    ++(newer == 0 ? lost : newer == 8 ? kept : torn);
  }
  EXPECT_GT(torn, 10);
  EXPECT_GT(kept, 10);
  EXPECT_GT(lost, 10);
}

TEST(FaultyFiles, a_killed_program_loses_nothing) {
  FaultyFileSystem files(1);
  auto file = make_file(files, 1000);
  ASSERT_TRUE(file->write_at(500, filled(1000, 2)));
  auto lock = files.lock("d/lock");
  files.kill();
  EXPECT_EQ(read_file(files, path)->size(), 1500u);
  EXPECT_TRUE(files.lock("d/lock"));
}

// STORAGE-2
TEST(FaultyFiles, after_a_failed_sync_later_ones_save_nothing) {
  FaultyFileSystem files(1);
  auto file = make_file(files, 512);
  ASSERT_TRUE(file->write_at(0, filled(512, 2)));
  files.fail_datasyncs(1);
  EXPECT_EQ(file->datasync().error(), Error::io_failed);
  EXPECT_TRUE(file->datasync());
  EXPECT_EQ(*read_file(files, path), filled(512, 2)) << "the cache forgot";
  files.crash();
  EXPECT_EQ(*read_file(files, path), filled(512, 1));
}

TEST(FaultyFiles, rewriting_after_a_failed_sync_does_save) {
  FaultyFileSystem files(1);
  auto file = make_file(files, 512);
  files.fail_datasyncs(1);
  ASSERT_TRUE(file->write_at(0, filled(512, 2)));
  ASSERT_FALSE(file->datasync());
  ASSERT_TRUE(file->write_at(0, filled(512, 2)) && file->datasync());
  files.crash();
  EXPECT_EQ(*read_file(files, path), filled(512, 2));
}

// STORAGE-1
TEST(FaultyFiles, a_name_is_durable_only_after_the_directory_is) {
  int gone = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    FaultyFileSystem files(seed);
    ASSERT_TRUE(files.make_directory(directory));
    ASSERT_TRUE(files.open(path, Access::create_new));
    files.crash();
    gone += files.list(directory)->empty() ? 1 : 0;
  }
  EXPECT_GT(gone, 5);
  EXPECT_LT(gone, 35);
}

TEST(FaultyFiles, the_disk_is_full_where_it_says) {
  FaultyFileSystem files(1);
  files.set_capacity(1000);
  auto file = make_file(files, 800);
  EXPECT_EQ(*files.free_space(directory), 200u);
  EXPECT_EQ(file->write_at(800, filled(201, 2)).error(), Error::disk_full);
  EXPECT_TRUE(file->write_at(0, filled(1000, 2)));
  ASSERT_TRUE(files.remove(path));
  EXPECT_EQ(*files.free_space(directory), 1000u);
}

TEST(FaultyFiles, the_power_fails_at_the_chosen_call) {
  FaultyFileSystem files(1);
  auto file = make_file(files, 512);
  files.lose_power_after(2);
  EXPECT_TRUE(file->write_at(0, filled(10, 2)));
  EXPECT_TRUE(files.powered());
  EXPECT_FALSE(file->datasync());
  EXPECT_FALSE(files.powered());
  EXPECT_FALSE(files.list(directory));
  files.crash();
  EXPECT_TRUE(files.list(directory));
}

TEST(FaultyFiles, short_reads_are_completed_by_read_fully) {
  FaultyFileSystem files(1);
  auto file = make_file(files, 3000);
  files.set_short_reads(true);
  Bytes into(4000);
  EXPECT_LT(*file->read_at(0, into), 3000u);
  EXPECT_EQ(*read_fully(*file, 0, into), 3000u);
}

// STORAGE-3
TEST(AtomicFileTest, the_name_shows_the_old_or_the_new_content_whatever_the_crash) {
  int replaced = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    FaultyFileSystem files(seed);
    make_file(files, 2000);
    files.lose_power_after(1 + seed % 8);
    const bool done = write_atomically(files, directory, "file", filled(3000, 2)).has_value();
    files.crash();
    const Bytes content = *read_file(files, path);
    const bool is_new = content == filled(3000, 2);
    replaced += is_new ? 1 : 0;
    EXPECT_TRUE(is_new || (!done && content == filled(2000, 1))) << "seed " << seed;
  }
  EXPECT_GT(replaced, 20);
  EXPECT_LT(replaced, 180);
}

TEST(AtomicFileTest, leftovers_of_a_crash_are_replaced) {
  FaultyFileSystem files(1);
  make_file(files, 10);
  ASSERT_TRUE(files.open(path + std::string(unfinished_suffix), Access::create_new));
  ASSERT_TRUE(write_atomically(files, directory, "file", filled(3, 2)));
  EXPECT_EQ(*read_file(files, path), filled(3, 2));
  EXPECT_EQ(files.list(directory)->size(), 1u);
}

}  // namespace
}  // namespace rialto::storage
