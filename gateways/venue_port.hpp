// What a gateway may do to the venue: submit commands, read the replica, and look up what every
// request needs without waiting. Implemented in apps/venue; a test may bring its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "contexts/identity/contract.hpp"
#include "contexts/instruments/instruments.hpp"
#include "flows/commands.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::gateways {

/// What a request's token is held against; current as of the last acknowledged step.
struct LiveUser {
  std::uint32_t version{};  // of credential and roles; a token of another version is refused
  AccountId account;        // none where the user has no wallet
  identity::Roles roles{};
};

/// Why the venue takes no commands at the moment.
enum class Intake : std::uint8_t { open, recovering, disk_full, failed, stopping };

class VenuePort {
 public:
  using OnReply = std::move_only_function<void(const flows::Reply&)>;
  using Read = std::move_only_function<void(const projections::Replica&)>;

  virtual ~VenuePort() = default;

  /// Any thread. `on_reply` runs on the venue's thread once the step is durable (rejects too); it
  /// must not block. A full queue or a stopped intake answers at once, on the calling thread, with
  /// a rejection of kind unavailable; a step whose durability is unknown is answered
  /// outcome_unknown.
  virtual void submit(flows::Command command, const flows::Origin& origin, OnReply on_reply) = 0;

  /// Any thread. `read` runs on the replica's thread and sees everything that was acknowledged
  /// before this call (PROJECTIONS-3).
  virtual void read(Read read) = 0;

  /// Any thread, no waiting; as of the last acknowledged step.
  virtual std::shared_ptr<const instruments::Instruments> instruments() const = 0;
  virtual std::optional<LiveUser> live_user(UserId) const = 0;
  virtual Intake intake() const = 0;
};

}  // namespace rialto::gateways
