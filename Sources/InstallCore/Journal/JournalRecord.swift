/// One fact in the journal. Changes are recorded before they are made.
enum JournalRecord: Codable, Hashable, Sendable {
    /// The first line.
    case opened(schemaVersion: Int)
    case runStarted(run: RunRecord)
    case stepStarted(step: String)
    case stepDone(step: String)
    case runDone

    /// `before` is nil where there was nothing; its content is in the content store.
    case fileWritten(path: String, before: FileSnapshot?, after: FileSnapshot)
    case directoryMade(path: String)
    /// A folder that Kubernetes fills; `kept` are the names that were there before.
    case directoryClaimed(path: String, existed: Bool, kept: [String])
    /// `before`: the target of a link that was there.
    case symlinkMade(path: String, target: String, before: String?)
    /// One line of a file that others own too; `before` is nil for a line that was added.
    case lineWritten(path: String, before: String?, after: String)
    case unitEnabled(unit: String)
    case serviceStarted(unit: String)
    case swapOff(devices: [String])
    case sysctl(key: String, before: String, after: String)
    /// Listed by reset, not undone: others may use it by now.
    case moduleLoaded(name: String)
    case packageInstalled(name: String, version: String)
    /// `init` or `join`.
    case kubeadmBegun(command: String)
    case kubeadmFinished(command: String)
    /// What kubeadm began was reset, so that it can be begun again.
    case kubeadmReset
    /// A network link that reset removes.
    case linkMade(name: String)

    case resetStarted
    /// The change with this sequence number is undone, or was left and reported.
    case undone(sequence: Int)
}
