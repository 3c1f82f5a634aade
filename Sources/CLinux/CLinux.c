#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/xattr.h>
#include <unistd.h>

int linux_memfd_create(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}

int linux_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

int linux_syncfs(int descriptor) {
    return syncfs(descriptor);
}

int linux_fsetxattr(int descriptor, const char *name, const void *value, size_t size, int only_new) {
    return fsetxattr(descriptor, name, value, size, only_new ? XATTR_CREATE : 0);
}

int linux_lsetxattr(const char *path, const char *name, const void *value, size_t size) {
    return lsetxattr(path, name, value, size, 0);
}

ssize_t linux_flistxattr(int descriptor, char *list, size_t size) {
    return flistxattr(descriptor, list, size);
}

ssize_t linux_fgetxattr(int descriptor, const char *name, void *value, size_t size) {
    return fgetxattr(descriptor, name, value, size);
}
