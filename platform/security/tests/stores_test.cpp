// Secrets, credentials and persons: what survives a restart, what an erasure leaves, what a crash
// leaves.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "platform/security/credential_store.hpp"
#include "platform/security/keyed_index.hpp"
#include "platform/security/person_vault.hpp"
#include "platform/security/secrets.hpp"
#include "platform/security/session_passwords.hpp"
#include "platform/security/tests/temporary_directory.hpp"

namespace rialto::security::test {
namespace {

std::unique_ptr<Database> open_database(const TemporaryDirectory& directory) {
  auto database = Database::open(directory.path("people.sqlite"));
  EXPECT_TRUE(database.has_value());
  return std::move(*database);
}

mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::trunc) << text;
  ::chmod(path.c_str(), 0600);
}

TEST(Secrets, SurviveARestartAndAreTheOwnersOnly) {
  TemporaryDirectory directory;
  const auto first = open_secrets(directory.path());
  const auto second = open_secrets(directory.path());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->token_signing, second->token_signing);
  EXPECT_EQ(first->blind_index, second->blind_index);
  EXPECT_EQ(first->fingerprint, second->fingerprint);
  EXPECT_FALSE(first->token_signing == first->blind_index);
  EXPECT_EQ(mode_of(directory.path("secrets")), 0600u);
  TemporaryDirectory other;
  EXPECT_FALSE(open_secrets(other.path())->token_signing == first->token_signing);
}

// SECURITY-5
TEST(Secrets, RefuseWhatOthersCanReadOrWhatIsDamaged) {
  TemporaryDirectory directory;
  ASSERT_TRUE(open_secrets(directory.path()));
  const std::string path = directory.path("secrets");
  std::ifstream file(path);
  const std::string good{std::istreambuf_iterator<char>(file), {}};
  ::chmod(path.c_str(), 0640);
  EXPECT_EQ(open_secrets(directory.path()).error(), SecretsError::readable_by_others);
  for (const std::string& bad : {std::string{}, good.substr(0, good.size() - 1), good + "x",
                                 "x" + good, good.substr(0, 40) + "zz" + good.substr(42)}) {
    write_file(path, bad);
    EXPECT_EQ(open_secrets(directory.path()).error(), SecretsError::damaged) << bad.size();
  }
  write_file(path, good);
  EXPECT_TRUE(open_secrets(directory.path()));
  EXPECT_EQ(open_secrets(directory.path("absent")).error(), SecretsError::cannot_write);
}

TEST(Secrets, ALeftoverOfACrashIsNeverUsed) {
  TemporaryDirectory directory;
  write_file(directory.path("secrets.unfinished"), "half a fi");
  const auto made = open_secrets(directory.path());
  ASSERT_TRUE(made);
  EXPECT_EQ(open_secrets(directory.path())->token_signing, made->token_signing);
}

TEST(BlindIndex, TellsEqualFromUnequalWithinOneFieldAndKey) {
  const SecretKey key = SecretKey::random();
  const BlindIndex index(key);
  EXPECT_EQ(index.of("email", " Ada@Example.org\n"), index.of("email", "ada@example.org"));
  EXPECT_NE(index.of("email", "ada@example.org"), index.of("email", "ada@example.com"));
  EXPECT_NE(index.of("email", "ada"), index.of("user_name", "ada"));
  EXPECT_NE(index.of("ab", "c"), index.of("a", "bc"));
  EXPECT_NE(index.of("email", "ada"), BlindIndex(SecretKey::random()).of("email", "ada"));
  EXPECT_EQ(normalised("  \t"), "");
}

TEST(CommandNames, KeepKindsOwnersAndTextsApart) {
  const CommandNames names(SecretKey::random());
  const AccountId one{1}, two{2};
  std::set<Fingerprint> all;
  for (const AccountId owner : {one, two})
    for (const std::string& text : {std::string("a"), std::string("b"), std::string(),
                                    std::string(300, 'a'), std::string(301, 'a')})
      for (const char* kind : {"order", "credit"}) all.insert(names.of(kind, owner, text));
  EXPECT_EQ(all.size(), 20u);
  EXPECT_EQ(names.of("order", one, "a"), names.of("order", one, "a"));
  EXPECT_NE(names.of("order", one, "a"), CommandNames(SecretKey::random()).of("order", one, "a"));
}

