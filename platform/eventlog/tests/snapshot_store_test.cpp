// LOG-8.
#include "platform/eventlog/snapshot_store.hpp"

#include <gtest/gtest.h>

#include "platform/eventlog/frame.hpp"
#include "platform/storage/faulty_files.hpp"

namespace rialto::eventlog {
namespace {

using storage::FaultyFileSystem;

constexpr Fingerprint log_id{1, 2};
const std::string directory = "snapshots";

Bytes state(std::uint64_t number) {
  return Bytes(5000 + number, static_cast<std::byte>(number));
}

SnapshotStore open_store(storage::FileSystem& files, std::size_t keep = 3) {
  auto store = SnapshotStore::open(files, directory, log_id, keep);
  EXPECT_TRUE(store);
  return std::move(*store);
}

void write(SnapshotStore& store, std::uint64_t number) {
  const auto written = store.write({{number}, sha256(state(number))}, state(number));
  ASSERT_TRUE(written) << describe(written.error());
}

std::string path_of(FaultyFileSystem& files, std::uint64_t number) {
  const auto names = files.list(directory);
  for (const std::string& name : *names) {
    if (name.find(std::to_string(number) + ".") != std::string::npos)
      return storage::join(directory, name);
  }
  return {};
}

TEST(SnapshotStoreTest, what_was_written_is_read_back) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  write(store, 10);
  const auto snapshot = store.read({10});
  ASSERT_TRUE(snapshot) << describe(snapshot.error());
  EXPECT_EQ(snapshot->point.sequence, Sequence{10});
  EXPECT_EQ(snapshot->point.head, sha256(state(10)));
  EXPECT_TRUE(std::ranges::equal(snapshot->payload(), state(10)));
}

TEST(SnapshotStoreTest, pieces_make_the_same_snapshot) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  auto writer = store.begin({{10}, {}});
  ASSERT_TRUE(writer);
  const Bytes whole = state(10);
  for (std::size_t at = 0; at < whole.size(); at += 7)
    ASSERT_TRUE(
        writer->append(ByteView(whole).subspan(at, std::min<std::size_t>(7, whole.size() - at))));
  EXPECT_TRUE(store.list()->empty()) << "visible before it is whole";
  ASSERT_TRUE(writer->finish());
  EXPECT_TRUE(std::ranges::equal(store.read({10})->payload(), whole));
}

TEST(SnapshotStoreTest, a_dropped_writer_leaves_nothing) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  {
    auto writer = store.begin({{10}, {}});
    ASSERT_TRUE(writer && writer->append(state(10)));
  }
  EXPECT_TRUE(files.list(directory)->empty());
}

TEST(SnapshotStoreTest, one_with_a_forged_checksum_has_another_digest) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  write(store, 10);
  const std::string path = path_of(files, 10);
  Bytes content = *storage::read_file(files, path);
  constexpr std::size_t trailer_bytes = 48;
  const std::size_t trailer = content.size() - trailer_bytes;
  content[200] ^= std::byte{1};
  const auto put = [&](std::uint64_t offset, ByteView bytes) {
    auto file = files.open(path, storage::Access::read_write);
    ASSERT_TRUE(file && (*file)->write_at(offset, bytes) && (*file)->datasync());
  };
  put(200, ByteView(content).subspan(200, 1));
  for (const auto check : {SnapshotCheck::checksum, SnapshotCheck::digest})
    EXPECT_FALSE(store.read({10}, check)) << "damage is seen either way";
  const std::uint32_t checksum = crc32c(ByteView(content).first(trailer));
  put(trailer + 8, std::as_bytes(std::span(&checksum, 1)));
  const auto believed = store.read({10}, SnapshotCheck::checksum);
  ASSERT_TRUE(believed) << describe(believed.error());
  EXPECT_FALSE(digest_holds(*believed));
  EXPECT_FALSE(store.read({10}));
  EXPECT_TRUE(digest_holds(*[&] {
    write(store, 10);
    return store.read({10}, SnapshotCheck::checksum);
  }()));
}

