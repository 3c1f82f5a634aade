public import ArgumentParser

/// How a command's result is printed on stdout.
public enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case text
    case json
}
