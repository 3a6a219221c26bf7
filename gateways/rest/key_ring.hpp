// The API keys that are live, in memory, and the check of a signed request against them
// (docs/protocols/api-keys.md). The log decides which keys live; their secrets are in
// platform/security.
//
// Owned by apps; any thread. Loaded once at start, before requests come; from then on every change
// comes through ApiKeyRoutes, before its answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/describe/enum.hpp>

#include "contexts/apikeys/apikeys.hpp"
#include "platform/net/address_block.hpp"
#include "platform/net/message.hpp"
#include "platform/security/api_key_secrets.hpp"
#include "platform/security/keyed_index.hpp"
#include "platform/security/signatures.hpp"

namespace rialto::rest {

/// Why a signed request is not taken; the first that applies.
BOOST_DEFINE_FIXED_ENUM_CLASS(KeyProblem, std::uint8_t,
                              signature_missing,         // X-Timestamp or X-Signature
                              timestamp_malformed,       //
                              timestamp_outside_window,  //
                              api_key_unknown,           // or revoked
                              api_key_expired,           //
                              address_not_allowed,       //
                              signature_wrong,           //
                              request_replayed,          // a mutation that was here before
                              replay_memory_full)        // nothing is forgotten early

struct SigningRules {
  std::chrono::milliseconds window{5'000};  // either way
  std::size_t remembered_max = 1'000'000;   // mutations within two windows
};

class KeyRing {
 public:
  using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;
  using Clock = std::function<Milliseconds()>;

  KeyRing(security::ApiKeySecrets& secrets, const security::CommandNames& names, Clock clock,
          SigningRules rules = {})
      : secrets_(secrets), names_(names), clock_(std::move(clock)), rules_(rules) {}

  /// The keys of a recovered venue.
  security::StoreResult<void> load(const apikeys::ApiKeys& keys);
  /// From the moment of its event. REQUIRES: the addresses parse.
  void add(const apikeys::ApiKey& key, const security::ApiKeySecret& secret);
  /// From before the answer to its revocation; the credential, to be removed. Nothing for unknown.
  Fingerprint remove(apikeys::ApiKeyId id);

  struct Holder {
    UserId user;
    apikeys::Scopes scopes{};
  };
  /// Whose request this is. `key` is its X-API-Key.
  std::expected<Holder, KeyProblem> admit(std::string_view key, const net::Request& request);

  struct Shown {
    std::string label;
    std::string public_key;  // hexadecimal; empty for HMAC
    std::vector<std::string> addresses;
  };
  /// What its owner may see of it again.
  Shown shown(apikeys::ApiKeyId id) const;

 private:
  struct Entry {
    apikeys::ApiKey key;
    security::ApiKeySecret secret;
    security::PublicKey public_key{};
    std::vector<net::AddressBlock> blocks;
  };

  std::expected<void, KeyProblem> remember(Fingerprint mutation, Milliseconds now);

  security::ApiKeySecrets& secrets_;
  const security::CommandNames& names_;
  const Clock clock_;
  const SigningRules rules_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<Fingerprint, Entry> entries_;
  std::unordered_map<std::uint64_t, Fingerprint> credentials_;  // by key number
  std::unordered_set<Fingerprint> recent_;
  std::unordered_set<Fingerprint> older_;
  Milliseconds turned_{};
};

/// What is signed: method, path with query, timestamp and body, a line feed between each.
std::string signed_text(std::string_view method, std::string_view path, std::string_view query,
                        std::string_view timestamp, std::string_view body);

}  // namespace rialto::rest
