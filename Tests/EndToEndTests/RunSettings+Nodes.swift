import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

extension RunSettings {
    static var nodesArePossible: Bool {
        isRequired && getuid() == 0 && access("/usr/bin/systemd-nspawn", X_OK) == 0
    }
}
