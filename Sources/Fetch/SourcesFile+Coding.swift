extension SourcesFile: Codable {
    private enum CodingKeys: String, CodingKey {
        case schemaVersion
        case files
        case registries
    }

    /// One address as a string, several as an array.
    private struct Addresses: Codable {
        var list: [String]

        init(_ list: [String]) { self.list = list }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                list = [one]
            } else if let several = try? container.decode([String].self) {
                list = several
            } else {
                throw DecodingError.typeMismatch(
                    [String].self,
                    .init(codingPath: decoder.codingPath, debugDescription: "expected an address or a list of them"))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if list.count == 1 {
                try container.encode(list[0])
            } else {
                try container.encode(list)
            }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            files: try container.decode([String: Addresses].self, forKey: .files).mapValues(\.list),
            registries: try container.decode([String: Addresses].self, forKey: .registries).mapValues(\.list))
        schemaVersion = try container.decode(Int.self, forKey: .schemaVersion)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(files.mapValues { Addresses($0) }, forKey: .files)
        try container.encode(registries.mapValues { Addresses($0) }, forKey: .registries)
    }
}
