#include "gateways/rest/portfolios.hpp"

#include <algorithm>
#include <string>

#include <boost/describe/enum_from_string.hpp>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/order_placement.hpp"
#include "gateways/rest/pages.hpp"
#include "gateways/rest/portfolio_json.hpp"
#include "gateways/rest/profit_report.hpp"
#include "platform/net/error_body.hpp"

namespace rialto::rest {
namespace {

using gateways::VenuePort;
using net::JsonWriter;
using net::Status;
using portfolio::Portfolio;
using portfolio::PortfolioId;
using projections::Holdings;
using projections::Position;
using projections::Replica;

constexpr std::size_t lots_shown = 100;    // of each holding of one portfolio
constexpr std::size_t lots_in_lists = 10;  // likewise, where many are shown
constexpr std::string_view name_without_one = "portfolio";

net::Response no_such_portfolio() {
  return not_found("portfolio_not_found", "there is no such portfolio of yours");
}

bool has_portfolios(const ledger::Account& account) {
  return !account.closed && account.kind != ledger::AccountKind::system;
}

/// Any portfolio there is, of an open account.
std::optional<Portfolio> find(const Replica& replica, PortfolioId id) {
  const auto& venue = replica.venue();
  std::optional<Portfolio> found;
  if (const auto* further = venue.portfolios.further(id))
    found = *further;
  else if (portfolio::is_default(id))
    found = venue.portfolios.default_of({id.value});
  if (!found) return std::nullopt;
  const auto* account = venue.ledger.account(found->account);
  return account && has_portfolios(*account) ? found : std::nullopt;
}

/// REST-2: the portfolio, if this caller may know of it.
std::optional<Portfolio> visible(const Replica& replica, PortfolioId id, const Caller& caller) {
  auto found = find(replica, id);
  return found && (caller.owns(found->account) || caller.administrator()) ? found : std::nullopt;
}

net::Response portfolio_response(Status status, const Portfolio& portfolio, const Replica& replica,
                                 const Holdings& holdings, Sequence sequence = {}) {
  net::Response response{.status = status};
  JsonWriter json(response.body);
  write_portfolio(json, portfolio, replica, holdings, lots_shown, sequence);
  return response;
}

net::Response portfolios_response(const std::vector<Portfolio>& rows, std::uint64_t next,
                                  const Replica& replica, const Holdings& holdings) {
  return list_response(rows, next, [&](JsonWriter& json, const Portfolio& row) {
    write_portfolio(json, row, replica, holdings, lots_in_lists);
  });
}

/// The account's own: further ones, newest first, then the default.
std::vector<Portfolio> of_account(const Replica& replica, AccountId account) {
  std::vector<Portfolio> rows;
  const auto* known = replica.venue().ledger.account(account);
  if (!known || !has_portfolios(*known)) return rows;
  const auto& portfolios = replica.venue().portfolios;
  const auto ids = portfolios.further_of(account);
  for (auto id = ids.rbegin(); id != ids.rend(); ++id)
    if (const auto* further = portfolios.further(*id)) rows.push_back(*further);
  rows.push_back(portfolios.default_of(account));
  return rows;
}

struct Listing {
  std::vector<Portfolio> rows;
  std::uint64_t next = 0;
};

/// Of all accounts: further ones, newest first, then the defaults, newest account first.
Listing of_all(const Replica& replica, const projections::Page& page) {
  const auto& venue = replica.venue();
  Listing found;
  const auto add = [&](PortfolioId id) {
    if (page.before != 0 && id.value >= page.before) return true;
    auto portfolio = find(replica, id);
    if (!portfolio) return true;
    if (found.rows.size() == page.limit) {
      found.next = found.rows.back().id.value;
      return false;
    }
    found.rows.push_back(std::move(*portfolio));
    return true;
  };
  const auto& further = venue.portfolios.further();
  for (auto at = further.rbegin(); at != further.rend(); ++at)
    if (!add(at->id)) return found;
  for (std::uint64_t account = venue.ledger.accounts().size(); account != 0; --account)
    if (!add({account})) return found;
  return found;
}

/// Sets `out` where the field is there.
std::optional<net::Response> read_method(net::JsonFields& fields,
                                         std::optional<portfolio::ReliefMethod>& out) {
  const auto text = fields.optional_text("method");
  if (!text) return std::nullopt;
  std::string word(*text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  portfolio::ReliefMethod method{};
  if (!boost::describe::enum_from_string(word.c_str(), method))
    return field_response(Status::bad_request, "unknown_value", "method",
                          "one of fifo, lifo, average_cost is needed");
  out = method;
  return std::nullopt;
}

/// Whose portfolio is to be made: by userId, or by walletId for accounts without a user.
std::optional<AccountId> read_account(net::JsonFields& fields, VenuePort& venue) {
  if (const auto wallet = fields.optional_number("walletId")) return parse_id<AccountId>(*wallet);
  const auto user = parse_id<UserId>(fields.number("userId"));
  const auto live = user ? venue.live_user(*user) : std::nullopt;
  return live && live->account.value != 0 ? std::optional(live->account) : std::nullopt;
}

struct FoundLot {
  const instruments::Instrument* instrument;
  const Position* position;
  std::size_t index;
  std::uint64_t id() const { return position->lot(index).id.value; }
};

/// One page of a portfolio's lots, newest first. O(instruments × limit).
std::vector<FoundLot> find_lots(const Replica& replica, const Holdings& holdings, PortfolioId id,
                                std::optional<InstrumentId> only, const projections::Page& page) {
  std::vector<FoundLot> found;
  for (const auto& instrument : replica.venue().instruments.instruments()) {
    if (only && instrument.id != *only) continue;
    const Position* position = holdings.position(id, instrument.id);
    if (!position) continue;
    std::size_t taken = 0;
    for (std::size_t i = position->lot_count(); i-- > 0 && taken <= page.limit;)
      if (page.before == 0 || position->lot(i).id.value < page.before) {
        found.push_back({&instrument, position, i});
        ++taken;
      }
  }
  std::sort(found.begin(), found.end(),
            [](const FoundLot& a, const FoundLot& b) { return a.id() > b.id(); });
  return found;
}

}  // namespace

void PortfolioRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    for (const std::string_view root : {"/api/portfolios", "/api/Portfolios"})
      router.add(method, std::string(root).append(path),
                 [this, handler](const net::Request& request, net::Responder responder) {
                   (this->*handler)(request, std::move(responder));
                 });
  };
  add(net::Method::get, "", &PortfolioRoutes::list);
  add(net::Method::post, "", &PortfolioRoutes::create);
  add(net::Method::get, "/user/{userId}", &PortfolioRoutes::list_of_user);
  add(net::Method::get, "/{id}", &PortfolioRoutes::show);
  add(net::Method::put, "/{id}", &PortfolioRoutes::change);
  add(net::Method::remove, "/{id}", &PortfolioRoutes::remove);
  add(net::Method::get, "/{id}/lots", &PortfolioRoutes::lots);
  add(net::Method::get, "/{id}/pnl", &PortfolioRoutes::profit);
  add(net::Method::post, "/{id}/buy", &PortfolioRoutes::buy);
  add(net::Method::post, "/{id}/sell", &PortfolioRoutes::sell);
}

void PortfolioRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  if (!caller->administrator()) return list_account(std::move(responder), caller->account);
  desk_.venue().read([responder = std::move(responder), page = *page,
                      &holdings = holdings_](const Replica& replica) mutable {
    const Listing found = of_all(replica, page);
    responder.respond(portfolios_response(found.rows, found.next, replica, holdings));
  });
}

void PortfolioRoutes::list_of_user(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto user = parse_id<UserId>(request.parameters[0]);
  const auto live = user ? desk_.venue().live_user(*user) : std::nullopt;
  if (!live || (*user != caller->user && !caller->administrator()))
    return responder.respond(not_found("user_not_found", "there is no such user for you to see"));
  list_account(std::move(responder), live->account);
}

void PortfolioRoutes::list_account(net::Responder responder, AccountId account) {
  desk_.venue().read([responder = std::move(responder), account,
                      &holdings = holdings_](const Replica& replica) mutable {
    responder.respond(portfolios_response(of_account(replica, account), 0, replica, holdings));
  });
}

void PortfolioRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<PortfolioId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_portfolio());
  desk_.venue().read([responder = std::move(responder), caller = *caller, id = *id,
                      &holdings = holdings_](const Replica& replica) mutable {
    const auto found = visible(replica, id, caller);
    responder.respond(found ? portfolio_response(Status::ok, *found, replica, holdings)
                            : no_such_portfolio());
  });
}

void PortfolioRoutes::lots(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<PortfolioId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_portfolio());
  auto query = list_query(request, *caller, *desk_.venue().instruments());
  if (!query) return responder.respond(std::move(query.error()));
  desk_.venue().read([responder = std::move(responder), caller = *caller, id = *id, query = *query,
                      &holdings = holdings_](const Replica& replica) mutable {
    if (!visible(replica, id, caller)) return responder.respond(no_such_portfolio());
    auto rows = find_lots(replica, holdings, id, query.instrument, query.page);
    const bool more = rows.size() > query.page.limit;
    if (more) rows.resize(query.page.limit);
    responder.respond(list_response(
        rows, more ? rows.back().id() : 0, [&](JsonWriter& json, const FoundLot& row) {
          write_lot(json, *row.position, row.index, *row.instrument, replica.venue().instruments);
        }));
  });
}

