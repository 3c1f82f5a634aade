#if canImport(Glibc)
    import Glibc
#endif

/// Blocks the calling thread, as a slow disk would.
enum SystemSleep {
    static func briefly() { usleep(1000) }
}
