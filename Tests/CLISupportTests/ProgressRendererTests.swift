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
        let redraws = recording.written.split(separator: "\r\u{1B}[K")
        #expect(redraws.count == 22)
        #expect(redraws.first == "fetch kubelet: 1.0 MB of 40.0 MB (2 %), 4 s left, 10.0 MB/s")
        #expect(redraws.last == "fetch kubelet: done 40.0 MB in 4 s (checked)\n")
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