void PortfolioRoutes::profit(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<PortfolioId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_portfolio());
  auto query = profit_query(request);
  if (!query) return responder.respond(std::move(query.error()));
  desk_.venue().read([responder = std::move(responder), caller = *caller, id = *id, query = *query,
                      &holdings = holdings_](const Replica& replica) mutable {
    const auto found = visible(replica, id, caller);
    responder.respond(found ? profit_report(*found, query, holdings, replica.venue().instruments)
                            : no_such_portfolio());
  });
}

gateways::OnReply PortfolioRoutes::answer(net::Responder responder, Status status) {
  return [&venue = desk_.venue(), &holdings = holdings_, responder = std::move(responder),
          status](const flows::Reply& reply) mutable {
    if (reply.rejection) return responder.respond(refusal(*reply.rejection));
    venue.read([&holdings, responder = std::move(responder), status, id = reply.portfolio,
                sequence = reply.sequence](const Replica& replica) mutable {
      const auto found = find(replica, id);
      responder.respond(found ? portfolio_response(status, *found, replica, holdings, sequence)
                              : no_such_portfolio());
    });
  };
}

void PortfolioRoutes::create(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto account = read_account(fields, desk_.venue());
  const std::string name(fields.optional_text("name").value_or(name_without_one));
  std::optional<portfolio::ReliefMethod> method;
  auto refused = read_method(fields, method);
  if (!desk_.complete(fields, responder)) return;
  if (refused) return responder.respond(std::move(*refused));
  if (!account)
    return responder.respond(not_found("user_not_found", "there is no such user with a wallet"));
  desk_.venue().submit(
      portfolio::CreatePortfolio{*account, name, method.value_or(portfolio::ReliefMethod::fifo)},
      origin(*caller, request), answer(std::move(responder), Status::created));
}

void PortfolioRoutes::change(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<PortfolioId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_portfolio());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  // Quantities are facts of trading: what the body says of them changes nothing.
  portfolio::ChangePortfolio command{*id, {}, {}};
  if (const auto name = fields.optional_text("name")) command.name = std::string(*name);
  auto refused = read_method(fields, command.method);
  if (!desk_.complete(fields, responder)) return;
  if (refused) return responder.respond(std::move(*refused));
  desk_.venue().submit(std::move(command), origin(*caller, request),
                       answer(std::move(responder), Status::ok));
}

void PortfolioRoutes::remove(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<PortfolioId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_portfolio());
  desk_.venue().submit(
      portfolio::DeletePortfolio{*id}, origin(*caller, request),
      [responder = std::move(responder), id = *id](const flows::Reply& reply) mutable {
        if (reply.rejection) return responder.respond(refusal(*reply.rejection));
        net::Response response;
        JsonWriter(response.body)
            .begin_object()
            .field("portfolioId", std::to_string(id.value))
            .field("deleted", true)
            .field("sequence", reply.sequence.value)
            .end_object();
        responder.respond(std::move(response));
      });
}

void PortfolioRoutes::buy(const net::Request& request, net::Responder responder) {
  trade(request, std::move(responder), Side::buy);
}

void PortfolioRoutes::sell(const net::Request& request, net::Responder responder) {
  trade(request, std::move(responder), Side::sell);
}

/// A real order; by the owner, who needs a role, or by an administrator for them.
void PortfolioRoutes::trade(const net::Request& request, net::Responder responder, Side side) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<PortfolioId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_portfolio());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  VenuePort& venue = desk_.venue();
  auto placed =
      parse_place_order(fields, caller->account, *venue.instruments(), desk_.names(), side);
  if (!desk_.complete(fields, responder, unknown_in_order(fields))) return;
  if (!placed) return responder.respond(std::move(placed.error()));
  if (placed->assignment.portfolio.value != 0 && placed->assignment.portfolio != *id)
    return responder.respond(field_response(Status::bad_request, "unknown_value", "portfolioId",
                                            "the path names another portfolio"));
  if (auto refused = name_by_header(*placed, request, desk_.names()))
    return responder.respond(std::move(*refused));
  ++desk_.counts().orders;
  venue.read([&venue, &holdings = holdings_, &names = desk_.names(), caller = *caller, id = *id,
              placed = std::move(*placed), responder = std::move(responder),
              origin = origin(*caller, request)](const Replica& replica) mutable {
    const auto found = visible(replica, id, caller);
    if (!found) return responder.respond(no_such_portfolio());
    if (caller.roles == identity::Roles::none)
      return responder.respond(net::error_response(
          Status::forbidden, "role_required", "trading needs the role trader or market_maker"));
    // The default one is where an order goes that names none.
    placed.assignment.portfolio = portfolio::is_default(id) ? PortfolioId{} : id;
    assign_to(found->account, placed, names);
    submit_order(venue, std::move(responder), std::move(placed),
                 replica.venue().ledger.account(found->account)->owner, origin, &holdings);
  });
}

}  // namespace rialto::rest
