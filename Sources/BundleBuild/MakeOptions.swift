public import BundleModel
public import Signing
public import SystemPackage

/// How a bundle is written, whatever is in it.
public struct MakeOptions: Sendable {
    public var output: FilePath
    /// Nil: a bundle without an executable, for `node-install --bundle`.
    public var head: HeadExecutable?
    public var compression: Compression
    /// Compression threads; they do not change the bytes.
    public var threads: Int
    public var productLine: String
    /// Nil: the time of making.
    public var sequence: UInt64?
    /// Seconds since 1970.
    public var createdAt: UInt64
    /// Nil: unsigned.
    public var signer: BundleSigner?
    /// What shapes the bytes, for the lock.
    public var tools: Lock.Tools
    /// Nil: a whole bundle.
    public var base: BaseContent?

    public init(
        output: FilePath, head: HeadExecutable?, compression: Compression = Compression(), threads: Int = 2,
        productLine: String = "kubernetes", sequence: UInt64? = nil, createdAt: UInt64,
        signer: BundleSigner?, tools: Lock.Tools
    ) {
        self.output = output
        self.head = head
        self.compression = compression
        self.threads = threads
        self.productLine = productLine
        self.sequence = sequence
        self.createdAt = createdAt
        self.signer = signer
        self.tools = tools
    }

    /// Signed by a key that is at hand.
    public init(
        output: FilePath, head: HeadExecutable?, compression: Compression = Compression(), threads: Int = 2,
        productLine: String = "kubernetes", sequence: UInt64? = nil, createdAt: UInt64, key: SigningKey?,
        tools: Lock.Tools
    ) {
        self.init(
            output: output, head: head, compression: compression, threads: threads, productLine: productLine,
            sequence: sequence, createdAt: createdAt, signer: key.map(BundleSigner.key), tools: tools)
    }

    /// Where the lock of the bundle goes.
    public var lockPath: FilePath { Self.lockPath(of: output) }

    static func lockPath(of bundle: FilePath) -> FilePath { FilePath(bundle.string + ".lock.json") }
}
