// REST-9. The venue as the server's thread sees it: what the requests of one round ask for is
// handed over together, and the replies of one of the venue's turns come back together, one wake-up
// each way. Their callbacks run on the server's thread, so that the venue's thread writes no JSON.
//
// Owned by apps, outlives the venue's thread. Calls from other threads pass straight through, and
// their callbacks run on the venue's thread.
#pragma once

#include <mutex>
#include <vector>

#include "gateways/venue_port.hpp"
#include "platform/net/responder.hpp"

namespace rialto::rest {

class BatchingPort final : public gateways::VenuePort {
 public:
  BatchingPort(gateways::VenuePort& venue, net::ServerThread thread)
      : venue_(venue), thread_(std::move(thread)) {}

  void submit(flows::Command command, const flows::Origin& origin,
              gateways::OnReply on_reply) override;
  void submit_all(std::vector<gateways::Submission>& batch) override { venue_.submit_all(batch); }
  /// REST-10: what is answered inside says as of which sequence it was read.
  void read(Read read) override {
    venue_.read([read = std::move(read)](const projections::Replica& replica) mutable {
      const net::ReadingAsOf as_of(replica.position().value);
      read(replica);
    });
  }
  std::shared_ptr<const instruments::Instruments> instruments() const override {
    return venue_.instruments();
  }
  std::optional<gateways::LiveUser> live_user(UserId user) const override {
    return venue_.live_user(user);
  }
  gateways::Intake intake() const override { return venue_.intake(); }
  gateways::Standing standing() const override { return venue_.standing(); }
  void write_metrics(telemetry::MetricsText& text) const override { venue_.write_metrics(text); }

  /// The venue's thread, when the replies of a turn were given.
  void turn_ended();

 private:
  using Place = std::uint32_t;  // of a callback in waiting_
  struct Answer {
    Place place;
    flows::Reply reply;
  };

  Place keep(gateways::OnReply on_reply);
  void hand_over();
  void note(Place place, const flows::Reply& reply);
  void call_back();
  void call_some();

  gateways::VenuePort& venue_;
  const net::ServerThread thread_;
  // The server's thread only.
  std::vector<gateways::Submission> gathered_;
  std::vector<gateways::OnReply> waiting_;
  std::vector<Place> free_;
  std::vector<Answer> calling_;
  std::size_t called_ = 0;  // of these

  std::mutex mutex_;
  std::vector<Answer> answered_;  // guarded by mutex_
  bool posted_ = false;           // guarded by mutex_
};

}  // namespace rialto::rest
