// Given / when / then for matching: commands and answers in the words of desk.hpp. Each scenario is
// carried out by the fast book and by its twin.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "contexts/matching/matching.hpp"
#include "contexts/matching/tests/desk.hpp"
#include "contexts/matching/tests/naive_twin.hpp"

namespace rialto::matching {

struct Scenario {
  const char* name;
  std::vector<const char*> given;
  std::vector<const char*> when;
  std::string then;   // the answers to `when`
  std::string books;  // of instrument 1 afterwards: "bids | asks | buy stops | sell stops"
};

/// "1:5@100" is order 1 with 5 lots at 100; "1:2+3@100" hides 3 of them.
inline std::string books_of(const Matching& matching, InstrumentId instrument = {1}) {
  std::string text;
  const auto show = [&](const QueuedOrder& order) {
    if (!text.empty() && text.back() != ' ') text += ' ';
    text += std::to_string(order.order.value) + ":" + std::to_string(order.shown.value);
    if (order.hidden.value != 0) text += "+" + std::to_string(order.hidden.value);
    text += "@" + std::to_string(order.price.value);
  };
  matching.orders(instrument, Side::buy, show);
  text += " | ";
  matching.orders(instrument, Side::sell, show);
  text += " | ";
  matching.stops(instrument, Side::buy, show);
  text += " | ";
  matching.stops(instrument, Side::sell, show);
  return text;
}

inline void check(std::initializer_list<Scenario> scenarios) {
  for (const Scenario& scenario : scenarios) {
    SCOPED_TRACE(scenario.name);
    Desk<Matching> desk;
    Desk<NaiveTwin> twin;
    for (const char* line : scenario.given) desk.apply(line), twin.apply(line);
    desk.said.clear();
    twin.said.clear();
    for (const char* line : scenario.when) desk.apply(line), twin.apply(line);
    EXPECT_EQ(desk.said, scenario.then);
    EXPECT_EQ(twin.said, scenario.then);
    EXPECT_EQ(books_of(desk.engine), scenario.books);
    EXPECT_EQ(state_of(desk.engine), state_of(twin.engine));
  }
}

}  // namespace rialto::matching
