import Foundation
import SyncCore
import SyncWire
import TestSupport
import Testing

@Suite struct `Messages survive the wire` {
  @Test(arguments: WireForm.allCases, Array(0..<40))
  func `a request reads as it was written, in both forms`(form: WireForm, seed: Int) throws {
    let request = WireSamples.request(seed: seed)
    let read = try Unverified(request.bytes(as: form), as: form).syncRequest()
    #expect(read.changes == request.changes)
    #expect(read.requestID == request.requestID)
    #expect(read.replica == request.replica)
    #expect(read.head == request.head)
    #expect(read.checkpoint == request.checkpoint)
    #expect(read.deviceTime == request.deviceTime)
    #expect(read.hasMore == request.hasMore)
    #expect(read.obeyed == request.obeyed)
    #expect(read.unsent == request.unsent && read.epoch == request.epoch)
  }

  @Test(arguments: WireForm.allCases, Array(0..<20))
  func `frames read as they were written, however the network cuts them`(
    form: WireForm, seed: Int
  ) throws {
    var chance = Seeded(seed)
    let frames = WireSamples.frames(seed: seed)
    let bytes = frames.flatMap { $0.bytes(as: form) }
    var reader = FrameReader(form)
    var read: [Frame] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(1 + chance.below(seed % 2 == 0 ? 3 : 400))
      rest = rest.dropFirst(piece.count)
      reader.append(Array(piece))
      while let frame = try reader.next() { read.append(frame) }
    }
    #expect(!reader.hasPartialFrame)
    #expect(read.flatMap { $0.bytes(as: .binary) } == frames.flatMap { $0.bytes(as: .binary) })
  }

  @Test(arguments: Array(0..<20))
  func `a JSON sender may give the body of a change alone`(seed: Int) throws {
    let request = WireSamples.request(seed: seed)
    let json = try JSONSerialization.jsonObject(with: Data(request.bytes(as: .json)))
    var object = try #require(json as? [String: Any])
    let changes = try #require(object["changes"] as? [[String: Any]])
    object["changes"] = changes.map { $0.filter { $0.key == "body" } }
    let bare = [UInt8](try JSONSerialization.data(withJSONObject: object))
    let read = try Unverified(bare, as: .json).syncRequest()
    #expect(read.changes == request.changes)
  }

  @Test func `people can read a change in JSON`() throws {
    let text = String(decoding: WireSamples.request(seed: 1).bytes(as: .json), as: UTF8.self)
    #expect(text.contains("\"type\":\"contact-entry\""))
    #expect(text.contains("a.khan"))
  }

  @Test(arguments: [
    ("application/vnd.doorstep.v1+protobuf", WireForm.binary), ("application/json", .json),
    ("application/vnd.doorstep.v1+json", .json), ("application/x-protobuf", .binary),
  ])
  func `a media type says which form it is`(type: String, form: WireForm) {
    #expect(WireForm(mediaType: type) == form)
  }

  @Test func `any other media type is none of ours`() {
    #expect(WireForm(mediaType: "text/html") == nil)
  }
}
