/// One part of a catalogue file, with the line it stands on. What the readers see, whatever wrote
/// it.
struct Part: Hashable, Sendable {
  indirect enum Content: Hashable, Sendable {
    case word(String)
    case list([Part])
    case mapping([Entry])
  }

  struct Entry: Hashable, Sendable {
    let key: Word
    let value: Part
  }

  let line: Int
  let content: Content
}

/// A piece of text with its line, so that an error found late still names its place.
struct Word: Hashable, Sendable {
  let text: String
  let line: Int
}
