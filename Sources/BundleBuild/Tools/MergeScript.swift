import BundleModel

/// `install` of a merged folder: takes the files of the machine that it runs on.
enum MergeScript {
    static let fileName = "install"

    static func text(for architectures: [CPUArchitecture]) -> String {
        let cases = architectures.map { "\(machine($0))) arch=\($0.rawValue) ;;" }.joined(separator: "\n")
        return """
            #!/bin/sh
            # Installs this node from the bundle of its architecture. Takes the options of 'node-install install'.
            set -eu
            here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
            case $(uname -m) in
            \(cases)
            *)
                echo "error: no bundle here is for $(uname -m)" >&2
                echo "hint: bundles.json lists those that are here" >&2
                exit 13
                ;;
            esac
            exec "$here/node-install-$arch" install --bundle "$here/bundle-$arch" "$@"

            """
    }

    /// As uname(1) calls it.
    private static func machine(_ architecture: CPUArchitecture) -> String {
        switch architecture {
        case .amd64: "x86_64"
        case .arm64: "aarch64"
        }
    }
}
