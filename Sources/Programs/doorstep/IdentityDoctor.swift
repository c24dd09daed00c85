import Foundation
import ProgramKit
import SyncCore

/// Looks at this laptop's key and certificate.
struct IdentityDoctor {
  private let folder: Home
  private let options: HomeOptions

  private static let week: Int64 = 7 * 86_400_000
  private static let again = "Ask your office for a code, then: doorstep enrol ADDRESS CODE --again"

  init(_ folder: Home, _ options: HomeOptions) {
    self.folder = folder
    self.options = options
  }

  func findings(now: Timestamp) -> [Finding] {
    do {
      let check = try IdentityCheck(folder, options)
      return [.well("key", "This laptop's key can be read."), dates(check, now)]
    } catch IdentityCheck.Problem.locked(let failure) {
      return [.wrong("key", "This laptop's key cannot be opened.", failure.message)]
    } catch IdentityCheck.Problem.damaged(let what) {
      return [.wrong("key", "This laptop's \(what) is damaged.", Self.again)]
    } catch IdentityCheck.Problem.mismatch {
      return [
        .wrong("key", "This laptop's certificate is not of this laptop's key.", Self.again)
      ]
    } catch IdentityCheck.Problem.otherAuthority {
      return [
        .wrong("certificate", "This laptop's certificate is not of its own office.", Self.again)
      ]
    } catch {
      return [.wrong("key", "This laptop's key cannot be looked at.", Failure(error).message)]
    }
  }

  private func dates(_ check: IdentityCheck, _ now: Timestamp) -> Finding {
    let end = Show.time(check.ends.milliseconds)
    if now > check.ends {
      return .wrong(
        "certificate", "By this laptop's clock its certificate ended \(end).",
        "If the clock is right: \(Self.again)")
    }
    if now < check.begins {
      return .wrong(
        "certificate",
        "By this laptop's clock its certificate begins only \(Show.time(check.begins.milliseconds)).",
        "Set the clock right.")
    }
    guard now.milliseconds(until: check.ends) > Self.week else {
      return .wrong("certificate", "This laptop's certificate ends \(end).", Self.again)
    }
    return .well("certificate", "This laptop's certificate is in date until \(end).")
  }
}
