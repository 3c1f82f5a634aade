import BundleBuild
import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

struct HeadExecutableTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func elf(machine: UInt8 = 62, segment: UInt8 = 1, tail: [UInt8] = []) throws -> FilePath {
        let path = scratch.path.appending("node-install")
        try AtomicFile.write(
            SampleExecutable.bytes(machine: machine, segment: segment, tail: tail), to: path, mode: 0o755)
        return path
    }

    @Test(arguments: [(UInt8(62), CPUArchitecture.amd64), (UInt8(183), CPUArchitecture.arm64)])
    func staticExecutableIsTaken(machine: UInt8, architecture: CPUArchitecture) throws {
        let head = try HeadExecutable(elf(machine: machine))
        #expect(head.architecture == architecture)
        #expect(head.head.size == 120)
    }

    @Test func executableThatNeedsAnInterpreterIsRefused() throws {
        let path = try elf(segment: 3)
        let error = #expect(throws: BundleBuildError.self) { try HeadExecutable(path) }
        #expect(error?.message.contains("dynamically linked") == true)
    }

    @Test func headersBeyondAnyFileAreRefused() throws {
        let path = scratch.path.appending("node-install")
        try AtomicFile.write(SampleExecutable.bytes(offset: 0x7f), to: path)
        let error = #expect(throws: BundleBuildError.self) { try HeadExecutable(path) }
        #expect(error?.message.contains("program headers") == true)
    }

    @Test func bundleIsNoHead() throws {
        let path = try elf(tail: Array("KFBUNDLE".utf8) + [UInt8](repeating: 0, count: 56))
        let error = #expect(throws: BundleBuildError.self) { try HeadExecutable(path) }
        #expect(error?.message.contains("bundle already") == true)
    }

    @Test func otherFilesAreRefused() throws {
        let text = scratch.path.appending("text")
        try AtomicFile.write(Array("#!/bin/sh\n".utf8), to: text)
        #expect(throws: BundleBuildError.self) { try HeadExecutable(text) }
        #expect(throws: BundleBuildError.self) { try HeadExecutable(scratch.path.appending("nothing")) }
        let riscv = try elf(machine: 243)
        #expect(throws: BundleBuildError.self) { try HeadExecutable(riscv) }
    }
}
