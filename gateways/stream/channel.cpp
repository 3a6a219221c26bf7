#include "gateways/stream/channel.hpp"

#include <utility>

namespace rialto::stream {

Subscription::~Subscription() {
  if (place_ != nowhere) channel_.leave(*this);
}

void Channel::join(Subscription& subscription) {
  subscription.place_ = subscriptions_.size();
  subscriptions_.push_back(&subscription);
}

/// The last one takes the place; where that makes a pass miss it, it is served here.
void Channel::leave(Subscription& subscription) {
  const std::size_t place = subscription.place_;
  Subscription* last = subscriptions_.back();
  subscriptions_[place] = last;
  last->place_ = place;
  subscriptions_.pop_back();
  if (in_pass() && place < next_ && last != &subscription) pump(*last);
}

void Channel::begin_pass() {
  refresh();
  next_ = 0;
}

bool Channel::continue_pass(std::size_t& budget) {
  for (; next_ < subscriptions_.size() && budget != 0; --budget) {
    Subscription& subscription = *subscriptions_[next_++];
    pump(subscription);
  }
  if (next_ < subscriptions_.size()) return false;
  next_ = none;
  return true;
}

}  // namespace rialto::stream
