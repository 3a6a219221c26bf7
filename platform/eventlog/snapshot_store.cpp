#include "platform/eventlog/snapshot_store.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "platform/eventlog/frame.hpp"

namespace rialto::eventlog {
namespace {

constexpr std::string_view name_prefix = "snapshot-";
constexpr std::string_view name_suffix = ".state";
constexpr std::uint32_t snapshot_magic = 0x31505452;  // "RTP1"
constexpr std::uint32_t snapshot_format = 1;

struct SnapshotHeader {
  std::uint32_t magic = snapshot_magic;
  std::uint32_t format = snapshot_format;
  Fingerprint log_id{};
  Sequence sequence{};
  ChainHead head{};
};
static_assert(sizeof(SnapshotHeader) == 64 && std::is_trivially_copyable_v<SnapshotHeader>);

struct SnapshotTrailer {
  std::uint64_t payload_bytes{};
  std::uint32_t checksum{};  // CRC32C of header and payload: quick, against accidents
  std::uint32_t reserved{};
  ChainHead digest{};  // SHA-256 of header and payload
};
static_assert(sizeof(SnapshotTrailer) == 48);

std::string name_of(Sequence sequence) {
  return fmt::format("{}{:020}{}", name_prefix, sequence.value, name_suffix);
}

std::optional<Sequence> sequence_in(std::string_view name) {
  if (!name.starts_with(name_prefix) || !name.ends_with(name_suffix)) return std::nullopt;
  name.remove_prefix(name_prefix.size());
  name.remove_suffix(name_suffix.size());
  Sequence sequence;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), sequence.value);
  if (code != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return sequence;
}

template <class T>
ByteView bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

std::unexpected<Failure> bad(LogError error, Sequence sequence, std::string detail) {
  return std::unexpected(
      Failure{error, {{}, 0, sequence}, fmt::format("{}: {}", name_of(sequence), detail)});
}

std::unexpected<Failure> failed(storage::Error error, Sequence sequence) {
  return storage_failure(error, {{}, 0, sequence}, name_of(sequence));
}

}  // namespace

Result<void> SnapshotWriter::add(ByteView bytes) {
  digest_.extend(bytes);
  checksum_ = crc32c(bytes, checksum_);
  if (auto written = file_.append(bytes); !written) return failed(written.error(), sequence_);
  return {};
}

Result<void> SnapshotWriter::append(ByteView bytes) {
  payload_bytes_ += bytes.size();
  return add(bytes);
}

Result<void> SnapshotWriter::finish() {
  const SnapshotTrailer trailer{payload_bytes_, checksum_, 0, digest_.head()};
  if (auto added = add(bytes_of(trailer)); !added) return added;
  if (auto committed = file_.commit(); !committed) return failed(committed.error(), sequence_);
  return {};
}

Result<SnapshotStore> SnapshotStore::open(storage::FileSystem& files, std::string directory,
                                          Fingerprint log_id, std::size_t keep) {
  RIALTO_ASSERT(keep > 0);
  if (auto made = files.make_directory(directory); !made)
    return storage_failure(made.error(), {}, "make " + directory);
  return SnapshotStore(files, std::move(directory), log_id, keep);
}

Result<SnapshotWriter> SnapshotStore::begin(const ChainPoint& point) {
  auto file = storage::AtomicFile::create(*files_, directory_, name_of(point.sequence));
  if (!file) return failed(file.error(), point.sequence);
  SnapshotWriter writer(std::move(*file), point.sequence);
  SnapshotHeader header;
  header.log_id = log_id_;
  header.sequence = point.sequence;
  header.head = point.head;
  if (auto added = writer.add(bytes_of(header)); !added) return std::unexpected(added.error());
  return writer;
}

Result<void> SnapshotStore::write(const ChainPoint& point, ByteView payload) {
  auto writer = begin(point);
  if (!writer) return std::unexpected(writer.error());
  if (auto appended = writer->append(payload); !appended) return appended;
  if (auto finished = writer->finish(); !finished) return finished;
  return prune();
}

