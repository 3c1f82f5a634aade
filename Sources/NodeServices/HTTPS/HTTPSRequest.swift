/// A request with its whole body in memory.
public struct HTTPSRequest: Hashable, Sendable {
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    public var method: Method
    /// With the query.
    public var path: String
    /// JSON, or empty.
    public var body: [UInt8]

    public init(_ method: Method, _ path: String, body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.body = body
    }
}
