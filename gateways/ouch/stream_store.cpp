#include "gateways/ouch/stream_store.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "platform/eventlog/frame.hpp"
#include "platform/storage/atomic_file.hpp"

namespace rialto::ouch {
namespace {

using storage::Access;

constexpr std::uint32_t block_magic = 0x314d4252;       // "RBM1"
constexpr std::uint32_t checkpoint_magic = 0x31434252;  // "RBC1"
constexpr std::string_view checkpoint_name = "checkpoint";
constexpr std::string_view suffix = ".messages";
constexpr auto retry_after = std::chrono::seconds(1);

/// Before each block's packets, little endian.
struct BlockHeader {
  std::uint32_t magic{};
  std::uint32_t checksum{};  // CRC32C of the rest of the header and of the packets
  std::uint64_t first{};
  std::uint32_t messages{};
  std::uint32_t bytes{};
  std::uint64_t position{};
};
static_assert(sizeof(BlockHeader) == 32);

struct CheckpointRecord {
  std::uint32_t magic{};
  std::uint32_t checksum{};  // CRC32C of the rest
  std::uint64_t position{};
  std::uint64_t messages{};  // of all sessions together, told up to there
};

template <class T>
ByteView bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

constexpr std::size_t checked_from = offsetof(BlockHeader, first);

Bytes encoded(const Block& block) {
  Bytes out(sizeof(BlockHeader) + block.packets.size());
  BlockHeader header{block_magic,
                     0,
                     block.first,
                     block.messages,
                     static_cast<std::uint32_t>(block.packets.size()),
                     block.position.value};
  std::memcpy(out.data(), &header, sizeof header);
  std::copy(block.packets.begin(), block.packets.end(), out.begin() + sizeof header);
  header.checksum = eventlog::crc32c(ByteView(out).subspan(checked_from));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

std::unexpected<std::string> failure(const std::string& path, storage::Error error) {
  return std::unexpected(fmt::format("{}: {}", path, storage::phrase(error)));
}

}  // namespace

StreamStore::StreamStore(storage::FileSystem& files, std::string directory, Alarm alarm)
    : files_(files), directory_(std::move(directory)), alarm_(std::move(alarm)) {}

StreamStore::~StreamStore() {
  end_writer();
}

void StreamStore::end_writer() {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  writer_.join();
}

std::string StreamStore::path(SessionId session) const {
  return storage::join(directory_, fmt::format("{:08}{}", session.value, suffix));
}

std::expected<Sequence, std::string> StreamStore::open() {
  if (auto made = files_.make_directory(directory_); !made)
    return failure(directory_, made.error());
  const auto names = files_.list(directory_);
  if (!names) return failure(directory_, names.error());
  for (const std::string& name : *names) {
    if (!name.ends_with(suffix)) continue;
    SessionId session;
    const char* end = name.data() + name.size() - suffix.size();
    if (std::from_chars(name.data(), end, session.value).ptr != end) continue;
    if (auto scanned = scan(session); !scanned) return std::unexpected(scanned.error());
  }
  const auto bytes = storage::read_file(files_, storage::join(directory_, checkpoint_name));
  CheckpointRecord record;
  if (!bytes || bytes->size() != sizeof record) return Sequence{};
  std::memcpy(&record, bytes->data(), sizeof record);
  if (record.magic != checkpoint_magic ||
      record.checksum != eventlog::crc32c(bytes_of(record).subspan(8)))
    return Sequence{};
  std::uint64_t messages = 0;
  for (const auto& [session, stored] : stored_)
    for (const Place& place : stored.blocks)
      if (place.position.value <= record.position) messages += place.messages;
  // A file is missing or damaged: the log still has everything.
  if (messages != record.messages) return Sequence{};
  return Sequence{record.position};
}

/// Blocks that follow one another without a gap; what comes behind them is of no use.
std::expected<void, std::string> StreamStore::scan(SessionId session) {
  auto file = files_.open(path(session), Access::read_only);
  if (!file) return failure(path(session), file.error());
  Stored& stored = stored_[session.value];
  BlockHeader header;
  for (std::uint64_t next = 1;; next += header.messages) {
    const auto got =
        storage::read_fully(**file, stored.end, std::as_writable_bytes(std::span(&header, 1)));
    if (!got) return failure(path(session), got.error());
    const auto size = (*file)->size();
    if (!size) return failure(path(session), size.error());
    if (*got != sizeof header || header.magic != block_magic || header.first != next ||
        header.bytes > SessionStream::block_bytes ||
        stored.end + sizeof header + header.bytes > *size)
      return {};
    stored.blocks.push_back(
        {header.first, header.messages, header.bytes, stored.end, {header.position}});
    stored.end += sizeof header + header.bytes;
  }
}

std::expected<void, std::string> StreamStore::cut(Sequence position,
                                                  const std::function<bool(SessionId)>& keep) {
  end_writer();
  stopping_ = failing_ = false;
  queue_.clear();
  appended_ = written_ = 0;
  for (auto at = stored_.begin(); at != stored_.end();) {
    const SessionId session{at->first};
    Stored& stored = at->second;
    if (!keep(session)) {
      if (auto removed = files_.remove(path(session)); !removed)
        return failure(path(session), removed.error());
      at = stored_.erase(at);
      continue;
    }
    while (!stored.blocks.empty() && stored.blocks.back().position > position) {
      stored.end = stored.blocks.back().offset;
      stored.blocks.pop_back();
    }
    auto file = files_.open(path(session), Access::read_write);
    if (!file) return failure(path(session), file.error());
    if (auto done = (*file)->truncate(stored.end); !done)
      return failure(path(session), done.error());
    ++at;
  }
  writer_ = std::thread([this] { run(); });
  return {};
}

std::uint64_t StreamStore::next(SessionId session) const {
  const std::lock_guard lock(mutex_);
  const auto at = stored_.find(session.value);
  if (at == stored_.end() || at->second.blocks.empty()) return 1;
  const Place& last = at->second.blocks.back();
  return last.first + last.messages;
}

void StreamStore::append(SessionId session, std::shared_ptr<const Block> block) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({session, std::move(block)});
    ++appended_;
  }
  changed_.notify_all();
}

