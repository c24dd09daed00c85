/// Names to make people of. Common ones of England and Wales, joined by chance: nobody is meant.
enum Names {
  static let men = [
    "Adam", "Aidan", "Ajay", "Alfie", "Andrzej", "Anthony", "Ben", "Callum", "Carl", "Connor",
    "Craig", "Daniel", "Darren", "David", "Dean", "Deepak", "Dylan", "Emeka", "Ethan", "Gareth",
    "Gavin", "Hamza", "Harpreet", "Ibrahim", "Imran", "Ioan", "Jack", "Jake", "Jamal", "James",
    "Jason", "Jermaine", "Joel", "Jordan", "Joshua", "Kai", "Karl", "Kieran", "Kofi", "Kyle",
    "Lee", "Leon", "Lewis", "Liam", "Luke", "Malik", "Marcus", "Mark", "Martin", "Mateusz",
    "Michael", "Mohammed", "Nathan", "Nikhil", "Owen", "Patrick", "Paul", "Peter", "Rashid",
    "Reece", "Rhys", "Robert", "Ryan", "Samuel", "Scott", "Sean", "Shane", "Siôn", "Stephen",
    "Tariq", "Terry", "Thomas", "Tomasz", "Tunde", "Tyler", "Wayne", "William", "Yusuf", "Zain",
  ]

  static let women = [
    "Abigail", "Aisha", "Alice", "Amy", "Angharad", "Anna", "Bethan", "Carly", "Charlotte",
    "Chloe", "Danielle", "Donna", "Ella", "Emma", "Fatima", "Gemma", "Georgia", "Grace", "Hannah",
    "Jade", "Jasmine", "Jodie", "Kayleigh", "Kelly", "Kirsty", "Laura", "Lauren", "Leanne", "Lisa",
    "Mariam", "Megan", "Michelle", "Natalie", "Nia", "Nicole", "Precious", "Rachel", "Rebecca",
    "Samantha", "Shanice", "Shannon", "Siân", "Sophie", "Stacey", "Tanya", "Vikki", "Zoë", "Zara",
  ]

  static let surnames = [
    "Abbott", "Adeyemi", "Ahmed", "Akhtar", "Ali", "Allen", "Atkins", "Bailey", "Baker", "Barnes",
    "Begum", "Bell", "Bennett", "Boateng", "Bowen", "Bradley", "Brennan", "Brooks", "Burton",
    "Carr", "Chapman", "Clarke", "Coleman", "Collins", "Cooper", "Cox", "Craven", "Davies",
    "Dawson", "Dixon", "Doyle", "Edwards", "Ellis", "Evans", "Farrell", "Fletcher", "Foster",
    "Fox", "Gallagher", "George", "Gibson", "Gill", "Graham", "Grant", "Gray", "Green",
    "Griffiths", "Gunn", "Hall", "Harding", "Harris", "Hart", "Hassan", "Hayes", "Higgins",
    "Holt", "Hughes", "Hunter", "Hussain", "Iqbal", "Jackson", "James", "Jenkins", "Jones",
    "Kaur", "Kelly", "Khan", "King", "Kowalski", "Lane", "Lawson", "Lewis", "Lloyd", "Mahmood",
    "Marsh", "Mason", "McCann", "Mensah", "Miah", "Miller", "Mills", "Morgan", "Morris", "Murphy",
    "Nash", "Newton", "Nowak", "Nwosu", "O'Brien", "O'Neill", "Okafor", "Osman", "Owen", "Palmer",
    "Parker", "Parry", "Patel", "Payne", "Pearce", "Phillips", "Porter", "Powell", "Price",
    "Quinn", "Rahman", "Rees", "Reid", "Richards", "Roberts", "Rowe", "Ryan", "Sandhu", "Shah",
    "Shaw", "Sheikh", "Simpson", "Singh", "Slater", "Smart", "Stokes", "Sutton", "Taylor",
    "Thomas", "Thorpe", "Tucker", "Turner", "Walker", "Ward", "Watts", "Webb", "Williams",
    "Wilson", "Wójcik", "Wright", "Yates", "Young",
  ]

  /// For user names: plain letters alone.
  static let plainSurnames = surnames.filter { name in
    name.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "'") }
  }.map { $0.lowercased() }
}

/// Where they live: towns, streets and post towns that are on no map.
enum Places {
  static let towns = [
    "Ashbeck", "Brackenholt", "Carrowdale", "Crowmere", "Dunsmarsh", "Eastingham Vale",
    "Fallowhythe", "Garthwick", "Harrowbeck", "Ivelmouth", "Kestleborough", "Larchminster",
    "Millthwaite Cross", "Netherquay", "Orrelbridge", "Pennowick", "Quillham", "Ravenshulme",
    "Silverthwaite", "Tarrowby", "Underfell", "Vexbridge", "Wexmoor", "Yarrowgate",
  ]

  static let counties = ["Northmarch", "Westvale", "Eastfenshire", "Southmoor"]

  static let streets = [
    "Alder", "Anvil", "Barley", "Beacon", "Birchfield", "Bobbin", "Bracken", "Canal", "Chandler",
    "Cinder", "Clover", "Cobbler", "Cooper", "Curlew", "Dove", "Elderberry", "Fallow", "Ferry",
    "Foundry", "Garnet", "Gorse", "Harbour", "Hawthorn", "Heron", "Juniper", "Kiln", "Lantern",
    "Linnet", "Loom", "Mallard", "Meadow", "Mercer", "Millrace", "Orchard", "Otter", "Packhorse",
    "Pipistrelle", "Quarry", "Rowan", "Saddler", "Shuttle", "Sorrel", "Tanner", "Teasel",
    "Thistle", "Turnpike", "Viaduct", "Weaver", "Wherry", "Willow",
  ]

  static let streetKinds = [
    "Road", "Street", "Close", "Avenue", "Lane", "Row", "Terrace", "Court", "Drive", "Way", "Walk",
  ]

  static let offices = towns.prefix(12).map { "\($0) probation office" }
  static let courts = towns.prefix(8).flatMap { town in
    ["\(town) Crown Court", "\(town) Magistrates' Court"]
  }

  /// The Post Office gave out no area of these letters.
  static let postcodeAreas = ["QX", "ZZ"]
  /// The letters that the last two places of a postcode may have.
  static let postcodeLetters = Array("ABDEFGHJLNPQRSTUWXYZ".utf8)
}
