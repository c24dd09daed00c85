import Testing

@testable import BulkEntry

/// Nothing that a file holds may trap.
@Suite struct ImportMutationTests {
  static let json = """
    {"crn":"X000001","kind":"CTOA","date":"1/2/25",\
    "text":"\\u00e9 \\ud83d\\ude00","author":"a","reference":1}
    {"crn":"X000001","kind":"CTOB","date":"2025-02-01","text":"b","author":"b","reference":2}

    """

  private static let bytes =
    Array("\",\n\r\\{}[]:;u0x9-. \t".utf8) + [0, 0x7F, 0x80, 0xC3, 0xED, 0xFF]

  @Test(arguments: 0..<20)
  func `a damaged file is refused or read, and never stops the program`(block: Int) throws {
    let samples: [(ImportKind, String, String)] = [
      (.cases, ImportStepTests.cases, "a.csv"), (.contacts, ImportStepTests.contacts, "a.csv"),
      (.contacts, Self.json, "a.jsonl"),
    ]
    for seed in 0..<60 {
      var chance = SplitMix64(seed: UInt64(block), stream: seed)
      let (kind, text, name) = samples[chance.number(below: samples.count)]
      var bytes = Array(text.utf8)
      for _ in 0..<chance.number(in: 1...6) { damage(&bytes, &chance) }
      let lines = bytes.count { $0 == 10 } + 1
      for problem in try Samples.problems(kind, bytes, name: name) {
        #expect(problem.line.map { (1...lines).contains($0) } ?? true, "\(block) \(seed)")
      }
    }
  }

  private func damage(_ bytes: inout [UInt8], _ chance: inout SplitMix64) {
    guard !bytes.isEmpty else { return }
    let place = chance.number(below: bytes.count)
    switch chance.number(below: 5) {
    case 0: bytes[place] = chance.one(of: Self.bytes, or: 0)
    case 1: bytes.insert(chance.one(of: Self.bytes, or: 0), at: place)
    case 2: bytes.remove(at: place)
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + chance.number(in: 1...40)))
    default: bytes[place] = UInt8(chance.number(below: 256))
    }
  }
}