Result<std::vector<Sequence>> SnapshotStore::list() const {
  const auto names = files_->list(directory_);
  if (!names) return storage_failure(names.error(), {}, "list " + directory_);
  std::vector<Sequence> found;
  for (const std::string& name : *names) {
    if (const auto sequence = sequence_in(name)) found.push_back(*sequence);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

bool digest_holds(const Snapshot& snapshot) {
  const std::size_t trailer_begin = snapshot.payload_begin + snapshot.payload_bytes;
  SnapshotTrailer trailer;
  std::memcpy(&trailer, snapshot.file.data() + trailer_begin, sizeof trailer);
  return trailer.digest == sha256({snapshot.file.data(), trailer_begin});
}

Result<Snapshot> SnapshotStore::read(Sequence sequence, SnapshotCheck check) const {
  auto file =
      files_->open(storage::join(directory_, name_of(sequence)), storage::Access::read_only);
  if (!file) return failed(file.error(), sequence);
  const auto size = (*file)->size();
  if (!size) return failed(size.error(), sequence);
  if (*size < sizeof(SnapshotHeader) + sizeof(SnapshotTrailer))
    return bad(LogError::corrupt, sequence, "too short");
  storage::AlignedBuffer content(*size);
  const auto count = storage::read_fully(**file, 0, {content.data(), *size});
  if (!count) return failed(count.error(), sequence);
  SnapshotHeader header;
  std::memcpy(&header, content.data(), sizeof header);
  if (header.magic != snapshot_magic) return bad(LogError::corrupt, sequence, "not a snapshot");
  if (header.format > snapshot_format)
    return bad(LogError::unknown_format, sequence, fmt::format("format {}", header.format));
  SnapshotTrailer trailer;
  const std::size_t trailer_begin = *size - sizeof trailer;
  std::memcpy(&trailer, content.data() + trailer_begin, sizeof trailer);
  if (*count != *size || trailer.payload_bytes != trailer_begin - sizeof header)
    return bad(LogError::corrupt, sequence, "the length differs");
  if (trailer.reserved != 0 || trailer.checksum != crc32c({content.data(), trailer_begin}))
    return bad(LogError::corrupt, sequence, "the checksum differs");
  if (header.log_id != log_id_ || header.sequence != sequence)
    return bad(LogError::corrupt, sequence, "of another log or event");
  Snapshot snapshot{{header.sequence, header.head},
                    std::move(content),
                    sizeof header,
                    static_cast<std::size_t>(trailer.payload_bytes)};
  if (check == SnapshotCheck::digest && !digest_holds(snapshot))
    return bad(LogError::corrupt, sequence, "the SHA-256 differs");
  return snapshot;
}

Result<NewestSnapshot> SnapshotStore::newest(Sequence at_most, SnapshotCheck check) const {
  const auto found = list();
  if (!found) return std::unexpected(found.error());
  NewestSnapshot best;
  for (const Sequence sequence : *found) {
    if (sequence > at_most) continue;
    auto snapshot = read(sequence, check);
    if (snapshot) {
      best.snapshot = std::move(*snapshot);
      break;
    }
    // A format from the future is not damage: an older snapshot would hide that we are the old
    // program.
    if (snapshot.error().error == LogError::unknown_format)
      return std::unexpected(snapshot.error());
    // LOG-8
    best.passed_over.push_back(snapshot.error());
  }
  return best;
}

Result<void> SnapshotStore::prune() {
  const auto found = list();
  if (!found) return std::unexpected(found.error());
  for (std::size_t i = keep_; i < found->size(); ++i) {
    const Sequence old = (*found)[i];
    if (auto removed = files_->remove(storage::join(directory_, name_of(old))); !removed)
      return failed(removed.error(), old);
  }
  return {};
}

}  // namespace rialto::eventlog
