#include "gateways/rest/transfers.hpp"

#include <array>
#include <bit>

#include "gateways/rest/answers.hpp"

namespace rialto::rest {
namespace {

using net::Status;

constexpr std::string_view default_asset = "USD";
constexpr std::size_t idempotency_key_max = 255;

std::uint64_t content_of(Direction direction, AccountId account, AssetId asset, Amount amount,
                         const security::CommandNames& names) {
  const std::array<std::int64_t, 3> content{direction == Direction::credit, asset.value,
                                            amount.value};
  const auto bytes = std::bit_cast<std::array<char, sizeof content>>(content);
  return names.of("transfer content", account, {bytes.data(), bytes.size()}).low;
}

}  // namespace

Parsed<const instruments::Asset*> find_asset(std::optional<std::string_view> name,
                                             const instruments::Instruments& instruments) {
  const auto code = name.value_or(default_asset);
  if (const auto* asset = code.size() <= 12 ? instruments.asset(code) : nullptr) return asset;
  return std::unexpected(field_response(Status::unprocessable, "unknown_asset", "asset",
                                        "there is no such asset; see GET /api/instruments"));
}

Parsed<std::string_view> idempotency_key(const net::Request& request) {
  const auto header = request.header("Idempotency-Key");
  if (!header) return std::string_view{};
  if (header->empty() || header->size() > idempotency_key_max)
    return std::unexpected(limit_response(Status::bad_request, "idempotency_key_malformed",
                                          "Idempotency-Key", std::to_string(idempotency_key_max),
                                          "1 to 255 bytes are needed"));
  return *header;
}

void move_money(FrontDesk& desk, const net::Request& request, net::Responder responder,
                const Caller& caller, AccountId account, Direction direction,
                std::move_only_function<void(net::Responder, Sequence)> done) {
  const auto body = desk.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto code = fields.optional_text("asset");
  const auto text = fields.number("amount");
  if (!desk.complete(fields, responder)) return;
  const auto instruments = desk.venue().instruments();
  auto asset = find_asset(code, *instruments);
  if (!asset) return responder.respond(std::move(asset.error()));
  auto amount = parse_amount("amount", text, **asset);
  if (!amount) return responder.respond(std::move(amount.error()));
  auto given = idempotency_key(request);
  if (!given) return responder.respond(std::move(given.error()));

  const auto& names = desk.names();
  const AssetId id = (*asset)->id;
  Fingerprint key;
  std::uint64_t content = 0;
  if (!given->empty()) {
    key = names.of("transfer", account, *given);
    content = content_of(direction, account, id, *amount, names);
  }
  auto on_reply = [responder = std::move(responder),
                   done = std::move(done)](const flows::Reply& reply) mutable {
    if (reply.rejection) return responder.respond(refusal(*reply.rejection));
    done(std::move(responder), reply.sequence);
  };
  if (direction == Direction::credit)
    desk.venue().submit(ledger::CreditAccount{account, id, *amount, key, content},
                        origin(caller, request), std::move(on_reply));
  else
    desk.venue().submit(ledger::DebitAccount{account, id, *amount, key, content},
                        origin(caller, request), std::move(on_reply));
}

}  // namespace rialto::rest
