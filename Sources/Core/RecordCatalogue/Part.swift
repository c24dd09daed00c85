/// One part of a catalogue or a mapping, with the line it stands on. What the readers see, whatever
/// wrote it.
package struct Part: Hashable, Sendable {
  package indirect enum Content: Hashable, Sendable {
    case word(String)
    case list([Part])
    case mapping([Entry])
  }

  package struct Entry: Hashable, Sendable {
    package let key: Word
    package let value: Part
  }

  package let line: Int
  package let content: Content
}

/// A piece of text with its line, so that an error found late still names its place.
package struct Word: Hashable, Sendable {
  package let text: String
  package let line: Int

  package init(text: String, line: Int) {
    self.text = text
    self.line = line
  }
}
