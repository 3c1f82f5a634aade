import BundleModel
import Host
import NodeServices
import SystemPackage
import TestSupport
import Testing

extension EndToEnd {
    /// What goes wrong with things that a person carries: files cut off or put together wrongly, invites.
    @Suite(.serialized) struct CarriedFileTests {
        @Test func aFileThatWasCutOrJoinedWronglyIsRefused() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("r1", "10.77.0.61")
            try await node.carry(files)
            let bare = try await node.tree()
            let damaged = TestBundle.folder.appending("carried.run")
            for (recipe, cause) in [
                // The end is missing, as after a copy onto a full stick.
                ("head -c $((4 * q - 1000)) $f", "is cut off in"),
                // Two parts out of four changed places.
                ("part 0; part 2; part 1; rest", "is damaged in"),
                ("part 0; part 1; rest; part 2", "in the wrong order"),
                // A part twice: the end is whole, what is before it is not where it should be.
                ("part 0; part 1; part 2; part 2; rest", "a part is missing or does not belong to it"),
            ] {
                try await Testbed.require([
                    "bash", "-ec",
                    """
                    f=\(files.run) q=$(($(stat -c %s \(files.run)) / 4))
                    rest() { tail -c +$((3 * q + 1)) $f; }
                    part() { tail -c +$(($1 * q + 1)) $f | head -c $q || true; }
                    { \(recipe); } >\(damaged)
                    chmod 755 \(damaged)
                    """,
                ])
                try await node.put(damaged, TestNode.bundlePath)
                try await node.refuses(
                    .init(
                        command: node.masterCommand(), category: .bundleDamaged, cause: cause,
                        fix: "hint: copy the file again",
                        mayChange: [TestNode.bundlePath]),
                    unchanged: bare)
            }
            try FileSystem.remove(damaged)
            try await node.remove()
        }

        @Test func anInviteThatCannotHoldIsRefused() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("r2", "10.77.0.62")
            try await node.carry(files)
            let bare = try await node.tree()
            try await node.write("kf1-not-an-invite\n", to: "/root/invite")
            try await node.refuses(
                .init(
                    command: node.workerCommand(), category: .inviteMalformed, cause: "not an invite",
                    fix: "compare it with what 'token create' printed", mayChange: ["/root/invite"]),
                unchanged: bare)
            // From a master that is gone by now, as with an old note. The node's own key is made for the request.
            try await node.write(try expiredInvite().text + "\n", to: "/root/invite")
            try await node.refuses(
                .init(
                    command: node.workerCommand(), category: .inviteExpired, cause: "expired at 2020-09-13",
                    fix: "node-install token create",
                    mayChange: ["/root/invite", "/var/lib/node-install dir", "/var/lib/node-install/node-key.pem"]),
                unchanged: bare)
            try await node.remove()
        }

        /// The program itself lies on the stick, and most of it was not needed before.
        @Test func aStickThatIsPulledEndsItsProgramInOrder() async throws {
            let files = try await TestBundle.shared.make()
            let scratch = try ScratchFolder()
            defer { withExtendedLifetime(scratch) {} }
            let result = try await SystemProcessRunner().run(
                Command(
                    "unshare",
                    [
                        "--mount", "sh", "-ec", Self.pulling, "sh", scratch.path.string, files.run.string,
                        files.publicKey.string,
                    ], timeout: 600))
            #expect(result.status == DiagnosticCategory.bundleDamaged.exitCode, "\(result.standardError)")
            #expect(
                result.standardError.contains(/k8s\.run cannot be read at byte [0-9]+: Input\/output error/),
                "\(result.standardError)")
            #expect(result.standardError.contains("hint: put the medium back and run the same command again"))
        }

        /// FOLDER BUNDLE KEY: runs a bundle's `verify` from a medium and pulls that as soon as the program has said
        /// something. Its stderr is a pipe that holds one write at a time, so that it cannot come to its end in between.
        private static let pulling =
            LoopMedium.script
                + """
                exec python3 -c '
                import fcntl, os, subprocess, sys
                kept, key = int(sys.argv[1]), sys.argv[2]
                reader, writer = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
                fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
                program = ["medium/k8s.run", "verify", "--trusted-key", key, "--progress", "json"]
                child = subprocess.Popen(program, stderr=writer)
                os.close(writer)
                text = os.read(reader, 4096)
                os.truncate("image", kept)
                # What is cached of the file and not in use goes, too.
                subprocess.run(["dd", "if=medium/k8s.run", "of=/dev/null", "iflag=nocache", "count=0", "status=none"])
                while piece := os.read(reader, 4096): text += piece
                sys.stderr.write(text.decode())
                status = child.wait()
                sys.exit(status if status >= 0 else 128 - status)
                ' "$kept" "$1"
                """

        private func expiredInvite() throws -> Invite {
            Invite(
                masters: [try Endpoint("10.77.0.99:7444")],
                pin: try #require(PublicKeyPin(bytes: [UInt8](repeating: 1, count: PublicKeyPin.inviteByteCount))),
                id: try #require(InviteID(bytes: [UInt8](repeating: 2, count: InviteID.byteCount))),
                secret: try #require(InviteSecret(bytes: [UInt8](repeating: 3, count: InviteSecret.byteCount))),
                role: .worker, expiresAt: 1_600_000_000)
        }
    }
}
