// Order entry by OUCH 5.0 over SoupBinTCP: sockets served on the venue's own thread, between its
// turns. Translation only: requests become commands, committed events become messages.
//
// Built before recovery, because what sessions were told follows from the log; it listens from
// listen() on. Everything but the constructor and listen() runs on the venue's thread.
#pragma once

#include <atomic>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateways/ouch/connection.hpp"
#include "gateways/ouch/streams.hpp"
#include "gateways/venue_port.hpp"
#include "platform/telemetry/metrics_text.hpp"

namespace rialto::ouch {

struct GatewaySettings {
  std::string directory{};  // of the sessions' messages
  std::size_t connections = 1'024;
  std::int64_t login_within_ns = 5'000'000'000;
  std::int64_t heartbeat_every_ns = 1'000'000'000;  // of ours, when nothing else is sent
  std::int64_t silence_ns = 15'000'000'000;         // of the client, before it is given up
  std::int64_t blocked_ns = 5'000'000'000;          // of a client that reads nothing
  /// Whether a password is the one that a credential stands for; must not block.
  std::function<bool(Fingerprint credential, std::string_view password)> matches{};
  std::function<void(const std::string&)> note{};   // one line about a connection
  std::function<void(const std::string&)> alarm{};  // something an operator must see
};

/// Since the start; counted by the venue's thread, read by any.
struct GatewayCounts {
  std::atomic<std::uint64_t> open{0};      // connections at the moment
  std::atomic<std::uint64_t> accepted{0};  // connections
  std::atomic<std::uint64_t> refused{0};   // connections, because there were too many
  std::atomic<std::uint64_t> log_ins{0};
  std::atomic<std::uint64_t> log_ins_refused{0};
  std::atomic<std::uint64_t> commands{0};  // handed to the venue
};

class Gateway final : public gateways::Line {
 public:
  explicit Gateway(GatewaySettings settings);
  ~Gateway() override;

  /// Before the venue's thread starts. The port; 0 in `port` takes any. The error is a sentence.
  std::expected<std::uint16_t, std::string> listen(const std::string& host, std::uint16_t port);

  Sequence continues_from() override;
  std::expected<void, std::string> restore(const flows::Venue&, Sequence position) override;
  std::move_only_function<bool()> checkpoint(Sequence position) override;
  bool receive(std::vector<gateways::Submission>& batch, Timestamp now) override;
  void durable(ByteView frames) override;
  void idle(Timestamp now) override;
  int descriptor() const override { return poll_; }

  /// Any thread.
  void write_metrics(telemetry::MetricsText&) const;

 private:
  using Batch = std::vector<gateways::Submission>;
  /// What there is of a session besides its stream.
  struct Seat {
    Connection* connection = nullptr;
    std::uint32_t submitted = 0;  // the highest number on its way or used up
  };
  enum class Verdict : std::uint8_t { done, wait, end };

  void accept(Timestamp now);
  void read(Connection&, Batch&, Timestamp now);
  void decode(Connection&, Batch&, Timestamp now);
  Verdict packet(Connection&, const Packet&, Batch&, Timestamp now);
  Verdict log_in(Connection&, ByteView payload);
  Verdict request(Connection&, ByteView message, Batch&, Timestamp now);
  Verdict enter(SessionState&, Seat&, ByteView message, Batch&, Timestamp now);
  Verdict replace(SessionState&, Seat&, ByteView message, Batch&, Timestamp now);
  Verdict cancel(SessionState&, Seat&, std::uint32_t user_ref, std::uint32_t quantity, Batch&);
  Verdict mass_cancel(SessionState&, Seat&, ByteView message, Batch&);
  Verdict switch_entry(SessionState&, Seat&, std::uint32_t user_ref, const WireFirm&, bool enabled,
                       Batch&);
  /// Whether a request's number is new; `end` where it cannot be meant.
  std::optional<Verdict> not_fresh(Seat&, std::uint32_t user_ref);
  void submit(const SessionState&, flows::Command, Batch&);
  void refuse(const SessionState&, std::uint32_t user_ref, std::string_view reason,
              const WireOrderId&, Batch&);

  void flush(Connection&, Timestamp now);
  /// Ends a connection with a reason for the operator; its orders are cancelled where its session
  /// wants that.
  void end(Connection&, std::string_view why);
  void cancel_orders_of(const SessionState&);
  Seat& seat(SessionId);
  void watch(Connection&, bool also_writable);
  void sweep_ended();

  GatewaySettings settings_;
  StreamStore store_;
  Streams streams_;
  int poll_;
  int listener_ = -1;
  Timestamp now_;
  std::deque<Seat> seats_;  // index = session number - 1
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> ended_;  // to be destroyed at the end of the call
  Batch pending_;                   // made between two receive()s
  GatewayCounts counts_;
  bool any_held_ = false;
  bool recovered_ = false;
};

}  // namespace rialto::ouch
