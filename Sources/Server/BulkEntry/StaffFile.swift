import ServerStorage

/// Reads the service's list of staff: CSV with a line of column names, `user` among them and as
/// many of `team`, `office`, `region` and `capacity` as are known, in any order. Others are passed
/// over.
package enum StaffFile {
  /// Bytes that a list may take; 18,000 officers are some two megabytes.
  package static let mostBytes = 16 << 20
  /// Cases that one officer can be meant to have.
  private static let mostCases: Int64 = 10_000
  private static let lineBytes = 4_096
  private static let columns = ["user", "team", "office", "region", "capacity"]

  /// - Parameter bytes: UTF-8, with or without a byte order mark.
  /// - Throws: everything that is wrong with it, by line.
  package static func read(_ bytes: [UInt8]) throws(ImportProblems) -> OfficeStaff {
    var problems = ProblemList(limit: ImportLimits().problems)
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = RowPlace(position: bytes.starts(with: mark) ? mark.count : 0, line: 1)
    var reader = CSVReader(bytes, from: start, lineBytes: lineBytes)
    guard let head = reader.next(), head.fault == nil else {
      problems.add(Fault("the list has no line of column names", "begin it with user,team,…"))
      throw problems.all
    }
    let names = head.fields.map { String(decoding: $0.bytes, as: UTF8.self).lowercased() }
    for name in columns where names.count(where: { $0 == name }) > 1 {
      problems.add(Fault("the column is there twice", "keep one"), line: 1, column: name)
    }
    guard names.contains("user") else {
      problems.add(
        Fault(
          "the list has no column “user”",
          "name one so; others are \(columns.joined(separator: ", "))"),
        line: 1)
      throw problems.all
    }
    var members: [OfficeStaff.Member] = []
    var lines: [String: Int] = [:]
    while let row = reader.next() {
      let line = row.place.line
      if let (fault, line) = row.fault {
        problems.add(fault, line: line)
        continue
      }
      guard row.fields.count == names.count else {
        problems.add(
          Fault(
            "the line has \(row.fields.count) fields, and the first \(names.count)",
            "put it right; a comma inside a field needs quotation marks around the field"),
          line: line)
        continue
      }
      guard let member = member(row, names, line, &problems) else { continue }
      if let first = lines.updateValue(line, forKey: member.user.lowercased()) {
        problems.add(
          Fault("the user stands in line \(first) already", "keep one"), line: line, column: "user")
        continue
      }
      members.append(member)
    }
    guard problems.isEmpty else { throw problems.all }
    return OfficeStaff(members)
  }

  private static func member(
    _ row: RawRow, _ names: [String], _ line: Int, _ problems: inout ProblemList
  ) -> OfficeStaff.Member? {
    var texts: [String: String] = [:]
    for (name, field) in zip(names, row.fields) where columns.contains(name) {
      guard let text = String(validating: field.bytes, as: UTF8.self),
        !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else {
        problems.add(
          Fault("the field is not plain UTF-8 text", "save the list as “CSV UTF-8”"), line: line,
          column: name)
        return nil
      }
      texts[name] = text
    }
    let user = texts["user"] ?? ""
    guard !user.isEmpty, user.utf8.count <= 64 else {
      problems.add(
        Fault("a user name has 1 to 64 bytes", "write it as the office knows it"), line: line,
        column: "user")
      return nil
    }
    var capacity: Int64?
    if let text = texts["capacity"], !text.isEmpty {
      guard let number = Int64(text), (0...mostCases).contains(number) else {
        problems.add(
          Fault(
            "the capacity is no number of cases from 0 to \(mostCases)",
            "write one, or leave it empty"), line: line, column: "capacity")
        return nil
      }
      capacity = number
    }
    return OfficeStaff.Member(
      user: user, team: texts["team"] ?? "", office: texts["office"] ?? "",
      region: texts["region"] ?? "", capacity: capacity)
  }
}
