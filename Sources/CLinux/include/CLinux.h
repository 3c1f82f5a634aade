#pragma once

#include <stddef.h>
#include <sys/types.h>

// Linux calls that glibc declares under _GNU_SOURCE alone, which Swift's Glibc module does not set.

/// memfd_create(2) with MFD_CLOEXEC.
int linux_memfd_create(const char *name);
/// pipe2(2) with O_CLOEXEC.
int linux_pipe(int ends[2]);
/// syncfs(2).
int linux_syncfs(int descriptor);

// Extended attributes: glibc's <sys/xattr.h> is not part of Swift's Glibc module. All as in xattr(7).

int linux_fsetxattr(int descriptor, const char *name, const void *value, size_t size, int only_new);
/// lsetxattr(2): a link at the end of the path is not followed.
int linux_lsetxattr(const char *path, const char *name, const void *value, size_t size);
ssize_t linux_flistxattr(int descriptor, char *list, size_t size);
ssize_t linux_fgetxattr(int descriptor, const char *name, void *value, size_t size);
