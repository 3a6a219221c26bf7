// A postman in a process of its own, to be killed: child OUTBOX URL. Delivers what is due, once,
// and exits 0.
#include <cstdio>

#include "platform/mail/postman.hpp"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  using namespace rialto::mail;
  PostmanSettings settings;
  settings.outbox = arguments[1];
  settings.smtp.url = arguments[2];
  auto postman =
      Postman::open(settings, [](const Letter& letter) -> std::expected<Message, std::string> {
        return Message{"venue@example.org", "", "ada@example.org",          "a letter",
                       "its text",          "", letter.id + "@example.org", {}};
      });
  if (!postman) {
    std::fprintf(stderr, "%s\n", postman.error().c_str());
    return 1;
  }
  (*postman)->deliver_due();
  return 0;
}
