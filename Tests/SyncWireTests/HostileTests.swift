import SyncCore
import SyncWire
import TestSupport
import Testing

@Suite struct `What a peer says is checked` {
  @Test(arguments: WireForm.allCases, Array(0..<200))
  func `a mutated request is read or refused, and never traps`(form: WireForm, seed: Int) {
    var chance = Seeded(seed)
    var bytes = WireSamples.request(seed: seed % 7).bytes(as: form)
    for _ in 0...chance.below(6) where !bytes.isEmpty {
      switch chance.below(3) {
      case 0: bytes[chance.below(bytes.count)] = UInt8(truncatingIfNeeded: chance.next())
      case 1: bytes.removeLast(chance.below(bytes.count))
      default: bytes.insert(contentsOf: chance.bytes(3), at: chance.below(bytes.count))
      }
    }
    do throws(WireRefusal) { _ = try Unverified(bytes, as: form).syncRequest() } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test(arguments: WireForm.allCases, Array(0..<200))
  func `a mutated stream of frames is read or refused, and never traps`(form: WireForm, seed: Int) {
    var chance = Seeded(seed)
    var bytes = WireSamples.frames(seed: seed % 5).flatMap { $0.bytes(as: form) }
    for _ in 0...chance.below(8) {
      bytes[chance.below(bytes.count)] = UInt8(truncatingIfNeeded: chance.next())
    }
    var reader = FrameReader(form)
    reader.append(bytes)
    do throws(WireRefusal) {
      while try reader.next() != nil {}
    } catch { #expect(!error.description.isEmpty) }
  }

  @Test func `a change that cannot be read is carried as it came and holds up nothing else`() throws
  {
    var request = WireSamples.request(seed: 3, changes: 3)
    request.changes[1] = .unreadable([1, 2, 3, 4])
    let read = try Unverified(request.bytes(as: .binary), as: .binary).syncRequest()
    #expect(read.changes == request.changes)
  }

  @Test func `a request of another version of the protocol is refused by name`() {
    var request = WireSamples.request(seed: 1)
    request.protocolVersion = 9
    #expect(throws: WireRefusal.unsupportedVersion(9)) {
      try Unverified(request.bytes(as: .binary), as: .binary).syncRequest()
    }
  }

  @Test func `limits count bytes and entries`() {
    let bytes = WireSamples.request(seed: 1, changes: 5).bytes(as: .binary)
    var limits = Limits()
    limits.requestBytes = bytes.count - 1
    #expect(throws: WireRefusal.tooLarge(limit: limits.requestBytes)) {
      try Unverified(bytes, as: .binary).syncRequest(limits)
    }
    limits = Limits()
    limits.pushChanges = 4
    #expect(throws: WireRefusal.self) { try Unverified(bytes, as: .binary).syncRequest(limits) }
    limits = Limits()
    limits.checkpointBytes = 29
    #expect(throws: WireRefusal.self) { try Unverified(bytes, as: .binary).syncRequest(limits) }
  }

  @Test(arguments: WireForm.allCases)
  func `a frame longer than the limit is refused before it is gathered`(form: WireForm) {
    var limits = Limits()
    limits.frameBytes = 100
    var reader = FrameReader(form, limits: limits)
    reader.append([0x7F, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 65, count: 300))
    #expect(throws: WireRefusal.self) { try reader.next() }
  }

  @Test(arguments: WireForm.allCases)
  func `a stream that is cut leaves a partial frame`(form: WireForm) throws {
    let bytes = WireSamples.frames(seed: 1).flatMap { $0.bytes(as: form) }
    var reader = FrameReader(form)
    reader.append(Array(bytes.dropLast(2)))
    while try reader.next() != nil {}
    #expect(reader.hasPartialFrame)
  }

  @Test func `deeply nested JSON is refused`() {
    let deep = "{\"changes\":" + String(repeating: "[", count: 100_000)
    #expect(throws: WireRefusal.self) {
      try Unverified(Array(deep.utf8), as: .json).syncRequest()
    }
  }
}
