#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <sys/mman.h>
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
