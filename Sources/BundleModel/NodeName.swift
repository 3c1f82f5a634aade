/// What a node may be called: a DNS subdomain, as Kubernetes takes it, and short enough for the label
/// `kubernetes.io/hostname`, which every kubelet gives its node.
public enum NodeName {
    /// For messages.
    public static let rule = "lower-case letters, digits, '-' and '.', at most 63"

    public static func isValid(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return (1...63).contains(name.utf8.count)
            && labels.allSatisfy { label in
                !label.isEmpty && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                        default: byte == UInt8(ascii: "-")
                        }
                    }
            }
    }
}
