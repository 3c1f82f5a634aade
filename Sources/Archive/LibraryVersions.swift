import CArchive
import CLzma
import CZstd

/// The versions of the libraries that shape a pack's bytes, as a lock pins them.
public enum LibraryVersions {
    /// `1.5.4`
    public static var libzstd: String { String(cString: ZSTD_versionString()) }

    /// `5.4.1`
    public static var liblzma: String { String(cString: lzma_version_string()) }

    /// `3.6.2`. Not archive_version_details, which pulls in libraries that nothing else needs.
    public static var libarchive: String {
        let number = archive_version_number()
        return "\(number / 1_000_000).\(number / 1_000 % 1_000).\(number % 1_000)"
    }
}
