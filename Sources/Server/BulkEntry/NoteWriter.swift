/// Writes the notes of contacts: an opening that fits the kind of contact, then what was talked of,
/// then what comes next.
enum NoteWriter {
  /// UTF-8 bytes. Letters outside ASCII in a name keep the count of characters below this.
  private static let longest = 600
  /// Above 150, so that 150 characters are there whatever the letters.
  private static let shortest = 175

  /// A note of 150 to 600 characters.
  /// - Parameter kind: a code of the catalogue, or `NoteOpenings.missed`.
  static func note(
    on kind: String, of person: Person, _ chance: inout SplitMix64
  ) -> String {
    var text = ""
    text.reserveCapacity(longest + 40)
    let openings = NoteOpenings.byKind[kind] ?? NoteOpenings.other
    append(openings, person, to: &text, &chance)
    let wanted = chance.number(in: shortest...480)
    let pools = NoteThemes.pools(kind, person)
    let start = chance.number(below: pools.count)
    // One step through the pools each time: no two sentences of a note say the same thing.
    for step in pools.indices where text.utf8.count < wanted {
      append(pools[(start + step) % pools.count], person, to: &text, &chance)
    }
    if text.utf8.count < shortest || chance.happens(600) {
      append(NoteThemes.closings(kind), person, to: &text, &chance)
    }
    return text
  }

  /// Adds one of the sentences, unless the note would become too long.
  private static func append(
    _ sentences: [NoteTemplate], _ person: Person, to text: inout String,
    _ chance: inout SplitMix64
  ) {
    guard !sentences.isEmpty else { return }
    var sentence = text.isEmpty ? "" : " "
    sentences[chance.number(below: sentences.count)].write(person, to: &sentence, &chance)
    if text.utf8.count + sentence.utf8.count <= longest { text += sentence }
  }
}
