extension NastyImages {
    static var attributes: [ImagePlan] {
        [
            xattrs, capabilities, accessLists, overlayAttributes,
            userAttributeOfLink,
        ]
    }

    /// Version 2 of `security.capability`: effective, permitted cap_net_bind_service.
    static let capability = ByteString([1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    /// Version 3, of a namespace whose root is uid 1000.
    static let namespaced = ByteString(
        [1, 0, 0, 3, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + [0xe8, 3, 0, 0])

    private static let xattrs = ImagePlan(
        "xattrs",
        layers: [
            .init([
                .file("text", "x", { $0.attribute("user.text", "value") }),
                .file("empty", "x", { $0.attribute("user.empty", "") }),
                .file("binary", "x", { $0.attribute("user.binary", ByteString([0x0a, 0x3d, 0xff, 0x20, 0x0a])) }),
                .file("sign", "x", { $0.attribute("user.with space", "v") }),
                .file(
                    "several", "x",
                    {
                        $0.attribute("user.a", "1")
                        $0.attribute("user.b", "2")
                        $0.attribute("trusted.c", "3")
                    }),
                .file("large", "x", { $0.attribute("user.large", .repeating("0123456789", count: 300)) }),
                .folder("d/", { $0.attribute("user.d", "folder") }),
                .symlink("link", to: "x", { $0.attribute("trusted.link", "link") }),
                .device("null", type: "3", 1, 3, { $0.attribute("trusted.node", "node") }),
                .file(
                    "read-only", "x",
                    {
                        $0.mode = 0o400
                        $0.attribute("user.r", "o")
                    }),
                .file(
                    "foreign", "x",
                    {
                        $0.records = [
                            ("LIBARCHIVE.xattr.user.lib", "dmFsdWU="), ("SCHILY.fflags", "nodump"),
                            ("RHT.security.selinux", "u:o:t"),
                        ]
                    }),
            ])
        ]
    ) {
        $0.attribute("text", "user.text", "value")
        $0.attribute("binary", "user.binary", ByteString([0x0a, 0x3d, 0xff, 0x20, 0x0a]))
        $0.attribute("several", "user.a", "1")
        $0.attribute("several", "user.b", "2")
        $0.attribute("large", "user.large", .repeating("0123456789", count: 300))
        $0.attribute("d", "user.d", "folder")
        // containerd leaves out attributes that are the administrator's alone.
        for name: ByteString in ["several", "link", "null"] {
            $0.expect($0[name]?.attributes.keys.contains { "\($0)".hasPrefix("trusted.") } == false, "\(name): trusted")
        }
        $0.attribute("read-only", "user.r", "o")
    }

    /// A change of owner takes capabilities away, so their order matters.
    private static let capabilities = ImagePlan(
        "capabilities",
        layers: [
            .init([
                .file(
                    "ping", "x",
                    {
                        ($0.mode, $0.owner, $0.group) = (0o755, 7, 8)
                        $0.attribute("security.capability", capability)
                    }),
                .file(
                    "setuid", "x",
                    {
                        ($0.mode, $0.owner) = (0o6755, 1000)
                        $0.attribute("security.capability", capability)
                    }),
                .file("namespaced", "x", { $0.attribute("security.capability", namespaced) }),
                .hardLink(
                    "ping-link", to: "ping",
                    {
                        ($0.mode, $0.owner, $0.group) = (0o755, 7, 8)
                        $0.attribute("security.capability", capability)
                    }),
                .file("lost", "x", { $0.attribute("security.capability", capability) }), .hardLink("loses", to: "lost"),
            ]),
            .init([.file("above", "x", { $0.attribute("security.capability", capability) })]),
        ]
    ) {
        $0.attribute("ping", "security.capability", capability)
        $0.member("ping", .file, owner: 7, group: 8)
        $0.attribute("setuid", "security.capability", capability)
        $0.member("setuid", .file, mode: 0o6755)
        $0.attribute("ping-link", "security.capability", capability)
        $0.attribute("above", "security.capability", capability)
        // What the entry of a link says counts for the file: a change of owner, and so the end of its capabilities.
        $0.hardLinked("lost", "loses")
        $0.expect($0["lost"]?.attributes == [:], "'lost' has kept its capabilities")
    }

    /// The kernel does not allow it; containerd goes on without.
    private static let userAttributeOfLink = ImagePlan(
        "user-attribute-of-link", layers: [.init([.symlink("l", to: "x", { $0.attribute("user.a", "1") })])]
    ) {
        $0.symlink("l", to: "x")
        $0.expect($0["l"]?.attributes == [:], "the link has an attribute")
    }

    /// user::rwx user:100:r-x group::r-- mask::r-x other::---, as the kernel keeps it.
    static let accessList = ByteString(
        [2, 0, 0, 0]
            + [1, 0, 7, 0, 0xff, 0xff, 0xff, 0xff] + [2, 0, 5, 0, 100, 0, 0, 0]
            + [4, 0, 4, 0, 0xff, 0xff, 0xff, 0xff] + [0x10, 0, 5, 0, 0xff, 0xff, 0xff, 0xff]
            + [0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])

    private static let accessLists = ImagePlan(
        "access-lists",
        layers: [
            .init([
                .file(
                    "file", "x",
                    {
                        $0.mode = 0o750
                        $0.attribute("system.posix_acl_access", accessList)
                    }),
                .folder(
                    "d/",
                    {
                        $0.mode = 0o750
                        $0.attribute("system.posix_acl_default", accessList)
                    }),
                .file("d/inherits", "x", { $0.mode = 0o644 }), .folder("d/sub/"),
            ])
        ]
    ) {
        $0.attribute("file", "system.posix_acl_access", accessList)
        $0.attribute("d", "system.posix_acl_default", accessList)
    }

    /// What overlayfs keeps for itself, said by an image.
    private static let overlayAttributes = ImagePlan(
        "overlay-attributes",
        layers: [
            .init([.folder("d/"), .file("d/old", "old"), .folder("e/"), .file("e/old", "old"), .file("f", "f")]),
            .init([
                .folder("d/", { $0.attribute("trusted.overlay.opaque", "y") }), .file("d/new", "new"),
                .folder("e/", { $0.attribute("trusted.overlay.redirect", "/d") }),
                .file("f", "g", { $0.attribute("trusted.overlay.metacopy", "") }),
            ]),
        ]
    ) {
        // They are the administrator's alone, so none of them works.
        $0.children("d", "new", "old")
        $0.children("e", "old")
        $0.file("f", "g")
    }
}
