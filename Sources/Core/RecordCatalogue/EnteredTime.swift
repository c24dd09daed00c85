import SyncCore

extension LocalTime {
  /// A time of day as people type it: `9:05`, `09:05` or `09.05`, of 24 hours.
  public init?(entered text: String) {
    guard text.utf8.count <= 5 else { return nil }
    let parts = text.utf8.split(
      omittingEmptySubsequences: false,
      whereSeparator: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
    let isNumeric = parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } }
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2, isNumeric
    else { return nil }
    let numbers = parts.map { $0.reduce(0) { $0 * 10 + Int($1 - 0x30) } }
    self.init(hour: numbers[0], minute: numbers[1])
  }
}
