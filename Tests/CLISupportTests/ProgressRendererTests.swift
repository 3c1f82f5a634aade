import BundleModel
import CLISupport
import Testing

struct ProgressRendererTests {
    private let recording = ProgressRecording()

    private func play(_ style: ProgressStyle) {
        let renderer = recording.renderer(style)
        renderer.report(ProgressEvent(kind: .started, task: "fetch kubelet"))
        for tenth in 1...20 {
            recording.setClock(Double(tenth) / 10)
            renderer.report(
                ProgressEvent(
                    kind: .advanced, task: "fetch kubelet", done: UInt64(tenth) * 1_000_000, total: 40_000_000))
        }
        renderer.report(ProgressEvent(kind: .note, task: "fetch kubelet", detail: "resumed"))
        recording.setClock(4)
        renderer.report(ProgressEvent(kind: .finished, task: "fetch kubelet", done: 40_000_000, detail: "checked"))
    }

    @Test func aLogGetsALineASecond() {
        play(.plain)
        #expect(
            recording.written == """
                fetch kubelet
                fetch kubelet: 10.0 MB of 40.0 MB (25 %), 3 s left, 10.0 MB/s
                fetch kubelet: 20.0 MB of 40.0 MB (50 %), 2 s left, 10.0 MB/s
                fetch kubelet: resumed
                fetch kubelet: done 40.0 MB in 4 s (checked)

                """)
    }

    @Test func aLongTaskDoesNotFloodALog() {
        let renderer = recording.renderer(.plain)
        renderer.report(ProgressEvent(kind: .started, task: "unpack images"))
        for tenth in 1...36_000 {
            recording.setClock(Double(tenth) / 10)
            renderer.report(
                ProgressEvent(kind: .advanced, task: "unpack images", done: UInt64(tenth), total: 36_000))
        }
        let lines = recording.written.split(separator: "\n")
        #expect((20...70).contains(lines.count))
        // What is left is said to the end.
        #expect(lines.dropFirst().allSatisfy { $0.contains(" of ") && $0.contains(" left") })
    }

    @Test func aTerminalIsRedrawnInPlace() {
        play(.tty)
        let redraws = recording.written.split(separator: "\u{1B}[1A\r\u{1B}[J")
        #expect(redraws.count == 23)
        #expect(redraws.first == "fetch kubelet\n")
        #expect(redraws.dropFirst().first == "fetch kubelet: 1.0 MB of 40.0 MB (2 %), 4 s left, 10.0 MB/s\n")
        #expect(redraws.last == "fetch kubelet: done 40.0 MB in 4 s (checked)\n")
    }

    /// Two downloads beside each other, one that has ended, and a count of images.
    private func playSeveral(_ style: ProgressStyle) {
        let renderer = recording.renderer(style)
        func report(_ kind: ProgressEvent.Kind, _ task: String, _ done: UInt64? = nil, of total: UInt64? = nil) {
            renderer.report(ProgressEvent(kind: kind, task: task, done: done, total: total))
        }
        report(.started, "fetch runc", 0, of: 10_000_000)
        // Half of it is there from an earlier run: no part of the rate.
        report(.started, "fetch kubelet", 20_000_000, of: 40_000_000)
        report(.started, "fetch etcd")
        recording.setClock(1)
        report(.advanced, "fetch runc", 10_000_000, of: 10_000_000)
        report(.finished, "fetch runc", 10_000_000)
        report(.advanced, "fetch kubelet", 25_000_000, of: 40_000_000)
        recording.setClock(5)
        report(.advanced, "fetch etcd", 5_000_000, of: 20_000_000)
        renderer.report(ProgressEvent(kind: .started, task: "check layers", done: 3, total: 12, unit: .items))
        recording.setClock(6)
        renderer.report(ProgressEvent(kind: .advanced, task: "check layers", done: 6, total: 12, unit: .items))
    }

    @Test func aTerminalShowsWhatRunsAndTheSumOfWhatIsAlike() {
        playSeveral(.tty)
        let last = recording.written.split(separator: "\r\u{1B}[J").last
        #expect(
            last.map(String.init) == """
                fetch kubelet: 25.0 MB of 40.0 MB (62 %), 18 s left, 833.3 kB/s
                fetch etcd: 5.0 MB of 20.0 MB (25 %), 18 s left, 833.3 kB/s
                check layers: 6 of 12 (50 %), 2 s left
                fetch, 1 done and 2 running: 40.0 MB of at least 70.0 MB, 3.3 MB/s

                """)
    }

    @Test func aLogGetsTheSumOfWhatIsAlike() {
        playSeveral(.plain)
        #expect(
            recording.written == """
                fetch runc
                fetch kubelet
                fetch etcd
                fetch, 0 done and 3 running: 30.0 MB, 10.0 MB/s
                fetch runc: done 10.0 MB in 1 s
                fetch, 1 done and 2 running: 40.0 MB of at least 70.0 MB, 4.0 MB/s
                check layers
                check layers: 6 of 12 (50 %), 2 s left

                """)
    }

    @Test func linesAreCutWhereTheTerminalEnds() {
        let renderer = recording.renderer(.tty, columns: 12)
        renderer.report(ProgressEvent(kind: .started, task: "fetch something with a long name"))
        #expect(recording.written == "fetch somet\n")
    }

    @Test func manyTasksDoNotFillTheTerminal() throws {
        let renderer = recording.renderer(.tty)
        for number in 0..<40 { renderer.report(ProgressEvent(kind: .started, task: "pull \(number)")) }
        recording.setClock(1)
        renderer.report(ProgressEvent(kind: .note, task: "pull 3", detail: "again"))
        let last = try #require(recording.written.split(separator: "\r\u{1B}[J").last)
        let lines = last.split(separator: "\n")
        #expect(lines.first == "pull 3: again")
        #expect(lines.count == 10 && lines.last == "… and 32 more")
    }

    @Test func scriptsGetAnObjectALine() {
        play(.json)
        let lines = recording.written.split(separator: "\n")
        #expect(lines.count == 23)
        #expect(lines.first == #"{"kind":"started","task":"fetch kubelet"}"#)
        #expect(
            lines.last == #"{"detail":"checked","done":40000000,"kind":"finished","task":"fetch kubelet"}"#)
    }

    @Test func noneIsSilent() {
        play(.none)
        #expect(recording.written == "")
    }

    @Test func aClockThatStepsBackIsNoCrash() {
        let renderer = recording.renderer(.plain)
        recording.setClock(10)
        renderer.report(ProgressEvent(kind: .started, task: "t"))
        recording.setClock(9)
        renderer.report(ProgressEvent(kind: .advanced, task: "t", done: 1))
        renderer.report(ProgressEvent(kind: .finished, task: "t", done: 1))
        #expect(recording.written == "t\nt: done 1 B in 0 s\n")
    }

    @Test func anEndWithoutABeginningIsIgnored() {
        recording.renderer(.plain).report(ProgressEvent(kind: .finished, task: "t"))
        #expect(recording.written == "")
    }

    @Test func manyThreadsReportAtOnce() async {
        let renderer = recording.renderer(.plain)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    renderer.report(ProgressEvent(kind: .started, task: "t\(task)"))
                    for step in 0..<200 {
                        self.recording.setClock(Double(step))
                        renderer.report(ProgressEvent(kind: .advanced, task: "t\(task)", done: UInt64(step)))
                    }
                    renderer.report(ProgressEvent(kind: .finished, task: "t\(task)"))
                }
            }
        }
        let ends = recording.written.split(separator: "\n").filter { $0.contains(": done in ") }
        #expect(ends.count == 8)
    }
}
