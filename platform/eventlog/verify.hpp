// The auditor's view of a log: everything recomputed, nothing believed. Reads only; any thread, one
// call at a time per LogReader's rules. About 1 GB/s.
#pragma once

#include "platform/eventlog/log_reader.hpp"

namespace rialto::eventlog {

struct VerifyOptions {
  /// A head someone kept: the log must contain exactly what it stood for.
  std::optional<ChainPoint> exported{};
  Progress progress{};
};

struct VerifyReport {
  Fingerprint log_id{};
  Sequence first{};  // 1, unless old segments were moved away
  Sequence last{};
  Timestamp first_time{};
  Timestamp last_time{};
  std::uint32_t segments{};
  std::uint64_t frames{};
  std::uint64_t seals{};
  std::uint64_t events{};
  std::uint64_t bytes{};       // of frames and seals
  bool sealed{};               // nothing unsealed at the end
  std::uint64_t torn_bytes{};  // remains of an unfinished write, to be cut by the next opening
  ChainPoint head{};
};

/// Checks every frame, the numbering, every seal, every segment's link and the exported head.
/// Errors: corrupt with the place of the first bad frame; altered if the exported head differs or
/// lies within a frame; ends_early if the log does not reach it; no_log, unknown_format, io_failed.
Result<VerifyReport> verify(storage::FileSystem& files, const std::string& directory,
                            const VerifyOptions& options = {});

}  // namespace rialto::eventlog
