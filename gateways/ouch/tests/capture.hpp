// TCP payloads out of the captured packets beside the project; for tests only.
#pragma once

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "core/codec.hpp"

namespace rialto::ouch::test {

/// The payload of the only packet of a classic pcap file: Ethernet, perhaps a VLAN tag, IPv4, TCP.
/// What the capturing device appended behind the IP packet is left out. Nothing without the file.
inline std::optional<Bytes> captured(const std::string& name) {
  std::ifstream in("../shared/data/pcap/" + name, std::ios::binary);
  const std::string file(std::istreambuf_iterator<char>(in), {});
  constexpr std::size_t file_header = 24, packet_header = 16, addresses = 12;
  std::size_t at = file_header + packet_header + addresses;
  if (file.size() < at + 4) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(file[i]); };
  const auto word = [&](std::size_t i) { return byte(i) << 8 | byte(i + 1); };
  if (word(at) == 0x8100) at += 4;
  at += 2;
  const std::size_t end = at + static_cast<std::size_t>(word(at + 2));  // by the IP header
  at += static_cast<std::size_t>(byte(at) & 15) * 4;
  at += static_cast<std::size_t>(byte(at + 12) >> 4) * 4;
  if (end > file.size() || at > end) return std::nullopt;
  Bytes payload(end - at);
  std::memcpy(payload.data(), file.data() + at, payload.size());
  return payload;
}

}  // namespace rialto::ouch::test
