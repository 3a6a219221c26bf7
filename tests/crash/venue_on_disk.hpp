// A venue in this process on a real disk, with one account that trades with another; for tests that
// damage what it leaves behind.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/venue/host.hpp"
#include "platform/eventlog/chain.hpp"

namespace rialto::crash {

class VenueOnDisk {
 public:
  /// Recovers and starts; what it refused with is in refusal().
  explicit VenueOnDisk(const std::string& directory, apps::TimeSources time = apps::system_time());
  ~VenueOnDisk() { stop(); }

  bool open() const { return host_ != nullptr; }
  const std::string& refusal() const { return refusal_; }
  /// What an operator was told, so far.
  const std::vector<std::string>& alarms() const { return alarms_; }
  /// Digest of the state right after recovery.
  const eventlog::ChainHead& recovered() const { return recovered_; }

  /// Waits for the answer.
  flows::Reply ask(flows::Command command);
  /// Assets, an instrument, two accounts with funds.
  void open_markets();
  /// A key per number: the same number is the same order.
  flows::Reply place(Side side, std::uint64_t number);
  /// So many orders, each second one trades with the one before; numbers from `first`.
  void trade(std::uint64_t orders, std::uint64_t first = 1'000);
  /// Digest of what reads show.
  eventlog::ChainHead shown();
  gateways::Intake intake() const { return host_->intake(); }
  /// Waits until the idle log has sealed itself.
  bool await_seal() const;
  void stop() { host_.reset(); }

 private:
  std::string directory_;
  std::unique_ptr<apps::Host> host_;
  std::string refusal_;
  std::vector<std::string> alarms_;
  eventlog::ChainHead recovered_;
};

/// The files of the log in a venue's directory, and where their frames lie.
struct FrameOnDisk {
  std::string path;
  std::uint64_t begin{};
  std::uint64_t end{};
  std::uint32_t segment{};
  std::uint64_t first{};  // number of its first event
  bool seal{};
};
std::vector<FrameOnDisk> frames_of(const std::string& directory);

/// Damages a file in place.
void flip_bit(const std::string& path, std::uint64_t offset, int bit);
void overwrite(const std::string& path, std::uint64_t offset, ByteView bytes);
Bytes read_bytes(const std::string& path, std::uint64_t offset, std::uint64_t size);

/// What a power cut right now would leave: a copy of the directory, without what is rebuilt anyway.
void copy_venue(const std::string& from, const std::string& to);

}  // namespace rialto::crash
