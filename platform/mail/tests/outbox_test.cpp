#include "platform/mail/outbox.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace rialto::mail {
namespace {

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() { remove(); }
  ~OutboxTest() override { remove(); }
  void remove() {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }
  static NewLetter letter(const std::string& id) { return {id, {7}, {std::byte{1}}}; }
  static std::vector<std::string> ids(const std::vector<Letter>& letters) {
    std::vector<std::string> out;
    for (const Letter& each : letters) out.push_back(each.id);
    return out;
  }
  const std::string path =
      ::testing::TempDir() + "rialto_outbox_" + std::to_string(::getpid()) + ".db";
};

using Ids = std::vector<std::string>;

// OUTBOX-1
TEST_F(OutboxTest, takes_each_letter_once_with_its_position) {
  auto outbox = *Outbox::open(path);
  EXPECT_EQ(outbox.position(), Sequence{});
  const NewLetter both[] = {letter("a"), letter("b")};
  ASSERT_TRUE(outbox.add(both, {10}, {100}));
  ASSERT_TRUE(outbox.add(both, {11}, {200}));
  EXPECT_EQ(ids(outbox.due({100}, 9)), (Ids{"a", "b"}));
  EXPECT_TRUE(outbox.due({99}, 9).empty());
  auto again = *Outbox::open(path);
  EXPECT_EQ(again.position(), Sequence{11});
  EXPECT_EQ(again.list({}, 0, 9).size(), 2u);
}

TEST_F(OutboxTest, letters_end_in_one_way) {
  auto outbox = *Outbox::open(path);
  const NewLetter all[] = {letter("a"), letter("b"), letter("c"), letter("d")};
  ASSERT_TRUE(outbox.add(all, {1}, {0}));
  const auto due = outbox.due({0}, 9);
  ASSERT_TRUE(outbox.note_sent(due[0], {5}));
  ASSERT_TRUE(outbox.note_later(due[1], {50}, "busy", {5}));
  ASSERT_TRUE(outbox.note_dead(due[2], "no such mailbox", {5}));
  ASSERT_TRUE(outbox.note_dropped(due[3], "gone", {5}));
  EXPECT_EQ(outbox.next_due(), Timestamp{50});
  EXPECT_EQ(ids(outbox.due({50}, 9)), (Ids{"b"}));
  EXPECT_EQ(outbox.due({50}, 9)[0].attempts, 1u);
  EXPECT_EQ(outbox.due({50}, 9)[0].problem, "busy");
  EXPECT_EQ(outbox.due({50}, 9)[0].content.size(), 1u);
  EXPECT_EQ(ids(outbox.list(LetterState::dead, 0, 9)), (Ids{"c"}));
  EXPECT_EQ(ids(outbox.list({}, 0, 2)), (Ids{"d", "c"}));
  EXPECT_EQ(ids(outbox.list({}, outbox.list({}, 0, 2)[1].number, 9)), (Ids{"b", "a"}));
  EXPECT_TRUE(outbox.list(LetterState::sent, 0, 9)[0].content.empty());
  EXPECT_EQ(outbox.counts().at(LetterState::waiting), 1u);
  // What ended does not begin again.
  ASSERT_TRUE(outbox.note_later(due[0], {60}, "late", {6}));
  EXPECT_EQ(outbox.list(LetterState::sent, 0, 9).size(), 1u);
  ASSERT_TRUE(outbox.prune({6}));
  EXPECT_EQ(ids(outbox.list({}, 0, 9)), (Ids{"c", "b"}));
}

}  // namespace
}  // namespace rialto::mail
