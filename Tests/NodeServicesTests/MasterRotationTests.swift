import Testing

@testable import NodeServices

struct MasterRotationTests {
    private let a: Endpoint
    private let b: Endpoint
    private let c: Endpoint
    private var rotation = MasterRotation()

    init() throws {
        a = try Endpoint("10.0.0.1:6443")
        b = try Endpoint("10.0.0.2:6443")
        c = try Endpoint("10.0.0.3:6443")
        rotation.replace([a, b, c])
    }

    @Test func everyMasterHasItsTurn() {
        var rotation = rotation
        #expect((0..<4).map { _ in rotation.next().first } == [a, b, c, a])
        #expect(Set(rotation.next()) == [a, b, c])
    }

    @Test func oneFailedCheckIsForgivenTwoAreNot() {
        var rotation = rotation
        #expect(rotation.failed(b, certain: false) == false)
        #expect(rotation.isHealthy(b))
        #expect(rotation.failed(b, certain: false) == true)
        #expect(rotation.failed(b, certain: false) == false)
        #expect(rotation.healthy == [a, c])
        for _ in 0..<6 { #expect(rotation.next().last == b) }
        #expect(rotation.succeeded(b) == true)
        #expect(rotation.succeeded(b) == false)
        #expect(rotation.healthy == [a, b, c])
    }

    @Test func aRefusedConnectionCountsAtOnce() {
        var rotation = rotation
        #expect(rotation.failed(a, certain: true) == true)
        #expect(rotation.healthy == [b, c])
    }

    @Test func withAllUnhealthyAllAreTried() {
        var rotation = rotation
        for master in [a, b, c] { _ = rotation.failed(master, certain: true) }
        #expect(rotation.healthy == [])
        #expect(Set(rotation.next()) == [a, b, c])
    }

    @Test func aNewListKeepsWhatIsKnownOfTheRest() {
        var rotation = rotation
        _ = rotation.failed(b, certain: true)
        rotation.replace([b, c])
        #expect(rotation.healthy == [c])
        #expect(rotation.failed(a, certain: true) == false)
        rotation.replace([])
        #expect(rotation.next() == [])
    }
}
