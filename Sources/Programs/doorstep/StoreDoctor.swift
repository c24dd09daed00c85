import Foundation
import ProgramKit
import SyncCore
import SyncReplica

/// Says what a look over the store came to.
struct StoreDoctor {
  private let folder: Home
  private let check: StoreCheck

  private static let day: Int64 = 86_400_000

  init(_ folder: Home, _ check: StoreCheck) {
    self.folder = folder
    self.check = check
  }

  func findings(now: Timestamp) -> [Finding] {
    var findings = [store()]
    if let holder = check.holder {
      findings.append(
        .wrong(
          "held", "Another Doorstep program is writing to the store (\(holder)).",
          "Wait for it to end. If it does not, end it; what it had saved is saved."))
    } else {
      findings.append(.well("held", "No other program holds the store."))
    }
    findings += asides()
    if check.layout != nil, check.obstacle == nil { findings.append(layout()) }
    if let state = check.state {
      findings.append(lastSync(state, now))
      if let lease = state.lease { findings.append(Self.lease(lease.standing(at: now))) }
    }
    if let unsent = check.unsent { findings.append(waiting(unsent, now)) }
    return findings
  }

  private func store() -> Finding {
    if StoreRescue(folder).isUnderWay {
      return .wrong(
        "store", "A rescue of your store was cut off. Nothing is lost.", "doorstep rescue")
    }
    if check.isDamaged {
      let what = check.damage.joined(separator: "; ")
      return .wrong(
        "store", "Your store is damaged: \(what).",
        "doorstep rescue. It keeps the old file, and all that can be read.")
    }
    if let obstacle = check.obstacle {
      return .wrong("store", "Your store cannot be opened.", obstacle.description)
    }
    return .well(
      "store", "Your store opens, SQLite finds no fault in it, and every row can be read.")
  }

  private func layout() -> Finding {
    let layout = check.layout ?? ""
    guard layout != StoreCheck.ownLayout else {
      return .well("layout", "Your store has layout \(layout), which this program writes.")
    }
    return .well(
      "layout",
      "Your store has layout \(layout); the next command brings it to \(StoreCheck.ownLayout).")
  }

  /// Damaged stores that were set aside hold cases.
  private func asides() -> [Finding] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
      return []
    }
    let asides = names.filter { $0.hasPrefix("replica.sqlite.damaged-") }.sorted()
    guard !asides.isEmpty else { return [] }
    return [
      .wrong(
        "set-aside",
        "A damaged store lies in \(folder.path): \(asides.joined(separator: ", ")). It holds cases.",
        "When everything you entered is at the office, have IT destroy it: shred -u FILE")
    ]
  }

  private func lastSync(_ state: ReplicaState, _ now: Timestamp) -> Finding {
    guard let last = state.lastSync else {
      return .wrong("last-sync", "This store has never synced to its end.", "doorstep sync")
    }
    let ago = last.milliseconds(until: now)
    let says = "The last whole sync was \(Show.time(last.milliseconds)) by the office's clock."
    guard ago > Self.day else { return .well("last-sync", says) }
    return .wrong(
      "last-sync", "\(says) That is \(Show.length(milliseconds: ago)) ago.", "doorstep sync")
  }

  private static func lease(_ standing: Lease.Standing) -> Finding {
    switch standing {
    case .runs: .well("lease", "This laptop may be used without the office for now.")
    case .limitedIsOver:
      .wrong(
        "lease", "Cases with limited access are locked until the office is reached.",
        "doorstep sync")
    case .over:
      .wrong("lease", "This laptop is locked until it reaches the office.", "doorstep sync")
    case .clockWasSetBack:
      .wrong(
        "lease", "This laptop is locked: its clock shows an earlier time than before.",
        "Set the clock right, or connect and: doorstep sync")
    }
  }

  private func waiting(_ unsent: Int, _ now: Timestamp) -> Finding {
    guard unsent > 0 else { return .well("unsent", "Nothing waits to be sent.") }
    let oldest = check.oldestUnsent.map { ", the oldest from \(Show.time($0.milliseconds))" } ?? ""
    let says = "\(Show.count(unsent, "change")) waiting to be sent\(oldest)."
    let age = check.oldestUnsent.map { $0.milliseconds(until: now) } ?? 0
    guard age > Self.day else { return .well("unsent", says) }
    return .wrong(
      "unsent", says,
      "doorstep sync. If this laptop cannot reach the office any more: doorstep rescue --to FILE")
  }
}
