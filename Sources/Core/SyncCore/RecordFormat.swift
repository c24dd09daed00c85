/// The written form of a record: the message `RecordBody` of `Protocol/doorstep.proto`.
///
/// A record is usually the work of one or two changes, so their dots, hashes and places stand once,
/// in `heads`, and each standing edit points there; replicas stand once, in the version.
extension Record {
  fileprivate struct Head {
    let dot: Dot
    let hash: Hash
    let by: Authorship
    let place: Place?
  }

  public var bytes: [UInt8] {
    var writer = WireWriter(reserving: 256 + edits.count * 48)
    writer.identifier(1, id)
    writer.text(2, type)
    writer.identifier(3, caseID)
    writer.vector(4, version)
    // Edits of one change with one place share a head.
    let order = edits.indices.sorted {
      edits[$0].dot == edits[$1].dot
        ? Self.orderedPlaces(edits[$0].place, edits[$1].place) : edits[$0].dot < edits[$1].dot
    }
    var numbers = [UInt64](repeating: 0, count: edits.count)
    var heads: UInt64 = 0
    var last: Int?
    for index in order {
      let edit = edits[index]
      if let last, edits[last].dot == edit.dot, edits[last].place == edit.place {
        numbers[index] = heads - 1
        continue
      }
      numbers[index] = heads
      heads += 1
      last = index
      writer.message(5) {
        $0.number(1, UInt64(version.index(of: edit.dot.replica) ?? 0))
        $0.number(2, edit.dot.counter)
        $0.hash(3, edit.hash)
        $0.number(4, edit.place?.epoch ?? 0)
        $0.number(5, edit.place?.sequence ?? 0)
        $0.text(6, edit.by.author)
        $0.text(7, edit.by.role.rawValue)
        $0.number(8, UInt64(bitPattern: edit.by.recordedAt.milliseconds))
      }
    }
    for (edit, number) in zip(edits, numbers) {
      writer.message(6) {
        $0.text(1, edit.field)
        $0.value(2, edit.value)
        $0.number(3, number)
      }
    }
    return writer.bytes
  }

  /// Whether its written form can be read back under these limits.
  public func fits(_ limits: Limits) -> Bool {
    edits.count <= limits.standingEdits && version.count <= limits.vectorEntries
      && bytes.count <= limits.recordBytes
  }

  /// Of one change's heads, those without a place come first.
  private static func orderedPlaces(_ left: Place?, _ right: Place?) -> Bool {
    switch (left, right) {
    case (let a?, let b?): a < b
    case (nil, .some): true
    case (.some, nil), (nil, nil): false
    }
  }

  /// Reads what a peer or a file holds, and checks that it is a state that a record can have.
  public init(reading bytes: [UInt8], limits: Limits = .standard) throws(MalformedBytes) {
    guard bytes.count <= limits.recordBytes else {
      throw MalformedBytes("a record is larger than \(limits.recordBytes) bytes")
    }
    var reader = WireReader(bytes)
    var id: RecordID?
    var caseID: CaseID?
    var type = ""
    var dots: [Dot] = []
    var version: VersionVector?
    var heads: [Head] = []
    var edits: [StandingEdit] = []
    while let field = try reader.field() {
      switch field.number {
      case 1: id = try reader.identifier()
      case 2: type = try reader.name(limit: limits.nameBytes)
      case 3: caseID = try reader.identifier()
      case 4:
        guard version == nil else { throw MalformedBytes("a record's version is not in its place") }
        try reader.vectorEntry(into: &dots, limit: limits.vectorEntries)
      case 5:
        let known = try version.orElse(dots)
        version = known
        guard heads.count < limits.standingEdits else {
          throw MalformedBytes("a record has too many heads")
        }
        heads.append(try reader.nested().head(of: known, limits))
      case 6:
        guard edits.count < limits.standingEdits else {
          throw MalformedBytes("a record has more than \(limits.standingEdits) standing edits")
        }
        if edits.isEmpty {
          edits.reserveCapacity(min(try reader.fieldsLeft(), limits.standingEdits))
        }
        edits.append(try reader.nested().edit(heads, limits))
      default: throw MalformedBytes("a record has an unknown field \(field.number)")
      }
    }
    guard let id, let caseID, !type.isEmpty else {
      throw MalformedBytes("a record is not complete")
    }
    self.init(
      id: id, type: type, caseID: caseID, version: try version.orElse(dots), edits: edits)
    try check(heads)
  }

