// Short text stored inline: no allocation on the path of an order.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "core/assert.hpp"

namespace rialto {

template <std::size_t Capacity>
class InlineText {
  static_assert(Capacity <= 255);

 public:
  static constexpr std::size_t capacity = Capacity;
  constexpr InlineText() = default;
  /// REQUIRES: text.size() <= Capacity.
  constexpr InlineText(std::string_view text) : size_(static_cast<std::uint8_t>(text.size())) {
    RIALTO_ASSERT(text.size() <= Capacity);
    std::copy(text.begin(), text.end(), bytes_.begin());
  }
  // Copies what there is and no more: it is nearly always nothing.
  constexpr InlineText(const InlineText& other) : size_(other.size_) {
    if (size_ != 0) std::copy_n(other.bytes_.begin(), size_, bytes_.begin());
  }
  constexpr InlineText& operator=(const InlineText& other) {
    size_ = other.size_;
    if (size_ != 0) std::copy_n(other.bytes_.begin(), size_, bytes_.begin());
    return *this;
  }
  constexpr std::string_view view() const { return {bytes_.data(), size_}; }
  constexpr bool empty() const { return size_ == 0; }
  friend constexpr bool operator==(const InlineText& a, const InlineText& b) {
    return a.view() == b.view();
  }

 private:
  std::uint8_t size_ = 0;
  std::array<char, Capacity> bytes_;  // only the first size_ bytes mean anything
};

}  // namespace rialto
