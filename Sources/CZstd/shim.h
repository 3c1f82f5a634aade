#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

// A macro for another name, which Swift does not see.
static const ZSTD_dParameter zstd_d_forceIgnoreChecksum = ZSTD_d_forceIgnoreChecksum;
