#include "gateways/rest/key_ring.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "gateways/rest/numbers.hpp"

namespace rialto::rest {
namespace {

using std::chrono::milliseconds;

bool changes_something(net::Method method) {
  return method != net::Method::get && method != net::Method::head &&
         method != net::Method::options;
}

std::string hex_of(const security::PublicKey& key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : key) {
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

}  // namespace

std::string signed_text(std::string_view method, std::string_view path, std::string_view query,
                        std::string_view timestamp, std::string_view body) {
  std::string text;
  text.reserve(method.size() + path.size() + query.size() + timestamp.size() + body.size() + 4);
  text.append(method).append("\n").append(path);
  if (!query.empty()) text.append("?").append(query);
  return text.append("\n").append(timestamp).append("\n").append(body);
}

security::StoreResult<void> KeyRing::load(const apikeys::ApiKeys& keys) {
  for (const apikeys::ApiKey& key : keys.keys()) {
    if (key.revoked) continue;
    const auto secret = secrets_.find(key.credential);
    if (!secret) return std::unexpected(secret.error());
    add(key, *secret);
  }
  return {};
}

void KeyRing::add(const apikeys::ApiKey& key, const security::ApiKeySecret& secret) {
  Entry entry{key, secret, {}, {}};
  if (key.kind == apikeys::KeyKind::ed25519) {
    RIALTO_ASSERT(secret.material.size() == entry.public_key.size());
    std::copy(secret.material.begin(), secret.material.end(), entry.public_key.begin());
  }
  for (const std::string& text : secret.addresses) {
    const auto block = net::AddressBlock::parse(text);
    RIALTO_ASSERT(block);
    entry.blocks.push_back(*block);
  }
  const std::lock_guard lock(mutex_);
  credentials_.emplace(key.id.value, key.credential);
  entries_.emplace(key.credential, std::move(entry));
}

Fingerprint KeyRing::remove(apikeys::ApiKeyId id) {
  const std::lock_guard lock(mutex_);
  const auto at = credentials_.find(id.value);
  if (at == credentials_.end()) return {};
  const Fingerprint credential = at->second;
  credentials_.erase(at);
  entries_.erase(credential);
  return credential;
}

KeyRing::Shown KeyRing::shown(apikeys::ApiKeyId id) const {
  const std::lock_guard lock(mutex_);
  const auto at = credentials_.find(id.value);
  if (at == credentials_.end()) return {};
  const Entry& entry = entries_.at(at->second);
  return {entry.secret.label,
          entry.key.kind == apikeys::KeyKind::ed25519 ? hex_of(entry.public_key) : std::string(),
          entry.secret.addresses};
}

std::expected<KeyRing::Holder, KeyProblem> KeyRing::admit(std::string_view key,
                                                          const net::Request& request) {
  const auto timestamp = request.header("X-Timestamp");
  const auto signature = request.header("X-Signature");
  if (!timestamp || !signature) return std::unexpected(KeyProblem::signature_missing);
  const auto at = parse_number(*timestamp);
  if (!at || *at > INT64_MAX / 2'000'000) return std::unexpected(KeyProblem::timestamp_malformed);
  const Milliseconds now = clock_();
  const Milliseconds signed_at{milliseconds(static_cast<std::int64_t>(*at))};
  if (signed_at > now + rules_.window || signed_at < now - rules_.window)
    return std::unexpected(KeyProblem::timestamp_outside_window);
  Fingerprint credential;
  if (!security::from_text(key, credential)) return std::unexpected(KeyProblem::api_key_unknown);

  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(credential);
  if (found == entries_.end()) return std::unexpected(KeyProblem::api_key_unknown);
  const Entry& entry = found->second;
  if (entry.key.expires.value != 0 &&
      now.time_since_epoch() >= std::chrono::nanoseconds(entry.key.expires.value))
    return std::unexpected(KeyProblem::api_key_expired);
  const auto inside = [&](const auto& block) { return block.contains(request.peer); };
  if (!entry.blocks.empty() && std::none_of(entry.blocks.begin(), entry.blocks.end(), inside))
    return std::unexpected(KeyProblem::address_not_allowed);
  const std::string text = signed_text(net::method_text(request.method), request.path,
                                       request.query, *timestamp, request.body);
  const bool good = entry.key.kind == apikeys::KeyKind::hmac
                        ? security::hmac_matches(entry.secret.material, text, *signature)
                        : security::ed25519_matches(entry.public_key, text, *signature);
  if (!good) return std::unexpected(KeyProblem::signature_wrong);
  if (changes_something(request.method))
    if (const auto fresh = remember(names_.of("signed", entry.key.id, text), now); !fresh)
      return std::unexpected(fresh.error());
  return Holder{entry.key.user, entry.key.scopes};
}

// REST-11. What was signed a window ahead of now is good for two windows: each half of the memory
// holds that long, so that whatever could still be taken is in one of them.
std::expected<void, KeyProblem> KeyRing::remember(Fingerprint mutation, Milliseconds now) {
  if (now - turned_ > 2 * rules_.window || now < turned_) {
    older_ =
        now - turned_ > 4 * rules_.window ? std::unordered_set<Fingerprint>() : std::move(recent_);
    recent_.clear();
    turned_ = now;
  }
  if (recent_.contains(mutation) || older_.contains(mutation))
    return std::unexpected(KeyProblem::request_replayed);
  if (recent_.size() + older_.size() >= rules_.remembered_max)
    return std::unexpected(KeyProblem::replay_memory_full);
  recent_.insert(mutation);
  return {};
}

}  // namespace rialto::rest
