/// What a long piece of work reports. Renderers turn it into a line, a log or JSON.
public struct ProgressEvent: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable {
        case started
        case advanced
        case finished
        /// Something worth a line that is neither progress nor a failure.
        case note
    }

    /// What is counted.
    public enum Unit: String, Codable, Sendable {
        /// Things, such as images.
        case items
    }

    public var kind: Kind
    /// `fetch kubelet`, `step images`; the same text from started to finished.
    public var task: String
    /// Bytes done, or what `unit` says; nil where the work has no measure.
    public var done: UInt64?
    public var total: UInt64?
    /// Nil: bytes.
    public var unit: Unit?
    /// Free text of a note.
    public var detail: String?

    public init(
        kind: Kind, task: String, done: UInt64? = nil, total: UInt64? = nil, unit: Unit? = nil, detail: String? = nil
    ) {
        self.kind = kind
        self.task = task
        self.done = done
        self.total = total
        self.unit = unit
        self.detail = detail
    }
}
