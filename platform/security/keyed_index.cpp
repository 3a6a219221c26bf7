#include "platform/security/keyed_index.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <charconv>
#include <cstring>

namespace rialto::security {
namespace {

static_assert(sizeof(Fingerprint) == 16);

constexpr std::string_view white_space = " \t\r\n";

void append_size(std::string& out, std::size_t size) {
  const auto number = static_cast<std::uint32_t>(size);
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

std::string normalised(std::string_view text) {
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  std::string out{text.substr(first, text.find_last_not_of(white_space) - first + 1)};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Fingerprint BlindIndex::of(std::string_view field, std::string_view text) const {
  require_sodium();
  std::string input;
  append_size(input, field.size());  // so that no field's name runs into its text
  input.append(field);
  input += normalised(text);
  Fingerprint out;
  crypto_generichash(reinterpret_cast<unsigned char*>(&out), sizeof out,
                     reinterpret_cast<const unsigned char*>(input.data()), input.size(),
                     key_.bytes().data(), key_.bytes().size());
  sodium_memzero(input.data(), input.size());
  return out;
}

Fingerprint CommandNames::of_number(std::string_view kind, std::uint64_t owner,
                                    std::string_view text) const {
  static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(Fingerprint));
  static_assert(crypto_shorthash_siphashx24_KEYBYTES <= SecretKey::size);
  std::array<char, 256> small;
  const std::size_t size = 1 + kind.size() + sizeof owner + text.size();
  std::string large;
  char* input = small.data();
  if (size > small.size()) {
    large.resize(size);
    input = large.data();
  }
  char* at = input;
  *at++ = static_cast<char>(kind.size());
  at = std::copy(kind.begin(), kind.end(), at);
  std::memcpy(at, &owner, sizeof owner);
  std::copy(text.begin(), text.end(), at + sizeof owner);
  Fingerprint out;
  crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(&out),
                              reinterpret_cast<const unsigned char*>(input), size,
                              key_.bytes().data());
  return out;
}

std::string to_text(Fingerprint fingerprint) {
  return fmt::format("{:016x}{:016x}", fingerprint.high, fingerprint.low);
}

bool from_text(std::string_view text, Fingerprint& fingerprint) {
  if (text.size() != 32) return false;
  const auto half = [text](std::size_t at, std::uint64_t& value) {
    const char* end = text.data() + at + 16;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value, 16);
    return error == std::errc{} && stop == end;
  };
  return half(0, fingerprint.high) && half(16, fingerprint.low);
}

}  // namespace rialto::security
