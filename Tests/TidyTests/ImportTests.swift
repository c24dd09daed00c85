import Testing

/// The import table. SwiftPM does not keep layers apart by itself: a target sees whatever its
/// dependencies see. A new import is a reviewed line here.
@Suite struct `Imports point inwards` {
  struct Room: Sendable, CustomStringConvertible {
    let path: String
    let mayImport: Set<String>
    var description: String { path }
  }

  static let rooms: [Room] = [
    Room(path: "Core/SyncCore", mayImport: ["Crypto"]),
    Room(path: "Core/RecordCatalogue", mayImport: ["SyncCore", "Yams", "Foundation"]),
    Room(path: "Core/CaseFacts", mayImport: ["SyncCore", "RecordCatalogue"]),
    Room(path: "Core/SyncWire", mayImport: ["SyncCore", "SwiftProtobuf", "Foundation"]),
    Room(
      path: "Client/SyncReplica",
      mayImport: [
        "SyncCore", "RecordCatalogue", "GRDB", "GRDBSQLite", "Foundation", "Synchronization",
      ]),
    Room(
      path: "Client/SyncClient",
      mayImport: [
        "SyncCore", "SyncWire", "SyncReplica", "SwiftProtobuf", "Foundation", "Synchronization",
      ]),
    Room(
      path: "Client/CurlTransport",
      mayImport: ["SyncClient", "CCurl", "Foundation", "Synchronization"]),
    Room(
      path: "Server/ServerStorage",
      mayImport: ["SyncCore", "RecordCatalogue", "CaseFacts", "Crypto", "Synchronization"]),
    Room(
      path: "Server/BulkEntry",
      mayImport: ["SyncCore", "RecordCatalogue", "CaseFacts", "ServerStorage", "Foundation"]),
    Room(
      path: "Server/ServerSQLite",
      mayImport: [
        "SyncCore", "RecordCatalogue", "ServerStorage", "GRDB", "Foundation", "Synchronization",
      ]),
    Room(
      path: "Server/SyncServer",
      mayImport: [
        "SyncCore", "RecordCatalogue", "SyncWire", "ServerStorage", "SwiftProtobuf", "Foundation",
        "Crypto", "CZlib", "X509", "SwiftASN1", "HTTPTypes", "Hummingbird", "HummingbirdCore",
        "HummingbirdTLS",
        "NIOCore", "NIOHTTP1", "NIOSSL", "Logging", "ServiceLifecycle", "Synchronization",
      ]),
  ]

  @Test(arguments: rooms)
  func `a room imports only what the table allows`(room: Room) {
    let files = SourceTree.room(room.path)
    #expect(!files.isEmpty)
    for file in files {
      let strangers = file.imports.subtracting(room.mayImport)
      #expect(strangers.isEmpty, "\(file) imports \(strangers.sorted())")
    }
  }

  @Test func `the laptop's wing and the office's wing never meet`() {
    let client: Set = ["SyncReplica", "SyncClient", "CurlTransport"]
    let server: Set = ["ServerStorage", "ServerSQLite", "SyncServer", "BulkEntry"]
    for file in SourceTree.files where file.path.hasPrefix("Sources/Client/") {
      #expect(file.imports.isDisjoint(with: server), "\(file)")
    }
    for file in SourceTree.files where file.path.hasPrefix("Sources/Server/") {
      #expect(file.imports.isDisjoint(with: client), "\(file)")
    }
  }

  @Test func `every room of the three wings stands in the table`() {
    let listed = Set(Self.rooms.map(\.path))
    for file in SourceTree.files {
      let parts = file.path.split(separator: "/")
      guard parts.count > 3, ["Core", "Client", "Server"].contains(String(parts[1])) else {
        continue
      }
      #expect(listed.contains("\(parts[1])/\(parts[2])"), "\(file) is in no room of the table")
    }
  }
}
