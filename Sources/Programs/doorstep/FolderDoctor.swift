import Foundation
import ProgramKit

/// Looks at the folder of this laptop's data: whose it is, who else may read it, and how much room
/// there is.
struct FolderDoctor {
  private let folder: Home

  /// Room that a day's sync of a full caseload takes, with a fresh copy built beside the shown one.
  private static let neededBytes: UInt64 = 200 << 20

  init(_ folder: Home) { self.folder = folder }

  func findings() -> [Finding] {
    var status = stat()
    guard stat(folder.path, &status) == 0 else {
      let reason = String(cString: strerror(errno))
      return [
        .wrong(
          "folder", "The folder \(folder.path) cannot be looked at (\(reason)).",
          "Check its name (--home, $DOORSTEP_HOME). On a new laptop, ask your office for a code: doorstep enrol."
        )
      ]
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return [
        .wrong("folder", "\(folder.path) is not a folder.", "Choose another: --home FOLDER.")
      ]
    }
    return [owner(status), rights(status), files()].compactMap(\.self) + [room()]
  }

  private func owner(_ status: stat) -> Finding {
    guard status.st_uid == geteuid() || geteuid() == 0 else {
      return .wrong(
        "folder", "The folder \(folder.path) belongs to another account (number \(status.st_uid)).",
        "As that account, or through IT: chown -R \(geteuid()) \(folder.path)")
    }
    guard access(folder.path, R_OK | W_OK | X_OK) == 0 else {
      return .wrong(
        "folder", "The folder \(folder.path) cannot be read and written: nothing can be saved.",
        "chmod 700 \(folder.path); if that is refused, its disk may be mounted read-only: tell IT.")
    }
    return .well("folder", "The folder \(folder.path) is yours and can be written.")
  }

  private func rights(_ status: stat) -> Finding? {
    guard status.st_mode & 0o077 != 0 else { return nil }
    return .wrong(
      "folder-rights", "Others on this laptop may look into \(folder.path).",
      "chmod 700 \(folder.path)")
  }

  private func files() -> Finding? {
    var open: [String] = []
    var foreign: [String] = []
    for name in ["office.json", "replica.sqlite", "replica.sqlite-wal", "replica.sqlite-shm"] {
      let path = "\(folder.path)/\(name)"
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if status.st_mode & 0o077 != 0 { open.append(path) }
      if access(path, R_OK | W_OK) != 0 { foreign.append(path) }
    }
    if !foreign.isEmpty {
      let names = foreign.joined(separator: " ")
      return .wrong(
        "files", "\(names) cannot be read and written by you.",
        "chmod 600 \(names); if that is refused, through IT: chown \(geteuid()) \(names)")
    }
    guard !open.isEmpty else { return nil }
    return .wrong(
      "files", "Others on this laptop may read \(open.joined(separator: " ")).",
      "chmod 600 \(open.joined(separator: " "))")
  }

  private func room() -> Finding {
    var disk = statvfs()
    guard statvfs(folder.path, &disk) == 0 else {
      return .unknown("disk", "How much room the disk has cannot be told.")
    }
    let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
    guard free >= Self.neededBytes else {
      return .wrong(
        "disk",
        "The disk has only \(free >> 20) MiB left. A sync may need \(Self.neededBytes >> 20).",
        "Remove what you do not need, or ask IT for room, before you go on.")
    }
    return .well("disk", "The disk has \(free >> 20) MiB left.")
  }
}
