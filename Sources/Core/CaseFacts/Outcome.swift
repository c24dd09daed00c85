import SyncCore

/// What the codes of outcomes mean, as nDelius has them: attended or not, complied or not.
public enum OutcomeMeaning {
  /// The person was there.
  public static let attended: Set<String> = [
    "ATTC", "AFTC", "ATSH", "ATSS", "ATCH", "AFDA", "ATFI",
  ]
  /// The person was there and did what was asked, or what was lacking was accepted.
  public static let complied: Set<String> = ["ATTC", "ATSS", "ATCH", "AFDA"]
  /// What calls for no enforcement: complied with, an absence that was accepted, or arranged anew.
  /// The catalogue's check of enforcement acts names the same.
  public static let noFailure: Set<String> = [
    "ATTC", "ATSS", "ATCH", "AFDA", "AAME", "AAEM", "AAFC", "AACL", "AAHO", "AARE", "AARC", "AASD",
    "CO05", "CO10", "RSSR", "RSSL", "RSOF",
  ]
  /// What can be known before the appointment: an absence that is accepted, or another time.
  public static let beforehand: Set<String> = [
    "AAME", "AAEM", "AAFC", "AACL", "AAHO", "AARE", "AARC", "AASD", "RSSR", "RSSL", "RSOF",
  ]
  /// Enforcement acts that answer such outcomes too: no action, two withdrawals, and a referral
  /// to the officer.
  public static let answersToNone: Set<String> = ["NFA", "EA06", "EA07", "ROM"]
  /// What may be enforced. `AFTA` holds until evidence was asked for, so it is none yet.
  public static let failed: Set<String> = ["AFTC", "ATSH", "ATFI", "UAAB"]
}

extension CaseRecords {
  /// The settled outcome of an appointment; `nil` while there is none or people disagree.
  public func outcome(of appointment: Record) -> String? {
    guard let claim = self[.named("outcome-claim", appointment.id.description)],
      let reading = read("claim", of: claim), reading.status != .contested
    else { return nil }
    return reading.value[member: "code"]?.text
  }

  /// Whether anybody has claimed an outcome.
  public func hasClaim(_ appointment: Record) -> Bool {
    self[.named("outcome-claim", appointment.id.description)] != nil
  }
}

/// What the types of appointments mean.
public enum AppointmentMeaning {
  /// Visits to a person at home, the initial one included.
  public static func isHomeVisit(_ type: String?) -> Bool { type == "CHVS" || type == "COHV" }
}
