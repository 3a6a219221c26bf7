#include "gateways/stream/market_channel.hpp"

#include <algorithm>

namespace rialto::stream {
namespace {

constexpr std::size_t kept_messages = 1'024;
constexpr std::size_t kept_rows = 65'536;
// A subscriber further behind gets a snapshot instead, unless it is catching up after a reconnect.
constexpr std::uint64_t behind_max = 32;

}  // namespace

std::string_view reason_text(SnapshotReason reason) {
  switch (reason) {
    case SnapshotReason::subscribed:
      return "subscribed";
    case SnapshotReason::conflated:
      return "conflated";
    case SnapshotReason::resume_too_old:
      return "resume_too_old";
    case SnapshotReason::reloaded:
      return "reloaded";
  }
  return "";
}

bool MarketChannel::subscribe(Place& place, std::optional<Sequence> since) {
  place.next_ = end();
  place.due_ = SnapshotReason::subscribed;
  if (since) {
    place.due_ = SnapshotReason::resume_too_old;
    if (!open_) {
      place.since_ = since;
    } else if (const auto found = find(*since)) {
      place.next_ = *found;
      place.due_.reset();
      place.catching_up_ = true;
    }
  }
  join(place);
  return !place.due_;
}

/// The message that follows the one of that number.
std::optional<std::uint64_t> MarketChannel::find(Sequence since) const {
  if (since == number_) return end();
  const auto at = std::ranges::lower_bound(kept_, since, {}, &Kept::previous);
  if (at == kept_.end() || at->previous != since) return std::nullopt;
  return first_ + static_cast<std::uint64_t>(at - kept_.begin());
}

void MarketChannel::open(projections::Moment at, SnapshotReason reason) {
  const bool again = open_;
  open_ = true;
  number_ = at.sequence;
  first_ = end();
  kept_.clear();
  kept_rows_ = 0;
  for (MessagePointer& each : snapshots_) each.reset();
  restart();
  for (Subscription* each : subscriptions()) {
    auto& place = static_cast<Place&>(*each);
    place.next_ = end();
    if (again) place.due_ = reason;
    // Exactly where it left off, by chance.
    if (place.since_ == number_) place.due_.reset();
    place.since_.reset();
  }
}

void MarketChannel::refresh() {
  if (!open_ || !news()) return;
  const Sequence number = newest().sequence;
  MessagePointer message = make_delta(number_);
  if (!message) return;
  unspread_ = true;
  kept_rows_ += message->rows();
  kept_.push_back({number_, number, std::move(message)});
  number_ = number;
  for (MessagePointer& each : snapshots_) each.reset();
  while (kept_.size() > kept_messages || kept_rows_ > kept_rows) {
    kept_rows_ -= kept_.front().message->rows();
    kept_.pop_front();
    ++first_;
  }
}

void MarketChannel::begin_pass() {
  Channel::begin_pass();
  unspread_ = false;
}

const MessagePointer& MarketChannel::shared_snapshot(SnapshotReason reason) {
  MessagePointer& made = snapshots_[static_cast<std::size_t>(reason)];
  if (!made) made = snapshot(reason);
  return made;
}

/// One message to a subscriber that has room; false: it has everything.
bool MarketChannel::give_next(Place& place) {
  Receiver& receiver = place.receiver();
  const bool behind = end() - place.next_ > behind_max && !place.catching_up_;
  if (!place.due_ && (place.next_ < first_ || behind)) place.due_ = SnapshotReason::conflated;
  if (place.due_) {
    refresh();  // what is new belongs before the snapshot, so that its number is the channel's
    receiver.send(shared_snapshot(*place.due_)->as(receiver.encoding()));
    place.due_.reset();
    place.next_ = end();
    place.catching_up_ = false;
    return true;
  }
  if (place.next_ == end()) {
    place.catching_up_ = false;
    return false;
  }
  receiver.send(kept_[place.next_++ - first_].message->as(receiver.encoding()));
  return true;
}

void MarketChannel::pump(Subscription& subscription) {
  if (!open_) return;
  auto& place = static_cast<Place&>(subscription);
  Receiver& receiver = place.receiver();
  // What the socket took at once made room again.
  for (bool more = true; more && receiver.room(); receiver.flush())
    while (more && receiver.room()) more = give_next(place);
}

}  // namespace rialto::stream
