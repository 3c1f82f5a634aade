public import SystemPackage

extension Errno {
    /// Whether there is no room: on the disk, or for this user.
    public var isOfSpace: Bool { self == .noSpace || self == .diskQuotaExceeded }
}
