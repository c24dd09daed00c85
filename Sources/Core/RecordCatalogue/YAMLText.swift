import Yams

/// The text of one YAML file of an office's, read into parts.
///
/// Yams walks nested collections by recursion and compares keys by following aliases, so a file
/// made to harm could overflow the stack or run for years. The bounds here are far above any honest
/// file and far below that.
package struct YAMLText {
  /// Bytes of one file.
  package static let largest = 64 << 10
  /// Bytes of one line. It also bounds how deep indentation can nest.
  static let longestLine = 200
  /// Opening brackets in one file. It bounds how deep brackets can nest.
  static let mostBrackets = 200

  package let file: String
  let text: String

  package init(file: String, text: String) {
    self.file = file
    self.text = text
  }

  package func part() throws(CatalogueError) -> Part {
    try checkBounds()
    let node: Node?
    do {
      node = try Yams.compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw refusal(of: error)
    } catch {
      throw CatalogueError(file, nil, "it cannot be read as YAML", remedy: "write it anew")
    }
    guard let node else {
      throw CatalogueError(
        file, 1, "there is nothing in it but comments",
        remedy: "write it, or delete the file")
    }
    return try part(of: node)
  }

  private func part(of node: Node) throws(CatalogueError) -> Part {
    let line = node.mark?.line ?? 1
    switch node {
    case .scalar(let scalar):
      return Part(line: line, content: .word(scalar.string))
    case .sequence(let nodes):
      var parts: [Part] = []
      for node in nodes { parts.append(try part(of: node)) }
      return Part(line: line, content: .list(parts))
    case .mapping(let pairs):
      var entries: [Part.Entry] = []
      for (key, value) in pairs {
        let keyLine = key.mark?.line ?? line
        guard case .scalar(let scalar) = key else {
          throw CatalogueError(
            file, keyLine, "a key is a list or a mapping",
            remedy: "write a plain word before the colon")
        }
        let word = Word(text: scalar.string, line: keyLine)
        entries.append(Part.Entry(key: word, value: try part(of: value)))
      }
      return Part(line: line, content: .mapping(entries))
    case .alias:
      throw aliasRefusal(line)
    }
  }

  private func aliasRefusal(_ line: Int) -> CatalogueError {
    CatalogueError(
      file, line, "the character * stands here, and aliases are not used in these files",
      remedy: "write out what the alias stands for, or say it without *")
  }

  private func checkBounds() throws(CatalogueError) {
    // libyaml keeps a pointer into the text, and texts of up to 15 bytes live on the stack.
    guard text.utf8.count > 15 else {
      throw CatalogueError(file, 1, "the file is all but empty", remedy: "write it, or delete it")
    }
    guard text.utf8.count <= Self.largest else {
      throw CatalogueError(
        file, nil, "the file is larger than \(Self.largest) bytes", remedy: "shorten its texts")
    }
    var line = 1
    var column = 0
    var brackets = 0
    for byte in text.utf8 {
      column += 1
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        column = 0
      case UInt8(ascii: "*"):
        throw aliasRefusal(line)
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        brackets += 1
      default:
        break
      }
      guard column <= Self.longestLine else {
        throw CatalogueError(
          file, line, "the line is longer than \(Self.longestLine) bytes",
          remedy: "fold it with >- over several lines")
      }
      guard brackets <= Self.mostBrackets else {
        throw CatalogueError(
          file, line, "there are more than \(Self.mostBrackets) opening brackets up to here",
          remedy: "write lists and mappings on lines of their own")
      }
    }
  }

  private func refusal(of error: YamlError) -> CatalogueError {
    let remedy =
      "look here and just above for a wrong indent, an open quotation, or no space after a colon"
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return CatalogueError(
        file, lineInFile(mark.line), "this is not YAML (\(problem))", remedy: remedy)
    case .reader(let problem, let offset, _, _):
      let line = offset.map { 1 + text.prefix($0).count(where: \.isNewline) } ?? 1
      return CatalogueError(
        file, line, "a character is not allowed (\(problem))", remedy: "delete it or write it anew")
    case .duplicatedKeysInMapping(let keys, let context):
      return CatalogueError(
        file, lineInFile(context.mark.line),
        "the key \(quoted(keys.first ?? "")) stands twice in one mapping",
        remedy: "keep one of them; the first stands on this line")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return CatalogueError(file, nil, "it cannot be read as YAML", remedy: "write it anew")
    }
  }

  /// libyaml counts a line after the last one when the text ends too soon.
  private func lineInFile(_ line: Int) -> Int {
    max(1, min(line, text.utf8.count { $0 == UInt8(ascii: "\n") } + 1))
  }
}
