#include "gateways/rest/pages.hpp"

#include "gateways/rest/answers.hpp"

namespace rialto::rest {
namespace {
constexpr std::uint64_t limit_max = 1'000;
}  // namespace

Parsed<projections::Page> page_query(const net::Request& request) {
  projections::Page page;
  if (const auto text = request.query_parameter("limit")) {
    const auto limit = parse_number(*text);
    if (!limit || *limit == 0 || *limit > limit_max)
      return std::unexpected(limit_response(net::Status::bad_request, "limit_out_of_range", "limit",
                                            std::to_string(limit_max),
                                            "a number from 1 to 1000 is needed"));
    page.limit = *limit;
  }
  if (const auto text = request.query_parameter("before")) {
    const auto before = parse_number(*text);
    if (!before || *before > INT64_MAX)
      return std::unexpected(field_response(net::Status::bad_request, "cursor_malformed", "before",
                                            "send the next of an earlier answer"));
    page.before = *before;
  }
  return page;
}

Parsed<ListQuery> list_query(const net::Request& request, const Caller& caller,
                             const instruments::Instruments& instruments) {
  ListQuery query{caller.account, false, {}, {}};
  auto page = page_query(request);
  if (!page) return std::unexpected(std::move(page.error()));
  query.page = *page;
  if (const auto wallet = request.query_parameter("walletId")) {
    const auto named = parse_id<AccountId>(*wallet);
    if (!named || (!caller.owns(*named) && !caller.administrator()))
      return std::unexpected(not_found("account_not_found", "there is no such wallet of yours"));
    query.account = *named;
    query.account_named = true;
  }
  if (const auto symbol = request.query_parameter("symbol")) {
    const auto* instrument = instruments.instrument(*symbol);
    if (!instrument)
      return std::unexpected(refusal(rejection_of(orders::Reject::instrument_not_found)));
    query.instrument = instrument->id;
  }
  return query;
}

}  // namespace rialto::rest
