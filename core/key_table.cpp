#include "core/key_table.hpp"

#include <bit>

#include "core/assert.hpp"

namespace rialto {

KeyTable::KeyTable(std::size_t capacity)
    : largest_(std::bit_ceil(std::max(capacity * 2, least_slots))),
      slots_(zeroed(least_slots)),
      retired_(0) {
  mask_ = least_slots - 1;
}

KeyTable::Slots KeyTable::zeroed(std::size_t slots) {
  Slots fresh(slots);
  fresh.grow_zeroed_to(slots);
  return fresh;
}

const Remembered* KeyTable::find(const Fingerprint& key) const {
  for (std::size_t at = home(key, mask_);; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.key == key) return &slot.remembered;
    if (slot.key.empty()) break;
  }
  if (moved_ >= retired_.size()) [[likely]]
    return nullptr;
  const Slot* old = const_cast<KeyTable*>(this)->in_retired(key);
  return old ? &old->remembered : nullptr;
}

KeyTable::Slot* KeyTable::in_retired(const Fingerprint& key) {
  const std::size_t mask = retired_.size() - 1;
  for (std::size_t at = home(key, mask);; at = (at + 1) & mask) {
    Slot& slot = retired_[at];
    if (slot.key.empty()) return nullptr;
    if (slot.key == key) return at >= moved_ ? &slot : nullptr;
  }
}

void KeyTable::insert(const Fingerprint& key, Remembered remembered) {
  RIALTO_ASSERT(!key.empty() && key != erased && !find(key));
  if (moved_ < retired_.size()) {
    move_on();
  } else if (size_ * 2 >= slots_.size() && slots_.size() < largest_) {
    retired_ = std::exchange(slots_, zeroed(slots_.size() * 2));
    mask_ = slots_.size() - 1;
    moved_ = 0;
  }
  RIALTO_ASSERT(size_ < mask_);
  put(key, remembered);
  ++size_;
}

void KeyTable::put(const Fingerprint& key, Remembered remembered) {
  std::size_t at = home(key, mask_);
  while (!slots_[at].key.empty()) at = (at + 1) & mask_;
  slots_[at] = {key, remembered};
}

void KeyTable::move_on() {
  for (std::size_t n = 0; n < moved_at_once && moved_ < retired_.size(); ++n, ++moved_)
    if (live(retired_[moved_])) put(retired_[moved_].key, retired_[moved_].remembered);
  if (moved_ == retired_.size()) {
    retired_ = Slots(0);
    moved_ = 0;
  }
}

void KeyTable::erase(const Fingerprint& key) {
  --size_;
  for (std::size_t at = home(key, mask_); !slots_[at].key.empty(); at = (at + 1) & mask_)
    if (slots_[at].key == key) return close_gap(at);
  Slot* old = moved_ < retired_.size() ? in_retired(key) : nullptr;
  RIALTO_ASSERT(old);
  old->key = erased;
}

// What was put behind the gap because its own place was taken moves up, so that no search ends too
// early.
void KeyTable::close_gap(std::size_t gap) {
  for (std::size_t at = (gap + 1) & mask_; !slots_[at].key.empty(); at = (at + 1) & mask_) {
    const std::size_t its_home = home(slots_[at].key, mask_);
    if (((at - its_home) & mask_) < ((at - gap) & mask_)) continue;
    slots_[gap] = slots_[at];
    gap = at;
  }
  slots_[gap] = {};
}

void KeyTable::reserve(std::size_t keys) {
  RIALTO_ASSERT(size_ == 0);
  const std::size_t slots = std::min(largest_, std::bit_ceil(std::max(keys * 3 / 2, least_slots)));
  slots_ = zeroed(slots);
  mask_ = slots - 1;
}

void KeyTable::clear() {
  slots_ = zeroed(least_slots);
  retired_ = Slots(0);
  mask_ = least_slots - 1;
  moved_ = 0;
  size_ = 0;
}

}  // namespace rialto
