import RecordCatalogue
import Testing

/// A catalogue as it is sent to a laptop, and what one lacks that takes another's place.
@Suite struct `A newer catalogue` {
  @Test func `is the same at the other end`() throws {
    #expect(try Catalogue(outlines: Catalogue.standard.outlines) == .standard)
    let small = try catalogue(of: sample())
    let received = try Catalogue(outlines: small.outlines)
    #expect(received == small)
  }

  @Test func `lacks nothing of itself, and each thing that it lacks is named`() throws {
    let old = try catalogue(of: sample())
    #expect(old.lacks(of: old).isEmpty)
    let more = try catalogue(
      of: sample().replacing("no: No", with: "no: No\n          so: So")
        .replacing("order: [no, yes]", with: "order: [no, so, yes]"))
    #expect(more.lacks(of: old).isEmpty)
    #expect(old.lacks(of: more) == ["note place.sure so"])
    let without = try catalogue(of: sample().replacing("high", with: "higher"))
    #expect(without.lacks(of: old) == ["note level high"])
    #expect(old.lacks(of: .standard).count == 20)
  }

  @Test(arguments: 0..<400)
  func `that arrives damaged is refused or harmless`(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var files = Catalogue.standard.outlines
    let place = chance.below(files.count)
    var bytes = Array(files[place].outline.utf8)
    for _ in 0...chance.below(4) {
      bytes[chance.below(bytes.count)] = UInt8(truncatingIfNeeded: chance.below(256))
    }
    files[place].outline = String(decoding: bytes, as: UTF8.self)
    _ = try? Catalogue(outlines: files)
  }

  @Test func `nested without end is refused, not followed`() {
    let deep = (0..<4_000).map { String(repeating: " ", count: $0) + "a{" }.joined(separator: "\n")
    #expect(throws: CatalogueError.self) {
      try Catalogue(outlines: [("deep.yaml", deep), ("catalogue.yaml", "version=1\n")])
    }
  }
}
