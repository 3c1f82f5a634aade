// Extended attributes and statfs: not part of Swift's Glibc module.
#include <sys/vfs.h>
#include <sys/xattr.h>
