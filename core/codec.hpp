// Described structs to bytes and back: the encoding of journal events and snapshots.
//
// Little endian, fields in the order they are described, no padding, no tags: integers at their
// width, bool one byte, enums at their underlying width, text and lists a length (u32) and their
// elements. Fields are only ever added at the end: a decoder that runs out of bytes at a field
// boundary of the outermost struct leaves the rest at their defaults. Format:
// docs/protocols/encoding.md.
#pragma once

#include <bit>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "core/strong.hpp"
#include "core/text.hpp"
#include "core/types.hpp"

namespace rialto {

static_assert(std::endian::native == std::endian::little, "the journal is little endian");

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;

/// Hands the encoding of `value` to the sink, piece by piece: sink.raw(data, size). The one place
/// that knows how a value is laid out.
template <class Sink, class T>
void encode(Sink& sink, const T& value) {
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
    encode(sink, static_cast<std::uint32_t>(value.size()));
    sink.raw(value.data(), value.size());
  } else if constexpr (Strong<T>) {
    encode(sink, value.value);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, i128> ||
                       std::is_same_v<T, u128>) {
    sink.raw(&value, sizeof value);
  } else if constexpr (std::is_same_v<T, Fingerprint>) {
    encode(sink, value.high);
    encode(sink, value.low);
  } else if constexpr (Described<T>) {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { encode(sink, value.*member.pointer); });
  } else if constexpr (requires {
                         T::capacity;
                         value.view();
                       }) {
    encode(sink, static_cast<std::uint8_t>(value.view().size()));
    sink.raw(value.view().data(), value.view().size());
  } else {
    encode(sink, static_cast<std::uint32_t>(value.size()));
    for (const auto& element : value) encode(sink, element);
  }
}

/// Bytes that `value` takes when encoded; a constant, once compiled, for values without text and
/// lists.
template <class T>
std::size_t encoded_size(const T& value) {
  struct {
    std::size_t size = 0;
    void raw(const void*, std::size_t piece) { size += piece; }
  } sink;
  encode(sink, value);
  return sink.size;
}

/// Encodes to memory that has encoded_size(value) bytes of room; returns the end of what it wrote.
template <class T>
std::byte* encode_at(std::byte* at, const T& value) {
  struct {
    std::byte* at;
    void raw(const void* data, std::size_t piece) {
      if (piece != 0) std::memcpy(at, data, piece);
      at += piece;
    }
  } sink{at};
  encode(sink, value);
  return sink.at;
}

/// Appends encoded values to a byte vector that it does not own.
class BinaryWriter {
 public:
  explicit BinaryWriter(Bytes& out) : out_(out) {}

  /// The vector grows once per call, not once per field.
  template <class T>
  void write(const T& value) {
    const std::size_t at = out_.size();
    out_.resize(at + encoded_size(value));
    encode_at(out_.data() + at, value);
  }

  void raw(const void* data, std::size_t size) {
    const std::size_t at = out_.size();
    out_.resize(at + size);
    if (size != 0) std::memcpy(out_.data() + at, data, size);
  }

 private:
  Bytes& out_;
};

template <class T>
concept InlineTextLike = requires(const T& value) {
  T::capacity;
  value.view();
};

/// The fewest bytes an encoding of T takes; 0 where T is not made of numbers, flags, enums and
/// inline texts alone.
template <class T>
consteval std::size_t smallest_encoding() {
  if constexpr (InlineTextLike<T>) {
    return 1;
  } else if constexpr (std::is_same_v<T, Fingerprint> || Strong<T> || std::is_arithmetic_v<T> ||
                       std::is_enum_v<T> || std::is_same_v<T, i128> || std::is_same_v<T, u128>) {
    return sizeof(T);
  } else if constexpr (Described<T>) {
    std::size_t sum = 0;
    bool plain = true;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) {
          using Field = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
          plain = plain && smallest_encoding<Field>() != 0;
          sum += smallest_encoding<Field>();
        });
    return plain ? sum : 0;
  } else {
    return 0;
  }
}

