#include "apps/venue/recovery.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "core/assert.hpp"
#include "platform/eventlog/log_reader.hpp"
#include "platform/storage/posix_files.hpp"
#include "projections/replica/fold_frames.hpp"

namespace rialto::apps {
namespace {

// What is handed over at once: fits the second-level cache of the core that folds it.
constexpr std::size_t piece_bytes = 256 << 10;
// How far reading may be ahead of folding.
constexpr std::size_t most_pieces = 16;
// Of a read model, in one transaction.
constexpr std::size_t most_pending_rows = 50'000;

std::unexpected<std::string> failure(std::string_view doing, const eventlog::Failure& failed) {
  return std::unexpected(fmt::format("{}: {}", doing, eventlog::describe(failed)));
}

Fingerprint random_id() {
  Fingerprint id;
  const bool random = RAND_bytes(reinterpret_cast<unsigned char*>(&id), sizeof id) == 1;
  RIALTO_ASSERT(random);
  return id;
}

// Fewer say nothing about the pace.
constexpr std::uint64_t telling_events = 100'000;

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

using Piece = std::shared_ptr<const Bytes>;

/// A state being rebuilt on a thread of its own: first `load`, then `fold` for each piece handed
/// over.
class Lane {
 public:
  using Load = std::function<bool()>;
  /// The event it refuses, if any.
  using Fold = std::function<std::optional<Sequence>(ByteView frames)>;

  Lane(Load load, Fold fold) : thread_([this, load, fold] { run(load, fold); }) {}

  /// Waits while the lane is too far behind; false once it has failed.
  bool hand_over(Piece piece) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || pieces_.size() < most_pieces; });
    if (failed_) return false;
    pieces_.push_back(std::move(piece));
    changed_.notify_all();
    return true;
  }
  /// No more pieces will come; waits for the end. Whether all went well.
  bool finish() {
    {
      const std::lock_guard lock(mutex_);
      complete_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    return !failed_;
  }
  // After finish().
  bool loaded() const { return loaded_; }
  std::optional<Sequence> refused() const { return refused_; }
  double load_s() const { return load_s_; }
  double fold_s() const { return fold_s_; }

  ~Lane() { finish(); }

 private:
  void run(const Load& load, const Fold& fold) {
    auto started = Clock::now();
    loaded_ = load();
    load_s_ = since(started);
    if (!loaded_) return fail();
    while (const Piece piece = next()) {
      started = Clock::now();
      refused_ = fold(*piece);
      fold_s_ += since(started);
      if (refused_) return fail();
    }
  }
  Piece next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return complete_ || !pieces_.empty(); });
    if (pieces_.empty()) return nullptr;
    Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    changed_.notify_all();
    return piece;
  }
  void fail() {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> pieces_;         // guarded by mutex_
  bool complete_ = false;            // guarded by mutex_
  bool failed_ = false;              // guarded by mutex_
  bool loaded_ = false;              // the lane's, then whoever called finish()
  std::optional<Sequence> refused_;  // likewise
  double load_s_ = 0;                // likewise
  double fold_s_ = 0;                // likewise
  std::thread thread_;               // last: it uses all of the above
};

class Recovering {
 public:
  Recovering(const RecoverySettings& settings, Fingerprint log_id)
      : settings_(settings), log_id_(log_id) {}

  std::expected<Recovered, std::string> run() {
    auto store = eventlog::SnapshotStore::open(storage::posix_files(), sub("snapshots"), log_id_);
    if (!store) return failure("snapshots", store.error());
    recovered_.snapshots = std::make_unique<eventlog::SnapshotStore>(std::move(*store));
    auto history = projections::History::open(sub(settings_.history));
    if (!history) return std::unexpected(settings_.history + ": " + history.error());
    recovered_.replica =
        std::make_unique<projections::Replica>(std::move(*history), settings_.followers);
    // A snapshot is of use only if the history, the followers and the lines reach at least as far;
    // otherwise they are rebuilt from the whole log.
    Sequence at_most = recovered_.replica->kept();
    for (gateways::Line* line : settings_.lines)
      at_most = std::min(at_most, line->continues_from());
    for (;;) {
      const auto newest = recovered_.snapshots->newest(at_most, eventlog::SnapshotCheck::checksum);
      if (!newest) return failure("snapshots", newest.error());
      for (const auto& passed : newest->passed_over)
        settings_.alarm("a snapshot was passed over: " + eventlog::describe(passed));
      const auto* snapshot = newest->snapshot ? &*newest->snapshot : nullptr;
      if (auto done = rebuild(snapshot); done)
        return std::move(recovered_);
      else if (!snapshot || useless_.empty())
        return std::unexpected(done.error());
      // The log still has everything.
      settings_.alarm("a snapshot was passed over: " + useless_);
      at_most = {snapshot->point.sequence.value - 1};
    }
  }

 private:
  std::string sub(std::string_view name) const { return storage::join(settings_.directory, name); }

