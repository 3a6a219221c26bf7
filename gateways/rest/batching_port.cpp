#include "gateways/rest/batching_port.hpp"

#include <algorithm>
#include <utility>

namespace rialto::rest {
namespace {
// A crowded round goes over in pieces, and its answers leave in pieces: so that the disk, the
// clients and this thread work at the same time instead of one after the other.
constexpr std::size_t handed_over_at_once = 16;
constexpr std::size_t called_back_at_once = 16;
}  // namespace

void BatchingPort::submit(flows::Command command, const flows::Origin& origin,
                          gateways::OnReply on_reply) {
  if (!thread_.here()) return venue_.submit(std::move(command), origin, std::move(on_reply));
  if (gathered_.empty()) thread_.post([this] { hand_over(); });
  gateways::OnReply noted;
  if (on_reply)
    noted = [this, place = keep(std::move(on_reply))](const flows::Reply& reply) {
      note(place, reply);
    };
  gathered_.push_back({std::move(command), origin, std::move(noted)});
  if (gathered_.size() >= handed_over_at_once) hand_over();
}

BatchingPort::Place BatchingPort::keep(gateways::OnReply on_reply) {
  if (free_.empty()) {
    free_.push_back(static_cast<Place>(waiting_.size()));
    waiting_.emplace_back();
  }
  const Place place = free_.back();
  free_.pop_back();
  waiting_[place] = std::move(on_reply);
  return place;
}

void BatchingPort::hand_over() {
  if (gathered_.empty()) return;
  venue_.submit_all(gathered_);
  turn_ended();  // what was refused has been answered already
}

void BatchingPort::note(Place place, const flows::Reply& reply) {
  const std::lock_guard lock(mutex_);
  answered_.push_back({place, reply});
}

void BatchingPort::turn_ended() {
  {
    const std::lock_guard lock(mutex_);
    if (answered_.empty() || posted_) return;
    posted_ = true;
  }
  thread_.post([this] { call_back(); });
}

void BatchingPort::call_back() {
  {
    const std::lock_guard lock(mutex_);
    posted_ = false;
    calling_.insert(calling_.end(), answered_.begin(), answered_.end());
    answered_.clear();
  }
  call_some();
}

void BatchingPort::call_some() {
  const std::size_t end = std::min(calling_.size(), called_ + called_back_at_once);
  for (; called_ < end; ++called_) {
    const Answer answer = calling_[called_];
    gateways::OnReply on_reply = std::exchange(waiting_[answer.place], nullptr);
    free_.push_back(answer.place);
    on_reply(answer.reply);
  }
  if (called_ < calling_.size()) return thread_.post([this] { call_some(); });
  calling_.clear();
  called_ = 0;
}

}  // namespace rialto::rest
