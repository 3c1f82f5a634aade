import Host
import SystemPackage
import Testing

struct HostRootTests {
    @Test(arguments: [
        ("/", "/etc/hosts", "/etc/hosts"), ("/scratch", "/etc/hosts", "/scratch/etc/hosts"),
        ("/scratch", "//etc/hosts", "/scratch/etc/hosts"), ("/scratch", "etc", "/scratch/etc"),
        ("/scratch", "/", "/scratch"), ("relative", "/etc", "relative/etc"),
    ])
    func absolutePathsStayBelowTheRoot(root: String, path: String, expected: String) {
        #expect(HostRoot(.init(root)).resolve(path).string == expected)
    }
}
