// The journal's language against what was released: schema/golden/events.txt (see
// schema/README.md).
#include "schema/tests/golden_file.hpp"

#include <cstdlib>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <boost/core/type_name.hpp>

#include "flows/registry.hpp"

namespace rialto::schema {
namespace {

namespace mp11 = boost::mp11;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

/// How a value lies in the bytes (docs/protocols/encoding.md).
template <class T>
std::string wire_type() {
  if constexpr (Strong<T>) {
    return wire_type<typename T::rep>();
  } else if constexpr (std::is_enum_v<T>) {
    return wire_type<std::underlying_type_t<T>>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "text";
  } else if constexpr (std::is_same_v<T, Fingerprint>) {
    return "fingerprint";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return (std::is_signed_v<T> ? "i" : "u") + std::to_string(sizeof(T) * 8);
  } else if constexpr (Described<T>) {
    std::string fields;
    mp11::mp_for_each<Members<T>>([&](auto member) {
      using Field = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
      fields += (fields.empty() ? "" : ", ") + (member.name + (" " + wire_type<Field>()));
    });
    return "{" + fields + "}";
  } else {
    return "text" + std::to_string(T::capacity);
  }
}

/// Gives every field a value of its own: the bytes count up, so that a swap of fields or bytes
/// shows.
class Filler {
 public:
  template <class T>
  void fill(T& value) {
    if constexpr (Strong<T>) {
      fill(value.value);
    } else if constexpr (std::is_same_v<T, bool>) {
      value = true;
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(1);
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = "text-" + std::to_string(++next_);
    } else if constexpr (std::is_same_v<T, Fingerprint>) {
      fill(value.high);
      fill(value.low);
    } else if constexpr (std::is_arithmetic_v<T>) {
      for (std::size_t i = 0; i < sizeof value; ++i)
        reinterpret_cast<unsigned char*>(&value)[i] = ++next_;
    } else if constexpr (Described<T>) {
      mp11::mp_for_each<Members<T>>([&](auto member) { fill(value.*member.pointer); });
    } else {
      value = T{"text-" + std::to_string(++next_)};
    }
  }

