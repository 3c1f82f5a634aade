// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "kubeferry",
    products: [
        .executable(name: "bundler", targets: ["bundler"]),
        .executable(name: "node-install", targets: ["node-install"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        // Commands
        .executableTarget(
            name: "bundler",
            dependencies: [
                "CLISupport", "BundleBuild", "Fetch", "Archive", "Signing", "Payload", "Host", "BundleModel",
                argumentParser, logging, system,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "node-install",
            dependencies: [
                "CLISupport", "InstallCore", "NodeServices", "Archive", "Signing", "Payload", "Host", "BundleModel",
                argumentParser, logging, system,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "CLISupport", dependencies: ["Host", "BundleModel", argumentParser, logging], swiftSettings: strict),

        // Online machine
        .target(
            name: "BundleBuild",
            dependencies: [
                "Fetch", "Layers", "Archive", "Signing", "Payload", "Host", "BundleModel", logging, system, yams,
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: strict
        ),
        .target(
            name: "Fetch",
            dependencies: [
                "Signing", "Host", "BundleModel", asyncHTTPClient, logging, nioCore, nioHTTP1, nioSSL, system,
            ],
            swiftSettings: strict
        ),

        // Node
        .target(
            name: "InstallCore",
            dependencies: ["Containerd", "Archive", "Signing", "Payload", "Host", "BundleModel", logging, system],
            resources: [.embedInCode("Resources")],
            swiftSettings: strict
        ),
        .target(
            name: "Containerd",
            dependencies: [
                "Layers", "Archive", "Signing", "Host", "BundleModel", nioCore, nioHPACK, nioHTTP2, nioPosix, protobuf,
                system,
            ],
            exclude: ["Proto"],
            swiftSettings: strict
        ),
        .target(
            name: "NodeServices",
            dependencies: ["Signing", "Host", "BundleModel", logging, nioCore, nioPosix, nioHTTP1, nioSSL, system],
            swiftSettings: strict
        ),

        // Shared
        .target(
            name: "Payload", dependencies: ["Archive", "Signing", "Host", "BundleModel", system], swiftSettings: strict),
        .target(
            name: "Archive",
            dependencies: ["CArchive", "CLzma", "CZstd", "Signing", "Host", "BundleModel", system],
            swiftSettings: strict,
            // What the static libarchive needs of its own: pkg-config's Libs.private is not read by SwiftPM.
            linkerSettings: ["acl", "attr", "lzma", "zstd", "z", "nettle", "hogweed", "gmp"].map { .linkedLibrary($0) }
        ),
        .target(
            name: "Layers", dependencies: ["Archive", "Signing", "Host", "BundleModel", system], swiftSettings: strict),
        .target(name: "Signing", dependencies: ["COpenSSL", "BundleModel", system], swiftSettings: strict),
        .target(name: "Host", dependencies: ["CLinux", "BundleModel", subprocess, system], swiftSettings: strict),
        .target(name: "BundleModel", swiftSettings: strict),
        .target(name: "CLinux"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        // Tests
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "BundleModelTests", dependencies: ["BundleModel"], swiftSettings: strict),
        .testTarget(
            name: "CLISupportTests", dependencies: ["CLISupport", "BundleModel", argumentParser, logging],
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Host", "BundleModel", system], path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "HostTests", dependencies: ["TestSupport", "Host", "BundleModel", system], swiftSettings: strict),
        .testTarget(
            name: "SigningTests", dependencies: ["Signing", "Host", "BundleModel", system], swiftSettings: strict),
        .testTarget(
            name: "ArchiveTests", dependencies: ["Archive", "Signing", "Host", "BundleModel", system],
            swiftSettings: strict),
        .testTarget(
            name: "LayersTests", dependencies: ["Layers", "Archive", "Signing", "Host", "BundleModel", system],
            swiftSettings: strict),
        .testTarget(
            name: "PayloadTests", dependencies: ["Payload", "Archive", "Signing", "Host", "BundleModel", system],
            swiftSettings: strict),
        .target(
            name: "UpstreamTestSupport",
            dependencies: [
                "BundleBuild", "Fetch", "Payload", "Archive", "Signing", "Host", "BundleModel", nioCore, nioPosix,
                nioHTTP1, system,
            ], path: "Tests/UpstreamTestSupport", swiftSettings: strict),
        .testTarget(
            name: "FetchTests",
            dependencies: [
                "UpstreamTestSupport", "TestSupport", "Fetch", "Signing", "Host", "BundleModel", nioCore, nioPosix,
                nioHTTP1, nioSSL, logging, system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BundleBuildTests",
            dependencies: [
                "UpstreamTestSupport", "TestSupport", "BundleBuild", "Fetch", "Payload", "Archive", "Signing", "Host",
                "BundleModel", nioHTTP1, logging, system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BundlerCommandTests",
            dependencies: [
                "UpstreamTestSupport", "TestSupport", "BundleBuild", "Fetch", "Payload", "Archive", "Signing", "Host",
                "BundleModel", nioHTTP1,
                system,
            ], swiftSettings: strict),
        .testTarget(
            name: "InstallCoreTests",
            dependencies: [
                "ContainerdTestSupport", "UpstreamTestSupport", "TestSupport", "InstallCore", "BundleBuild", "Payload",
                "Archive", "Signing",
                "Host", "BundleModel", logging, system,
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "ContainerdLoaderTests",
            dependencies: [
                "ContainerdTestSupport", "TestSupport", "Containerd", "Archive", "Signing", "Host", "BundleModel",
                nioCore, nioHPACK,
                nioHTTP2, nioPosix, protobuf, system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "NodeServicesTests",
            dependencies: [
                "NodeServices", "Signing", "Host", "BundleModel", nioCore, nioPosix, nioHTTP1, nioSSL, logging, system,
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CFileSystems", path: "Tests/CFileSystems"),
        .target(
            name: "ContainerdTestSupport",
            dependencies: [
                "TestSupport", "CFileSystems", "Containerd", "Archive", "Signing", "Host", "BundleModel", protobuf,
                system,
            ],
            path: "Tests/ContainerdTestSupport", swiftSettings: strict),
        .testTarget(
            name: "ContainerdTests",
            dependencies: [
                "ContainerdTestSupport", "TestSupport", "Containerd", "Archive", "Signing", "Host", "BundleModel",
                system,
            ], swiftSettings: strict),
        .testTarget(
            name: "NodeInstallCommandTests", dependencies: ["NodeServices", "Host", "BundleModel", system],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport", "NodeServices", "Host", "BundleModel", system],
            swiftSettings: strict),
    ]
)