TEST(SnapshotStoreTest, the_newest_are_kept) {
  FaultyFileSystem files(1);
  auto store = open_store(files, 2);
  for (const std::uint64_t number : {5u, 10u, 9u, 100u}) write(store, number);
  EXPECT_EQ(*store.list(), (std::vector<Sequence>{{100}, {10}}));
}

TEST(SnapshotStoreTest, a_damaged_newest_falls_back_to_the_one_before) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  write(store, 10);
  write(store, 20);
  const std::string path = path_of(files, 20);
  const std::uint64_t size = storage::read_file(files, path)->size();
  // Every byte of header and trailer, and some between.
  for (std::uint64_t at = 0; at < size; at = at >= 80 && at + 160 < size ? at + 97 : at + 1) {
    // A format number from the future is not damage; see below.
    if (at >= 4 && at < 8) continue;
    files.flip_bit(path, at, static_cast<int>(at % 8));
    const auto newest = store.newest();
    ASSERT_TRUE(newest && newest->snapshot) << at;
    EXPECT_EQ(newest->snapshot->point.sequence, Sequence{10}) << at;
    ASSERT_EQ(newest->passed_over.size(), 1u) << at;
    EXPECT_EQ(newest->passed_over[0].error, LogError::corrupt) << at;
    EXPECT_EQ(newest->passed_over[0].place.sequence, Sequence{20}) << at;
    files.flip_bit(path, at, static_cast<int>(at % 8));
  }
  EXPECT_EQ(store.newest()->snapshot->point.sequence, Sequence{20});
  EXPECT_EQ(store.newest({19})->snapshot->point.sequence, Sequence{10});
  EXPECT_FALSE(store.newest({9})->snapshot);
}

TEST(SnapshotStoreTest, a_cut_snapshot_falls_back) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  write(store, 10);
  write(store, 20);
  const std::string path = path_of(files, 20);
  for (const std::uint64_t size : {4000u, 70u, 0u}) {
    ASSERT_TRUE((*files.open(path, storage::Access::read_write))->truncate(size));
    EXPECT_EQ(store.newest()->snapshot->point.sequence, Sequence{10});
  }
}

TEST(SnapshotStoreTest, one_of_another_log_or_a_newer_program_is_refused) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  write(store, 10);
  auto other = SnapshotStore::open(files, directory, {1, 3});
  EXPECT_EQ(other->read({10}).error().error, LogError::corrupt);
  files.flip_bit(path_of(files, 10), 5, 0);
  EXPECT_EQ(store.newest().error().error, LogError::unknown_format);
}

TEST(SnapshotStoreTest, a_full_disk_fails_the_snapshot_and_keeps_the_old_ones) {
  FaultyFileSystem files(1);
  auto store = open_store(files);
  write(store, 10);
  files.set_capacity(files.used() + 100);
  const auto written = store.write({{20}, {}}, state(20));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().error, LogError::disk_full);
  EXPECT_EQ(*store.list(), (std::vector<Sequence>{{10}}));
}

TEST(SnapshotStoreTest, a_crash_at_any_moment_leaves_a_valid_snapshot) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    FaultyFileSystem files(seed);
    auto store = open_store(files, 1);
    write(store, 10);
    ASSERT_TRUE(files.sync_directory(directory));
    files.lose_power_after(1 + seed % 12);
    const bool written = store.write({{20}, {}}, state(20)).has_value();
    files.crash();
    const auto newest = store.newest();
    ASSERT_TRUE(newest && newest->snapshot) << "seed " << seed;
    const std::uint64_t number = newest->snapshot->point.sequence.value;
    EXPECT_TRUE(number == 20 || (number == 10 && !written)) << "seed " << seed;
    EXPECT_TRUE(std::ranges::equal(newest->snapshot->payload(), state(number)));
  }
}

}  // namespace
}  // namespace rialto::eventlog
