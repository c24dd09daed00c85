/// The written form of a change: the message `ChangeBody` of `Protocol/doorstep.proto`.
extension Change.Body {
  public var canonicalBytes: [UInt8] {
    var writer = WireWriter(reserving: 512)
    writer.identifier(1, dot.replica)
    writer.number(2, dot.counter)
    writer.hash(3, previous)
    writer.identifier(4, record)
    writer.text(5, type)
    writer.identifier(6, caseID)
    writer.vector(7, context)
    switch action {
    case .set(let members):
      for member in members {
        writer.message(8) {
          $0.text(1, member.name)
          $0.value(2, member.value)
        }
      }
    case .delete: writer.number(9, 1)
    }
    writer.text(10, author)
    writer.text(11, role.rawValue)
    writer.number(12, UInt64(bitPattern: recordedAt.milliseconds))
    writer.text(13, reason)
    if let group { writer.identifier(14, group) }
    writer.number(15, writtenUnder?.epoch ?? 0)
    writer.number(16, writtenUnder?.sequence ?? 0)
    if let origin {
      writer.identifier(17, origin.dot.replica)
      writer.number(18, origin.dot.counter)
      writer.hash(19, origin.hash)
    }
    return writer.bytes
  }

  init(reading bytes: [UInt8], limits: Limits) throws(MalformedBytes) {
    var reader = WireReader(bytes)
    var parts = Parts()
    while let field = try reader.field() {
      switch field.number {
      case 1: parts.replica = try reader.identifier()
      case 2: parts.counter = try reader.varint()
      case 3: parts.previous = try reader.hash()
      case 4: parts.record = try reader.identifier()
      case 5: parts.type = try reader.name(limit: limits.nameBytes)
      case 6: parts.caseID = try reader.identifier()
      case 7: try reader.vectorEntry(into: &parts.context, limit: limits.vectorEntries)
      case 8: parts.members.append(try reader.nested().member(limits))
      case 9: parts.deletes = try reader.varint() == 1
      case 10: parts.author = try reader.name(limit: limits.nameBytes)
      case 11: parts.role = try reader.name(limit: limits.nameBytes)
      case 12: parts.recordedAt = Int64(bitPattern: try reader.varint())
      case 13: parts.reason = try reader.text(limit: limits.textBytes)
      case 14: parts.group = try reader.identifier()
      case 15: parts.epoch = try reader.varint()
      case 16: parts.sequence = try reader.varint()
      case 17: parts.originReplica = try reader.identifier()
      case 18: parts.originCounter = try reader.varint()
      case 19: parts.originHash = try reader.hash()
      default: throw MalformedBytes("a change has an unknown field \(field.number)")
      }
    }
    try self.init(parts, limits)
  }

  private struct Parts {
    var replica: ReplicaID?
    var counter: UInt64 = 0
    var previous = Hash.zero
    var record: RecordID?
    var type = ""
    var caseID: CaseID?
    var context: [Dot] = []
    var members: [Value.Member] = []
    var deletes = false
    var author = ""
    var role = ""
    var recordedAt: Int64 = 0
    var reason = ""
    var group: GroupID?
    var epoch: UInt64 = 0
    var sequence: UInt64 = 0
    var originReplica: ReplicaID?
    var originCounter: UInt64 = 0
    var originHash = Hash.zero

    var origin: Change.Origin? {
      originReplica.map { Change.Origin(dot: Dot($0, originCounter), hash: originHash) }
    }
  }

  private init(_ parts: Parts, _ limits: Limits) throws(MalformedBytes) {
    guard let replica = parts.replica, parts.counter > 0, let record = parts.record,
      let caseID = parts.caseID, !parts.type.isEmpty, !parts.author.isEmpty, !parts.role.isEmpty
    else { throw MalformedBytes("a change is not complete") }
    guard parts.deletes != !parts.members.isEmpty else {
      throw MalformedBytes("a change must either set fields or delete")
    }
    guard parts.members.count <= limits.changeFields else {
      throw MalformedBytes("a change sets more than \(limits.changeFields) fields")
    }
    for (index, member) in parts.members.enumerated() {
      guard !member.name.isEmpty, index == 0 || parts.members[index - 1].name < member.name else {
        throw MalformedBytes("a change's fields are not ascending")
      }
      guard !member.forgesDeletion else {
        throw MalformedBytes("a change sets what only a deletion may say")
      }
    }
    guard parts.originReplica == nil || (parts.originCounter > 0 && parts.originHash != .zero)
    else { throw MalformedBytes("a change's origin is not complete") }
    self.init(
      dot: Dot(replica, parts.counter), previous: parts.previous, record: record, type: parts.type,
      caseID: caseID, context: try vector(ascending: parts.context),
      action: parts.deletes ? .delete : .set(parts.members), author: parts.author,
      role: Role(rawValue: parts.role), recordedAt: Timestamp(milliseconds: parts.recordedAt),
      reason: parts.reason, group: parts.group,
      writtenUnder: parts.epoch == 0 ? nil : Place(epoch: parts.epoch, sequence: parts.sequence),
      origin: parts.origin)
  }
}

extension WireReader {
  /// One named value, as changes and records write their fields.
  consuming func member(_ limits: Limits) throws(MalformedBytes) -> Value.Member {
    var reader = self
    var name = ""
    var value = Value.none
    while let field = try reader.field() {
      switch field.number {
      case 1: name = try reader.name(limit: limits.nameBytes)
      case 2: value = try reader.nested().value(limits)
      default: throw MalformedBytes("a named value has an unknown field \(field.number)")
      }
    }
    return Value.Member(name, value)
  }
}
