// swift-tools-version: 6.1
import PackageDescription

// Which target may import what is a promise of the design, held by Tests/TidyTests: imports point
// inwards, and client and server never meet. Versions are exact, so that every build is of the same
// code.

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

func room(_ wing: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(wing)/\(name)")
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + [arguments], path: "Sources/Programs/\(name)")
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude)
}

let package = Package(
  name: "doorstep",
  products: [
    .executable(name: "doorstep", targets: ["doorstep"]),
    .executable(name: "doorstepd", targets: ["doorstepd"]),
    .executable(name: "doorstepctl", targets: ["doorstepctl"]),
    .library(name: "SyncClient", targets: ["SyncClient", "CurlTransport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    room("Core", "SyncCore", [crypto]),
    room("Core", "RecordCatalogue", ["SyncCore", .product(name: "Yams", package: "Yams")]),
    room("Core", "SyncWire", ["SyncCore", protobuf]),
    room("Core", "CaseFacts", ["SyncCore", "RecordCatalogue"]),

    room(
      "Client", "SyncReplica", ["SyncCore", "RecordCatalogue", "SyncWire", grdb, sqlite, crypto]),
    room(
      "Client", "SyncClient", ["SyncCore", "RecordCatalogue", "SyncWire", "SyncReplica", protobuf]),
    .systemLibrary(
      name: "CCurl", path: "Sources/CLibraries/CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/CLibraries/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]),
    room("Client", "CurlTransport", ["SyncClient", "CCurl"]),

    room("Server", "ServerStorage", ["SyncCore", "RecordCatalogue", "CaseFacts", crypto]),
    room("Server", "BulkEntry", ["SyncCore", "RecordCatalogue", "CaseFacts", "ServerStorage"]),
    room("Server", "ServerSQLite", ["ServerStorage", "RecordCatalogue", "SyncCore", grdb, sqlite]),
    room(
      "Server", "SyncServer",
      [
        "SyncCore", "RecordCatalogue", "SyncWire", "ServerStorage", "CZlib", crypto, x509, asn1,
        logging,
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),

    room(
      "Programs", "ProgramKit",
      [
        "SyncCore", "SyncWire", "SyncReplica", "SyncClient", "CurlTransport", "RecordCatalogue",
        crypto, cryptoExtras, x509, asn1, arguments,
      ]),
    program(
      "doorstep",
      [
        "ProgramKit", "SyncCore", "SyncClient", "SyncReplica", "CurlTransport", "RecordCatalogue",
        "CaseFacts", "SyncWire",
      ]),
    program(
      "doorstepd",
      [
        "ProgramKit", "SyncServer", "ServerSQLite", "ServerStorage", "BulkEntry", "RecordCatalogue",
        "SyncCore",
        "SyncWire", logging, .product(name: "NIOCore", package: "swift-nio"),
      ]),
    program("doorstepctl", ["ProgramKit", "SyncClient", "CurlTransport", "SyncCore", "SyncWire"]),
    program(
      "doorstep-bench",
      [
        "ProgramKit", "SyncCore", "SyncWire", "RecordCatalogue", "SyncClient", "SyncReplica",
        "CurlTransport",
        "ServerStorage", "ServerSQLite", sqlite,
      ]),

    .target(
      name: "Simulation",
      dependencies: [
        "SyncCore", "RecordCatalogue", "SyncWire", "SyncReplica", "SyncClient", "ServerStorage",
      ]),
    program("doorstep-sim", ["Simulation", "SyncCore"]),

    .target(
      name: "TestSupport",
      dependencies: [
        "SyncCore", "RecordCatalogue", "SyncReplica", "SyncClient", "ServerStorage", "ServerSQLite",
        "SyncServer", "SyncWire",
      ],
      path: "Sources/TestSupport"),
    tests("SyncCoreTests", ["SyncCore", crypto]),
    tests("RecordCatalogueTests", ["RecordCatalogue", "TestSupport"]),
    tests("CaseFactsTests", ["CaseFacts", "TestSupport"]),
    tests("SyncWireTests", ["SyncWire", "TestSupport"]),
    tests("SyncReplicaTests", ["SyncReplica", "TestSupport"]),
    tests("SyncClientTests", ["SyncClient", "TestSupport"]),
    tests("CurlTransportTests", ["CurlTransport", "SyncClient", "CCurl"], exclude: ["Office"]),
    tests("StoreContractTests", ["ServerStorage", "ServerSQLite", "TestSupport"]),
    tests("BulkEntryTests", ["BulkEntry", "ServerStorage"]),
    tests(
      "SyncServerTests", ["SyncServer", "ServerStorage", "SyncWire", "TestSupport", x509, crypto]),
    tests("SimulationTests", ["Simulation"]),
    tests("TidyTests", []),
  ],
  swiftLanguageModes: [.v6]
)

// Fuzzers are built by Scripts/fuzz alone, in a build folder of their own: instrumented code is slow.
if Context.environment["DOORSTEP_FUZZ"] != nil {
  let instrumented = SwiftSetting.unsafeFlags(["-sanitize=fuzzer,address"])
  for target in package.targets where target.type == .regular {
    target.swiftSettings = [instrumented]
  }
  package.targets.append(
    .executableTarget(
      name: "Fuzz",
      dependencies: ["SyncCore", "RecordCatalogue", "SyncWire", "BulkEntry", protobuf, crypto],
      path: "Tests/Fuzz", exclude: ["Corpus", "Dictionaries"], swiftSettings: [instrumented],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
}
