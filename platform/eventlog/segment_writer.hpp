// The writing end of one segment: stages bytes in memory, writes them as whole blocks, syncs. The
// last, partly filled block is kept and written again with what follows it, so direct access stays
// aligned and bytes once written never change.
//
// Owned by the Log; one thread.
#pragma once

#include <memory>

#include "platform/eventlog/frame.hpp"
#include "platform/storage/aligned_buffer.hpp"

namespace rialto::eventlog {

class SegmentWriter {
 public:
  SegmentWriter() = default;
  /// Goes on at `end` of a segment of `file_bytes`; `tail` are the bytes between the last block
  /// boundary and `end`.
  SegmentWriter(std::unique_ptr<storage::File> file, std::uint64_t file_bytes, std::uint64_t end,
                ByteView tail);

  /// Offset behind everything staged.
  std::uint64_t end() const { return base_ + filled_; }
  /// Offset behind everything written.
  std::uint64_t written() const { return written_; }
  std::uint64_t room() const { return file_bytes_ - end(); }

  /// Copies bytes behind what is staged; the copy may be changed until write(). REQUIRES: they fit.
  storage::MutableByteView stage(ByteView bytes);
  /// Staged or written bytes still in memory. REQUIRES: nothing of them was dropped.
  ByteView bytes(std::uint64_t from, std::uint64_t to) const;
  /// Writes what is staged, in one call, in whole blocks.
  storage::Result<void> write();
  storage::Result<void> sync() { return file_->datasync(); }
  /// Frees the memory of what is written, but for the last block.
  void drop_written();

 private:
  std::unique_ptr<storage::File> file_;
  std::uint64_t file_bytes_ = 0;
  storage::AlignedBuffer buffer_;
  std::uint64_t base_ = 0;  // file offset of the buffer's first byte; a block boundary
  std::size_t filled_ = 0;
  std::uint64_t written_ = 0;
};

/// Opens a segment for appending: past the page cache if wanted and possible, else through it.
storage::Result<std::unique_ptr<storage::File>> open_for_append(storage::FileSystem& files,
                                                                const std::string& path,
                                                                storage::Access access,
                                                                bool direct);

}  // namespace rialto::eventlog
