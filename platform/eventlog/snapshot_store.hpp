// Snapshots beside the log: states as opaque bytes, each tied to an event and the chain head there.
//
// Written by the replica's thread while the log goes on; read at start-up. A snapshot exists wholly
// or not at all, and is believed only if its SHA-256 holds (LOG-8). Layout: docs/protocols/log.md.
#pragma once

#include <optional>
#include <vector>

#include "platform/eventlog/chain.hpp"
#include "platform/eventlog/errors.hpp"
#include "platform/storage/aligned_buffer.hpp"
#include "platform/storage/atomic_file.hpp"

namespace rialto::eventlog {

/// A snapshot being written, in pieces of any size. Dropped before finish(), it leaves nothing.
class SnapshotWriter {
 public:
  Result<void> append(ByteView bytes);
  /// Durable when this returns well. REQUIRES: called once, last.
  Result<void> finish();

 private:
  friend class SnapshotStore;
  SnapshotWriter(storage::AtomicFile file, Sequence sequence)
      : file_(std::move(file)), sequence_(sequence) {}
  Result<void> add(ByteView bytes);

  storage::AtomicFile file_;
  Sequence sequence_;
  Chain digest_;
  std::uint32_t checksum_ = 0;
  std::uint64_t payload_bytes_ = 0;
};

struct Snapshot {
  ChainPoint point;
  /// The state's bytes; valid as long as this object.
  ByteView payload() const { return {file.data() + payload_begin, payload_bytes}; }

  storage::AlignedBuffer file;
  std::size_t payload_begin{};
  std::size_t payload_bytes{};
};

/// What is looked at before a snapshot is believed.
enum class SnapshotCheck : std::uint8_t {
  digest,    // SHA-256, 1 GB/s
  checksum,  // CRC32C, 10 GB/s: digest_holds() is to be asked before anything is built on it
};
bool digest_holds(const Snapshot& snapshot);

/// The best snapshot there is, and why better ones were passed over.
struct NewestSnapshot {
  std::optional<Snapshot> snapshot;
  std::vector<Failure> passed_over;
};

class SnapshotStore {
 public:
  /// `keep` > 0: how many finished snapshots prune() leaves.
  static Result<SnapshotStore> open(storage::FileSystem& files, std::string directory,
                                    Fingerprint log_id, std::size_t keep = 3);

  /// One that exists for this event is replaced. Errors: disk_full, io_failed.
  Result<SnapshotWriter> begin(const ChainPoint& point);
  /// begin, append, finish and prune in one.
  Result<void> write(const ChainPoint& point, ByteView payload);

  /// Events for which there are snapshots, newest first; not yet checked.
  Result<std::vector<Sequence>> list() const;
  /// Reads and checks one. Errors: corrupt, unknown_format, io_failed, no_log (no such snapshot).
  Result<Snapshot> read(Sequence sequence, SnapshotCheck check = SnapshotCheck::digest) const;
  /// The newest valid one at or before `at_most`; damaged ones are passed over and named.
  Result<NewestSnapshot> newest(Sequence at_most = {~std::uint64_t{0}},
                                SnapshotCheck check = SnapshotCheck::digest) const;
  /// Removes all but the newest `keep`.
  Result<void> prune();

 private:
  SnapshotStore(storage::FileSystem& files, std::string directory, Fingerprint log_id,
                std::size_t keep)
      : files_(&files), directory_(std::move(directory)), log_id_(log_id), keep_(keep) {}

  storage::FileSystem* files_;
  std::string directory_;
  Fingerprint log_id_;
  std::size_t keep_;
};

}  // namespace rialto::eventlog
