#include "apps/replay/source_file.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <zstd.h>
#include <boost/iostreams/device/mapped_file.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <boost/iostreams/read.hpp>

namespace rialto::replay {
namespace {

namespace io = boost::iostreams;

constexpr std::size_t read_bytes = 256 << 10;
constexpr std::size_t longest_line_bytes = 1 << 20;

bool starts_with(std::string_view bytes, std::string_view magic) {
  return bytes.starts_with(magic);
}
bool is_gzip(std::string_view bytes) {
  return starts_with(bytes, "\x1f\x8b");
}
bool is_xz(std::string_view bytes) {
  return starts_with(bytes, std::string_view("\xfd\x37\x7a\x58\x5a\x00", 6));
}
bool is_zstd(std::string_view bytes) {
  return starts_with(bytes, "\x28\xb5\x2f\xfd");
}

/// The zstd filter takes the end of its input for the end of the data, so frames are measured
/// first.
bool zstd_ends_early(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t frame = ZSTD_findFrameCompressedSize(bytes.data(), bytes.size());
    if (ZSTD_isError(frame)) return true;
    bytes.remove_prefix(frame);
  }
  return false;
}

/// A Boost.Iostreams source over mapped bytes that says how far it was read.
struct MappedSource {
  using char_type = char;
  using category = io::source_tag;
  std::string_view bytes;
  std::size_t* at;
  std::streamsize read(char* to, std::streamsize most) {
    const std::size_t size = std::min(bytes.size() - *at, static_cast<std::size_t>(most));
    if (size == 0) return -1;
    std::memcpy(to, bytes.data() + *at, size);
    *at += size;
    return static_cast<std::streamsize>(size);
  }
};

}  // namespace

struct SourceFile::Stream {
  std::string path;
  io::mapped_file_source file;  // closed for an empty file, which cannot be mapped
  std::size_t consumed = 0;
  io::filtering_streambuf<io::input> decoder;
  std::vector<char> buffer = std::vector<char>(read_bytes);
  std::size_t begin = 0;  // of what is decoded and not yet handed out
  std::size_t end = 0;
  bool at_end = false;
  std::uint64_t line = 0;

  std::string_view bytes() const {
    return file.is_open() ? std::string_view(file.data(), file.size()) : std::string_view();
  }

  /// Decodes some more behind what is there. False: the input is damaged.
  bool fill() {
    std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    end -= begin;
    begin = 0;
    if (end == buffer.size()) buffer.resize(buffer.size() * 2);
    try {
      const auto got =
          io::read(decoder, buffer.data() + end, static_cast<std::streamsize>(buffer.size() - end));
      if (got <= 0)
        at_end = true;
      else
        end += static_cast<std::size_t>(got);
    } catch (const std::exception&) {  // Boost.Iostreams reports bad input by exceptions
      return false;
    }
    return true;
  }
};

SourceFile::SourceFile(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
SourceFile::SourceFile(SourceFile&&) noexcept = default;
SourceFile& SourceFile::operator=(SourceFile&&) noexcept = default;
SourceFile::~SourceFile() = default;

Read<SourceFile> SourceFile::open(const std::string& path) {
  auto stream = std::make_unique<Stream>();
  stream->path = path;
  try {
    if (FILE* probe = std::fopen(path.c_str(), "rb")) {
      const bool empty = std::fgetc(probe) == EOF && std::ferror(probe) == 0;
      std::fclose(probe);
      if (!empty) stream->file.open(path);
    } else {
      return std::unexpected(
          InputProblem{InputError::cannot_open, fmt::format("{}: {}", path, std::strerror(errno))});
    }
  } catch (const std::exception& e) {  // Boost.Iostreams reports a failed mapping by exceptions
    return std::unexpected(
        InputProblem{InputError::cannot_open, fmt::format("{}: {}", path, e.what())});
  }
  const std::string_view bytes = stream->bytes();
  if (is_zstd(bytes) && zstd_ends_early(bytes))
    return std::unexpected(
        InputProblem{InputError::damaged, fmt::format("{}: the zstd data ends early", path)});
  if (is_gzip(bytes)) stream->decoder.push(io::gzip_decompressor());
  if (is_xz(bytes)) stream->decoder.push(io::lzma_decompressor());
  if (is_zstd(bytes)) stream->decoder.push(io::zstd_decompressor());
  stream->decoder.push(MappedSource{bytes, &stream->consumed});
  return SourceFile(std::move(stream));
}

Read<std::optional<std::string_view>> SourceFile::next_line() {
  Stream& s = *stream_;
  std::size_t scanned = 0;
  for (;;) {
    const char* from = s.buffer.data() + s.begin;
    const std::size_t size = s.end - s.begin;
    const void* found = std::memchr(from + scanned, '\n', size - scanned);
    if (!found && !s.at_end) {
      if (size > longest_line_bytes) {
        ++s.line;
        return std::unexpected(malformed("the line is longer than a megabyte"));
      }
      scanned = size;
      if (!s.fill()) {
        ++s.line;
        return std::unexpected(
            problem(InputError::damaged, "the compressed data is damaged or ends early"));
      }
      continue;
    }
    if (!found && size == 0) return std::nullopt;
    std::string_view text(
        from, found ? static_cast<std::size_t>(static_cast<const char*>(found) - from) : size);
    s.begin += text.size() + (found ? 1 : 0);
    ++s.line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
  }
}

std::uint64_t SourceFile::line() const {
  return stream_->line;
}

double SourceFile::fraction() const {
  const std::size_t size = stream_->bytes().size();
  return size == 0 ? 1.0 : static_cast<double>(stream_->consumed) / static_cast<double>(size);
}

InputProblem SourceFile::problem(InputError error, std::string_view what) const {
  return {error, fmt::format("{}:{}: {}", stream_->path, stream_->line, what)};
}

}  // namespace rialto::replay
