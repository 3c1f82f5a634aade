import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

enum RegistryPrograms {
    static var arePresent: Bool {
        access("/usr/bin/docker-registry", X_OK) == 0 && access("/usr/bin/skopeo", X_OK) == 0
    }
}

/// Against the distribution project's own registry and skopeo.
@Suite(.enabled(if: RegistryPrograms.arePresent, "needs docker-registry and skopeo"))
struct RegistryTests {
    @Test func aPulledImageIsWhatSkopeoSees() async throws {
        try await withRegistry { folder, host in
            let copy = try await pull("\(host)/team/tool:1", host, folder)
            let seen = try await require(
                "skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://\(host)/team/tool:1")
            #expect(copy.target.digest.description == seen.trimmingPrefix { $0 == " " }.prefix(71))
            #expect(copy.manifest == copy.target.digest)
            #expect(copy.blobs.count == 2)
            #expect(try await size("\(host)/team/tool:1", host, folder) == copy.size)
            let byDigest = try await pull("\(host)/team/tool@\(copy.target.digest)", host, folder)
            #expect(byDigest.documents == copy.documents)
        }
    }

    @Test func aPasswordOpensARegistryThatWantsOne() async throws {
        try await withRegistry(password: "secret") { folder, host in
            let reference = "\(host)/team/tool:1"
            let url = "http://\(host)/v2/team/tool/manifests/1"
            await #expect(throws: FetchError.refused(url: url, status: 401, retryAfter: nil)) {
                try await pull(reference, host, folder)
            }
            let auth = Data("user:secret".utf8).base64EncodedString()
            try AtomicFile.write(
                Array(#"{"auths":{"\#(host)":{"auth":"\#(auth)"}}}"#.utf8), to: folder.appending("config.json"))
            #expect(try await pull(reference, host, folder).blobs.count == 2)
        }
    }

    @Test func anUnknownTagIsMissing() async throws {
        try await withRegistry { folder, host in
            let error = await #expect(throws: FetchError.self) { try await pull("\(host)/team/tool:2", host, folder) }
            #expect(error?.category == .missingArtifact)
        }
    }

    @Test func anIndexKeepsItsDigestAndTheSignatureBesideItIsFound() async throws {
        try await withRegistry { folder, host in
            let single = try await pull("\(host)/team/tool:1", host, folder)
            var entry = single.target
            entry.platform = OCIPlatform(.amd64)
            let index = Array(try CanonicalJSON.encode(OCIIndex(manifests: [entry])))
            let digest = SHA256Hasher.hash(index)
            try AtomicFile.write(index, to: folder.appending("index.json"))
            try await require(
                "curl", "-sSf", "-X", "PUT", "-H", "Content-Type: \(OCIMediaType.index.rawValue)", "--data-binary",
                "@\(folder)/index.json", "http://\(host)/v2/team/tool/manifests/all")
            // Where cosign puts it.
            try await require(
                "skopeo", "copy", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false",
                "docker://\(host)/team/tool:1", "docker://\(host)/team/tool:sha256-\(digest.hex).sig")
            let reference = "\(host)/team/tool:all"
            let image = try await pull(reference, host, folder)
            #expect(image.target.digest == digest && image.manifest == single.manifest)
            let signatures = try await asking(host, folder) {
                try await $0.signatures(of: digest, in: try ImageReference(reference))
            }
            #expect(signatures == [single.target.digest])
            #expect(try await asking(host, folder) { try await $0.digest(of: ImageReference(reference)) } == digest)
        }
    }

    private func pull(_ reference: String, _ host: String, _ folder: FilePath) async throws -> PulledImage {
        try await asking(host, folder) { try await $0.pull(ImageReference(reference), architecture: .amd64) }
    }

    private func size(_ reference: String, _ host: String, _ folder: FilePath) async throws -> UInt64 {
        try await asking(host, folder) { try await $0.size(of: ImageReference(reference), architecture: .amd64) }
    }

    private func asking<Answer: Sendable>(
        _ host: String, _ folder: FilePath, _ question: (RegistryClient) async throws -> Answer
    ) async throws -> Answer {
        let transport = HTTPTransport(stallSeconds: 10)
        do {
            let cache = ArtifactCache(folder: folder.appending("cache"), transport: transport)
            let client = RegistryClient(
                sources: SourcesFile(files: [:], registries: [host: ["http://\(host)"]]), transport: transport,
                cache: cache,
                credentials: try RegistryCredentials(dockerConfig: folder.appending("config.json")))
            let answer = try await question(client)
            try await transport.shutdown()
            return answer
        } catch {
            try? await transport.shutdown()
            throw error
        }
    }

    @discardableResult
    private func require(_ command: String...) async throws -> String {
        try await SystemProcessRunner().require(Command(command[0], Array(command.dropFirst()))).standardOutput
    }

    /// A registry on a free port of loopback, with one image made by skopeo from a hand-made layout.
    ///
    /// - Parameter password: of `user`; nil for a registry that anybody may read.
    private func withRegistry(password: String? = nil, _ body: (FilePath, String) async throws -> Void) async throws {
        let folder = FilePath("/tmp/kubeferry-registry-\(UUID().uuidString)")
        try FileSystem.makeDirectories(folder)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let port = Int.random(in: 20_000...29_999)
        var auth = ""
        var login: [String] = []
        if let password {
            let hash = try await require(
                "perl", "-e", "print crypt(shift, shift)", password, "$2b$05$" + "abcdefghijklmnopqrstuu")
            try AtomicFile.write(Array("user:\(hash)\n".utf8), to: folder.appending("htpasswd"))
            auth = "auth: {htpasswd: {realm: test, path: \(folder)/htpasswd}}"
            login = ["--dest-creds", "user:\(password)"]
        }
        let settings = """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(folder)/storage}}
            http: {addr: "127.0.0.1:\(port)"}
            \(auth)

            """
        try AtomicFile.write(Array(settings.utf8), to: folder.appending("config.yml"))
        let serving = Task {
            try await SystemProcessRunner().run(
                Command("docker-registry", ["serve", folder.appending("config.yml").string], timeout: 1800))
        }
        defer { serving.cancel() }
        for _ in 0..<1200 {
            let probe = try await SystemProcessRunner().run(Command("curl", ["-s", "http://127.0.0.1:\(port)/v2/"]))
            if probe.status == 0 { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        try await require(
            "sh", "-c",
            """
            cd \(folder) && mkdir root && echo content > root/file && tar -C root -cf layer.tar file && \
            python3 - <<'P'
            import hashlib, json, tarfile, io
            layer = open('layer.tar','rb').read(); d = hashlib.sha256(layer).hexdigest()
            config = json.dumps({'architecture':'amd64','os':'linux','config':{},'rootfs':{'type':'layers','diff_ids':['sha256:'+d]}}).encode()
            c = hashlib.sha256(config).hexdigest()
            manifest = json.dumps([{'Config': c+'.json', 'RepoTags': ['tool:1'], 'Layers': [d+'/layer.tar']}]).encode()
            with tarfile.open('image.tar','w') as t:
                for name, data in ((c+'.json', config), (d+'/layer.tar', layer), ('manifest.json', manifest)):
                    i = tarfile.TarInfo(name); i.size = len(data); t.addfile(i, io.BytesIO(data))
            P
            skopeo copy --insecure-policy \(login.joined(separator: " ")) --format oci --dest-tls-verify=false docker-archive:image.tar docker://127.0.0.1:\(port)/team/tool:1
            """)
        try await body(folder, "127.0.0.1:\(port)")
    }
}
