/// How other tools are given images.
public enum ImageForm: String, CaseIterable, Sendable {
    /// An OCI layout, a folder `images`.
    case oci
    /// An archive as `docker save` writes it, a file `images.tar`.
    case docker
}
