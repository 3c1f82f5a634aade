import ArgumentParser
import InstallCore
import SystemPackage

/// Where this node keeps what node-install must remember.
struct NodeOptions: ParsableArguments {
    @Option(name: .long, help: "Folder with the node's key and the list of masters.")
    var stateDirectory = NodePaths.state

    var state: FilePath { FilePath(stateDirectory) }
}
