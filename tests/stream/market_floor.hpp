// A venue with two funded traders, for tests of what streams say about their orders.
#pragma once

#include <fmt/format.h>

#include "tests/stream/peer.hpp"

namespace rialto::test {

struct MarketFloor {
  explicit MarketFloor(VenueOptions options = {})
      : venue(std::move(options)),
        root(venue.administrator()),
        alice(venue.person("alice")),
        bob(venue.person("bob")) {
    venue.fund(root, alice, "USD", "10000000");
    venue.fund(root, bob, "USD", "10000000");
    venue.fund(root, alice, "BTC", "1000");
    venue.fund(root, bob, "BTC", "1000");
  }

  Answer order(Person& who, std::string_view type, std::string_view price,
               std::string_view quantity, std::string_view more = "") {
    const Answer answer = who.http.post(
        "/api/orders",
        fmt::format(
            R"({{"type":"{}","symbol":"BTC-USD","orderType":"limit","price":"{}","quantity":"{}"{}}})",
            type, price, quantity, more));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer;
  }
  Peer peer(PeerOptions options = {}) const { return Peer(venue.port(), options); }
  Peer peer_of(const Person& person) const { return peer({.token = person.http.token()}); }

  VenueOverHttp venue;
  Person root;
  Person alice;
  Person bob;
};

}  // namespace rialto::test
