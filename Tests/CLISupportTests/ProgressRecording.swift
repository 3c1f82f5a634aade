import BundleModel
import CLISupport
import Synchronization

/// A renderer with a clock that the test sets, and everything it wrote.
final class ProgressRecording: Sendable {
    private let seconds = Mutex<Double>(0)
    private let text = Mutex<String>("")

    var written: String { text.withLock { $0 } }

    func renderer(_ style: ProgressStyle, columns: Int = 80) -> ProgressRenderer {
        ProgressRenderer(
            style: style, write: { part in self.text.withLock { $0 += part } },
            now: { self.seconds.withLock { UInt64(($0 * 1e9).rounded()) } }, columns: { columns })
    }

    func setClock(_ value: Double) {
        seconds.withLock { $0 = value }
    }
}
