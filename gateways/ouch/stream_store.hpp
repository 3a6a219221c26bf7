// What sessions were told, in one append-only file each: a projection of the log that a
// reconnecting client can read from any message on. docs/protocols/ouch.md draws the bytes.
//
// A thread of its own writes, so that the venue's thread never waits for this disk. Never ahead of
// the log, because only committed events are told. A checkpoint makes everything up to a position
// of the log durable before the snapshot of that position is stored: recovery cuts each file there
// and tells the tail again.
#pragma once

#include <condition_variable>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateways/ouch/session_stream.hpp"
#include "platform/storage/file_system.hpp"

namespace rialto::ouch {

class StreamStore {
 public:
  using Alarm = std::function<void(const std::string&)>;

  StreamStore(storage::FileSystem& files, std::string directory, Alarm alarm);
  /// Writes what is still queued.
  ~StreamStore();
  StreamStore(const StreamStore&) = delete;
  StreamStore& operator=(const StreamStore&) = delete;

  /// Reads what there is. The position of the newest checkpoint, or 0 where the files do not hold
  /// what it says: everything must then be told again, from the log's first event.
  std::expected<Sequence, std::string> open();
  /// Forgets what was told behind `position`, and sessions that `keep` disowns; appends come after
  /// it. Again, where recovery begins anew from an older position.
  std::expected<void, std::string> cut(Sequence position,
                                       const std::function<bool(SessionId)>& keep);
  /// The sequence number of the session's next message, by its file.
  std::uint64_t next(SessionId) const;

  /// The venue's thread: a completed block, to be written behind the others of its session.
  void append(SessionId, std::shared_ptr<const Block>);
  /// Everything appended so far, as a job: makes it durable and notes the checkpoint. Any thread;
  /// false: it failed, and nothing may rely on it.
  std::move_only_function<bool()> checkpoint(Sequence position);
  /// Packets from `sequence` on, to the end of their block; the venue's thread, which waits for the
  /// disk. REQUIRES: it was appended. Nothing: the file cannot be read.
  std::expected<Bytes, std::string> read(SessionId, std::uint64_t sequence);

 private:
  struct Place {
    std::uint64_t first;
    std::uint32_t messages;
    std::uint32_t bytes;  // of its packets
    std::uint64_t offset;
    Sequence position;
  };
  struct Stored {
    std::vector<Place> blocks;
    std::uint64_t end = 0;  // of the file
    bool dirty = false;     // written since the last checkpoint
  };
  struct Queued {
    SessionId session;
    std::shared_ptr<const Block> block;
  };

  std::string path(SessionId) const;
  std::expected<void, std::string> scan(SessionId);
  std::expected<void, std::string> write(const Queued&);
  bool make_durable(Sequence position, std::uint64_t until);
  void run();
  /// After it has written what is queued, if it can.
  void end_writer();

  storage::FileSystem& files_;
  const std::string directory_;
  const Alarm alarm_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Stored> stored_;  // by session; guarded by mutex_
  std::deque<Queued> queue_;                // guarded by mutex_
  std::uint64_t appended_ = 0;              // blocks ever; guarded by mutex_
  std::uint64_t written_ = 0;               // guarded by mutex_
  bool failing_ = false;                    // the last write failed; guarded by mutex_
  bool stopping_ = false;                   // guarded by mutex_
  std::thread writer_;
};

}  // namespace rialto::ouch
