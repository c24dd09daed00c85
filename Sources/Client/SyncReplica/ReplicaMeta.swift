import Foundation
import GRDB
import SyncCore

/// The single values of a store, each under its key.
enum MetaKey: String {
  case replica, user, role, device, office
  case generation
  case buildingGeneration = "building-generation"
  case checkpoint
  case buildingCheckpoint = "building-checkpoint"
  case placeEpoch = "place-epoch"
  case placeSequence = "place-sequence"
  case epoch, known
  case lastSync = "last-sync"
  case clockOffset = "clock-offset"
  case catalogueVersion = "catalogue-version"
  case obeyed
}

extension Database {
  func meta(_ key: MetaKey) throws -> [UInt8]? {
    try Data.fetchOne(
      cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key.rawValue]
    ).map { [UInt8]($0) }
  }

  func metaNumber(_ key: MetaKey) throws -> Int64? {
    try Int64.fetchOne(
      cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key.rawValue])
  }

  func metaText(_ key: MetaKey) throws -> String? {
    try String.fetchOne(
      cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key.rawValue])
  }

  func setMeta(_ key: MetaKey, _ value: (any DatabaseValueConvertible)?) throws {
    guard let value else {
      try cachedStatement(sql: "DELETE FROM meta WHERE key = ?").execute(arguments: [key.rawValue])
      return
    }
    try cachedStatement(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
      .execute(arguments: [key.rawValue, value])
  }

  func setMeta(_ key: MetaKey, bytes: [UInt8]) throws { try setMeta(key, Data(bytes)) }
}

extension UInt64 {
  /// From a number that a file holds; anything negative counts as zero.
  init(stored: Int64?) { self = UInt64(exactly: stored ?? 0) ?? 0 }
}

extension Int64 {
  /// For a column; numbers above its range cannot come from counting and are held at its end.
  init(storing number: UInt64) { self = Int64(clamping: number) }
}
