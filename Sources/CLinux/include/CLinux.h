#pragma once

// Linux calls that glibc declares under _GNU_SOURCE alone, which Swift's Glibc module does not set.

/// memfd_create(2) with MFD_CLOEXEC.
int linux_memfd_create(const char *name);
/// pipe2(2) with O_CLOEXEC.
int linux_pipe(int ends[2]);
/// syncfs(2).
int linux_syncfs(int descriptor);
