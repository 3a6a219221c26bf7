#include "platform/eventlog/file_window.hpp"

#include <algorithm>

namespace rialto::eventlog {
namespace {

// Fits the second-level cache: what was read is checked before it leaves it.
constexpr std::size_t read_bytes = 256 << 10;

std::uint64_t word_at(ByteView bytes, std::size_t at) {
  std::uint64_t word;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

}  // namespace

storage::Result<ByteView> FileWindow::view(std::uint64_t offset, std::size_t wanted) {
  wanted = std::min<std::uint64_t>(wanted, size_ - std::min(size_, offset));
  if (offset >= begin_ && offset + wanted <= begin_ + filled_)
    return ByteView(buffer_.data(), filled_).subspan(offset - begin_);
  std::size_t kept = 0;
  if (offset >= begin_ && offset < begin_ + filled_) {
    kept = begin_ + filled_ - offset;
    std::memmove(buffer_.data(), buffer_.data() + (offset - begin_), kept);
  }
  const std::size_t filling =
      std::min<std::uint64_t>(std::max(read_bytes, wanted), size_ - std::min(size_, offset));
  buffer_.reserve(filling, kept);
  begin_ = offset;
  filled_ = kept;
  const auto count = storage::read_fully(
      *file_, offset + kept, storage::MutableByteView(buffer_.data() + kept, filling - kept));
  if (!count) return std::unexpected(count.error());
  filled_ += *count;
  return ByteView(buffer_.data(), filled_);
}

storage::Result<Remains> search_remains(FileWindow& window, std::uint64_t from,
                                        std::optional<FrameIdentity> identity, Sequence expected) {
  Remains remains{from, std::nullopt};
  for (std::uint64_t offset = from; offset < window.size();) {
    auto bytes = window.view(offset, std::min<std::uint64_t>(read_bytes, window.size() - offset));
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->empty()) break;
    const std::size_t words = bytes->size() / frame_alignment;
    std::size_t word = 0;
    while (word < words && word_at(*bytes, word * frame_alignment) == 0) ++word;
    if (word == words) {
      const ByteView rest = bytes->subspan(words * frame_alignment);
      if (std::any_of(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{}; }))
        remains.dirty_end = offset + bytes->size();
      offset += bytes->size();
      continue;
    }
    offset += word * frame_alignment;
    remains.dirty_end = offset + frame_alignment;
    const ByteView candidate = bytes->subspan(word * frame_alignment);
    if (word_at(candidate, 0) >> 32 == frame_magic) {
      auto start = window.view(offset, sizeof(FrameHeader));
      if (!start) return std::unexpected(start.error());
      auto whole = window.view(offset, std::max(claimed_frame_bytes(*start), sizeof(FrameHeader)));
      if (!whole) return std::unexpected(whole.error());
      FrameHeader header;
      std::memcpy(&header, whole->data(), std::min(whole->size(), sizeof header));
      FrameView frame;
      const auto wanted = identity.value_or(FrameIdentity{header.log_tag, header.segment});
      if (check_frame(*whole, wanted, frame) == FrameFault::none &&
          frame.header().durable >= expected && !remains.proof)
        remains.proof = offset;
    }
    offset += frame_alignment;
  }
  return remains;
}

}  // namespace rialto::eventlog
