// Keyed hashes that stand in for text: blind indices of personal fields (equal or not, nothing else
// can be told without the key) and the 128-bit names of commands. Pure functions of their key; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/strong.hpp"
#include "core/types.hpp"
#include "platform/security/secrets.hpp"

namespace rialto::security {

/// What uniqueness compares: surrounding white space removed, ASCII letters lowered. Other letters
/// are compared as their UTF-8 bytes: "É" and "é" are different names.
std::string normalised(std::string_view text);

class BlindIndex {
 public:
  explicit BlindIndex(const SecretKey& key) : key_(key) {}
  /// Keyed BLAKE2b (RFC 7693) over the field's name and the normalised text: equal texts of
  /// different fields have unrelated indices.
  Fingerprint of(std::string_view field, std::string_view text) const;

 private:
  SecretKey key_;
};

/// Names commands by what clients call them, fast enough for every order: SipHash-2-4 with 128 bits
/// of output (Aumasson, Bernstein 2012). Without the key, nobody can aim at another one's name.
class CommandNames {
 public:
  explicit CommandNames(const SecretKey& key) : key_(key) {}
  /// `kind` keeps uses apart ("order", "credit"); `owner` is who chose `text`.
  template <Strong Owner>
  Fingerprint of(std::string_view kind, Owner owner, std::string_view text) const {
    return of_number(kind, owner.value, text);
  }

 private:
  Fingerprint of_number(std::string_view kind, std::uint64_t owner, std::string_view text) const;
  SecretKey key_;
};

/// 32 hexadecimal digits, and back; nothing where it is anything else.
std::string to_text(Fingerprint fingerprint);
bool from_text(std::string_view text, Fingerprint& fingerprint);

}  // namespace rialto::security
