// Keys to what they stand for: an open-addressing hash table that grows without ever stopping.
//
// Written here although good hash tables exist, for two things none of them offers: a bucket can be
// asked for ahead of its use, and a table that has filled up moves into its successor a few entries
// at a time, so that no step pays for all. A key is spread by one multiplication.
#pragma once

#include <cstdint>
#include <utility>

#include <boost/describe/class.hpp>

#include "core/growing_array.hpp"
#include "core/types.hpp"

namespace rialto {

/// What a key stands for: a digest of the command's content, and the number it was answered with.
struct Remembered {
  std::uint64_t content{};
  std::uint64_t answer{};
  friend bool operator==(const Remembered&, const Remembered&) = default;
};
BOOST_DESCRIBE_STRUCT(Remembered, (), (content, answer))

class KeyTable {
 public:
  /// For at most `capacity` keys.
  explicit KeyTable(std::size_t capacity);

  std::size_t size() const { return size_; }
  /// Null for an unknown key; valid until the next change. O(1).
  const Remembered* find(const Fingerprint& key) const;
  void prefetch(const Fingerprint& key) const {
    prefetch_line(&slots_[home(key, mask_)]);
    if (moved_ < retired_.size()) prefetch_line(&retired_[home(key, retired_.size() - 1)]);
  }
  /// REQUIRES: the key is unknown and neither empty nor all ones; size() < capacity.
  void insert(const Fingerprint& key, Remembered);
  /// REQUIRES: the key is known.
  void erase(const Fingerprint& key);
  void clear();
  /// Room for so many keys at once. REQUIRES: there is none yet.
  void reserve(std::size_t keys);
  /// Calls visit(key, remembered) for each, in no order.
  template <class Visit>
  void each(Visit visit) const {
    for (const Slot& slot : slots_)
      if (live(slot)) visit(slot.key, slot.remembered);
    for (std::size_t at = moved_; at < retired_.size(); ++at)
      if (live(retired_[at])) visit(retired_[at].key, retired_[at].remembered);
  }

 private:
  struct Slot {
    Fingerprint key;  // empty: free
    Remembered remembered;
  };
  using Slots = GrowingArray<Slot>;
  // In the table's predecessor an erased key leaves this, so that what was put behind it is found.
  static constexpr Fingerprint erased{~std::uint64_t{0}, ~std::uint64_t{0}};
  static constexpr std::size_t least_slots = 1024;
  // Of a predecessor, with each insertion. It is empty long before its successor is full.
  static constexpr std::size_t moved_at_once = 8;

  /// Where a search begins. Keys are hashes as a rule, not by necessity: their bits are spread.
  static std::size_t home(const Fingerprint& key, std::size_t mask) {
    return static_cast<std::size_t>(
        static_cast<u128>((key.low ^ key.high) * 0x9e3779b97f4a7c15U) * (mask + 1) >> 64);
  }
  static bool live(const Slot& slot) { return !slot.key.empty() && slot.key != erased; }
  static Slots zeroed(std::size_t slots);
  Slot* in_retired(const Fingerprint& key);
  void put(const Fingerprint& key, Remembered);
  void close_gap(std::size_t gap);
  void move_on();

  std::size_t largest_;  // slots of the last table there can be
  std::size_t size_ = 0;
  std::size_t mask_ = 0;
  Slots slots_;
  Slots retired_;  // the predecessor; what lies before moved_ is in slots_ already
  std::size_t moved_ = 0;
};

}  // namespace rialto
