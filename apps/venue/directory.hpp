// What requests look up without waiting for anyone: the instruments, and which users and wallets
// are live. Published by the venue's thread before the replies of the step that changed them; read
// from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "flows/engine.hpp"
#include "gateways/venue_port.hpp"

namespace rialto::apps {

class Directory {
 public:
  /// Everything, once after recovery.
  void publish_all(const flows::Venue&);
  /// What these replies may have changed.
  void publish(const flows::Venue&, const std::vector<flows::Reply>&);

  std::shared_ptr<const instruments::Instruments> instruments() const {
    return instruments_.load();
  }
  std::optional<gateways::LiveUser> user(UserId) const;

 private:
  void publish(const flows::Venue&, UserId);

  std::atomic<std::shared_ptr<const instruments::Instruments>> instruments_;
  mutable std::mutex mutex_;
  std::vector<std::optional<gateways::LiveUser>> users_;  // by user number; guarded by mutex_
};

}  // namespace rialto::apps