TEST(FingerprintText, GoesBothWays) {
  const Fingerprint original{0x0123456789abcdef, 7};
  EXPECT_EQ(to_text(original), "0123456789abcdef0000000000000007");
  Fingerprint read;
  EXPECT_TRUE(from_text(to_text(original), read));
  EXPECT_EQ(read, original);
  for (const char* wrong :
       {"", "0123456789abcdef000000000000000", "0123456789abcdef000000000000000g",
        "0123456789abcdef00000000000000070"})
    EXPECT_FALSE(from_text(wrong, read)) << wrong;
}

// SECURITY-5
TEST(Database, IsTheOwnersOnly) {
  TemporaryDirectory directory;
  const std::string path = directory.path("people.sqlite");
  {
    const auto database = open_database(directory);
    ASSERT_TRUE(CredentialStore(*database).put("x"));
    EXPECT_EQ(mode_of(path), 0600u);
    EXPECT_EQ(mode_of(path + "-wal"), 0600u);
  }
  ::chmod(path.c_str(), 0644);
  EXPECT_EQ(Database::open(path).error(), StoreError::readable_by_others);
  write_file(path, "this is not a database, whatever its name says; it is long enough to be read");
  EXPECT_EQ(Database::open(path).error(), StoreError::damaged);
  EXPECT_EQ(Database::open(directory.path("absent/people.sqlite")).error(), StoreError::io_failed);
}

TEST(CredentialStore, KeepsRemovesAndLists) {
  TemporaryDirectory directory;
  Fingerprint first, second;
  {
    const auto database = open_database(directory);
    CredentialStore store(*database);
    first = store.put("$argon2id$one").value();
    second = store.put("$argon2id$two").value();
    EXPECT_NE(first, second);
  }
  const auto database = open_database(directory);
  CredentialStore store(*database);
  EXPECT_EQ(store.find(first).value(), "$argon2id$one");
  EXPECT_EQ(store.ids()->size(), 2u);
  EXPECT_TRUE(store.remove(first));
  EXPECT_TRUE(store.remove(first));
  EXPECT_EQ(store.find(first).error(), StoreError::not_found);
  EXPECT_EQ(store.find(second).value(), "$argon2id$two");
}

// SECURITY-1: the process dies right after put() has returned, before any event could name the
// credential.
TEST(CredentialStore, ACrashBetweenStoreAndJournalLeavesAnOrphanThatIsSwept) {
  TemporaryDirectory directory;
  Fingerprint journalled;
  {
    const auto database = open_database(directory);
    journalled = CredentialStore(*database).put("journalled").value();
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const auto database = open_database(directory);
    const bool stored = CredentialStore(*database).put("orphan").has_value();
    ::_exit(stored ? 0 : 1);  // no destructor runs: as a kill would have it
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);

  const auto database = open_database(directory);
  CredentialStore store(*database);
  EXPECT_EQ(store.ids()->size(), 2u);  // durable before returning
  const auto keep = [&](Fingerprint id) { return id == journalled; };
  EXPECT_EQ(store.sweep(keep).value(), 1u);
  EXPECT_EQ(store.sweep(keep).value(), 0u);
  EXPECT_EQ(store.ids().value(), std::vector{journalled});
  EXPECT_FALSE(directory.contains("orphan"));
  EXPECT_TRUE(directory.contains("journalled"));
}

TEST(CredentialStore, IsUsedFromSeveralThreads) {
  TemporaryDirectory directory;
  const auto database = open_database(directory);
  CredentialStore store(*database);
  PersonVault vault(*database);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(store.put("phc"));
        EXPECT_TRUE(vault.create());
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store.ids()->size(), 80u);
}

TEST(PersonVault, OpensWhatItSealedAndNothingElse) {
  TemporaryDirectory directory;
  const auto database = open_database(directory);
  PersonVault vault(*database);
  const Fingerprint ada = vault.create().value();
  const Fingerprint bob = vault.create().value();
  const std::string sealed = vault.seal(ada, "email", "ada@example.org").value();
  EXPECT_EQ(sealed.find("ada"), std::string::npos);
  EXPECT_NE(sealed, vault.seal(ada, "email", "ada@example.org").value());
  EXPECT_EQ(vault.open(ada, "email", sealed).value(), "ada@example.org");
  EXPECT_EQ(vault.open(ada, "email", vault.seal(ada, "email", "").value()).value(), "");
  EXPECT_EQ(vault.open(bob, "email", sealed).error(), StoreError::unreadable);
  EXPECT_EQ(vault.open(ada, "user_name", sealed).error(), StoreError::unreadable);
  EXPECT_EQ(vault.open(random_fingerprint(), "email", sealed).error(), StoreError::not_found);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_EQ(vault.open(ada, "email", altered).error(), StoreError::unreadable) << i;
    EXPECT_EQ(vault.open(ada, "email", sealed.substr(0, i)).error(), StoreError::unreadable) << i;
  }
}

