#include "tests/crash/venue_on_disk.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "platform/eventlog/log_reader.hpp"
#include "platform/eventlog/verify.hpp"
#include "platform/storage/posix_files.hpp"
#include "tests/crash/child.hpp"
#include "tests/crash/stream.hpp"

namespace rialto::crash {

VenueOnDisk::VenueOnDisk(const std::string& directory, apps::TimeSources time)
    : directory_(directory) {
  apps::HostSettings settings;
  settings.directory = directory;
  settings.segment_bytes = 1 << 20;
  settings.alarm = [this](const std::string& line) { alarms_.push_back(line); };
  auto host = apps::Host::open(settings, std::move(time));
  if (!host) {
    refusal_ = host.error();
    return;
  }
  host_ = std::move(*host);
  recovered_ = state_digest(host_->recovered());
  host_->start();
}

flows::Reply VenueOnDisk::ask(flows::Command command) {
  std::promise<flows::Reply> promise;
  auto answer = promise.get_future();
  host_->submit(std::move(command), {},
                [&](const flows::Reply& reply) { promise.set_value(reply); });
  return answer.get();
}

void VenueOnDisk::open_markets() {
  for (const flows::Command& command : opening()) ask(command);
}

flows::Reply VenueOnDisk::place(Side side, std::uint64_t number) {
  orders::PlaceOrder order;
  order.account = {side == Side::buy ? 4u : 5u};
  order.instrument = {1};
  order.side = side;
  order.price = {5'000'000};
  order.quantity = {100};
  order.key = {5, number};
  order.content = number;
  return ask(order);
}

void VenueOnDisk::trade(std::uint64_t orders, std::uint64_t first) {
  for (std::uint64_t i = 0; i < orders; ++i) place(i % 2 == 0 ? Side::sell : Side::buy, first + i);
}

eventlog::ChainHead VenueOnDisk::shown() {
  std::promise<eventlog::ChainHead> promise;
  auto digest = promise.get_future();
  host_->read([&](const projections::Replica& replica) {
    promise.set_value(state_digest(replica.venue()));
  });
  return digest.get();
}

bool VenueOnDisk::await_seal() const {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < give_up) {
    const auto report = eventlog::verify(storage::posix_files(), directory_ + "/log");
    if (report && report->sealed) return true;
    std::this_thread::yield();
  }
  return false;
}

std::vector<FrameOnDisk> frames_of(const std::string& directory) {
  std::vector<FrameOnDisk> frames;
  eventlog::ReadOptions options;
  options.seals = true;
  auto reader =
      eventlog::LogReader::open(storage::posix_files(), directory + "/log", std::move(options));
  while (reader) {
    const auto frame = reader->next();
    if (!frame || !*frame) break;
    const eventlog::Place& place = reader->frame_place();
    frames.push_back({storage::join(directory + "/log", eventlog::segment_name(place.segment)),
                      place.offset, place.offset + (*frame)->bytes().size(), place.segment.value,
                      (*frame)->header().first.value,
                      (*frame)->header().kind == eventlog::FrameKind::seal});
  }
  return frames;
}

Bytes read_bytes(const std::string& path, std::uint64_t offset, std::uint64_t size) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  Bytes bytes(size);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  return bytes;
}

void overwrite(const std::string& path, std::uint64_t offset, ByteView bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

void flip_bit(const std::string& path, std::uint64_t offset, int bit) {
  Bytes byte = read_bytes(path, offset, 1);
  byte[0] ^= static_cast<std::byte>(1 << bit);
  overwrite(path, offset, byte);
}

void copy_venue(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  std::filesystem::create_directories(to);
  for (const auto* part : {"log", "snapshots"})
    if (std::filesystem::exists(from + "/" + part))
      std::filesystem::copy(from + "/" + part, to + "/" + part);
}

}  // namespace rialto::crash
