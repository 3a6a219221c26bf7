// /openapi.json against the running server, in both directions, and against the codes that the
// contexts can refuse with. What the tests' exchanges look like is check_exchanges.py's.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <boost/mp11/algorithm.hpp>

#include "contexts/accounts/contract.hpp"
#include "contexts/apikeys/contract.hpp"
#include "contexts/corrections/contract.hpp"
#include "contexts/identity/contract.hpp"
#include "contexts/instruments/contract.hpp"
#include "contexts/ledger/contract.hpp"
#include "contexts/notifications/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "contexts/portfolio/contract.hpp"
#include "contexts/sessions/contract.hpp"
#include "gateways/rest/documents.hpp"
#include "gateways/rest/key_ring.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/security/tokens.hpp"
#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

/// Calls visit(root) with the document as it is served.
void with_document(auto visit) {
  VenueOverHttp venue;
  const Answer answer = venue.client().get("/openapi.json");
  ASSERT_EQ(answer.status, 200);
  net::JsonReader reader({.depth_max = 64, .values_max = 1'000'000});
  const auto root = reader.parse(answer.body);
  ASSERT_TRUE(root);
  visit(venue, *root);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

TEST(OpenApi, names_every_route_and_no_other) {
  with_document([](VenueOverHttp& venue, const net::JsonValue& document) {
    std::set<std::string> served;
    for (const auto& route : venue.router().routes())
      served.insert(lower(net::method_text(route.method)) + " " + route.pattern);
    std::set<std::string> documented;
    for (const auto& path : document.find("paths")->children())
      for (const auto& operation : path.children())
        if (!operation.find("x-connection"))  // taken from HTTP before any route is asked
          documented.insert(std::string(operation.key()) + " " + std::string(path.key()));
    for (const std::string& route : served)
      EXPECT_TRUE(documented.contains(route))
          << route << " is served and not in schema/openapi (its README says how to add it)";
    for (const std::string& route : documented)
      EXPECT_TRUE(served.contains(route)) << route << " is documented and not served";
    EXPECT_GT(served.size(), 30u);
  });
}

template <class... Enums>
void expect_names(const std::set<std::string>& codes) {
  const auto each = [&]<class E>(std::type_identity<E>) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
      EXPECT_TRUE(codes.contains(enumerator.name))
          << enumerator.name << " is no code of schema/openapi";
    });
  };
  (each(std::type_identity<Enums>{}), ...);
}

TEST(OpenApi, names_every_code_that_a_context_can_refuse_with) {
  with_document([](VenueOverHttp&, const net::JsonValue& document) {
    const auto error = document.find("components")->find("schemas")->find("Error");
    std::set<std::string> codes;
    for (const auto& code : error->find("properties")->find("code")->find("enum")->children())
      codes.emplace(code.text());
    expect_names<accounts::Reject, apikeys::Reject, corrections::Reject, notifications::Reject,
                 rest::KeyProblem, identity::Reject, instruments::Reject, ledger::Reject,
                 orders::Reject, portfolio::Reject, sessions::Reject, net::JsonProblem,
                 net::FieldProblemKind, security::TokenProblem>(codes);
  });
}

TEST(OpenApi, is_a_page_that_loads_nothing_from_elsewhere) {
  VenueOverHttp venue;
  auto http = venue.client();
  const Answer page = http.get("/docs");
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.header("Content-Security-Policy").find("script-src 'self'"), std::string::npos);
  EXPECT_EQ(page.body.find("http"), std::string::npos) << "something from elsewhere";
  EXPECT_EQ(http.get("/docs/page.css").header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(http.get("/docs/page.js").header("Content-Type"), "text/javascript");
  EXPECT_EQ(http.get("/docs/page.txt").status, 404);
}

}  // namespace
}  // namespace rialto::test
