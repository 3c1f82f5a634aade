import Host
import SystemPackage

/// A stand-in for helm, which the machines that run these tests do not have. It proves nothing about charts: it prints
/// the file `rendered.yaml` of the chart's folder, and behind it what it was called with.
enum StandInHelm {
    /// It ends with status 1 for a chart with a file `refused`, whose text it prints as its error.
    static let script = """
        #!/bin/sh
        # stand-in-helm
        [ "$1" = template ] || exit 2
        release=$2 chart=$3
        shift 3
        if [ -f "$chart" ]; then
            unpacked=$(mktemp -d -p "$HOME")
            tar -C "$unpacked" -xzf "$chart"
            chart=$unpacked
        fi
        if [ -f "$chart/refused" ]; then cat "$chart/refused" >&2; exit 1; fi
        cat "$chart/rendered.yaml"
        if [ -f "$chart/random" ]; then cat /proc/sys/kernel/random/uuid | sed 's/^/# /'; fi
        echo "# $release interfaces:$(tail -n +3 /proc/net/dev | grep -vc 'lo:')"
        env | grep -E '^(HELM_|XDG_|KUBE)' | sort | sed 's/^/# /'
        while [ $# -gt 0 ]; do
            case $1 in
            --values) echo "# --values $(cat "$2")"; shift ;;
            --namespace | --kube-version | --set) echo "# $1 $2"; shift ;;
            *) echo "# $1" ;;
            esac
            shift
        done

        """

    static func write(to path: FilePath) throws {
        try AtomicFile.write(Array(script.utf8), to: path, mode: 0o755)
    }

    /// A chart that the stand-in renders.
    static func writeChart(_ rendered: String, at folder: FilePath, files: [String: String] = [:]) throws {
        try FileSystem.makeDirectories(folder)
        let all = files.merging(["rendered.yaml": rendered, "Chart.yaml": "name: hello\n"]) { $1 }
        for (name, text) in all { try AtomicFile.write(Array(text.utf8), to: folder.appending(name)) }
    }
}
