import ArgumentParser

#if canImport(Glibc)
    import Glibc
#endif

/// Runs the command beside the main thread, which only waits.
///
/// An asynchronous `main` ends its thread (dispatch_main), and in a static program the first thread that ends by
/// pthread_exit has the unwinder sort the tables of the whole program: 28 ms of one core at each start.
@main
enum Entry {
    static func main() {
        Task.detached {
            await NodeInstall.main()
            exit(0)
        }
        while true { pause() }
    }
}
