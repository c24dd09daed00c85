import Foundation
import SyncCore
import SyncWire
import TestSupport
import Testing

@Suite struct `A stream of frames` {
  private static let bytes = WireSamples.frames(seed: 2).flatMap { $0.bytes(as: .binary) }

  @Test(arguments: Array(1...40) + [100, 1_000, 100_000])
  func `reads the same in pieces of any size`(size: Int) throws {
    var reader = FrameReader(.binary)
    var read: [UInt8] = []
    for start in stride(from: 0, to: Self.bytes.count, by: size) {
      reader.append(Array(Self.bytes[start..<min(start + size, Self.bytes.count)]))
      while let frame = try reader.next() { read += frame.bytes(as: .binary) }
    }
    #expect(read == Self.bytes)
    #expect(!reader.hasPartialFrame)
  }

  @Test(arguments: WireForm.allCases)
  func `gives only whole frames wherever it is cut`(form: WireForm) throws {
    let frames = WireSamples.frames(seed: 2)
    let pieces = frames.map { $0.bytes(as: form) }
    let ends = pieces.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let bytes = pieces.flatMap { $0 }
    for cut in bytes.indices {
      var reader = FrameReader(form)
      reader.append(Array(bytes[..<cut]))
      var count = 0
      while try reader.next() != nil { count += 1 }
      #expect(count == ends.lastIndex { $0 <= cut })
      #expect(reader.hasPartialFrame == !ends.contains(cut))
    }
  }

  @Test func `refuses an empty frame and one of a newer kind`() {
    for frame: [UInt8] in [[0, 0, 0, 0], [0, 0, 0, 2, 0x7A, 0]] {
      var reader = FrameReader(.binary)
      reader.append(frame)
      #expect(throws: WireRefusal.unreadable("a frame is empty or of a newer kind")) {
        try reader.next()
      }
    }
  }

  @Test(arguments: ["records", "checkpoint", "cases"])
  func `refuses more of anything than was agreed`(limit: String) {
    var limits = Limits.standard
    switch limit {
    case "records": limits.pageRecords = 0
    case "checkpoint": limits.checkpointBytes = 39
    default: limits.scopeCases = 0
    }
    var reader = FrameReader(.binary, limits: limits)
    reader.append(Self.bytes)
    #expect(throws: WireRefusal.self) { while try reader.next() != nil {} }
  }

  @Test(arguments: 0..<10)
  func `may give the body of a record alone in JSON`(seed: Int) throws {
    let frames = WireSamples.frames(seed: seed)
    var reader = FrameReader(.json)
    for frame in frames {
      guard case .page(let page) = frame else { continue }
      let json = try JSONSerialization.jsonObject(with: Data(frame.bytes(as: .json)))
      var object = try #require((json as? [String: Any])?["page"] as? [String: Any])
      let records = try #require(object["records"] as? [[String: Any]])
      object["records"] = records.map { $0.filter { $0.key == "body" } }
      let bare = try JSONSerialization.data(withJSONObject: ["page": object])
      reader.append([UInt8](bare) + [0x0A])
      guard case .page(let read)? = try reader.next() else {
        Issue.record("no page came back")
        return
      }
      #expect(read.records == page.records)
    }
  }
}

@Suite struct `A request` {
  @Test(arguments: WireForm.allCases)
  func `that is cut anywhere is read or refused, and never traps`(form: WireForm) {
    let bytes = WireSamples.request(seed: 4, changes: 2).bytes(as: form)
    for cut in bytes.indices {
      let cutOff = Array(bytes[..<cut])
      let read = try? Unverified(cutOff, as: form).syncRequest()
      if form == .json { #expect(read == nil) }
    }
  }

  @Test func `whose change has one more byte carries it unread, byte for byte`() throws {
    var request = WireSamples.request(seed: 4, changes: 2)
    let longer = request.changes[0].bytes + [0x90, 0x01, 0x00]
    request.changes[0] = .unreadable(longer)
    let read = try Unverified(request.bytes(as: .json), as: .json).syncRequest()
    #expect(read.changes[0] == .unreadable(longer))
    #expect(read.changes[1] == request.changes[1])
  }

  @Test(arguments: [0, 15, 17, 32])
  func `names a replica of sixteen bytes`(count: Int) {
    let message = PBSyncRequest.with {
      $0.protocolVersion = 1
      $0.replica = Data(repeating: 1, count: count)
    }
    #expect(throws: WireRefusal.unreadable("the replica is not 16 bytes")) {
      try Unverified(WireForm.binary.write(message), as: .binary).syncRequest()
    }
  }

  @Test func `that sends changes says where they begin`() {
    var request = WireSamples.request(seed: 4, changes: 2)
    request.firstCounter = 0
    #expect(throws: WireRefusal.unreadable("its changes have no first counter")) {
      try Unverified(request.bytes(as: .binary), as: .binary).syncRequest()
    }
  }
}
