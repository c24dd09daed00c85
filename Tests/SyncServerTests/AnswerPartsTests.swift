import Foundation
import HTTPTypes
import ServerStorage
import SyncCore
import SyncWire
import TestSupport
import Testing

@testable import SyncServer

@Suite struct `Parts of the office's answers` {
  static let problems: [Problem] = [
    .badRequest("Say it again."), .tooLarge(limit: 5), .unsupportedVersion, .unsupportedMedia,
    .notEnrolled, .revoked, .wrongRole, .codeUnknown, .codeUsed, .codeExpired,
    .replicaOfAnotherDevice, .foreignCheckpoint, .notFound, .methodNotAllowed, .unavailable(),
    .diskFull, .internalError, .requestCut,
  ]

  @Test(arguments: problems)
  func `every problem has a code, a failing status and a sentence`(problem: Problem) {
    #expect(problem.status.code >= 400)
    #expect(!problem.code.isEmpty)
    #expect(problem.message.hasSuffix("."))
  }

  @Test func `no two problems share a code`() {
    #expect(Set(Self.problems.map(\.code)).count == Self.problems.count)
  }

  @Test func `an error that nobody foresaw tells the peer nothing of itself`() {
    struct Secret: Error { let text = "J. Smith" }
    #expect(Problem(Secret()) == .internalError)
  }

  @Test func `metrics hold numbers, and no path that a peer made up`() {
    let metrics = Metrics()
    metrics.count("/v1/sync", .ok)
    metrics.count("/made/up/X123456", .notFound)
    metrics.count([Receipt(counter: 1, verdict: .applied), Receipt(counter: 2, verdict: .late)])
    metrics.count(sent: 10)
    let text = metrics.text((sequence: 4, devices: 2))
    #expect(text.contains("doorstep_requests_total{path=\"/v1/sync\",status=\"200\"} 1"))
    #expect(text.contains("path=\"other\""))
    #expect(!text.contains("X123456"))
    #expect(text.contains("doorstep_changes_total{verdict=\"applied\"} 1"))
    #expect(text.contains("doorstep_sync_sent_bytes_total 10"))
  }

  @Test(arguments: [0, 1, 100, 65_536, 300_000])
  func `gzip's frame is whole however the pieces fall`(size: Int) throws {
    var chance = Seeded(size)
    let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: chance.next() & 0x0F) }
    let gzip = try GzipStream()
    var packed: [UInt8] = []
    var rest = bytes[...]
    while rest.count > 1_000 {
      let piece = rest.prefix(1 + chance.below(70_000))
      rest = rest.dropFirst(piece.count)
      packed += try gzip.compress(Array(piece), isLast: false)
    }
    packed += try gzip.compress(Array(rest), isLast: true)
    #expect(Array(packed.prefix(2)) == [0x1F, 0x8B])
    let length = packed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length == size)
    if size > 1_000 { #expect(packed.count < size) }
  }
}
