#include "platform/eventlog/segment_writer.hpp"

#include "core/assert.hpp"

namespace rialto::eventlog {
namespace {

constexpr std::uint64_t block = storage::direct_alignment;
constexpr std::uint64_t block_begin(std::uint64_t offset) {
  return offset / block * block;
}
constexpr std::uint64_t block_end(std::uint64_t offset) {
  return block_begin(offset + block - 1);
}

}  // namespace

SegmentWriter::SegmentWriter(std::unique_ptr<storage::File> file, std::uint64_t file_bytes,
                             std::uint64_t end, ByteView tail)
    : file_(std::move(file)),
      file_bytes_(file_bytes),
      buffer_(64 << 10),
      base_(block_begin(end)),
      written_(end) {
  RIALTO_ASSERT(file_bytes % block == 0 && end <= file_bytes && base_ + tail.size() == end);
  stage(tail);
}

storage::MutableByteView SegmentWriter::stage(ByteView bytes) {
  RIALTO_ASSERT(end() + bytes.size() <= file_bytes_);
  // Room for the padding of the last block is kept, so that write() never grows the buffer.
  buffer_.reserve(filled_ + bytes.size() + block, filled_);
  std::byte* at = buffer_.data() + filled_;
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  filled_ += bytes.size();
  return {at, bytes.size()};
}

ByteView SegmentWriter::bytes(std::uint64_t from, std::uint64_t to) const {
  RIALTO_ASSERT(base_ <= from && from <= to && to <= end());
  return {buffer_.data() + (from - base_), to - from};
}

storage::Result<void> SegmentWriter::write() {
  const std::uint64_t from = block_begin(written_);
  const std::uint64_t to = block_end(end());
  std::memset(buffer_.data() + filled_, 0, to - end());
  auto result = file_->write_at(from, ByteView(buffer_.data() + (from - base_), to - from));
  if (result) written_ = end();
  return result;
}

void SegmentWriter::drop_written() {
  RIALTO_ASSERT(written_ == end());
  const std::uint64_t kept_from = block_begin(written_);
  if (kept_from == base_) return;
  filled_ = written_ - kept_from;
  std::memmove(buffer_.data(), buffer_.data() + (kept_from - base_), filled_);
  base_ = kept_from;
}

storage::Result<std::unique_ptr<storage::File>> open_for_append(storage::FileSystem& files,
                                                                const std::string& path,
                                                                storage::Access access,
                                                                bool direct) {
  if (direct) {
    auto file = files.open(path, access, storage::Caching::direct);
    if (file || file.error() != storage::Error::unsupported) return file;
  }
  return files.open(path, access, storage::Caching::buffered);
}

}  // namespace rialto::eventlog