  /// Both states, from `snapshot` or from nothing, to the log's end.
  std::expected<void, std::string> rebuild(const eventlog::Snapshot* snapshot) {
    recovered_.venue = {};
    recovered_.replica->adopt({}, {}, {});
    recovered_.snapshot = snapshot ? snapshot->point.sequence : Sequence{};
    Lane engine([&] { return !snapshot || load_venue(*snapshot); },
                [&](ByteView frames) { return fold_venue(frames); });
    Lane replica([&] { return (!snapshot || load_replica(*snapshot)) && restore_lines(); },
                 [&](ByteView frames) { return fold_replica(frames); });
    const std::shared_future<bool> genuine = std::async(
        std::launch::async, [&] { return !snapshot || eventlog::digest_holds(*snapshot); });
    auto log = read_log(engine, replica, genuine);
    const bool folded = engine.finish() & replica.finish();
    useless_.clear();
    if (snapshot && !genuine.get())
      useless_ = "its SHA-256 differs";
    else if (snapshot && line_error_.empty() && !(engine.loaded() && replica.loaded()))
      useless_ = "it is of another version";  // its checksum is right
    if (!useless_.empty()) return std::unexpected(useless_);
    if (!line_error_.empty()) return std::unexpected(line_error_);
    if (const auto refused = engine.refused() ? engine.refused() : replica.refused())
      return std::unexpected(fmt::format(
          "the log cannot be recovered: event {} is unknown to this version", refused->value));
    if (!log) return failure("the log cannot be recovered", log.error());
    if (!store_error_.empty()) return std::unexpected(store_error_);
    RIALTO_ASSERT(folded && (*log)->last() == recovered_.replica->position());
    recovered_.log = std::move(*log);
    const std::uint64_t events = recovered_.log->last().value - recovered_.snapshot.value;
    if (snapshot) recovered_.pace.snapshot_load_s = std::max(engine.load_s(), replica.load_s());
    if (events >= telling_events)
      recovered_.pace.events_per_second =
          static_cast<double>(events) / std::max(engine.fold_s(), replica.fold_s());
    return {};
  }

  eventlog::Result<std::unique_ptr<eventlog::Log>> read_log(
      Lane& engine, Lane& replica, const std::shared_future<bool>& genuine) {
    Bytes piece;
    const auto pass_on = [&] {
      if (piece.empty()) return true;
      const auto shared = std::make_shared<const Bytes>(std::move(piece));
      piece = {};
      return engine.hand_over(shared) && replica.hand_over(shared);
    };
    const auto visit = [&](const eventlog::FrameView& frame) {
      if (piece.empty()) piece.reserve(piece_bytes + frame.bytes().size());
      piece.insert(piece.end(), frame.bytes().begin(), frame.bytes().end());
      return piece.size() < piece_bytes || pass_on();
    };
    // Nothing is written to a log that this version does not understand to its end.
    const auto complete = [&] {
      return pass_on() && engine.finish() && replica.finish() && genuine.get();
    };
    return eventlog::Log::open(storage::posix_files(), sub("log"),
                               {.durability = settings_.durability,
                                .segment_bytes = settings_.segment_bytes,
                                .log_id = log_id_},
                               {.after = recovered_.snapshot,
                                .visitor = visit,
                                .complete = complete,
                                .progress = settings_.progress});
  }

  /// A snapshot's payload: the time of its last step, then the canonical state.
  static bool load(const eventlog::Snapshot& snapshot, Timestamp& time, flows::Venue& venue) {
    BinaryReader reader(snapshot.payload());
    time = reader.read<Timestamp>();
    return !reader.failed() && venue.load(snapshot.payload().subspan(sizeof time));
  }
  bool load_venue(const eventlog::Snapshot& snapshot) {
    Timestamp time;
    return load(snapshot, time, recovered_.venue);
  }
  bool load_replica(const eventlog::Snapshot& snapshot) {
    Timestamp time;
    flows::Venue venue;
    if (!load(snapshot, time, venue)) return false;
    recovered_.replica->adopt(std::move(venue), snapshot.point.sequence, time);
    return true;
  }

  std::optional<Sequence> fold_venue(ByteView frames) {
    return projections::fold_frames(
        frames, recovered_.venue, [&](const eventlog::EventView& view, const flows::AnyEvent& any) {
          std::visit([&](const auto& event) { recovered_.venue.evolve(event, view.time); }, any);
        });
  }
  std::optional<Sequence> fold_replica(ByteView frames) {
    projections::Replica& replica = *recovered_.replica;
    // A read model that is made anew fills many transactions. It must not run ahead of the log:
    // only what a later frame calls durable goes into it before the log is open.
    const Sequence durable = (*eventlog::frames_in(frames).begin()).header().durable;
    if (replica.pending() >= most_pending_rows && durable >= replica.position())
      if (const auto stored = replica.store(false); !stored) store_error_ = stored.error();
    const auto refused = replica.fold_frames(frames);
    if (!refused)
      for (gateways::Line* line : settings_.lines) line->durable(frames);
    return refused;
  }

  bool restore_lines() {
    for (gateways::Line* line : settings_.lines)
      if (auto done = line->restore(recovered_.replica->venue(), recovered_.snapshot); !done)
        line_error_ = done.error();
    return line_error_.empty();
  }

  const RecoverySettings& settings_;
  Fingerprint log_id_;
  Recovered recovered_;
  std::string useless_;      // why the snapshot tried last is of no use
  std::string store_error_;  // the replica's lane, until it is finished
  std::string line_error_;   // likewise
};

std::expected<Fingerprint, std::string> log_id(const std::string& directory) {
  auto reader = eventlog::LogReader::open(storage::posix_files(), directory, {});
  if (reader) return reader->log_id();
  if (reader.error().error == eventlog::LogError::no_log) return random_id();
  return failure("the log cannot be read", reader.error());
}

}  // namespace

std::expected<Recovered, std::string> recover(const RecoverySettings& settings) {
  auto& files = storage::posix_files();
  const std::string log_directory = storage::join(settings.directory, "log");
  for (const auto& directory : {settings.directory, log_directory})
    if (auto made = files.make_directory(directory); !made)
      return std::unexpected(fmt::format("{}: {}", directory, storage::phrase(made.error())));
  const auto id = log_id(log_directory);
  if (!id) return std::unexpected(id.error());
  return Recovering(settings, *id).run();
}

}  // namespace rialto::apps
