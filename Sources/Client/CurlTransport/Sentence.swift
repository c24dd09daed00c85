/// What the officer reads when no answer came. Plain words, and each says what to do next.
enum Sentence {
  // No way to the office now.
  static let unknownName = """
    The office cannot be found on this network. Check the Wi-Fi or mobile data. You can go on \
    working; your work is sent when the connection is back.
    """
  static let unknownProxy = """
    This network's proxy cannot be found. Try another network. You can go on working; your work is \
    sent when the connection is back.
    """
  static let unreachable = """
    The office cannot be reached just now. You can go on working; your work is sent when the \
    connection is back.
    """
  static let tooSlow = """
    The office took too long to answer. You can go on working; your work is sent when the \
    connection is better.
    """
  static let noAnswer = """
    The connection was cut before the office answered. You can go on working; your work is sent \
    when the connection is back.
    """
  static func cut(after bytes: Int) -> String {
    """
    The connection was cut after \(bytes) bytes. You can go on working; the rest follows when the \
    connection is back.
    """
  }
  static func local(code: Int) -> String {
    """
    This laptop could not send just now (code \(code)). You can go on working; if this message \
    stays, restart the laptop or tell IT the code.
    """
  }

  // A person must act.
  static let badOffice = """
    The office's address on this laptop is not valid; it must begin with https://. Ask IT to \
    correct it.
    """
  static let otherAuthority = """
    The server that answered is not your office: its certificate is not from your office's \
    authority. Nothing was sent. Try another network; if it happens there too, tell IT.
    """
  static let otherName = """
    The server that answered has a certificate for another name than your office's. Nothing was \
    sent. Try another network; if it happens there too, tell IT.
    """
  static let outOfDateServer = """
    The office's certificate is out of date, or this laptop's clock is wrong. Nothing was sent. \
    Check the date and time; if they are right, tell IT.
    """
  static let brokenAuthority = """
    The office authority's certificate on this laptop cannot be read. Nothing was sent. Enrol this \
    laptop again.
    """
  static let oldTLS = """
    The server that answered does not speak TLS 1.3, which keeps your work private. Nothing was \
    sent. Try another network; if it happens there too, tell IT.
    """
  static func handshake(code: Int) -> String {
    """
    No secure connection to the office could be agreed (code \(code)). Nothing was sent. Try \
    another network; if it happens there too, tell IT the code.
    """
  }
  static let ownUnreadable = """
    This laptop's own certificate or key cannot be read. Ask your office for a code, then: doorstep enrol ADDRESS CODE --again.
    """
  static let ownMissing = """
    The office asks for this laptop's certificate and did not get one it accepts. Enrol this laptop.
    """
  static let ownExpired = """
    This laptop's certificate has expired. Ask your office for a code, then: doorstep enrol ADDRESS CODE --again.
    """
  static let ownRevoked = """
    The office has withdrawn this laptop's certificate. Speak to IT before you go on.
    """
  static let ownRefused = """
    The office does not accept this laptop's certificate. Ask your office for a code, then: doorstep enrol ADDRESS CODE --again; if that does \
    not help, tell IT.
    """
  static func oldLibrary(code: Int) -> String {
    """
    This laptop's network library cannot do what Doorstep needs (code \(code)). Nothing was sent. \
    Ask IT to update the laptop.
    """
  }

  // Something answered, but not the office.
  static let redirect = """
    A sign-in page answered instead of the office, as in hotels and on trains. Open a web browser, \
    sign in to the network, then try again.
    """
  static let notTLS = """
    Something answered that is not the office, perhaps the network's sign-in page. Open a web \
    browser, sign in to the network, then try again; if it stays, tell IT.
    """
  static let proxySignIn = """
    This network's proxy asks for a user name and password. Try another network, or tell IT.
    """
  static func proxyRefused(status: Int) -> String {
    """
    This network's proxy would not connect to the office (status \(status)). Try another network; \
    if it stays, tell IT the status.
    """
  }
  static let notHTTP = """
    What answered does not make sense and is perhaps not the office. Try again, or on another \
    network; if it stays, tell IT.
    """
  static let largeHead = """
    The answer began with far more than the office ever sends. Try again, or on another network; \
    if it stays, tell IT.
    """
  static let badEncoding = """
    The answer was damaged on its way. Try again, or on another network; if it stays, tell IT.
    """
  static let badAddress = """
    The request has an address that cannot be sent. Try again; if it stays, tell IT.
    """
}
