import Host
import Layers
import SystemPackage
import Testing

/// Random trees, written by GNU tar in its formats and unpacked by it and by us.
@Suite(.enabled(if: Snapshot.isPossible, "\(Snapshot.needs)"))
struct GNUTarTests {
    @Test(arguments: ["pax", "gnu", "ustar"], [1, 2])
    func aRandomTreeComesOutAsGNUTarUnpacksIt(format: String, seed: Int) async throws {
        let snapshot = try Snapshot()
        let attributes = format == "pax" ? "--xattrs --xattrs-include=*" : ""
        let path = snapshot.path.string
        try await SystemProcessRunner().require(
            Command(
                "sh",
                [
                    "-ec",
                    """
                    mkdir "$1/tree" "$1/reference"
                    python3 -c "$2" "$1/tree" "$3" "$4"
                    tar -C "$1/tree" --format=\(format) --numeric-owner \(attributes) -cf "$1/tar" .
                    tar -C "$1/reference" --numeric-owner --same-owner -p \(attributes) -xf "$1/tar"
                    """, "sh", path, Self.maker, String(seed), format == "ustar" ? "95" : "1000",
                ]))
        let bytes = try FileSystem.read(snapshot.path.appending("tar"))
        for isLowest in [true, false] {
            let own = try Snapshot()
            try own.unpack(bytes, lowest: isLowest)
            let ours = try await own.tree().members.filter { !$0.key.isEmpty }
            let theirs = try await Tree(snapshot.path.appending("reference")).members.filter { !$0.key.isEmpty }
            #expect(ours.count > 20)
            #expect(Set(ours.keys) == Set(theirs.keys))
            for (path, member) in theirs { #expect(ours[path] == member, "\(path)") }
        }
    }

    private static let maker = """
        import os, random, sys
        root, r, limit = os.fsencode(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
        folders, files = [root], []
        def moment(): return r.randrange(0, 1 << 60)
        def name():
            kind = r.random()
            if kind < .1: return bytes(r.choices([c for c in range(1, 256) if c != 47], k=r.randint(3, 20)))
            if kind < .2: return b'n' * r.randint(60, 90)
            return b'%x' % r.getrandbits(32)
        for _ in range(r.randint(60, 200)):
            path = r.choice(folders) + b'/' + name()
            if len(path) - len(root) > limit or os.path.lexists(path): continue
            kind = r.random()
            if kind < .2: os.mkdir(path); folders.append(path)
            elif kind < .3 and files: os.link(r.choice(files), path); continue
            elif kind < .4: os.symlink(b'/'.join(name() for _ in range(r.randint(1, 2)))[:99], path)
            elif kind < .45: os.mknod(path, 0o10600)
            elif kind < .5: os.mknod(path, 0o20600, os.makedev(r.randrange(1, 500), r.randrange(0, 1000)))
            else:
                with open(path, 'wb') as f: f.write(r.randbytes(r.choice([0, 1, 511, 512, 513, r.randrange(300000)])))
                files.append(path)
                if r.random() < .3: os.setxattr(path, b'user.%x' % r.getrandbits(30), r.randbytes(20))
            os.chown(path, r.choice([0, 1000, 70000]), r.choice([0, 5, 2000000]), follow_symlinks=False)
            if not os.path.islink(path): os.chmod(path, r.choice([0o644, 0o755, 0o4755, 0o2711, 0o1777, 0o600]))
        for folder, below, here in os.walk(root, topdown=False):
            for each in here + [b'']:
                path = os.path.join(folder, each) if each else folder
                os.utime(path, ns=(moment(), moment()), follow_symlinks=False)
        """
}
