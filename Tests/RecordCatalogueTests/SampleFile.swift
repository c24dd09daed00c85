@testable import RecordCatalogue

/// A record type that uses every kind, every rule and every key once. Bad files are this one with
/// one line changed.
let sampleLines = """
  label: Note
  plural: Notes
  why: Notes are kept.
  priority: 3
  window: 365 days after day
  writers: [officer]
  deleters: []
  fields:
    text:
      label: Text
      kind: text
      bytes: 100
      rule: union
      required: yes
    level:
      label: Level
      kind: code
      codes:
        low: Low
        high: High
      rule: ratchet
      order: [low, high]
      deciders: [senior]
    place:
      label: Place
      kind: composite
      members:
        town:
          label: Town
          kind: text
          bytes: 50
          required: yes
        sure:
          label: Sure
          kind: code
          codes:
            no: No
            yes: Yes
      rule: field-merge
      prefer: ranked
      by: sure
      order: [no, yes]
    answers:
      label: Answers
      kind: reference
      to: note
      rule: union
      required: yes
    said:
      label: Said
      kind: code
      codes:
        present: Present
        absent: Absent
      rule: claims
      holding: disputed
      deciders: [senior]
    colleagues:
      label: Colleagues
      kind: text
      bytes: 53
      set: yes
      rule: union
    size:
      label: Size
      kind: integer
      from: 0
      to: 10
      rule: server-owned
      writers: [office]
    signature:
      label: Signature
      kind: code
      codes:
        draft: Draft
        signed: Signed
      rule: signed
      stages: [draft, signed]
    seen-at:
      label: Seen at
      hint: When.
      kind: instant
      rule: derived
      writers: [office]
      why: Computed.
    alone:
      label: Alone
      kind: flag
      rule: field-merge
      prefer: last
    day:
      label: Day
      kind: date
      rule: field-merge
      prefer: first
  always-accepted: no
  natural-key: [text]
  """.split(separator: "\n").map(String.init)

/// The sample with some lines changed: line number from 1, and the new line or `nil` to delete it.
func sample(_ edits: [Int: String?] = [:]) -> String {
  var lines: [String] = []
  for (place, line) in sampleLines.enumerated() {
    switch edits[place + 1] {
    case .some(.some(let other)): lines.append(other)
    case .some(.none): continue
    case .none: lines.append(line)
    }
  }
  return lines.joined(separator: "\n") + "\n"
}

/// A catalogue of one type.
func catalogue(of text: String, file: String = "note.yaml") throws(CatalogueError) -> Catalogue {
  try Catalogue(files: [(file, text), ("catalogue.yaml", "# The version.\nversion: 1\n")])
}

/// Why a type's file is refused; `nil` if it is not.
func refusal(of text: String, file: String = "note.yaml") -> CatalogueError? {
  do throws(CatalogueError) {
    _ = try catalogue(of: text, file: file)
    return nil
  } catch {
    return error
  }
}
