import BundleModel
import Host
import Signing
import SystemPackage

/// An index outside its bundle: `bundle.json`, and for each signature `KEYID.sig` (64 raw bytes) and `KEYID.pub`.
struct IndexFolder {
    let path: FilePath

    init(_ path: FilePath) { self.path = path }

    func write(_ index: [UInt8], signatures: [BundleSignature]) throws {
        try FileSystem.makeDirectories(path)
        try AtomicFile.write(index, to: path.appending(BundleIndex.fileName))
        for signature in signatures { try write(signature) }
    }

    func write(_ signature: BundleSignature) throws {
        try FileSystem.makeDirectories(path)
        try AtomicFile.write(signature.signature, to: path.appending("\(signature.keyID).sig"))
        if let key = signature.publicKey { try AtomicFile.write(key.pem, to: path.appending("\(signature.keyID).pub")) }
    }
}
