// A sliding view of a file that is read forwards, and the search for traces of frames in what
// should be empty. One thread; views live until the next call.
#pragma once

#include <memory>
#include <optional>

#include "platform/eventlog/frame.hpp"
#include "platform/storage/aligned_buffer.hpp"

namespace rialto::eventlog {

class FileWindow {
 public:
  FileWindow() = default;
  FileWindow(std::unique_ptr<storage::File> file, std::uint64_t size)
      : file_(std::move(file)), size_(size) {}

  std::uint64_t size() const { return size_; }
  /// The bytes from `offset` on: at least `wanted`, fewer only where the file ends.
  storage::Result<ByteView> view(std::uint64_t offset, std::size_t wanted);

 private:
  std::unique_ptr<storage::File> file_;
  std::uint64_t size_ = 0;
  storage::AlignedBuffer buffer_;
  std::uint64_t begin_ = 0;  // file offset of the buffer's first byte
  std::size_t filled_ = 0;
};

struct Remains {
  std::uint64_t
      dirty_end{};  // past the last byte that is not zero; the search's start if there is none
  std::optional<std::uint64_t> proof;  // offset of a frame that calls `expected` durable
};

/// Searches [from, end of file) for a valid frame written when event `expected` was already
/// durable: such a frame proves that an acknowledged event is missing before it. `identity`
/// nothing: any log's frames.
storage::Result<Remains> search_remains(FileWindow& window, std::uint64_t from,
                                        std::optional<FrameIdentity> identity, Sequence expected);

}  // namespace rialto::eventlog
