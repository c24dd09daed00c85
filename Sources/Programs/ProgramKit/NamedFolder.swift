import Foundation

/// A folder as somebody names it on a command line.
package enum NamedFolder {
  /// The same from the root on, without a slash at its end, so that what is made beside it lies
  /// beside it. Names stay as they are: nothing of `..` is taken out, since a link may lead
  /// elsewhere.
  ///
  /// Foundation's own functions for the last part of a path trap for a name of one letter.
  package static func absolute(_ path: String) -> String {
    let from = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath
    let parts = "\(from)/\(path)".split(separator: "/").filter { $0 != "." }
    return "/" + parts.joined(separator: "/")
  }

  /// The folder that a variable of the environment names; one that is empty names none.
  package static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The folder that holds it, and its name there. For the root, both are the root.
  package static func split(_ path: String) -> (folder: String, name: String) {
    let absolute = absolute(path)
    guard let slash = absolute.lastIndex(of: "/"), absolute != "/" else { return ("/", "/") }
    let folder = String(absolute[..<slash])
    return (folder.isEmpty ? "/" : folder, String(absolute[absolute.index(after: slash)...]))
  }
}
