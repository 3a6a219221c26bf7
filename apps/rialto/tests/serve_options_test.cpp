// Where an option's value comes from: the command line, the environment, the file, the default.
#include "apps/rialto/serve_options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>

namespace rialto::apps {
namespace {

class Options : public ::testing::Test {
 protected:
  void TearDown() override { ::unsetenv("RIALTO_HTTP"); }

  /// False where the command line, or the file it names, cannot be understood.
  bool parse(std::vector<std::string> arguments) {
    CLI::App app("test");
    CLI::App& command = *app.add_subcommand("serve");
    options_ = {};
    add_serve_options(app, command, options_);
    arguments.insert(arguments.begin(), "serve");
    std::ranges::reverse(arguments);  // as CLI11 wants them
    try {
      app.parse(arguments);
    } catch (const CLI::ParseError&) {
      return false;
    }
    toml_ = as_toml(command);
    return true;
  }
  std::string file(const std::string& text) {
    const std::string path = testing::TempDir() + "rialto_serve_options.toml";
    std::ofstream(path) << text;
    return path;
  }

  ServeOptions options_;
  std::string toml_;
};

TEST_F(Options, flag_before_environment_before_file_before_default) {
  const std::string path = file("http = \"127.0.0.1:3\"\nno-demo = true\n");
  ASSERT_TRUE(parse({}));
  EXPECT_EQ(options_.http, "127.0.0.1:8080");
  ASSERT_TRUE(parse({"--config", path}));
  EXPECT_EQ(options_.http, "127.0.0.1:3");
  EXPECT_TRUE(options_.no_demo);
  ::setenv("RIALTO_HTTP", "127.0.0.1:2", 1);
  ASSERT_TRUE(parse({"--config", path}));
  EXPECT_EQ(options_.http, "127.0.0.1:2");
  ASSERT_TRUE(parse({"--config", path, "--http", "127.0.0.1:1"}));
  EXPECT_EQ(options_.http, "127.0.0.1:1");
}

TEST_F(Options, what_is_printed_can_be_read_back) {
  ASSERT_TRUE(parse({"--durability", "interval:20", "--ouch", "", "--no-demo", "--spin-us", "7",
                     "--cors-origin", "https://a.example", "--cors-origin", "http://b:81"}));
  ASSERT_TRUE(parse({"--config", file(toml_)}));
  EXPECT_EQ(options_.durability, "interval:20");
  EXPECT_EQ(options_.ouch, "");
  EXPECT_TRUE(options_.no_demo);
  EXPECT_EQ(options_.spin_us, 7);
  EXPECT_EQ(options_.cors_origins, (std::vector<std::string>{"https://a.example", "http://b:81"}));
  ASSERT_TRUE(parse({}));
  ASSERT_TRUE(parse({"--config", file(toml_)}));
  EXPECT_TRUE(options_.cors_origins.empty());
}

TEST_F(Options, a_misspelt_key_is_refused) {
  EXPECT_FALSE(parse({"--config", file("htpp = \"127.0.0.1:3\"\n")}));
  EXPECT_FALSE(parse({"--htpp", "127.0.0.1:3"}));
}

TEST_F(Options, what_cannot_be_used_is_named) {
  ASSERT_TRUE(parse({"--durability", "interval:0"}));
  const auto usable = understand(options_);
  ASSERT_FALSE(usable);
  EXPECT_EQ(usable.error(), "--durability takes sync, interval:MS or none");
  options_ = {};
  options_.log_level = "loud";
  EXPECT_EQ(understand(options_).error(), "--log-level takes debug, info, warning or error");
  EXPECT_TRUE(understand(ServeOptions{}));
  for (const auto* origin : {"example.org", "https://", "https://a.example/", "ftp://a", "null"}) {
    options_ = {};
    options_.cors_origins = {"*", origin};
    EXPECT_FALSE(understand(options_)) << origin;
  }
}

TEST_F(Options, name_a_mail_server_and_a_sender) {
  ASSERT_TRUE(parse({"--smtp", "smtp://user:p%40ss@mail.example.org:587"}));
  EXPECT_TRUE(understand(options_));
  ASSERT_TRUE(parse({"--smtp", "http://mail.example.org"}));
  EXPECT_EQ(understand(options_).error(), "--smtp: the URL must begin with smtp:// or smtps://");
  ASSERT_TRUE(parse({"--smtp", "smtp://mail.example.org", "--smtp-from", "nobody"}));
  EXPECT_EQ(understand(options_).error(), "--smtp-from takes an address such as a@example.org");
}

}  // namespace
}  // namespace rialto::apps
