import ArgumentParser
import BundleBuild
import BundleModel

@main
struct Bundler: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundler",
        abstract: "Makes signed offline Kubernetes bundles.",
        discussion: """
            One file holds everything that a bare node needs. A first bundle:

              bundler keygen --output my-key
              bundler make --k8s v1.20.2 --key my-key.key --output k8s.run
              bundler verify k8s.run --trusted-key my-key.pub

            Results go to stdout, progress and errors to stderr. docs/exit-codes.md lists the exit codes.
            """,
        version: BundlerVersion.current.description,
        subcommands: [
            KeyGenerate.self, FileInitialize.self, PlanShow.self, BundleMake.self, BundleVerify.self,
            BundleInspect.self, IndexSign.self, SignatureAttach.self, KeyStatementMake.self, LockOutdated.self,
            MatrixShow.self, BundleDiff.self, BundleSplit.self, BundleRepair.self, BundleMerge.self, BundleExtract.self,
            BundleSBOM.self, Completions.self,
        ])
}