std::move_only_function<bool()> StreamStore::checkpoint(Sequence position) {
  const std::lock_guard lock(mutex_);
  return [this, position, until = appended_] { return make_durable(position, until); };
}

bool StreamStore::make_durable(Sequence position, std::uint64_t until) {
  std::vector<SessionId> dirty;
  CheckpointRecord record{checkpoint_magic, 0, position.value, 0};
  {
    std::unique_lock lock(mutex_);
    // A disk that takes nothing must not hold up the caller's thread, which serves reads.
    changed_.wait(lock, [&] { return written_ >= until || failing_ || stopping_; });
    if (written_ < until) return false;
    for (auto& [session, stored] : stored_) {
      if (std::exchange(stored.dirty, false)) dirty.push_back({session});
      for (const Place& place : stored.blocks)
        if (place.position <= position) record.messages += place.messages;
    }
  }
  bool good = true;
  for (const SessionId session : dirty) {
    auto file = files_.open(path(session), Access::read_write);
    good = good && file && (*file)->datasync();
  }
  if (good && !dirty.empty()) good = files_.sync_directory(directory_).has_value();
  record.checksum = eventlog::crc32c(bytes_of(record).subspan(8));
  good = good && storage::write_atomically(files_, directory_, checkpoint_name, bytes_of(record));
  if (!good) alarm_("order-entry messages could not be made durable in " + directory_);
  return good;
}

std::expected<Bytes, std::string> StreamStore::read(SessionId session, std::uint64_t sequence) {
  Place place{};
  Bytes packets;
  {
    const std::lock_guard lock(mutex_);
    for (const Queued& queued : queue_)  // not on the disk yet
      if (queued.session == session && queued.block->first <= sequence &&
          sequence < queued.block->first + queued.block->messages) {
        place.first = queued.block->first;
        packets = queued.block->packets;
      }
    const auto at = stored_.find(session.value);
    if (packets.empty() && at != stored_.end()) {
      const auto& blocks = at->second.blocks;
      const auto behind =
          std::upper_bound(blocks.begin(), blocks.end(), sequence,
                           [](std::uint64_t s, const Place& p) { return s < p.first; });
      if (behind != blocks.begin()) place = *(behind - 1);
    }
  }
  if (packets.empty()) {
    auto file = files_.open(path(session), Access::read_only);
    if (!file) return failure(path(session), file.error());
    Bytes bytes(sizeof(BlockHeader) + place.bytes);
    const auto got = storage::read_fully(**file, place.offset, bytes);
    if (!got) return failure(path(session), got.error());
    BlockHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (*got != bytes.size() ||
        header.checksum != eventlog::crc32c(ByteView(bytes).subspan(checked_from)))
      return std::unexpected(path(session) + " is damaged");
    packets.assign(bytes.begin() + sizeof header, bytes.end());
  }
  std::size_t skipped = 0;
  bool malformed = false;
  for (std::uint64_t at = place.first; at < sequence; ++at)
    skipped += first_packet(ByteView(packets).subspan(skipped), malformed)->size();
  packets.erase(packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(skipped));
  return packets;
}

std::expected<void, std::string> StreamStore::write(const Queued& queued) {
  const std::string name = path(queued.session);
  std::uint64_t end = 0;
  bool fresh = false;
  {
    const std::lock_guard lock(mutex_);
    const auto at = stored_.find(queued.session.value);
    fresh = at == stored_.end();
    if (!fresh) end = at->second.end;
  }
  // What a file holds that nobody knows of is left from a crash.
  if (fresh) (void)files_.remove(name);
  auto file = files_.open(name, fresh ? Access::create_new : Access::read_write);
  if (!file) return failure(name, file.error());
  const Bytes bytes = encoded(*queued.block);
  if (auto done = (*file)->write_at(end, bytes); !done) return failure(name, done.error());
  const std::lock_guard lock(mutex_);
  Stored& stored = stored_[queued.session.value];
  stored.blocks.push_back({queued.block->first, queued.block->messages,
                           static_cast<std::uint32_t>(queued.block->packets.size()), end,
                           queued.block->position});
  stored.end = end + bytes.size();
  stored.dirty = true;
  return {};
}

void StreamStore::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return !queue_.empty() || stopping_; });
    if (queue_.empty()) return;
    const Queued next = queue_.front();
    lock.unlock();
    const auto done = write(next);
    lock.lock();
    const bool news = !done && !failing_;
    failing_ = !done;
    if (news) alarm_("order-entry messages: " + done.error());
    if (done) {
      queue_.pop_front();
      ++written_;
      changed_.notify_all();
    } else if (stopping_) {
      return;  // told again from the log at the next start
    } else {
      changed_.notify_all();
      changed_.wait_for(lock, retry_after, [&] { return stopping_; });
    }
  }
}

}  // namespace rialto::ouch
