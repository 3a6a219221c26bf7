#include "gateways/stream/past_events.hpp"

namespace rialto::stream {

void PastReading::want_more() {
  {
    const std::lock_guard lock(mutex_);
    room_ = true;
  }
  changed_.notify_one();
}

void PastReading::cancel() {
  cancelled_.store(true);
  want_more();
}

/// The client has taken the chunk before; false: it is gone.
bool PastReading::wait_for_room() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return room_; });
  room_ = false;
  return !cancelled_.load();
}

PastEvents::~PastEvents() {
  if (reading_) reading_->cancel();
  if (worker_.joinable()) worker_.join();
}

std::shared_ptr<PastReading> PastEvents::start(const EventPosition& behind, Sequence to,
                                               const EventFilter& filter, Hooks hooks) {
  if (!finished_.load()) return nullptr;
  if (worker_.joinable()) worker_.join();
  finished_.store(false);
  reading_ = std::make_shared<PastReading>();
  reading_->meet_at(to);
  worker_ = std::thread([this, behind, filter, reading = reading_,
                         shared = std::make_shared<Hooks>(std::move(hooks))] {
    run(behind, filter, reading, shared);
    finished_.store(true);
  });
  return reading_;
}

void PastEvents::run(const EventPosition& behind, const EventFilter& filter,
                     const std::shared_ptr<PastReading>& reading,
                     const std::shared_ptr<Hooks>& hooks) {
  // Behind one event of a sequence, its siblings are still wanted.
  bool passing = !behind.id.empty();
  auto reached = replay_.run({
      .from = {behind.sequence.value + (passing ? 0 : 1)},
      .to = [&] { return Sequence{reading->target_.load(std::memory_order_relaxed)}; },
      .wanted =
          [&](const projections::PublishedEvent& event) {
            if (passing && event.sequence == behind.sequence) {
              passing = event.id != behind.id;
              return false;
            }
            return filter.passes(event, type_bit(event.type));
          },
      .deliver =
          [&](PastReading::Chunk chunk) {
            thread_.post(
                [hooks, chunk = std::move(chunk)]() mutable { hooks->take(std::move(chunk)); });
            return reading->wait_for_room();
          },
      .cancelled = [&] { return reading->cancelled_.load(); },
  });
  thread_.post(
      [hooks, reached = std::move(reached)]() mutable { hooks->done(std::move(reached)); });
}

}  // namespace rialto::stream
