import Foundation
import GRDB
import SyncCore

/// The single values of a store, each under its key; one that is at its default is left out.
extension ReplicaState {
  init(_ values: [String: DatabaseValue]) throws {
    func number(_ key: String) -> Int64? { values[key].flatMap(Int64.fromDatabaseValue) }
    func bytes(_ key: String) -> [UInt8] {
      values[key].flatMap(Data.fromDatabaseValue).map { [UInt8]($0) } ?? []
    }
    guard let replica = ReplicaID(bytes: bytes("replica")) else {
      throw ReplicaError.damaged("it does not say whose it is")
    }
    self.init(replica: replica)
    former = try Self.former(bytes("former"))
    generation = number("generation") ?? 1
    building = number("building-generation")
    checkpoint = bytes("checkpoint")
    buildingCheckpoint = bytes("building-checkpoint")
    witness = bytes("witness")
    if let epoch = number("place-epoch"), let sequence = number("place-sequence") {
      place = Place(epoch: UInt64(stored: epoch), sequence: UInt64(stored: sequence))
    }
    epoch = UInt64(stored: number("epoch"))
    known = UInt64(stored: number("known"))
    lastSync = number("last-sync").map(Timestamp.init(milliseconds:))
    clockOffset = number("clock-offset") ?? 0
    obeyed =
      values["obeyed"].flatMap(String.fromDatabaseValue)?
      .split(separator: ",").compactMap { UInt64($0) } ?? []
    owes = number("owes") == 1
    survived = UInt64(stored: number("survived"))
    restricted = try Self.restricted(bytes("restricted"))
    limited = Set(try Self.cases(bytes("limited")))
    older = Set(try Self.cases(bytes("older")))
    if let contact = number("lease-contact"), let seen = number("lease-seen") {
      lease = Leased(
        terms: Lease(
          seconds: UInt64(stored: number("lease-seconds")),
          limitedSeconds: UInt64(stored: number("lease-limited-seconds"))),
        contact: Timestamp(milliseconds: contact), seen: Timestamp(milliseconds: seen))
    }
  }

  var values: [(key: String, value: (any DatabaseValueConvertible)?)] {
    func bytes(_ bytes: [UInt8]) -> Data? { bytes.isEmpty ? nil : Data(bytes) }
    return [
      ("replica", Data(replica.bytes)), ("former", bytes(Self.bytes(former))),
      ("generation", generation), ("building-generation", building),
      ("checkpoint", bytes(checkpoint)), ("building-checkpoint", bytes(buildingCheckpoint)),
      ("witness", bytes(witness)),
      ("place-epoch", place.map { Int64(storing: $0.epoch) }),
      ("place-sequence", place.map { Int64(storing: $0.sequence) }),
      ("epoch", Int64(storing: epoch)), ("known", Int64(storing: known)),
      ("last-sync", lastSync?.milliseconds), ("clock-offset", clockOffset),
      ("obeyed", obeyed.isEmpty ? nil : obeyed.map(String.init).joined(separator: ",")),
      ("owes", owes ? 1 : nil), ("survived", survived > 0 ? Int64(storing: survived) : nil),
      ("restricted", bytes(Self.bytes(restricted))),
      ("limited", bytes(limited.sorted().flatMap(\.bytes))),
      ("older", bytes(older.sorted().flatMap(\.bytes))),
      ("lease-contact", lease?.contact.milliseconds), ("lease-seen", lease?.seen.milliseconds),
      ("lease-seconds", lease.map { Int64(storing: $0.terms.seconds) }),
      ("lease-limited-seconds", lease.map { Int64(storing: $0.terms.limitedSeconds) }),
    ]
  }

  /// Each as two ids of 16 bytes and three numbers of 8.
  private static func bytes(_ former: [FormerReplica]) -> [UInt8] {
    former.flatMap { one in
      one.replica.bytes + one.successor.bytes
        + [one.common, one.first, one.count].flatMap { number in
          withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
    }
  }

  /// Each as an id of 16 bytes, a length of 4 and a message, ascending by case.
  private static func bytes(_ restricted: [CaseID: String]) -> [UInt8] {
    restricted.sorted { $0.key < $1.key }.flatMap { caseID, message in
      let length = withUnsafeBytes(of: UInt32(clamping: message.utf8.count).bigEndian) { Array($0) }
      return caseID.bytes + length + Array(message.utf8)
    }
  }

  private static func restricted(_ bytes: [UInt8]) throws -> [CaseID: String] {
    var restricted: [CaseID: String] = [:]
    var rest = bytes[...]
    while !rest.isEmpty {
      let head = rest.prefix(20)
      let length = head.suffix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(20)
      guard head.count == 20, let caseID = CaseID(bytes: head.prefix(16)), length <= rest.count
      else { throw ReplicaError.damaged("its restricted cases") }
      restricted[caseID] = String(decoding: rest.prefix(length), as: UTF8.self)
      rest = rest.dropFirst(length)
    }
    return restricted
  }

  /// Ids of 16 bytes, one after the other.
  private static func cases(_ bytes: [UInt8]) throws -> [CaseID] {
    try stride(from: 0, to: bytes.count, by: 16).map { start in
      guard let caseID = CaseID(bytes: bytes[start..<min(start + 16, bytes.count)]) else {
        throw ReplicaError.damaged("a list of its cases")
      }
      return caseID
    }
  }

  private static func former(_ bytes: [UInt8]) throws -> [FormerReplica] {
    guard bytes.count % 56 == 0 else { throw ReplicaError.damaged("its former replicas") }
    return try stride(from: 0, to: bytes.count, by: 56).map { start in
      func number(_ at: Int) -> UInt64 {
        bytes[start + at..<start + at + 8].reduce(0) { $0 << 8 | UInt64($1) }
      }
      guard let replica = ReplicaID(bytes: bytes[start..<start + 16]),
        let successor = ReplicaID(bytes: bytes[start + 16..<start + 32])
      else { throw ReplicaError.damaged("its former replicas") }
      return FormerReplica(
        replica: replica, common: number(32), first: number(40), count: number(48),
        successor: successor)
    }
  }
}

extension UInt64 {
  /// From a number that a file holds; anything negative counts as zero.
  init(stored: Int64?) { self = UInt64(exactly: stored ?? 0) ?? 0 }
}

extension Int64 {
  /// For a column; numbers above its range cannot come from counting and are held at its end.
  init(storing number: UInt64) { self = Int64(clamping: number) }
}
