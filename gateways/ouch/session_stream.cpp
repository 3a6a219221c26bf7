#include "gateways/ouch/session_stream.hpp"

#include "core/assert.hpp"

namespace rialto::ouch {

void SessionStream::open_block() {
  if (blocks_.size() == blocks_kept) {
    blocks_.pop_front();
    ++dropped_;
  }
  blocks_.push_back(std::make_shared<Block>());
  blocks_.back()->first = next_;
  closed_ = false;
}

SessionStream::Cursor SessionStream::seek(std::uint64_t sequence) const {
  RIALTO_ASSERT(sequence >= oldest() && sequence <= next_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Block& block = *blocks_[i];
    if (sequence >= block.first + block.messages) continue;
    std::size_t offset = 0;
    bool malformed = false;
    for (std::uint64_t at = block.first; at < sequence; ++at)
      offset += first_packet(ByteView(block.packets).subspan(offset), malformed)->size();
    return {dropped_ + i, offset};
  }
  return end();
}

SessionStream::Cursor SessionStream::end() const {
  if (blocks_.empty()) return {dropped_, 0};
  return {dropped_ + blocks_.size() - 1, blocks_.back()->packets.size()};
}

std::optional<ByteView> SessionStream::unread(Cursor& cursor) const {
  if (cursor.block < dropped_) return std::nullopt;
  if (blocks_.empty()) return ByteView{};
  const Block* block = blocks_[cursor.block - dropped_].get();
  if (cursor.offset == block->packets.size() && cursor.block - dropped_ + 1 < blocks_.size()) {
    cursor = {cursor.block + 1, 0};
    block = blocks_[cursor.block - dropped_].get();
  }
  return ByteView(block->packets).subspan(cursor.offset);
}

}  // namespace rialto::ouch
