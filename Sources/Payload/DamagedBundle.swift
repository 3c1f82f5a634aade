public import BundleModel
public import Signing
public import SystemPackage

/// A whole bundle out of copies that are damaged at different places. Every piece is held against a signed index, so
/// that no copy needs to be believed, nor whole.
public struct DamagedBundle: Sendable {
    /// The damaged file first.
    let sources: [RepairSource]
    public let index: BundleIndex
    let indexBytes: [UInt8]
    let modificationTime: UInt64
    /// The copy that the index was read from.
    public let indexSource: String
    /// Those of all copies that are valid over the index.
    public let signatures: [BundleSignature]
    public let decision: TrustDecision

    /// - Parameters:
    ///   - damaged: a file or a set of volumes, of which some may be missing.
    ///   - copies: of the same bundle, likewise.
    /// - Throws: `PayloadError.beyondRepair` where no copy has an index that can be read; what the policy says of one
    ///   that nobody trusted has signed.
    public init(_ damaged: FilePath, copies: [FilePath], policy: TrustPolicy) throws {
        let sources = try ([damaged] + copies).map { RepairSource(try VolumeSet.openWhatIsThere($0)) }
        let offered = sources.flatMap(\.signatures)
        var refusal: (any Error)?
        for source in sources {
            guard let bytes = source.index, let time = source.modificationTime,
                let index = try? BundleFile.parse(bytes, name: source.path, offset: 0),
                IndexCheck.problem(index) == nil
            else { continue }
            var keys: Set<String> = []
            let valid = offered.filter { signature in
                signature.publicKey?.isValid(signature: signature.signature, over: bytes) == true
                    && keys.insert(signature.keyID).inserted
            }
            // What was signed is not this, or not whole.
            if valid.isEmpty, let claimed = offered.first {
                if refusal == nil { refusal = SigningError.invalid(keyID: claimed.keyID) }
                continue
            }
            let decision: TrustDecision
            do {
                decision = try policy.evaluate(signatures: valid, over: bytes)
            } catch {
                // The damaged file's own says most.
                if refusal == nil { refusal = error }
                continue
            }
            self.decision = decision
            self.sources = sources
            self.index = index
            indexBytes = bytes
            modificationTime = time
            indexSource = source.path
            signatures = valid.sorted { $0.keyID < $1.keyID }
            return
        }
        if let refusal { throw refusal }
        throw PayloadError.beyondRepair(damaged.string, parts: ["an index that can be read"])
    }

    /// Bytes of the packs, which `plan` reads and `write` writes.
    public var packBytes: UInt64 { index.packs.reduce(0) { $0 + $1.size } }

    /// Finds a copy of every part, the damaged file's own where it is as signed.
    ///
    /// - Parameter advanced: called with bytes of packs that were looked at since the last call.
    /// - Throws: `PayloadError.beyondRepair` that names every part which no copy has; what `advanced` throws.
    public func plan(advanced: (UInt64) throws -> Void) throws -> RepairPlan {
        var lost: [String] = []
        let head = wantsHead ? sources.indices.first { hasHead(sources[$0]) } : nil
        if wantsHead, head == nil { lost.append("the executable") }
        var places: [[RepairPlan.Place]] = []
        var taken: [RepairPlan.Taken] = []
        for (number, pack) in index.packs.enumerated() {
            let starts = sources.map { packStarts(of: number, in: $0) }
            var own: [RepairPlan.Place] = []
            for chunk in pack.chunks.indices {
                let size = UInt64(ChunkCheck.range(of: chunk, in: pack).count)
                if let place = find(chunk, of: pack, starts: starts) {
                    own.append(place)
                    if place.source > 0 {
                        taken.append(
                            RepairPlan.Taken(
                                pack: pack.name, chunk: chunk, from: sources[place.source].path, bytes: size))
                    }
                } else {
                    lost.append("chunk \(chunk) of pack \(pack.name)")
                }
                try advanced(size)
            }
            places.append(own)
        }
        guard lost.isEmpty else { throw PayloadError.beyondRepair(sources[0].path, parts: lost) }
        return RepairPlan(head: head, chunks: places, taken: taken)
    }

    /// The copy that the executable is from, where the damaged file's own is not as signed.
    public func headSource(_ plan: RepairPlan) -> String? {
        plan.head.flatMap { $0 > 0 ? sources[$0].path : nil }
    }

    /// Writes the bundle: the framing anew, every chunk checked once more.
    ///
    /// - Throws: `PayloadError`; what then stands at `path` is not to be used.
    public func write(_ plan: RepairPlan, to path: FilePath, advanced: (UInt64) throws -> Void) throws {
        try BundleWriter.replace(path, mode: plan.head == nil ? 0o644 : 0o755) { output in
            var tar = OuterTarWriter(output: output, modificationTime: modificationTime)
            if let source = plan.head, let head = index.head {
                try tar.copyHead(from: sources[source].file, size: head.size)
            }
            try tar.add(BundleIndex.fileName, indexBytes)
            try tar.add(signatures)
            for (pack, places) in zip(index.packs, plan.chunks) {
                try tar.beginMember(pack.path, size: pack.size)
                for (chunk, place) in places.enumerated() {
                    let size = ChunkCheck.range(of: chunk, in: pack).count
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
                    defer { buffer.deallocate() }
                    try ChunkCheck.read(
                        chunk, of: pack, at: place.offset, from: sources[place.source].file, into: buffer)
                    try tar.append(UnsafeRawBufferPointer(buffer))
                    try advanced(UInt64(size))
                }
                try tar.endMember()
            }
            try tar.finish(index: SHA256Hasher.hash(indexBytes))
        }
        try BundleFile.open(path).verifyHead()
    }
}
