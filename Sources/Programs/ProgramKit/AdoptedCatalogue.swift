import Crypto
import Foundation
import RecordCatalogue
import SyncCore
import SyncWire

/// The newest catalogue that this laptop has: the one that its program was built with, or one that
/// its office has sent since.
///
/// The file is a SHA-256 of what follows, and a `PBCatalogue`. It is written whole or not at all.
package struct AdoptedCatalogue {
  private let path: String

  package init(in home: Home) { path = home.path + "/catalogue" }

  /// Why a newer catalogue is not taken.
  package enum Problem: Error {
    /// It cannot be read here.
    case unreadable(String)
    /// It lacks what records were made under.
    case lacks([String])
    case disk(DurableFile.Problem)

    package var text: String {
      switch self {
      case .unreadable(let problem): problem
      case .lacks(let names): "it no longer has \(names.joined(separator: ", "))"
      case .disk: "it could not be written to this laptop's disk"
      }
    }
  }

  /// The newest. What is damaged, older than the program's own, or lacks something of that, is as
  /// if it were not there: the office sends it, or a newer one, again.
  package func current() -> Catalogue {
    guard let data = FileManager.default.contents(atPath: path), data.count > 32,
      data.prefix(32).elementsEqual(SHA256.hash(data: data.dropFirst(32))),
      let message = try? PBCatalogue(serializedBytes: data.dropFirst(32)),
      message.version > Catalogue.standard.version,
      let catalogue = try? Catalogue(outlines: message.checkedFiles()),
      catalogue.lacks(of: .standard).isEmpty
    else { return .standard }
    return catalogue
  }

  /// Takes what the office sent, if it can take the place of the present one.
  /// - Returns: the new catalogue.
  package func adopt(_ message: PBCatalogue, after present: Catalogue) throws(Problem) -> Catalogue
  {
    let catalogue: Catalogue
    do { catalogue = try Catalogue(outlines: message.checkedFiles()) } catch {
      throw .unreadable("\(error)")
    }
    guard catalogue.version == message.version, catalogue.version > present.version else {
      throw .unreadable("its version, \(catalogue.version), is not above \(present.version)")
    }
    let lacking = catalogue.lacks(of: present)
    guard lacking.isEmpty else { throw .lacks(lacking) }
    let body: Data
    do { body = try message.serializedBytes() } catch { throw .unreadable("it cannot be kept") }
    do throws(DurableFile.Problem) {
      try DurableFile.write(Array(SHA256.hash(data: body)) + Array(body), to: path)
    } catch { throw .disk(error) }
    return catalogue
  }
}