 private:
  unsigned char next_ = 0;
};

std::string hex_of(const Bytes& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const std::byte byte : bytes) {
    hex += digits[static_cast<unsigned>(byte) >> 4];
    hex += digits[static_cast<unsigned>(byte) & 15];
  }
  return hex;
}

Bytes bytes_of(const std::string& hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

template <class Entry>
Golden present(Entry) {
  using Event = typename Entry::Event;
  Golden golden;
  golden.number = Entry::number.value;
  golden.name = boost::core::type_name<Event>();
  mp11::mp_for_each<Members<Event>>([&](auto member) {
    using Field = std::remove_cvref_t<decltype(std::declval<Event&>().*member.pointer)>;
    golden.fields.push_back(member.name + (" " + wire_type<Field>()));
  });
  Event event{};
  Filler().fill(event);
  Bytes bytes;
  BinaryWriter(bytes).write(event);
  golden.hex = hex_of(bytes);
  return golden;
}

std::vector<Golden> present_events() {
  std::vector<Golden> events;
  mp11::mp_for_each<flows::Registry>([&](auto entry) { events.push_back(present(entry)); });
  return events;
}

/// Released versions plus what is new. Refuses nothing: the tests do.
std::vector<Golden> with_new_versions(std::vector<Golden> released) {
  for (const Golden& now : present_events()) {
    const auto newest = std::find_if(released.rbegin(), released.rend(),
                                     [&](const Golden& g) { return g.number == now.number; });
    if (newest == released.rend())
      released.push_back(now);
    else if (*newest != now && drift(*newest, now).empty())
      released.insert(newest.base(), now);
  }
  return released;
}

const std::vector<Golden>& released() {
  static const std::vector<Golden> versions = [] {
    if (std::getenv("RIALTO_WRITE_GOLDEN"))
      write_golden(RIALTO_GOLDEN, with_new_versions(read_golden(RIALTO_GOLDEN)));
    return read_golden(RIALTO_GOLDEN);
  }();
  return versions;
}

// SCHEMA-1
TEST(Golden, every_event_has_a_number_and_a_name_of_its_own) {
  std::set<std::uint16_t> numbers;
  std::set<std::string> names;
  for (const Golden& event : present_events()) {
    EXPECT_NE(event.number, 0) << event.name;
    EXPECT_TRUE(numbers.insert(event.number).second)
        << event.name << " shares number " << event.number;
    EXPECT_TRUE(names.insert(event.name).second) << event.name << " is registered twice";
    EXPECT_FALSE(event.fields.empty()) << event.name << " has no described fields";
  }
}

TEST(Golden, the_newest_released_version_is_what_is_written_now) {
  std::map<std::uint16_t, Golden> newest;
  for (const Golden& version : released()) newest[version.number] = version;
  for (const Golden& event : present_events()) {
    const auto at = newest.find(event.number);
    ASSERT_NE(at, newest.end()) << event.name << " has no golden bytes: see schema/README.md";
    EXPECT_EQ(drift(at->second, event), "") << event.name;
    EXPECT_EQ(at->second.fields, event.fields)
        << event.name << " has new fields: see schema/README.md";
    EXPECT_EQ(at->second.hex, event.hex) << event.name;
  }
}

// SCHEMA-3
TEST(Golden, every_released_version_is_still_read) {
  std::map<std::uint16_t, Golden> now;
  for (const Golden& event : present_events()) now[event.number] = event;
  ASSERT_FALSE(released().empty());
  for (const Golden& version : released()) {
    ASSERT_TRUE(now.contains(version.number)) << version.name << " was released and is gone";
    EXPECT_EQ(drift(version, now[version.number]), "") << version.name;
    const Bytes bytes = bytes_of(version.hex);
    Bytes again;
    EXPECT_TRUE(flows::decode_event({version.number}, bytes, [&](const auto& event) {
      BinaryWriter(again).write(event);
    })) << version.name;
    EXPECT_TRUE(hex_of(again).starts_with(version.hex)) << version.name;
  }
}

// SCHEMA-4
TEST(Golden, what_is_not_wholly_understood_is_refused) {
  const auto visit = [](const auto&) {};
  EXPECT_FALSE(flows::decode_event({0xffff}, {}, visit)) << "an unknown event";
  for (const Golden& event : present_events()) {
    Bytes bytes = bytes_of(event.hex);
    bytes.push_back({});
    EXPECT_FALSE(flows::decode_event({event.number}, bytes, visit))
        << event.name << " with a field of a later release";
    EXPECT_FALSE(flows::decode_event({event.number}, ByteView(bytes).first(1), visit))
        << event.name << " cut within its first field, an id";
  }
}

// SCHEMA-2
TEST(Drift, only_fields_at_the_end_may_be_added) {
  const Golden old{7, "Event", {"a u64", "b u32"}, "aabb"};
  const struct {
    const char* label;
    Golden now;
    std::string drift;
  } cases[] = {
      {"the same", old, ""},
      {"added", {7, "Event", {"a u64", "b u32", "c u8"}, "aabbcc"}, ""},
      {"removed", {7, "Event", {"a u64"}, "aa"}, "field removed: b u32"},
      {"reordered", {7, "Event", {"b u32", "a u64"}, "bbaa"}, "field a u64 became b u32"},
      {"retyped", {7, "Event", {"a u64", "b u64"}, "aabb"}, "field b u32 became b u64"},
      {"renamed field", {7, "Event", {"a u64", "z u32"}, "aabb"}, "field b u32 became z u32"},
      {"inserted", {7, "Event", {"c u8", "a u64", "b u32"}, "ccaabb"}, "field a u64 became c u8"},
      {"renamed event", {7, "Other", {"a u64", "b u32"}, "aabb"}, "renamed from Event"},
      {"renumbered", {8, "Event", {"a u64", "b u32"}, "aabb"}, "number changed"},
      {"another encoding", {7, "Event", {"a u64", "b u32"}, "aabc"}, "encoded otherwise"},
  };
  for (const auto& c : cases) EXPECT_EQ(drift(old, c.now), c.drift) << c.label;
}

}  // namespace
}  // namespace rialto::schema
