// The users of the venue: roles, sealed profiles, and which credential is live. Owned by the
// venue's state; credentials and keys themselves live outside the log (platform/security).
#pragma once

#include <expected>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "contexts/identity/contract.hpp"
#include "core/codec.hpp"

namespace rialto::identity {

struct User {
  UserId id;
  Fingerprint person;
  SealedProfile profile;
  Fingerprint credential;
  Roles roles{};
  bool deleted = false;
  std::uint32_t version =
      1;  // grows with each change; tokens of an older credential version are refused
};
BOOST_DESCRIBE_STRUCT(User, (), (id, person, profile, credential, roles, deleted, version))

class Identity {
 public:
  Identity() : Identity(100'000'000) {}
  /// Deleted users count too: their numbers are never given again.
  explicit Identity(std::size_t most_users) : most_users_(most_users) {}

  std::expected<UserCreated, Reject> decide(const RegisterUser&) const;
  std::expected<UserUpdated, Reject> decide(const UpdateUser&) const;
  std::expected<UserDeleted, Reject> decide(const DeleteUser&) const;

  void evolve(const UserCreated&);
  void evolve(const UserUpdated&);
  void evolve(const UserDeleted&);

  /// Null for an unknown or deleted user. O(1).
  const User* user(UserId) const;
  const User* user_by_name(const Fingerprint& user_name_index) const;
  const User* user_by_email(const Fingerprint& email_index) const;
  /// Deleted users included (their profile is empty).
  const std::vector<User>& users() const { return users_; }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  void index(const User&);
  std::size_t administrators() const;

  std::size_t most_users_;
  std::vector<User> users_;  // index = number - 1
  boost::unordered_flat_map<Fingerprint, UserId, std::hash<Fingerprint>> by_name_;
  boost::unordered_flat_map<Fingerprint, UserId, std::hash<Fingerprint>> by_email_;
};

}  // namespace rialto::identity
