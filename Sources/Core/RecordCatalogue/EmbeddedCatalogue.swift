// Made by Scripts/embed-catalogue from Protocol/Catalogue. Edit the YAML and run the script.

/// The catalogue that the program was built with, as outlines.
enum EmbeddedCatalogue {
  static let files: [(name: String, outline: String)] = [
    (
      name: "address.yaml",
      outline: #"""
label=Address
plural=Addresses
why=Recall warrants, tags and home visits go to this address, so two accounts of it are both kept and the better verified one is shown; a new address is a new record, as nDelius keeps main, other and previous.
priority=3
window=latest 4
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
fields{
 address{
  label=Address
  kind=composite
  rule=field-merge
  prefer=ranked
  by=verified
  order[
   =unverified
   =document
   =door
  required=yes
  why=An address seen at the door outranks one that a letter or a phone call gave, whoever saved first; the other stands beside it for review.
  members{
   line-1{
    label=Building and street
    kind=text
    bytes=200
    required=yes
   line-2{
    label=Second line
    kind=text
    bytes=200
   town{
    label=Town or city
    kind=text
    bytes=100
    required=yes
   county{
    label=County
    kind=text
    bytes=100
   postcode{
    label=Postcode
    kind=text
    bytes=8
    required=yes
   kind{
    label=Kind of address
    kind=code
    codes{
     main=Main address
     other=Another address
     previous=Previous address
    required=yes
   verified{
    label=Verified
    kind=code
    codes{
     unverified=Not verified
     document=Verified by a document
     door=Verified at the door
    required=yes
   verified-on{
    label=Verified on
    kind=date
 notes{
  label=Notes about the address
  hint=Who else lives there, animals, how to get in. What you observed belongs in a contact entry.
  kind=text
  bytes=16000
  rule=field-merge
  prefer=last
  why=Notes on access go stale, so the latest is shown, and the other stands beside it for review.

"""#
    ),
    (
      name: "appointment.yaml",
      outline: #"""
label=Appointment
plural=Appointments
why=The person has been given a time, so when two people change it at once the diary keeps the value that the office took first and both are told: two officers at two times is a false failure to attend.
priority=3
window=365 days
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
fields{
 type{
  label=Type of appointment
  kind=code
  codes{
   CHVS=Home visit
   COHV=Initial appointment, home visit
   CODC=Planned doorstep contact
   CODI=Initial appointment on the doorstep
   COAI=Initial appointment in the office
   COAP=Planned office visit
   COPT=Planned telephone contact
   COVC=Planned video contact
   COVI=Initial appointment by video
   COOO=Planned contact other than in the office
   C084=Three-way meeting
  rule=field-merge
  prefer=first
  required=yes
 when{
  label=Date and time
  kind=composite
  rule=field-merge
  prefer=first
  required=yes
  why=A date without its time means nothing, so they move together, and the diary keeps the first.
  members{
   date{
    label=Date
    kind=date
    required=yes
   start{
    label=Start
    hint=Local time, for instance 14:10.
    kind=text
    bytes=5
    required=yes
   end{
    label=End
    hint=Local time, for instance 14:40.
    kind=text
    bytes=5
 place{
  label=Place
  hint=An office, or the address to visit.
  kind=text
  bytes=400
  rule=field-merge
  prefer=first
 officer{
  label=Who attends
  hint=The user name of the officer; you may book for somebody else.
  kind=text
  bytes=64
  rule=field-merge
  prefer=first

"""#
    ),
    (
      name: "case-header.yaml",
      outline: #"""
label=Case
plural=Cases
why=Names, numbers and sentence come from the systems of record; a laptop that could change them would make a second truth about who somebody is.
priority=2
window=while-held
natural-key[
 =crn
writers[
 =office
deleters[
 =office
fields{
 crn{
  label=Case reference number
  hint=One letter and six digits, for instance X123456.
  kind=text
  bytes=7
  rule=server-owned
  required=yes
 name{
  label=Name
  kind=composite
  rule=server-owned
  required=yes
  members{
   forename{
    label=First name
    kind=text
    bytes=200
    required=yes
   middle{
    label=Middle names
    kind=text
    bytes=200
   surname{
    label=Last name
    kind=text
    bytes=200
    required=yes
   preferred{
    label=Preferred name
    hint=What to call them when you meet.
    kind=text
    bytes=200
 date-of-birth{
  label=Date of birth
  kind=date
  rule=server-owned
 noms{
  label=Prison number
  hint=For instance A1234BC.
  kind=text
  bytes=7
  rule=server-owned
 pnc{
  label=PNC number
  hint=Police National Computer, for instance 1979/0163001B.
  kind=text
  bytes=13
  rule=server-owned
 cro{
  label=CRO number
  hint=Criminal Records Office, for instance 265416/21G.
  kind=text
  bytes=12
  rule=server-owned
 language{
  label=Preferred language
  hint=Text messages go out in this language; Welsh speakers may use Welsh.
  kind=code
  codes{
   en=English
   cy=Welsh
   other=Another language
  rule=server-owned
 interpreter{
  label=Needs an interpreter
  kind=flag
  rule=server-owned
 sentence{
  label=Sentence
  kind=composite
  rule=server-owned
  why=A sentence is what a court made; only the court's record may change it.
  members{
   type{
    label=Type
    kind=code
    codes{
     community=Community
     custody=Custody
     pre-sentence=Pre-sentence
    required=yes
   start{
    label=Start
    kind=date
   end{
    label=Expected end
    kind=date
   court{
    label=Court
    kind=text
    bytes=200
 tier{
  label=Tier
  hint=Worked out by the office, for instance B2 or C.
  kind=text
  bytes=8
  rule=derived
  why=The tier is computed from risk, MAPPA and sentence, so no laptop may state it.
 responsible-officer{
  label=Responsible officer
  hint=The user name of who holds the case.
  kind=text
  bytes=64
  rule=server-owned
  why=Who holds a case decides who may see it, so only an allocation at the office changes it.

"""#
    ),
    (
      name: "catalogue.yaml",
      outline: #"""
version=1

"""#
    ),
    (
      name: "contact-entry.yaml",
      outline: #"""
label=Contact entry
plural=Contact entries
why=Notes are disclosed in court and to the person they are about; nDelius only ever appends to them, and joining two texts would forge evidence.
priority=3
window=365 days
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =data-protection
fields{
 kind{
  label=Kind of contact
  kind=code
  codes{
   CHVS=Home visit
   COHV=Initial appointment, home visit
   CODC=Planned doorstep contact
   CODI=Initial appointment on the doorstep
   COAI=Initial appointment in the office
   COAP=Planned office visit
   COPT=Planned telephone contact
   COVC=Planned video contact
   COVI=Initial appointment by video
   COOO=Planned contact other than in the office
   C084=Three-way meeting
   CMS47=Home and prison visit
   CTOA=Phone contact from the person
   CTOB=Phone contact to the person
   CMOA=Email or text from the person
   CMOB=Email or text to the person
   C204=Police liaison
   CSPO=Consultation with manager
   C157=Child related
   C161=Vulnerable adult
   C280=Suicide or self-harm
   CARR=Arrest incident
   CNDC=Sensitive information
  rule=union
  required=yes
 on{
  label=When it happened
  hint=The day of the contact, not of writing it up.
  kind=composite
  rule=union
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 14:10.
    kind=text
    bytes=5
 text{
  label=Notes
  hint=Check-in, review, intervention, summary, tasks. Up to about 12,000 characters.
  kind=text
  bytes=48000
  rule=union
  required=yes
 sensitive{
  label=Sensitive information
  hint=Keeps the entry from being shown to the person. Once yes, it stays yes.
  kind=code
  codes{
   no=No
   yes=Yes
  rule=ratchet
  order[
   =no
   =yes
  deciders[
   =data-protection
  why=nDelius refuses to lift the mark, because what has been shown to the person cannot be taken back; only data protection may, with a reason.
 corrects{
  label=Corrects
  hint=The entry that this one puts right; both are shown.
  kind=reference
  to=contact-entry
  rule=union
 observed{
  label=How you know
  kind=code
  codes{
   observed=I saw or heard it myself
   reported=Somebody told me
   opinion=It is my professional opinion
  rule=union
  why=A court weighs what was seen, told and thought differently, so it is fixed with the words.

"""#
    ),
    (
      name: "document-metadata.yaml",
      outline: #"""
label=Document
plural=Documents
why=A document is what it was when it was saved: its hash names its bytes, and a new version is a new record.
priority=5
window=365 days
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =data-protection
fields{
 title{
  label=Title
  kind=text
  bytes=400
  rule=union
  required=yes
 media-type{
  label=Kind of file
  hint=For instance application/pdf or image/jpeg.
  kind=text
  bytes=127
  rule=union
 size{
  label=Size in bytes
  hint=At most 5 MiB.
  kind=integer
  from=0
  to=5242880
  rule=union
 sha-256{
  label=SHA-256
  hint=64 hexadecimal digits that name the file's bytes.
  kind=text
  bytes=64
  rule=union
  required=yes
 at{
  label=Saved at
  kind=instant
  rule=union

"""#
    ),
    (
      name: "outcome-claim.yaml",
      outline: #"""
label=Outcome
plural=Outcomes
why=A wrong breach deprives somebody of liberty and a wrong “complied” hides a failure, so unequal claims read as disputed, and nothing is enforced or called off, until an officer or a senior decides.
priority=2
window=with appointment
natural-key[
 =appointment
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 appointment{
  label=Appointment
  kind=reference
  to=appointment
  rule=union
  required=yes
  why=A claim is about one appointment for ever; a claim about another is another record.
 claim{
  label=Outcome
  kind=composite
  rule=claims
  holding=disputed
  deciders[
   =officer
   =senior
  required=yes
  members{
   code{
    label=Outcome
    kind=code
    codes{
     ATTC=Attended, complied
     AFTC=Attended, failed to comply
     ATSH=Attended, sent home (behaviour)
     ATSS=Attended, sent home (service issues)
     ATCH=Attended, concurrent hours
     AFDA=Attended, failed to comply, deemed acceptable
     ATFI=Failed to comply with another instruction
     UAAB=Unacceptable absence
     AFTA=Failed to attend, evidence may follow
     AAME=Acceptable absence, medical
     AAEM=Acceptable absence, employment
     AAFC=Acceptable absence, family or childcare
     AACL=Acceptable absence, court or legal
     AAHO=Acceptable absence, holiday
     AARE=Acceptable absence, religious
     AARC=Acceptable absence, remanded in custody
     AASD=Acceptable absence, stood down
     CO05=Acceptable, professional judgement
     CO10=Acceptable failure, none in the following 12 months
     RSSR=Rescheduled by the service
     RSOF=Rescheduled by the person on probation
     CO38=Warrant outstanding
     CO39=Youth breach not enforceable
     CO40=Suspended
    required=yes
   present{
    label=I was at the appointment
    hint=A claim by whoever was there is shown first; it is not final by itself.
    kind=flag
   evidence{
    label=Evidence
    hint=What you saw, or what the person gave you.
    kind=text
    bytes=4000

"""#
    ),
    (
      name: "risk-concern.yaml",
      outline: #"""
label=Risk concern
plural=Risk concerns
why=Word of possible harm outranks tidy access, so it is always taken, even from an officer whose case was moved, and it is never changed afterwards.
priority=1
window=365 days
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
always-accepted=yes
fields{
 text{
  label=What concerns you
  hint=One line is enough; send it now and write more later.
  kind=text
  bytes=16000
  rule=union
  required=yes
 about{
  label=Harm to whom
  kind=code
  codes{
   children=Children
   known-adult=A known adult
   public=The public
   staff=Staff
   self=The person themselves
   prisoners=Prisoners
   unclear=Not clear yet
  rule=union
 at{
  label=When you noticed
  kind=composite
  rule=union
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 14:10.
    kind=text
    bytes=5
 level{
  label=How serious it seems
  hint=Your own view at the time; the assessed level is changed at the office.
  kind=code
  codes{
   low=Low
   medium=Medium
   high=High
   very-high=Very high
  rule=union

"""#
    ),
    (
      name: "risk-flag.yaml",
      outline: #"""
label=Risk flag
plural=Risk flags
why=Missing a flag can kill and an extra review costs minutes, so a flag that one person removes while another raises it stays active, and its level never goes down by merging.
priority=1
window=while-held
writers[
 =officer
 =senior
 =office
deleters[
fields{
 code{
  label=Flag
  kind=code
  codes{
   risk-to-staff=Risk to staff
   risk-to-probation-staff=Risk to probation staff
   RVHR=Very high risk of serious harm
   RHRH=High risk of serious harm
   RMRH=Medium risk of serious harm
   MAPP=MAPPA
   IIOM=Integrated offender management
   RMDO=Mental health
   ALSH=Self-harm
   RVLN=Vulnerability
   RCCO=Child concerns
   RCPR=Child protection
   RCHD=Risk to children
   RPIR=Public interest
   RVAD=Adult at risk
   STRG=Gangs
   TACT=Terrorism
  rule=union
  required=yes
  why=A flag keeps its meaning; another danger is another flag.
 level{
  label=Level
  kind=code
  codes{
   information-only=Information only
   low=Low
   medium=Medium
   high=High
  rule=ratchet
  order[
   =information-only
   =low
   =medium
   =high
  deciders[
   =senior
   =office
 status{
  label=Status
  kind=code
  codes{
   removed=Removed
   active=Active
  rule=ratchet
  order[
   =removed
   =active
  deciders[
   =senior
   =office
  required=yes
  why=nDelius removes a register entry by a separate, signed act; here too, only a senior or the office may, having seen the flag as it stands, with a reason.
 next-review{
  label=Next review
  kind=date
  rule=field-merge
  prefer=first
  why=Two review dates are both kept; the earlier one is the safer, and a person says which stands.
 notes{
  label=Notes
  kind=text
  bytes=16000
  rule=union
  why=Why a flag was raised is evidence; what came later belongs in a contact entry.

"""#
    ),
    (
      name: "rosh-summary.yaml",
      outline: #"""
label=Risk of serious harm
plural=Assessments of serious harm
why=The level comes from a countersigned assessment, never from a laptop; where two sources differ, the higher is shown, because a risk level must never go down in silence.
priority=1
window=latest 2
writers[
 =office
deleters[
 =office
fields{
 overall{
  label=Overall level
  kind=code
  codes{
   low=Low
   medium=Medium
   high=High
   very-high=Very high
  rule=ratchet
  order[
   =low
   =medium
   =high
   =very-high
  deciders[
   =office
  required=yes
 assessed-on{
  label=Assessed on
  kind=date
  rule=server-owned
 who-at-risk{
  label=Who is at risk
  kind=text
  bytes=16000
  rule=server-owned
 nature{
  label=Nature of the risk
  kind=text
  bytes=16000
  rule=server-owned
 imminence{
  label=How soon
  kind=text
  bytes=16000
  rule=server-owned
 increases{
  label=What makes it greater
  kind=text
  bytes=16000
  rule=server-owned
 mitigates{
  label=What makes it smaller
  kind=text
  bytes=16000
  rule=server-owned

"""#
    ),
    (
      name: "safety-check-in.yaml",
      outline: #"""
label=Safety check-in
plural=Safety check-ins
why=Somebody's life may hang on it, so each one stands for itself, none is merged away, and it is taken even from an officer who no longer holds the case.
priority=0
window=365 days
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
always-accepted=yes
fields{
 state{
  label=State
  kind=code
  codes{
   ok=Safe
   overdue=Overdue
   distress=Needs help
  rule=union
  required=yes
 at{
  label=At
  kind=instant
  rule=union
 place{
  label=Place
  hint=Where you are, if it is not the planned address.
  kind=text
  bytes=400
  rule=union

"""#
    ),
    (
      name: "visit-plan.yaml",
      outline: #"""
label=Planned visit
plural=Planned visits
why=A plan is made before a visit and changes until it; different fields merge, and two values of one field are both kept, so that nobody sets out to a place or at a time that a colleague does not know.
priority=3
window=365 days
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =officer
 =administrator
 =office
fields{
 appointment{
  label=Appointment
  kind=reference
  to=appointment
  rule=field-merge
  prefer=first
 address{
  label=Address
  kind=reference
  to=address
  rule=field-merge
  prefer=first
 when{
  label=Date and time
  kind=composite
  rule=field-merge
  prefer=first
  required=yes
  members{
   date{
    label=Date
    kind=date
    required=yes
   start{
    label=Start
    hint=Local time, for instance 14:10.
    kind=text
    bytes=5
    required=yes
   end{
    label=End
    hint=Local time, for instance 14:40.
    kind=text
    bytes=5
 purpose{
  label=Purpose
  kind=code
  codes{
   supervision=Planned supervision
   address-check=Check the address
   safeguarding=Safeguarding
   compliance=Compliance
   monitoring-equipment=Electronic monitoring equipment
  rule=field-merge
  prefer=first
 expected-finish{
  label=Expected finish
  hint=If you have not checked in by then, the alarm starts.
  kind=instant
  rule=field-merge
  prefer=first
 accompanying{
  label=Accompanied by
  hint=The user name of each colleague who comes along.
  kind=text
  bytes=51
  set=yes
  rule=union
  why=Adding a colleague is the safer reading, so an add beats a removal made at the same time.
 safe-call{
  label=Safe call
  hint=Who to call when you are out again, and on which number.
  kind=text
  bytes=400
  rule=field-merge
  prefer=last

"""#
    ),
    (
      name: "visit-record.yaml",
      outline: #"""
label=Visit
plural=Visits
why=What an officer saw at a door may be read out in court, so it is written once and never changed; a correction is a contact entry.
priority=3
window=365 days
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =data-protection
fields{
 plan{
  label=Planned visit
  kind=reference
  to=visit-plan
  rule=union
 appointment{
  label=Appointment
  kind=reference
  to=appointment
  rule=union
 arrived{
  label=Arrived
  kind=instant
  rule=union
  required=yes
 left{
  label=Left
  kind=instant
  rule=union
 seen{
  label=Was the person seen?
  kind=code
  codes{
   seen=Seen
   not-in=Not in
   access-refused=Access refused
   unsafe-left=Unsafe, left
  rule=union
 who-present{
  label=Who was there
  hint=Children and new adults first.
  kind=text
  bytes=4000
  rule=union
 observations{
  label=What you saw
  kind=text
  bytes=48000
  rule=union

"""#
    ),
  ]
}
