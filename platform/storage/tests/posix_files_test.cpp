#include "platform/storage/posix_files.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "platform/storage/aligned_buffer.hpp"
#include "platform/storage/atomic_file.hpp"

namespace rialto::storage {
namespace {

class PosixFiles : public testing::Test {
 protected:
  PosixFiles() { std::filesystem::remove_all(directory_); }
  ~PosixFiles() override { std::filesystem::remove_all(directory_); }

  FileSystem& files_ = posix_files();
  const std::string directory_ = testing::TempDir() + "rialto_posix_files/below";
  const std::string path_ = join(directory_, "file");
};

Bytes filled(std::size_t size, int value) {
  return Bytes(size, static_cast<std::byte>(value));
}

TEST_F(PosixFiles, files_are_made_read_cut_renamed_and_removed) {
  ASSERT_TRUE(files_.make_directory(directory_));
  ASSERT_TRUE(files_.make_directory(directory_));
  EXPECT_EQ(files_.open(path_, Access::read_only).error(), Error::not_found);
  auto file = files_.open(path_, Access::create_new);
  ASSERT_TRUE(file);
  EXPECT_EQ(files_.open(path_, Access::create_new).error(), Error::already_exists);
  ASSERT_TRUE((*file)->write_at(100, filled(50, 7)));
  ASSERT_TRUE((*file)->datasync());
  EXPECT_EQ(*(*file)->size(), 150u);
  ASSERT_TRUE((*file)->truncate(120));
  EXPECT_EQ(read_file(files_, path_)->size(), 120u);
  const std::string other = join(directory_, "other");
  ASSERT_TRUE(files_.rename(path_, other));
  EXPECT_EQ(*files_.list(directory_), std::vector<std::string>{"other"});
  ASSERT_TRUE(files_.remove(other));
  EXPECT_TRUE(files_.list(directory_)->empty());
  EXPECT_TRUE(files_.sync_directory(directory_));
  EXPECT_EQ(files_.list(directory_ + "/none").error(), Error::not_found);
  EXPECT_GT(*files_.free_space(directory_), 0u);
}

TEST_F(PosixFiles, allocated_space_reads_as_zeros) {
  ASSERT_TRUE(files_.make_directory(directory_));
  auto file = files_.open(path_, Access::create_new);
  ASSERT_TRUE(file && (*file)->allocate(0, 3 << 20));
  EXPECT_EQ(*read_file(files_, path_), filled(3 << 20, 0));
}

TEST_F(PosixFiles, direct_access_writes_whole_blocks) {
  ASSERT_TRUE(files_.make_directory(directory_));
  auto file = files_.open(path_, Access::create_new, Caching::direct);
  if (!file && file.error() == Error::unsupported) {
    EXPECT_EQ(files_.open(path_, Access::read_only).error(), Error::not_found) << "left behind";
    GTEST_SKIP() << "no direct access here";
  }
  ASSERT_TRUE(file && (*file)->allocate(0, 64 << 10));
  AlignedBuffer buffer(8192);
  std::memset(buffer.data(), 9, 8192);
  ASSERT_TRUE((*file)->write_at(4096, {buffer.data(), 8192}));
  ASSERT_TRUE((*file)->datasync());
  const Bytes content = *read_file(files_, path_);
  EXPECT_EQ(content[4095], std::byte{0});
  EXPECT_EQ(content[4096], std::byte{9});
  EXPECT_EQ(content[12287], std::byte{9});
  EXPECT_EQ(content[12288], std::byte{0});
}

TEST_F(PosixFiles, a_lock_has_one_holder) {
  ASSERT_TRUE(files_.make_directory(directory_));
  auto held = files_.lock(path_);
  ASSERT_TRUE(held);
  EXPECT_EQ(files_.lock(path_).error(), Error::locked);
  held->reset();
  EXPECT_TRUE(files_.lock(path_));
}

TEST_F(PosixFiles, an_atomic_file_replaces) {
  ASSERT_TRUE(files_.make_directory(directory_));
  for (const int value : {1, 2}) {
    ASSERT_TRUE(write_atomically(files_, directory_, "file", filled(10'000, value)));
    EXPECT_EQ(*read_file(files_, path_), filled(10'000, value));
  }
  EXPECT_EQ(files_.list(directory_)->size(), 1u);
}

TEST(AlignedBufferTest, grows_and_keeps) {
  AlignedBuffer buffer(100);
  EXPECT_EQ(buffer.capacity(), direct_alignment);
  std::memset(buffer.data(), 3, 4096);
  buffer.reserve(10'000, 4096);
  EXPECT_EQ(buffer.capacity(), 16'384u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % direct_alignment, 0u);
  EXPECT_EQ(buffer.data()[4095], std::byte{3});
}

}  // namespace
}  // namespace rialto::storage
