#include "platform/security/tokens.hpp"

#include <jwt.h>

#include <algorithm>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "core/assert.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/net/json_writer.hpp"
#include "platform/security/keyed_index.hpp"

namespace rialto::security {
namespace {

constexpr std::size_t token_size_max = 4096;

struct FreeToken {
  void operator()(jwt_t* token) const { jwt_free(token); }
};
using Token = std::unique_ptr<jwt_t, FreeToken>;

struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

std::string claims_json(UserId user, Fingerprint credential, const std::vector<std::string>& roles,
                        TokenType type, std::chrono::sys_seconds now,
                        std::chrono::seconds lifetime) {
  std::string json;
  net::JsonWriter writer(json);
  writer.begin_object()
      .field("sub", std::to_string(user.value))
      .field("cver", to_text(credential))
      .field("typ", std::string_view(boost::describe::enum_to_string(type, "")))
      .field("iat", now.time_since_epoch().count())
      .field("exp", (now + lifetime).time_since_epoch().count())
      .field("jti", to_text(random_fingerprint()))
      .key("roles")
      .begin_array();
  for (const std::string& role : roles) writer.text(role);
  writer.end_array().end_object();
  return json;
}

// Every field is required: a token that is ours has them all.
std::expected<Claims, TokenProblem> read_claims(std::string_view json) {
  const auto malformed = std::unexpected(TokenProblem::token_malformed);
  net::JsonReader reader;
  const auto root = reader.parse(json);
  if (!root) return malformed;
  net::JsonFields fields(*root);
  Claims claims;
  const std::string_view user = fields.text("sub");
  const auto [stop, error] =
      std::from_chars(user.data(), user.data() + user.size(), claims.user.value);
  if (error != std::errc{} || stop != user.data() + user.size()) return malformed;
  if (!from_text(fields.text("cver"), claims.credential)) return malformed;
  if (!from_text(fields.text("jti"), claims.id)) return malformed;
  const std::string type{fields.text("typ")};
  if (!boost::describe::enum_from_string(type.c_str(), claims.type)) return malformed;
  const auto issued = fields.optional_integer("iat");
  const auto expires = fields.optional_integer("exp");
  const auto roles = fields.optional_array("roles");
  if (fields.problem() || !issued || !expires || !roles) return malformed;
  claims.issued = std::chrono::sys_seconds(std::chrono::seconds(*issued));
  claims.expires = std::chrono::sys_seconds(std::chrono::seconds(*expires));
  for (const net::JsonValue& role : roles->children()) claims.roles.emplace_back(role.text());
  return claims;
}

}  // namespace

Tokens::Tokens(const SecretKey& key, WallClock now, TokenLifetimes lifetimes,
               std::size_t remembered_max)
    : key_(key),
      now_(std::move(now)),
      lifetimes_(lifetimes),
      generation_max_(std::max<std::size_t>(1, remembered_max / 2)) {}

std::string Tokens::sign(UserId user, Fingerprint credential, const std::vector<std::string>& roles,
                         TokenType type, std::chrono::sys_seconds now) const {
  jwt_t* made = nullptr;
  RIALTO_ASSERT(jwt_new(&made) == 0);
  const Token token(made);
  const auto lifetime = type == TokenType::access ? lifetimes_.access : lifetimes_.refresh;
  const std::string claims = claims_json(user, credential, roles, type, now, lifetime);
  RIALTO_ASSERT(jwt_add_grants_json(token.get(), claims.c_str()) == 0);
  RIALTO_ASSERT(jwt_set_alg(token.get(), JWT_ALG_HS256, key_.bytes().data(),
                            static_cast<int>(SecretKey::size)) == 0);
  const Text text(jwt_encode_str(token.get()));
  RIALTO_ASSERT(text != nullptr);
  return text.get();
}

TokenPair Tokens::issue(UserId user, Fingerprint credential,
                        const std::vector<std::string>& roles) const {
  const auto now = now_();
  return {sign(user, credential, roles, TokenType::access, now),
          sign(user, credential, roles, TokenType::refresh, now), lifetimes_.access};
}

std::expected<Claims, TokenProblem> Tokens::verify(const std::string& text) const {
  jwt_t* decoded = nullptr;
  const int result =
      jwt_decode(&decoded, text.c_str(), key_.bytes().data(), static_cast<int>(SecretKey::size));
  const Token token(result == 0 ? decoded : nullptr);
  if (!token) {
    // libjwt does not say why. What decodes without a key is a token, only not ours.
    jwt_t* unverified = nullptr;
    const bool is_token = jwt_decode(&unverified, text.c_str(), nullptr, 0) == 0;
    const Token discarded(is_token ? unverified : nullptr);
    return std::unexpected(is_token ? TokenProblem::token_forged : TokenProblem::token_malformed);
  }
  if (jwt_get_alg(token.get()) != JWT_ALG_HS256) return std::unexpected(TokenProblem::token_forged);
  const Text claims(jwt_get_grants_json(token.get(), nullptr));
  if (claims == nullptr) return std::unexpected(TokenProblem::token_malformed);
  return read_claims(claims.get());
}

const Claims* Tokens::recall(std::string_view token) {
  if (const auto found = recent_.find(token); found != recent_.end()) return &found->second;
  const auto found = older_.find(token);
  if (found == older_.end()) return nullptr;
  auto node = older_.extract(found);  // still in use: it moves up
  return remember(std::move(node.key()), std::move(node.mapped()));
}

const Claims* Tokens::remember(std::string token, Claims claims) {
  if (recent_.size() >= generation_max_) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  return &recent_.insert_or_assign(std::move(token), std::move(claims)).first->second;
}

std::expected<const Claims*, TokenProblem> Tokens::validate(std::string_view token,
                                                            TokenType type) {
  if (token.empty() || token.size() > token_size_max || token.find('\0') != std::string_view::npos)
    return std::unexpected(TokenProblem::token_malformed);
  const Claims* claims = recall(token);
  if (claims == nullptr) {
    auto verified = verify(std::string(token));
    if (!verified) return std::unexpected(verified.error());
    if (verified->expires <= now_()) return std::unexpected(TokenProblem::token_expired);
    claims = remember(std::string(token), std::move(*verified));
  }
  if (claims->expires <= now_()) return std::unexpected(TokenProblem::token_expired);
  if (claims->type != type) return std::unexpected(TokenProblem::token_wrong_type);
  return claims;
}

}  // namespace rialto::security
