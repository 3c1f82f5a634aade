public import Fetch
import Host
public import SystemPackage

/// Where upstreams are: bundle-spec/sources.json, embedded, or a file of the same form.
public enum BuiltInSources {
    /// - Parameter file: read instead of the embedded one.
    /// - Throws: `FetchError.badSource`, `HostError.unreadableInput`.
    public static func load(file: FilePath? = nil) throws -> SourcesFile {
        guard let file else { return try SourcesFile.decode(PackageResources.sources_json) }
        return try SourcesFile.decode(try FileSystem.readInput(file, limit: 1 << 20), name: file.string)
    }
}
