import BundleModel

/// What the journal's entries add up to.
struct JournalState: Sendable {
    private(set) var run: RunRecord?
    /// Whether a run of this installation did not look at the signature. No later one takes that back: whatever it put
    /// here has been running as root since.
    private(set) var signatureSkipped = false
    private(set) var stepsDone: Set<String> = []
    private(set) var stepsStarted: Set<String> = []
    private(set) var lastStep: String?
    private(set) var finished = false
    private(set) var resetting = false
    /// `init` or `join` that began and did not finish.
    private(set) var kubeadmPending: String?
    private(set) var kubeadmFinished: String?
    private(set) var claimed: Set<String> = []
    /// The boot in which a step was last begun.
    private(set) var bootOfStep: [String: String] = [:]

    init(_ entries: [JournalEntry]) {
        for entry in entries {
            switch entry.record {
            case .runStarted(let run):
                self.run = run
                signatureSkipped = signatureSkipped || run.keyFingerprint == nil
                finished = false
            case .stepStarted(let step):
                stepsStarted.insert(step)
                stepsDone.remove(step)
                lastStep = step
                bootOfStep[step] = run?.bootID
            case .stepDone(let step): stepsDone.insert(step)
            case .runDone: finished = true
            case .kubeadmBegun(let command):
                kubeadmPending = command
                kubeadmFinished = nil
            case .kubeadmFinished(let command):
                kubeadmPending = nil
                kubeadmFinished = command
            case .kubeadmReset: kubeadmPending = nil
            case .directoryClaimed(let path, _, _): claimed.insert(path)
            case .resetStarted: resetting = true
            default: break
            }
        }
    }
}
