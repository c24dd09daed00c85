extension UInt128 {
  /// From exactly 16 bytes, most significant first; `nil` for any other number of them.
  ///
  /// Read in one step where they lie together: ids, hashes and proofs of thousands of rows are, and
  /// byte by byte that takes longer than all the rest of a row.
  init?(bigEndianBytes bytes: some Collection<UInt8>) {
    let width = UInt128.bitWidth / 8
    guard bytes.count == width else { return nil }
    let together = bytes.withContiguousStorageIfAvailable { storage in
      UInt128(
        bigEndian: UnsafeRawBufferPointer(storage).loadUnaligned(as: UInt128.self))
    }
    self = together ?? bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }
}
