import Hummingbird
import ServerStorage
import SyncCore
import SyncWire

/// `POST /v1/compare`: the records of a case in which a laptop differs from the office. See
/// `Protocol/README.md` section 6.10.
struct CompareRoute: Sendable {
  let store: any ServerStore
  let limits: Limits

  func answer(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let device = try context.requireDevice()
    let message: PBCompareRequest = try await request.message()
    let asked: ComparisonRequest
    do { asked = try message.comparison(limits) } catch {
      throw Problem.badRequest("The comparison cannot be read: \(error).")
    }
    let answer = try await store.read { [limits] store in
      guard let device = try store.device(device.id),
        let answer = try Feed(store, limits: limits).comparison(asked, for: device)
      else { throw Problem.badRequest("The laptop's user holds no such case.") }
      return answer
    }
    return try request.answer(PBCompareResponse(answer, request.acceptedForm))
  }
}