TEST(PersonVault, KeysSurviveARestart) {
  TemporaryDirectory directory;
  Fingerprint ada;
  std::string sealed;
  {
    const auto database = open_database(directory);
    PersonVault vault(*database);
    ada = vault.create().value();
    sealed = vault.seal(ada, "email", "ada@example.org").value();
  }
  const auto database = open_database(directory);
  EXPECT_EQ(PersonVault(*database).open(ada, "email", sealed).value(), "ada@example.org");
}

// SECURITY-2
TEST(PersonVault, AnErasedPersonIsGoneFromMemoryAndFile) {
  TemporaryDirectory directory;
  const auto database = open_database(directory);
  PersonVault vault(*database);
  const Fingerprint ada = vault.create().value();
  const Fingerprint bob = vault.create().value();
  const std::string sealed = vault.seal(ada, "email", "ada@example.org").value();
  const std::string kept = vault.seal(bob, "email", "bob@example.org").value();
  const std::string_view row(reinterpret_cast<const char*>(&ada), sizeof ada);
  EXPECT_TRUE(directory.contains(row));
  EXPECT_TRUE(vault.erase(ada));
  EXPECT_EQ(vault.open(ada, "email", sealed).error(), StoreError::not_found);
  EXPECT_EQ(vault.seal(ada, "email", "x").error(), StoreError::not_found);
  EXPECT_FALSE(directory.contains(row));
  EXPECT_EQ(PersonVault(*database).open(ada, "email", sealed).error(), StoreError::not_found);
  EXPECT_EQ(vault.open(bob, "email", kept).value(), "bob@example.org");
}

TEST(PersonVault, SweepsPersonsWhoNeverRegistered) {
  TemporaryDirectory directory;
  const auto database = open_database(directory);
  PersonVault vault(*database, 1);
  const Fingerprint registered = vault.create().value();
  const Fingerprint orphan = vault.create().value();
  ASSERT_TRUE(vault.seal(orphan, "email", "x"));
  EXPECT_EQ(vault.sweep([&](Fingerprint id) { return id == registered; }).value(), 1u);
  EXPECT_EQ(vault.seal(orphan, "email", "x").error(), StoreError::not_found);
  EXPECT_TRUE(vault.seal(registered, "email", "x"));
}

// SECURITY-1
TEST(SessionPasswords, AreShownOnceAndMatchAfterARestart) {
  TemporaryDirectory directory;
  const auto secrets = open_secrets(directory.path());
  SessionPasswords::Issued first, second;
  {
    const auto database = open_database(directory);
    CredentialStore store(*database);
    SessionPasswords passwords(store, secrets->blind_index);
    first = *passwords.issue();
    second = *passwords.issue();
    EXPECT_EQ(first.password.size(), SessionPasswords::length);
    EXPECT_NE(first.password, second.password);
    EXPECT_TRUE(passwords.matches(first.credential, first.password));
    EXPECT_FALSE(passwords.matches(first.credential, second.password));
    EXPECT_FALSE(passwords.matches({}, first.password));
    EXPECT_EQ(store.find(first.credential)->find(first.password), std::string::npos);
  }
  const auto database = open_database(directory);
  CredentialStore store(*database);
  SessionPasswords again(store, secrets->blind_index);
  EXPECT_FALSE(again.matches(first.credential, first.password)) << "not loaded";
  ASSERT_TRUE(again.load({first.credential, second.credential}));
  EXPECT_TRUE(again.matches(first.credential, first.password));
  ASSERT_TRUE(again.remove(first.credential));
  EXPECT_FALSE(again.matches(first.credential, first.password));
  EXPECT_TRUE(again.matches(second.credential, second.password));
  SessionPasswords of_another_venue(store, SecretKey::random());
  ASSERT_TRUE(of_another_venue.load({second.credential}));
  EXPECT_FALSE(of_another_venue.matches(second.credential, second.password))
      << "the hash alone opens nothing";
  EXPECT_EQ(again.load({random_fingerprint()}).error(), StoreError::not_found);
  EXPECT_EQ(again.load({*store.put("blake2b$00")}).error(), StoreError::damaged);
}

}  // namespace
}  // namespace rialto::security::test