  /// Reads what a peer sent: exactly the written form of a record, in which every edit says whose
  /// it is. What a store holds was read so before.
  public init(fromPeer bytes: [UInt8], limits: Limits = .standard) throws(MalformedBytes) {
    try self.init(reading: bytes, limits: limits)
    for edit in edits where edit.hash == .zero || edit.by.author.isEmpty || edit.by.role.isEmpty {
      throw MalformedBytes("an edit does not say of whose change it is")
    }
    guard self.bytes == bytes else { throw MalformedBytes("a record is not in its written form") }
  }

  /// Fields ascending with each dot once, one change behind each dot, and no deletion that saw more
  /// than the record: nothing else comes of applying and merging.
  private func check(_ heads: [Head]) throws(MalformedBytes) {
    for (one, next) in zip(heads, heads.dropFirst()) where one.dot >= next.dot {
      guard one.dot == next.dot, one.hash == next.hash, one.by == next.by,
        Self.orderedPlaces(one.place, next.place)
      else { throw MalformedBytes("a record's heads are not ascending") }
    }
    for (one, next) in zip(edits, edits.dropFirst()) {
      guard one.field < next.field || (one.field == next.field && one.dot < next.dot) else {
        throw MalformedBytes("a record's edits are not ascending")
      }
    }
    for deletion in standing(Self.deletionField) {
      guard case .seen(let vector) = deletion.value else { continue }
      guard version.contains(vector) else {
        throw MalformedBytes("a deletion saw more than its record")
      }
    }
  }
}

extension Role {
  fileprivate var isEmpty: Bool { rawValue.isEmpty }
}

extension VersionVector? {
  fileprivate func orElse(_ dots: [Dot]) throws(MalformedBytes) -> VersionVector {
    if let self { self } else { try vector(ascending: dots) }
  }
}

extension WireReader {
  fileprivate consuming func head(
    of version: VersionVector, _ limits: Limits
  ) throws(MalformedBytes) -> Record.Head {
    var reader = self
    var index: UInt64 = 0
    var counter: UInt64 = 0
    var hash = Hash.zero
    var epoch: UInt64 = 0
    var sequence: UInt64 = 0
    var author = ""
    var role = ""
    var recordedAt: UInt64 = 0
    while let field = try reader.field() {
      switch field.number {
      case 1: index = try reader.varint()
      case 2: counter = try reader.varint()
      case 3: hash = try reader.hash()
      case 4: epoch = try reader.varint()
      case 5: sequence = try reader.varint()
      case 6: author = try reader.name(limit: limits.nameBytes)
      case 7: role = try reader.name(limit: limits.nameBytes)
      case 8: recordedAt = try reader.varint()
      default: throw MalformedBytes("a head has an unknown field \(field.number)")
      }
    }
    guard index < UInt64(version.count), counter > 0 else {
      throw MalformedBytes("a head names no replica of the version")
    }
    let dot = Dot(version.entries[Int(index)].replica, counter)
    guard version.contains(dot) else {
      throw MalformedBytes("an edit is not in its record's version")
    }
    let by = Authorship(
      author: author, role: Role(rawValue: role),
      recordedAt: Timestamp(milliseconds: Int64(bitPattern: recordedAt)))
    return Record.Head(
      dot: dot, hash: hash, by: by,
      place: epoch == 0 ? nil : Place(epoch: epoch, sequence: sequence))
  }

  fileprivate consuming func edit(
    _ heads: [Record.Head], _ limits: Limits
  ) throws(MalformedBytes) -> StandingEdit {
    var reader = self
    var name = ""
    var value = Value.none
    var number: UInt64 = 0
    while let field = try reader.field() {
      switch field.number {
      case 1: name = try reader.name(limit: limits.nameBytes)
      case 2: value = try reader.nested().value(limits)
      case 3: number = try reader.varint()
      default: throw MalformedBytes("an edit has an unknown field \(field.number)")
      }
    }
    guard number < UInt64(heads.count), !name.isEmpty else {
      throw MalformedBytes("an edit names no head or no field")
    }
    let head = heads[Int(number)]
    return StandingEdit(
      field: name, dot: head.dot, hash: head.hash, value: value, by: head.by, place: head.place)
  }
}
