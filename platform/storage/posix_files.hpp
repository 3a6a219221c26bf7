// The real disk. One stateless instance for the whole process, safe from any thread.
#pragma once

#include "platform/storage/file_system.hpp"

namespace rialto::storage {

/// Files of this machine through pread, pwrite, posix_fallocate, fdatasync and flock. Lives as long
/// as the process.
FileSystem& posix_files();

}  // namespace rialto::storage
