// What one session has been told: whole SoupBinTCP packets, in blocks. Recent blocks stay here, the
// others are in the session's file (stream_store.hpp). One thread; blocks that are full may be read
// by another.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "gateways/ouch/soup.hpp"

namespace rialto::ouch {

struct Block {
  std::uint64_t first = 0;     // sequence number of its first message
  std::uint32_t messages = 0;  //
  Sequence position;           // of the last event that it tells of
  Bytes packets;
};

class SessionStream {
 public:
  static constexpr std::size_t block_bytes = 64 << 10;
  static constexpr std::size_t blocks_kept = 32;

  /// `next`: the sequence number of the next message.
  explicit SessionStream(std::uint64_t next = 1) : next_(next) {}

  /// Room for a message of `size` bytes that tells of the event at `position`. Valid until the next
  /// call. `full` takes a block that has just been completed.
  template <class Full>
  std::byte* add(std::size_t size, Sequence position, Full full) {
    if (blocks_.empty() || closed_ ||
        blocks_.back()->packets.size() + packet_header + size > block_bytes) {
      if (!blocks_.empty() && !closed_) full(blocks_.back());
      open_block();
    }
    Block& block = *blocks_.back();
    const std::size_t at = block.packets.size();
    block.packets.resize(at + packet_header + size);
    ++block.messages;
    block.position = position;
    ++next_;
    return write_packet_header(block.packets.data() + at, PacketType::sequenced, size);
  }
  /// Completes the open block, if it holds anything.
  template <class Full>
  void close(Full full) {
    if (blocks_.empty() || closed_) return;
    full(blocks_.back());
    closed_ = true;
  }

  std::uint64_t next() const { return next_; }
  /// The oldest message that is still here.
  std::uint64_t oldest() const { return blocks_.empty() ? next_ : blocks_.front()->first; }

  /// A reader's place between two bytes.
  struct Cursor {
    std::uint64_t block = 0;  // counted from the start of this stream
    std::size_t offset = 0;
  };
  /// REQUIRES: oldest() ≤ sequence ≤ next().
  Cursor seek(std::uint64_t sequence) const;
  Cursor end() const;
  /// What lies from there to the end of its block, and moves over to the next block at its end.
  /// Nothing where the reader has fallen behind what is kept. Empty: nothing new.
  std::optional<ByteView> unread(Cursor&) const;
  /// Sequence number of the first message of its block. REQUIRES: the block is still here.
  std::uint64_t first_of(const Cursor& cursor) const {
    return blocks_.empty() ? next_ : blocks_[cursor.block - dropped_]->first;
  }

 private:
  void open_block();

  std::deque<std::shared_ptr<Block>> blocks_;
  std::uint64_t dropped_ = 0;  // blocks before the first
  std::uint64_t next_;
  bool closed_ = false;  // the last block takes no more
};

}  // namespace rialto::ouch
