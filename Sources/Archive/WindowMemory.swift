import CZstd

#if canImport(Glibc)
    import Glibc
#endif

/// Memory for zstd's decoders. Their windows are hundreds of megabytes, and no child process gets them: who starts a
/// program forks first, and copying the tables of the pages of 256 MiB takes 50 ms each time.
enum WindowMemory {
    /// Bytes. What is larger has a mapping of its own in glibc (above 32 MiB): what is said of it ends with it.
    private static let least = 64 << 20

    static var allocator: ZSTD_customMem {
        ZSTD_customMem(
            customAlloc: { _, size in WindowMemory.allocate(size) }, customFree: { _, memory in free(memory) },
            opaque: nil)
    }

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size >= least else { return malloc(size) }
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, Int(getpagesize()), size) == 0, let memory else { return nil }
        madvise(memory, size, MADV_DONTFORK)
        return memory
    }
}