/// Loads the fields of a struct one after the other, without asking before each whether it is
/// there. REQUIRES: smallest_encoding<T>() is not 0, and that many bytes are there.
class PlainLoader {
 public:
  /// `spare`: bytes there are beyond the fewest.
  PlainLoader(const std::byte* at, std::size_t spare) : at_(at), spare_(spare) {}

  template <class T>
  void load(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = *at_++ != std::byte{};
    } else if constexpr (InlineTextLike<T>) {
      const auto size = std::to_integer<std::size_t>(*at_++);
      if (size > spare_ || size > T::capacity) {
        failed_ = true;
        return;
      }
      if (size != 0) value = T{std::string_view{reinterpret_cast<const char*>(at_), size}};
      at_ += size;
      spare_ -= size;
    } else if constexpr (Described<T>) {
      boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
          [&](auto member) { load(value.*member.pointer); });
    } else {
      // Fingerprint's two halves and a strong number's one are laid out as they are encoded.
      std::memcpy(&value, at_, sizeof value);
      at_ += sizeof value;
    }
  }
  bool failed() const { return failed_; }
  std::size_t spare() const { return spare_; }

 private:
  const std::byte* at_;
  std::size_t spare_;
  bool failed_ = false;
};

/// Reads what BinaryWriter wrote. Never reads past the end: a value that does not fit sets failed()
/// and every later read yields defaults, so a caller checks once, at the end.
class BinaryReader {
 public:
  explicit BinaryReader(ByteView in) : in_(in) {}

  bool failed() const { return failed_; }
  bool at_end() const { return in_.empty(); }
  std::size_t remaining() const { return in_.size(); }

  template <class T>
  T read() {
    T value{};
    read_into(value);
    return value;
  }

  template <class T>
  void read_into(T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      const auto bytes = take(read<std::uint32_t>());
      value.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } else if constexpr (Strong<T>) {
      read_into(value.value);
    } else if constexpr (std::is_same_v<T, bool>) {
      value = read<std::uint8_t>() != 0;
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, i128> ||
                         std::is_same_v<T, u128>) {
      const auto bytes = take(sizeof value);
      if (!failed_) std::memcpy(&value, bytes.data(), sizeof value);
    } else if constexpr (std::is_same_v<T, Fingerprint>) {
      read_into(value.high);
      read_into(value.low);
    } else if constexpr (Described<T>) {
      if (load_plain(value)) return;
      boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
          [&](auto member) { read_into(value.*member.pointer); });
    } else if constexpr (requires {
                           T::capacity;
                           value.view();
                         }) {
      const auto bytes = take(read<std::uint8_t>());
      if (bytes.size() > T::capacity) {
        failed_ = true;
        return;
      }
      value = T{std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
    } else {
      const auto count = read<std::uint32_t>();
      for (std::uint32_t i = 0; i < count && !failed_; ++i)
        value.insert(value.end(), read<typename T::value_type>());
    }
  }

  /// An outermost struct: bytes may end early at a field boundary (an older, shorter version of
  /// it).
  template <Described T>
  T read_versioned() {
    T value{};
    if (load_plain(value)) return value;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) {
          if (!at_end()) read_into(value.*member.pointer);
        });
    return value;
  }

  /// The next `size` bytes, or nothing and failed().
  ByteView take(std::size_t size) {
    if (size > in_.size()) {
      failed_ = true;
      in_ = {};
      return {};
    }
    const ByteView out = in_.first(size);
    in_ = in_.subspan(size);
    return out;
  }

 private:
  /// The quick way for a struct that is all there; false, and nothing read, where it is not.
  template <Described T>
  bool load_plain(T& value) {
    constexpr std::size_t fewest = smallest_encoding<T>();
    if constexpr (fewest == 0) {
      return false;
    } else {
      if (in_.size() < fewest) return false;
      PlainLoader loader(in_.data(), in_.size() - fewest);
      loader.load(value);
      // A long text where an older version ended earlier: the other way sorts it out.
      if (loader.failed()) {
        value = T{};
        return false;
      }
      in_ = in_.last(loader.spare());
      return true;
    }
  }

  ByteView in_;
  bool failed_ = false;
};

}  // namespace rialto
