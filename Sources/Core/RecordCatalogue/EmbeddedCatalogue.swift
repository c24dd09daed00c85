// Made by Scripts/embed-catalogue from Protocol/Catalogue. Edit the YAML and run the script.

/// The catalogue that the program was built with, as outlines.
enum EmbeddedCatalogue {
  static let files: [(name: String, outline: String)] = [
    (
      name: "access-limit.yaml",
      outline: #"""
label=Limit of access
plural=Limits of access
why=Staff with a personal link to a case must lose sight of it at once, so the list is kept where every request passes; on a laptop it would itself tell who is linked to whom.
priority=1
window=never
writers[
 =office
deleters[
 =office
fields{
 kind{
  label=Kind
  kind=code
  codes{
   exclusion=Exclusion, this user may not see the case
   restriction=Restriction, only users on such a list may see the case
  rule=server-owned
  required=yes
 user{
  label=User name
  hint=Compared without regard to upper and lower case.
  kind=text
  bytes=64
  rule=server-owned
  required=yes
 from{
  label=From
  kind=date
  rule=server-owned
 to{
  label=Until
  hint=From this day on it holds no longer; empty if it has no end.
  kind=date
  rule=server-owned
 message{
  label=Message
  hint=Shown to whoever is kept out.
  kind=text
  bytes=1000
  rule=server-owned

"""#
    ),
    (
      name: "access-log.yaml",
      outline: #"""
label=Access
plural=Access log
why=The law asks for a log of reading as well as of writing; it stands apart from what was read, so that looking changes nothing, and no hand can alter it.
priority=4
window=7 days after when
writers[
 =officer
 =senior
 =administrator
 =data-protection
 =office
deleters[
always-accepted=yes
fields{
 user{
  label=User
  hint=The user name of who did it.
  kind=text
  bytes=64
  rule=union
  required=yes
 what{
  label=What was done
  kind=code
  codes{
   collection=Collected
   alteration=Changed
   consultation=Looked at
   disclosure=Disclosed
   combination=Combined
   erasure=Erased
  rule=union
  required=yes
 record-type{
  label=Type of the record
  kind=text
  bytes=64
  rule=union
 record{
  label=Record
  hint=The id of the record; empty where it was the whole case.
  kind=text
  bytes=36
  rule=union
 when{
  label=When
  kind=instant
  rule=union
  required=yes
 why{
  label=Why
  kind=code
  codes{
   supervision=Supervision
   visit=Visit
   enforcement=Enforcement
   court=Court
   safeguarding=Safeguarding
   cover=Cover for a colleague
   oversight=Management oversight
   administration=Administration
   request=Request by the person or by data protection
   system=The program itself
  rule=union
 recipient{
  label=Disclosed to
  kind=text
  bytes=400
  rule=union

"""#
    ),
    (
      name: "address.yaml",
      outline: #"""
label=Address
plural=Addresses
why=Recall warrants, tags and home visits go to this address, so two accounts of it are both kept and the better verified one is shown; a new address is a new record, as nDelius keeps main, other and previous.
priority=3
window=latest 3 by address.to
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
checks{
 ends-after-it-begins{
  says=Somebody moves out after moving in.
  field=address.to
  at-least=address.from
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
  why=An address seen at the door outranks one that a letter or a phone call gave, whoever saved first; the other stands beside it for review. An end date moves with it, so that nobody ends an address that a colleague has just verified.
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
   no-fixed-address{
    label=No fixed address
    hint=Then write on the first line where the person stays or can be found.
    kind=flag
   type{
    label=Type of accommodation
    hint=As nDelius names it.
    kind=text
    bytes=200
   telephone{
    label=Telephone at the address
    kind=text
    bytes=40
   kind{
    label=Kind of address
    kind=code
    codes{
     main=Main address
     other=Another address
     previous=Previous address
    required=yes
   from{
    label=From
    kind=date
   to{
    label=Until
    hint=Empty while the person lives there.
    kind=date
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
      name: "alert-clearing.yaml",
      outline: #"""
label=Cleared alert
plural=Cleared alerts
why=Each person clears an alert for themselves alone, so two who do it at once do no harm, and the same person twice makes one record.
priority=3
window=with alert
natural-key[
 =alert
 =user
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 alert{
  label=Alert
  kind=reference
  to=alert
  rule=union
  required=yes
 user{
  label=Cleared by
  hint=Your user name.
  kind=text
  bytes=64
  rule=union
  required=yes
 at{
  label=Cleared at
  kind=instant
  rule=union
 note{
  label=What you did
  kind=text
  bytes=1000
  rule=union

"""#
    ),
    (
      name: "alert.yaml",
      outline: #"""
label=Alert
plural=Alerts
why=Something that needs a person must not vanish because somebody else has looked, so an alert never changes, and it stays open until each addressee or a senior has cleared it.
priority=2
window=while-held
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 kind{
  label=Kind
  kind=code
  codes{
   new-entry=New entry while you were away
   risk-concern=Risk concern
   risk-changed=Risk has risen
   flag-challenged=Flag removed and challenged
   refer-to-officer=Referred to the officer
   disputed=Reports differ
   dissent=Your decision did not stand
   late-work=Work by a former officer
   evidence-due=Evidence due
   enforcement-review=Review of enforcement
   withdraw-act=Letter or request to withdraw
   duplicate=Possibly the same twice
   deletion=Deletion of something that was edited
   other=Something else
  rule=union
  required=yes
 addressees{
  label=To
  hint=The user name of each person that it is for.
  kind=text
  bytes=51
  set=yes
  rule=union
  why=Telling one person too many costs little, so an add beats a removal made at the same time.
 record-type{
  label=Type of the record
  kind=text
  bytes=64
  rule=union
 record{
  label=Record
  hint=The id of the record that it is about.
  kind=text
  bytes=36
  rule=union
 text{
  label=Message
  hint=One line that says what to do.
  kind=text
  bytes=1000
  rule=union
  required=yes
 at{
  label=Raised at
  kind=instant
  rule=union
 open{
  label=Open
  kind=flag
  rule=derived
  writers[
   =office
  why=It follows from who has cleared it; nobody closes it for the others.

"""#
    ),
    (
      name: "allocation.yaml",
      outline: #"""
label=Allocation
plural=Allocations
why=Who holds a case decides who may see it, so only a senior's allocation at the office changes it, with its date; an officer reads it and learns at once when a case has moved.
priority=2
window=latest 3 by to
writers[
 =office
deleters[
 =office
fields{
 manager{
  label=Kind of manager
  kind=code
  codes{
   community=Community offender manager
   prison=Prison offender manager
  rule=server-owned
  required=yes
 staff{
  label=Staff
  kind=composite
  rule=server-owned
  required=yes
  members{
   name{
    label=Name
    kind=text
    bytes=400
    required=yes
   code{
    label=Staff code
    kind=text
    bytes=20
   user{
    label=User name
    kind=text
    bytes=64
 team{
  label=Team
  kind=composite
  rule=server-owned
  members{
   name{
    label=Name
    kind=text
    bytes=200
    required=yes
   code{
    label=Team code
    kind=text
    bytes=20
 provider{
  label=Provider
  hint=The region, or the prison.
  kind=composite
  rule=server-owned
  members{
   name{
    label=Name
    kind=text
    bytes=200
    required=yes
   code{
    label=Provider code
    kind=text
    bytes=20
 from{
  label=From
  kind=date
  rule=server-owned
  required=yes
 to{
  label=Until
  hint=Empty for who holds the case now.
  kind=date
  rule=server-owned
 responsible-officer{
  label=Responsible officer
  kind=flag
  rule=server-owned

"""#
    ),
    (
      name: "appointment.yaml",
      outline: #"""
label=Appointment
plural=Appointments
why=The person has been given a time, so when two people change it at once the diary keeps the value that the office took first and both are told: two officers at two times is a false failure to attend.
priority=3
window=365 days after when.date
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
checks{
 ends-after-it-starts{
  says=An appointment ends after it starts, on the same day.
  field=when.end
  at-least=when.start
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
    kind=time
    required=yes
   end{
    label=End
    hint=Local time, for instance 14:40.
    kind=time
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
 description{
  label=Description
  kind=text
  bytes=400
  rule=field-merge
  prefer=first
 event{
  label=Sentence
  kind=reference
  to=event
  rule=field-merge
  prefer=first
 requirement{
  label=Requirement
  kind=reference
  to=requirement
  rule=field-merge
  prefer=first
 condition{
  label=Licence condition
  kind=reference
  to=licence-condition
  rule=field-merge
  prefer=first
 rar-activity{
  label=RAR activity
  hint=Counts towards the days of a rehabilitation activity requirement, if complied with.
  kind=flag
  rule=field-merge
  prefer=first
 supporting-notes{
  label=Supporting notes
  hint=Up to 12,000 characters. What comes later belongs in a contact entry.
  kind=text
  characters=12000
  bytes=48000
  rule=union
  why=Notes are disclosed in court and to the person they are about, so they stay as written; joining two texts would forge evidence.
 sensitive{
  label=Sensitive information
  hint=Keeps the appointment from being shown to the person. Once yes, it stays yes.
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
 external-reference{
  label=Reference for other systems
  hint=The same booking, sent twice under it, is one appointment.
  kind=text
  bytes=128
  rule=union
  why=A reference names this booking for ever, so that a repeated one is never a second one.

"""#
    ),
    (
      name: "assessment-score.yaml",
      outline: #"""
label=Assessment score
plural=Assessment scores
why=A score is signed by whoever took it and others rely on it, so it never changes; scoring again makes a new record beside the old one.
priority=3
window=30 days after on
writers[
 =officer
 =senior
 =office
deleters[
fields{
 test{
  label=Test
  hint=Its name and edition.
  kind=text
  bytes=200
  rule=union
  required=yes
 on{
  label=Date
  kind=date
  rule=union
  required=yes
 result{
  label=Result
  kind=composite
  rule=union
  required=yes
  members{
   score{
    label=Score
    kind=integer
    from=-10000
    to=10000
    unit=points
    required=yes
   out-of{
    label=Out of
    kind=integer
    from=0
    to=10000
    unit=points
   band{
    label=Band
    hint=What the test calls this score, if it has a word for it.
    kind=text
    bytes=100
 facilitator{
  label=Facilitator
  hint=The user name of who took the test with the person.
  kind=text
  bytes=64
  rule=union
  required=yes
 referral{
  label=Programme referral
  kind=reference
  to=programme-referral
  rule=union
 scores-again{
  label=Scores again
  hint=The earlier result that this one goes over; both are shown.
  kind=reference
  to=assessment-score
  rule=union

"""#
    ),
    (
      name: "attachment.yaml",
      outline: #"""
label=Attachment
plural=Attachments
why=What was photographed or signed at a door is evidence: it is never replaced, and a better copy is another attachment.
priority=5
window=with about
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =data-protection
fields{
 name{
  label=Name
  hint=As the file was called. It is shown, and never used as the name of a file.
  kind=text
  bytes=255
  rule=union
  required=yes
 kind{
  label=Kind of file
  hint=By how its content begins, not by its name.
  kind=code
  codes{
   pdf=PDF
   jpeg=Photograph (JPEG)
   png=Picture (PNG)
   text=Plain text
   other=Other
  rule=union
  required=yes
 size{
  label=Size in bytes
  kind=integer
  from=1
  to=5242880
  rule=union
  required=yes
 digest{
  label=SHA-256 of the content
  hint=In hexadecimal.
  kind=text
  bytes=64
  rule=union
  required=yes
 about{
  label=Contact entry
  hint=The note that it belongs to.
  kind=reference
  to=contact-entry
  rule=union

"""#
    ),
    (
      name: "breach.yaml",
      outline: #"""
label=Breach
plural=Breaches
why=Where one person decides on no further action while another begins a breach, the breach stands and the other view is kept as dissent for a senior to see, for a warrant may be out already.
priority=1
window=with event
natural-key[
 =outcome
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
checks{
 withdrawn-on-what-stands{
  says=A breach is withdrawn with the office in reach, on all that it holds. Sync, read it again, and decide then.
  on-newest[
   =withdrawal
fields{
 event{
  label=Sentence
  kind=reference
  to=event
  rule=union
  required=yes
 outcome{
  label=Outcome
  hint=The failure that the decision is about.
  kind=reference
  to=outcome-claim
  rule=union
  required=yes
  why=Two decisions about one failure must meet in one record, so it is named once for ever.
 failures{
  label=Failures relied on
  hint=Every outcome that the court will hear of.
  kind=reference
  to=outcome-claim
  set=yes
  rule=union
  why=A failure that one person adds must not be lost because another left it out, so an add beats a removal made at the same time.
 conditions{
  label=Requirements breached
  kind=reference
  to=requirement
  set=yes
  rule=union
  why=A breach cites the requirement in force on that day, and one left out by mistake cannot be put before the court later.
 decision{
  label=Decision
  kind=code
  codes{
   NFA=No further action
   EA12=Decision pending a response
   IBR=Breach initiated
  rule=ratchet
  order[
   =NFA
   =EA12
   =IBR
  deciders[
   =senior
  required=yes
  why=Beginning a breach is the more protective decision, so it outranks doing nothing; only a senior takes it back, with a reason.
 grounds{
  label=Grounds
  hint=Why you decided so. Another view stays beside it.
  kind=text
  bytes=16000
  rule=union
  why=Each person's grounds stay in their own words, those of the view that did not stand too.
 stage{
  label=Stage
  kind=code
  codes{
   IBR=Initiated
   BRE=Requested
   BRE02=Request actioned
   EA09=Confirmed (EA09)
   EA10=Confirmed (EA10)
  rule=signed
  stages[
   =IBR
   =BRE
   =BRE02
   =EA09
   =EA10
  why=A breach only goes forward; a laptop that missed a step must not pull it back to an earlier one.
 withdrawal{
  label=Withdrawal
  kind=composite
  rule=union
  writers[
   =senior
   =office
  why=Taking a breach back is an act of its own by somebody who answers for it; the stages before it stay as they were.
  members{
   on{
    label=Withdrawn on
    kind=date
    required=yes
   reason{
    label=Reason
    kind=text
    bytes=4000
    required=yes
 ended-on{
  label=Ended on
  kind=date
  rule=server-owned
  writers[
   =office
  why=Only the court's record says when a breach ended.

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
 merged-into{
  label=Number now
  hint=Where this number was a double or an earlier one, the one that is used.
  kind=text
  bytes=7
  rule=server-owned
  why=What is still written under the old number is entered under this one too, so that joining two records of one person loses nothing.
 previous-surname{
  label=Previous last name
  kind=text
  bytes=200
  rule=server-owned
 date-of-birth{
  label=Date of birth
  kind=date
  rule=server-owned
 deceased{
  label=Has died
  hint=Once yes, nothing is booked, enforced or sent to them.
  kind=code
  codes{
   no=No
   yes=Yes
  rule=ratchet
  order[
   =no
   =yes
  deciders[
   =office
  why=A letter to the bereaved cannot be taken back, so once a death is recorded booking and enforcement stop, and only the office may say that it was a mistake, with a reason.
 date-of-death{
  label=Date of death
  kind=date
  rule=server-owned
  why=The day comes from the systems of record; that the person has died holds without it.
 limited{
  label=Limited access
  hint=Some staff may not see this case, or only some may.
  kind=code
  codes{
   no=No
   yes=Yes
  rule=ratchet
  order[
   =no
   =yes
  deciders[
   =office
  why=Staff with a personal link must lose sight of a case at once, so merging never lifts the mark; the office lifts it, with a reason, when no limit is left.
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
 senior{
  label=Senior
  hint=The user name of who answers for the officer's work and hears of what needs a senior.
  kind=text
  bytes=64
  rule=server-owned
  why=Reports that differ, concerns and work by a former officer must reach somebody beside the officer, and only the office says who that is.

"""#
    ),
    (
      name: "catalogue.yaml",
      outline: #"""
version=12

"""#
    ),
    (
      name: "circumstance.yaml",
      outline: #"""
label=Personal circumstance
plural=Personal circumstances
why=A circumstance that drops out harms the person and whoever plans a visit, so what two people add is all kept; one that has changed gets an end date, and the new one is a new record.
priority=3
window=while-held
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
checks{
 ends-after-it-starts{
  says=A circumstance ends after it starts.
  field=end
  at-least=start
fields{
 type{
  label=Type
  hint=As nDelius names it, for instance employment or accommodation.
  kind=text
  bytes=200
  rule=union
  required=yes
 sub-type{
  label=Detail
  hint=As nDelius names it under the type.
  kind=text
  bytes=200
  rule=union
 verified{
  label=Verified
  kind=code
  codes{
   no=No
   yes=Yes
  rule=ratchet
  order[
   =no
   =yes
  deciders[
   =administrator
   =office
  why=What somebody has seen proof of stays verified when another, who has not, saves at the same time; the office may take the mark back, with a reason.
 start{
  label=Start
  kind=date
  rule=union
 end{
  label=End
  kind=date
  rule=field-merge
  prefer=last
  why=The end is what becomes known later; two end dates are both kept, and a person says which holds.
 notes{
  label=Notes
  hint=What came later belongs in a contact entry.
  kind=text
  bytes=16000
  rule=union

"""#
    ),
    (
      name: "contact-details.yaml",
      outline: #"""
label=Contact details
plural=Contact details
why=Appointments are confirmed by text and telephone, so two accounts of a number are both kept and the better verified one is shown; a message to a wrong number looks like a missed appointment.
priority=3
window=while-held
natural-key[
 =kind
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
fields{
 kind{
  label=Kind
  kind=code
  codes{
   phone=Telephone
   mobile=Mobile
   email=Email
  rule=union
  required=yes
  why=There is one record of each kind, so two people who take down a new number at the same time meet in it and neither number is lost.
 detail{
  label=Number or address
  kind=composite
  rule=field-merge
  prefer=ranked
  by=verified
  order[
   =unverified
   =stated
   =reached
  required=yes
  why=A number on which the person was reached outranks one that somebody passed on, whoever saved first; the other stands beside it for review.
  members{
   value{
    label=Number or address
    hint=Text messages about appointments go to the mobile number.
    kind=text
    bytes=254
    required=yes
   verified{
    label=Verified
    kind=code
    codes{
     unverified=Not verified
     stated=The person gave it themselves
     reached=The person was reached on it
    required=yes
   verified-on{
    label=Verified on
    kind=date

"""#
    ),
    (
      name: "contact-entry.yaml",
      outline: #"""
label=Contact entry
plural=Contact entries
why=Notes are disclosed in court and to the person they are about; nDelius only ever appends to them, and joining two texts would forge evidence.
priority=3
window=365 days after on.date
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
   IOHV=Home visit, multi-agency
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
    kind=time
 text{
  label=Notes
  hint=Check-in, review, intervention, summary, tasks. Up to 12,000 characters.
  kind=text
  characters=12000
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
 risk-seen{
  label=Risk level that you knew of
  hint=What your laptop showed when you wrote.
  kind=composite
  rule=union
  why=The level may have gone up before you heard; a review asks what you could know when you wrote.
  members{
   level{
    label=Level
    kind=code
    codes{
     none=No completed assessment
     low=Low
     medium=Medium
     high=High
     very-high=Very high
    required=yes
   assessed-on{
    label=Assessed on
    kind=date
 alert{
  label=Alert the responsible officer
  kind=flag
  rule=union
  why=Whoever holds the case is told once for each entry; that somebody has seen it is said beside the entry and not in it.
 event{
  label=Sentence
  kind=reference
  to=event
  rule=union
 requirement{
  label=Requirement
  hint=The version that you relied on.
  kind=reference
  to=requirement
  rule=union
  why=A breach must cite the requirement that was in force on the day of the contact.
 condition{
  label=Licence condition
  hint=The version that you relied on.
  kind=reference
  to=licence-condition
  rule=union
  why=A recall must cite the condition that was in force on the day of the contact.
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
      name: "court-report.yaml",
      outline: #"""
label=Court report
plural=Court reports
why=The court team owns the report, and a court sentences on its words, so a laptop reads it and changes nothing.
priority=3
window=365 days after received-on
writers[
 =office
deleters[
 =office
fields{
 event{
  label=Sentence
  kind=reference
  to=event
  rule=server-owned
 type{
  label=Type asked for
  kind=text
  bytes=200
  rule=server-owned
  required=yes
 delivered-type{
  label=Type delivered
  kind=text
  bytes=200
  rule=server-owned
 court{
  label=Court
  kind=text
  bytes=200
  rule=server-owned
 author{
  label=Report writer
  hint=The user name of who writes it.
  kind=text
  bytes=64
  rule=server-owned
 requested-on{
  label=Requested on
  kind=date
  rule=server-owned
 required-by{
  label=Required by
  kind=date
  rule=server-owned
 allocated-on{
  label=Allocated on
  kind=date
  rule=server-owned
 completed-on{
  label=Completed on
  kind=date
  rule=server-owned
 sent-on{
  label=Sent to court on
  kind=date
  rule=server-owned
 received-on{
  label=Received by court on
  kind=date
  rule=server-owned
 proposals{
  label=Aims of the proposal
  kind=code
  codes{
   punishment=Punishment
   reform=Reform
   public-protection=Public protection
  set=yes
  rule=union
  why=Only the court team writes them; an aim that one of them adds stays.
 notes{
  label=Notes
  kind=text
  bytes=16000
  rule=server-owned
 text{
  label=Text as sent
  kind=text
  bytes=65536
  rule=union
  why=What a court has been sent stays word for word; a changed report is a new one.

"""#
    ),
    (
      name: "disability.yaml",
      outline: #"""
label=Disability
plural=Disabilities
why=Adjustments rest on it and one dropped by mistake does harm, so what two people add is all kept; one that holds no longer gets an end date.
priority=3
window=while-held
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
  label=Disability
  hint=As nDelius names it, or as the person does.
  kind=text
  bytes=200
  rule=union
  required=yes
 start{
  label=Start
  kind=date
  rule=union
 end{
  label=End
  kind=date
  rule=field-merge
  prefer=last
  why=The end is what becomes known later; two end dates are both kept, and a person says which holds.
 notes{
  label=Notes
  hint=Only what is needed to meet the person well.
  kind=text
  bytes=16000
  rule=union

"""#
    ),
    (
      name: "disclosure.yaml",
      outline: #"""
label=Disclosure
plural=Disclosures
why=The law asks who was told what, when and on what ground, and the log must show that each disclosure was lawful, so an entry is written once and nobody deletes it.
priority=3
window=365 days after at.date
writers[
 =officer
 =senior
 =administrator
 =data-protection
 =office
deleters[
fields{
 recipient{
  label=Told to
  kind=code
  codes{
   police=Police
   childrens-services=Children's services
   adult-social-care=Adult social care
   education=Education
   health=Health
   jobcentre-plus=Jobcentre Plus
   other=Another organisation
  rule=union
  required=yes
 recipient-name{
  label=Name there
  hint=The organisation and the person, as exactly as you know.
  kind=text
  bytes=400
  rule=union
 what{
  label=What was disclosed
  hint=Name the records and facts; do not copy their words. Nothing about victims.
  kind=text
  bytes=4000
  rule=union
  required=yes
 basis{
  label=Basis
  hint=Why it was lawful and needed.
  kind=text
  bytes=4000
  rule=union
  required=yes
 form{
  label=Form
  kind=code
  codes{
   C484=MAPPA J form
   DAD1=Disclosure considered (DAD1)
   DAD2=Disclosure form DAD2
   PREVENT=Prevent
   none=No form
  rule=union
 at{
  label=When
  kind=composite
  rule=union
  required=yes
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 14:10.
    kind=time
    required=yes
 by{
  label=Told by
  hint=The user name of who disclosed it, if that was not you.
  kind=text
  bytes=64
  rule=union
 how{
  label=How
  kind=code
  codes{
   phone=By phone
   meeting=In a meeting
   email=By email
   letter=By letter
   system=Through a shared system
  rule=union

"""#
    ),
    (
      name: "document-metadata.yaml",
      outline: #"""
label=Document
plural=Documents
why=A document is what it was when it was saved: its hash names its bytes, and a new version is a new record.
priority=5
window=365 days after at
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
  kind=code
  codes{
   pdf=PDF
   doc=Word, .doc
   docx=Word, .docx
   jpeg=Photograph, JPEG
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
 replaces{
  label=Replaces
  hint=The version before this one; both are kept.
  kind=reference
  to=document-metadata
  rule=union

"""#
    ),
    (
      name: "enforcement-act.yaml",
      outline: #"""
label=Enforcement act
plural=Enforcement acts
why=A letter in the post cannot be unsent, so two letters that were really sent are two facts and both stay; a court follows the chain of them, and a gap in it would break the case.
priority=2
window=while-held
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
checks{
 withdrawn-by-a-named-role{
  says=A warning is withdrawn by a senior or an administrator. Ask one of yours, and say why in an entry.
  when=action
  is[
   =EA06
   =EA07
  written-by[
   =senior
   =administrator
 withdrawn-on-what-stands{
  says=A warning is withdrawn with the office in reach, on all that it holds.
  when=action
  is[
   =EA06
   =EA07
  on-newest[
   =action
 answers-a-failure{
  says=An outcome that complied, or an absence that was accepted, is answered by no action or by a withdrawal only.
  when=outcome>claim.code
  is[
   =ATTC
   =ATSS
   =ATCH
   =AFDA
   =AAME
   =AAEM
   =AAFC
   =AACL
   =AAHO
   =AARE
   =AARC
   =AASD
   =CO05
   =CO10
   =RSSR
   =RSSL
   =RSOF
  field=action
  among[
   =NFA
   =EA06
   =EA07
   =ROM
 done-already{
  says=An act is recorded when it is done, not before.
  field=on.date
  at-most=today
 time-to-respond{
  says=A response is due on the day of the letter or later.
  field=respond-by
  at-least=on.date
fields{
 outcome{
  label=Outcome
  hint=The outcome that it answers. While that is disputed, nothing new is set going.
  kind=reference
  to=outcome-claim
  rule=union
  required=yes
  why=An act needs an outcome to rest on; resting on another one makes it another act.
 appointment{
  label=Appointment
  kind=reference
  to=appointment
  rule=union
 action{
  label=Action
  kind=code
  codes{
   NFA=No further action
   ROM=Refer to the officer
   WLS=Letter requested
   EA02=First warning letter
   EA03=Second warning letter
   EA08=Breach letter
   LCL=Licence compliance letter
   EA05=Another letter
   EA06=Withdraw a warning letter
   EA07=Withdrawal of a warning
   EA12=Decision pending a response
   IBR=Breach or recall initiated
   BRE=Breach requested
   BRE02=Breach request actioned
   EA09=Confirmation of breach (EA09)
   EA10=Confirmation of breach (EA10)
   EA11=Recall requested
   IMB=Immediate breach or recall
   C173=Action C173 of nDelius
   EA13=Manager in the youth offending team told
  rule=union
  required=yes
 on{
  label=When it was done
  hint=The day of the letter or of the decision, not of writing it up.
  kind=composite
  rule=union
  required=yes
  why=Of two acts of the same stage the earlier one counts, so the day is part of the fact.
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 14:10.
    kind=time
 sender{
  label=Who sends it
  kind=code
  codes{
   officer=I send it myself
   administrator=A case administrator sends it
  rule=union
 respond-by{
  label=Response due by
  hint=As the letter says it, counted from the day of the appointment.
  kind=date
  rule=union
  why=The person was given this day in writing, so it cannot move afterwards.
 reason{
  label=Reason
  hint=What you weighed, in a sentence or two.
  kind=text
  bytes=4000
  rule=union
 letter{
  label=Letter
  kind=reference
  to=document-metadata
  rule=union
 entry{
  label=Contact entry
  hint=The entry of the contact log that tells of it.
  kind=reference
  to=contact-entry
  rule=union
 withdrawn-by{
  label=Withdrawn by
  hint=The act that withdrew this one. Both are shown.
  kind=reference
  to=enforcement-act
  rule=union
  writers[
   =senior
   =administrator
   =office
  why=When evidence arrives late a warning is withdrawn, not wiped out, because a hearing asks what was sent and when it was taken back.
 outstanding{
  label=Outstanding
  kind=flag
  rule=derived
  writers[
   =office
  why=Whether a response is still awaited follows from the acts and claims that came later.
 latest{
  label=The act that counts now
  kind=flag
  rule=derived
  writers[
   =office
  why=The highest stage counts, and the earliest of equal ones; the office works it out from all acts, so that the stage never falls back because one laptop had not seen the rest.

"""#
    ),
    (
      name: "event.yaml",
      outline: #"""
label=Sentence
plural=Sentences
why=A sentence is what a court made, and staff at the office enter it from the court's record; a laptop that could change it would change what somebody must do and for how long.
priority=2
window=while-held
natural-key[
 =number
writers[
 =office
deleters[
 =office
fields{
 number{
  label=Sentence number
  hint=Counts from 1 for each person; nDelius calls it the event number.
  kind=integer
  from=1
  to=9999
  rule=server-owned
  required=yes
 active{
  label=Active
  kind=flag
  rule=server-owned
 type{
  label=Kind of sentence
  kind=code
  codes{
   community=Community
   custody=Custody
   pre-sentence=Pre-sentence
  rule=server-owned
 main-offence{
  label=Main offence
  kind=composite
  rule=server-owned
  members{
   code{
    label=Code
    kind=text
    bytes=10
   description{
    label=Offence
    kind=text
    bytes=400
    required=yes
 additional-offences{
  label=Additional offences
  kind=text
  bytes=4000
  rule=server-owned
 court{
  label=Court
  kind=text
  bytes=200
  rule=server-owned
 convicted-on{
  label=Convicted on
  kind=date
  rule=server-owned
 disposal{
  label=What the court imposed
  kind=composite
  rule=server-owned
  members{
   type{
    label=Order or sentence
    kind=text
    bytes=200
    required=yes
   failures-allowed{
    label=Limit of failures to comply
    hint=Above it, the office reviews enforcement.
    kind=integer
    from=0
    to=99
   date{
    label=Imposed on
    kind=date
   length{
    label=Length
    kind=integer
    from=0
    to=9999
   length-unit{
    label=Unit of the length
    kind=code
    codes{
     hours=Hours
     days=Days
     weeks=Weeks
     months=Months
     years=Years
   expected-end{
    label=Expected end
    kind=date
   terminated-on{
    label=Terminated on
    kind=date
   termination-reason{
    label=Reason for the termination
    kind=text
    bytes=200
 failures{
  label=Failures to comply
  hint=Days with one, counted by the office from appointments, unpaid work and programmes.
  kind=integer
  from=0
  to=9999
  rule=derived
  why=Two laptops that each counted a failure would count it twice, and a count above the limit starts a review of enforcement, so the office counts again after every merge.
 breach-ended-on{
  label=Last breach ended on
  kind=date
  rule=server-owned

"""#
    ),
    (
      name: "flag-removal.yaml",
      outline: #"""
label=Removal of a risk flag
plural=Removals of risk flags
why=Missing a flag can kill, so taking one off is an act of its own, signed by a senior or the office; the first signature stands, and whoever reviews or raises the flag at the same time keeps it active.
priority=1
window=with flag
writers[
 =senior
 =office
deleters[
fields{
 flag{
  label=Risk flag
  kind=reference
  to=risk-flag
  rule=union
  required=yes
 decision{
  label=Decision
  kind=code
  codes{
   removed=Flag removed
   reversed=Removal taken back
  rule=signed
  stages[
   =removed
   =reversed
  required=yes
  why=A signature is never merged away; taking it back is a new signature, and of two at the same time the one that keeps the flag is shown.
 on{
  label=Removed on
  kind=date
  rule=union
  required=yes
 staff{
  label=Removed by
  hint=The user name of who decided, where somebody else enters it.
  kind=text
  bytes=64
  rule=union
 notes{
  label=Why it is no longer needed
  kind=text
  bytes=16000
  rule=union
  required=yes

"""#
    ),
    (
      name: "flag-review.yaml",
      outline: #"""
label=Review of a risk flag
plural=Reviews of risk flags
why=Whether a danger was looked at, when and by whom may be asked years later, so a review is written once; an extra review costs minutes, and a missed flag can kill.
priority=1
window=with flag
writers[
 =officer
 =senior
 =office
deleters[
fields{
 flag{
  label=Risk flag
  kind=reference
  to=risk-flag
  rule=union
  required=yes
 due{
  label=Was due on
  kind=date
  rule=union
 on{
  label=Reviewed on
  kind=date
  rule=union
  required=yes
 completed{
  label=Completed
  hint=No, if something was left open.
  kind=flag
  rule=union
 next-due{
  label=Next review
  kind=date
  rule=union
  why=Where two reviews name different days, the earlier one counts, so both are kept as they were written.
 notes{
  label=Notes
  hint=What you looked at, and whether the danger still stands.
  kind=text
  bytes=16000
  rule=union

"""#
    ),
    (
      name: "licence-condition.yaml",
      outline: #"""
label=Licence condition
plural=Licence conditions
why=A recall must rest on the condition as it stood on that day, and a laptop shows its version and date, so the words come from the office alone and each version is kept under its number.
priority=2
window=with event
natural-key[
 =number
 =version
writers[
 =office
deleters[
 =office
fields{
 number{
  label=Number in nDelius
  hint=The same for all versions of one condition.
  kind=text
  bytes=20
  rule=server-owned
  required=yes
 version{
  label=Version
  kind=integer
  from=1
  to=9999
  rule=server-owned
  required=yes
 event{
  label=Sentence
  kind=reference
  to=event
  rule=server-owned
  required=yes
 effective-from{
  label=In force from
  hint=The first day of this version.
  kind=date
  rule=server-owned
  required=yes
 condition{
  label=Condition
  kind=code
  codes{
   good-behaviour=Be of good behaviour
   no-offence=Commit no offence
   keep-in-touch=Keep in touch as instructed
   receive-visits=Receive visits as instructed
   reside-approved=Reside at an approved address
   work-approved=Do only approved work
   no-travel=Do not travel outside the United Kingdom
   tell-name=Tell of a change of name
   tell-contact-details=Tell of a change of contact details
   other=Another condition
  rule=server-owned
  required=yes
 text{
  label=Words of the condition
  hint=As they are in force in this version.
  kind=text
  bytes=16000
  rule=server-owned
  required=yes
 main-category{
  label=Main category
  kind=composite
  rule=server-owned
  members{
   code{
    label=Code
    kind=text
    bytes=20
    required=yes
   description{
    label=Description
    kind=text
    bytes=400
 sub-category{
  label=Sub-category
  kind=composite
  rule=server-owned
  members{
   code{
    label=Code
    kind=text
    bytes=20
    required=yes
   description{
    label=Description
    kind=text
    bytes=400
 map{
  label=Map of a zone
  hint=Where the condition names an area to keep out of.
  kind=reference
  to=document-metadata
  rule=server-owned
 active{
  label=Active
  kind=flag
  rule=server-owned
 start{
  label=Start
  kind=date
  rule=server-owned
 commenced-on{
  label=Commenced on
  kind=date
  rule=server-owned
 terminated-on{
  label=Terminated on
  kind=date
  rule=server-owned

"""#
    ),
    (
      name: "mappa-summary.yaml",
      outline: #"""
label=MAPPA
plural=MAPPA summaries
why=Several agencies decide it together, so it comes from the office alone; where two sources differ, the higher is shown until somebody confirms the lower.
priority=1
window=latest 1 by start
writers[
 =office
deleters[
 =office
fields{
 category{
  label=Category
  kind=code
  codes{
   X9=Nominal category
   M1=Category 1
   M2=Category 2
   M3=Category 3
   M4=Category 4
  rule=ratchet
  order[
   =X9
   =M1
   =M2
   =M3
   =M4
  deciders[
   =office
  why=Categories are kinds and not degrees of danger, but a real one must not give way to the nominal one until the office confirms it.
 level{
  label=Level
  kind=code
  codes{
   M0=Nominal level
   M1=Level 1
   M2=Level 2
   M3=Level 3
  rule=ratchet
  order[
   =M0
   =M1
   =M2
   =M3
  deciders[
   =office
  required=yes
 start{
  label=Start
  kind=date
  rule=server-owned
 review-date{
  label=Review date
  kind=date
  rule=server-owned
 lead-officer{
  label=Lead officer
  hint=The user name.
  kind=text
  bytes=64
  rule=server-owned

"""#
    ),
    (
      name: "officer-instruction.yaml",
      outline: #"""
label=Instruction
plural=Instructions
why=A failure to comply is judged by what the person had been told on that day, so an instruction is written once; the one with the later first day governs, and both can be read.
priority=3
window=365 days after effective-to
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =data-protection
checks{
 ends-after-it-begins{
  says=An instruction ends after it takes effect.
  field=effective-to
  at-least=effective-from
fields{
 about{
  label=About
  kind=code
  codes{
   reporting-day=Day of reporting
   reporting-place=Place of reporting
   other=Something else
  rule=union
  required=yes
 text{
  label=Instruction
  hint=In the words that you used, for instance every Tuesday between 10:00 and 12:00.
  kind=text
  bytes=4000
  rule=union
  required=yes
 effective-from{
  label=In force from
  hint=The first day on which it is to be followed.
  kind=date
  rule=union
  required=yes
  why=Which instruction held on a day must not depend on who sent first, so each has its first day fixed with its words.
 effective-to{
  label=In force until
  hint=Leave it empty if it holds until another one.
  kind=date
  rule=union
 given-on{
  label=Given on
  hint=The day on which the person was told.
  kind=date
  rule=union
 event{
  label=Sentence
  kind=reference
  to=event
  rule=union
 requirement{
  label=Requirement
  hint=The version that you relied on.
  kind=reference
  to=requirement
  rule=union
 condition{
  label=Licence condition
  hint=The version that you relied on.
  kind=reference
  to=licence-condition
  rule=union
 corrects{
  label=Corrects
  hint=The instruction that was written down wrongly; both are shown.
  kind=reference
  to=officer-instruction
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
checks{
 appointment-has-begun{
  says=An outcome is recorded from the day of the appointment on, not before.
  when=claim.code
  is[
   =ATTC
   =AFTC
   =ATSH
   =ATSS
   =ATCH
   =AFDA
   =ATFI
   =UAAB
   =AFTA
  field=appointment>when.date
  at-most=today
 fits-the-appointment{
  says=Concurrent hours and standing down are outcomes of unpaid work, not of an appointment with an officer.
  when=appointment>type
  is[
   =CHVS
   =COHV
   =CODC
   =CODI
   =COAI
   =COAP
   =COPT
   =COVC
   =COVI
   =COOO
   =C084
  field=claim.code
  among[
   =ATTC
   =AFTC
   =ATSH
   =ATSS
   =AFDA
   =ATFI
   =UAAB
   =AFTA
   =AAME
   =AAEM
   =AAFC
   =AACL
   =AAHO
   =AARE
   =AARC
   =AAM11
   =CO05
   =CO10
   =RSSR
   =RSSL
   =RSOF
   =CO38
   =CO39
   =CO40
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
  agree-on=code
  show-first=present
  why=Two who report the same outcome agree, whatever each adds; only outcomes that differ are a dispute.
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
     AAM11=Outcome AAM11 of nDelius
     CO05=Acceptable, professional judgement
     CO10=Acceptable failure, none in the following 12 months
     RSSR=Rescheduled by the service
     RSSL=Rescheduled by the service (RSSL)
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
      name: "oversight.yaml",
      outline: #"""
label=Management oversight
plural=Management oversight entries
why=A review after harm asks what a manager knew and advised at the time, so an entry never changes; a second thought is a new entry.
priority=3
window=365 days after on.date
writers[
 =senior
deleters[
fields{
 kind{
  label=Kind
  kind=code
  codes{
   CSPO=Consultation with manager
   case-review=Case review
   quality-assurance=Quality assurance
  rule=union
  required=yes
 on{
  label=When it happened
  kind=composite
  rule=union
  required=yes
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 14:10.
    kind=time
 text{
  label=Notes
  hint=What was looked at, what was decided and why. Up to 12,000 characters.
  kind=text
  bytes=48000
  characters=12000
  rule=union
  required=yes
 actions{
  label=Actions
  hint=Who does what by when.
  kind=text
  bytes=4000
  rule=union
 review-on{
  label=Next review
  kind=date
  rule=union
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
  why=What has been shown to the person cannot be taken back, so only data protection lifts the mark, with a reason.
 corrects{
  label=Corrects
  hint=The entry that this one puts right; both are shown.
  kind=reference
  to=oversight
  rule=union

"""#
    ),
    (
      name: "person-alias.yaml",
      outline: #"""
label=Other name or number
plural=Other names and numbers
why=That two names or numbers are one person is found out and decided at the office; a laptop that joined two people by itself would show one of them the other's risk and address.
priority=2
window=while-held
writers[
 =office
deleters[
 =office
fields{
 kind{
  label=What it is
  kind=code
  codes{
   alias=Alias
   former-name=Former name
   DOFF=Duplicate case reference number
   PCRN=Previous case reference number
   DNOMS=Duplicate prison number
   XNOMS=Former prison number
   APNC=Additional PNC number
  rule=server-owned
  required=yes
 name{
  label=Name
  hint=For an alias or a former name.
  kind=composite
  rule=server-owned
  members{
   forename{
    label=First name
    kind=text
    bytes=200
   middle{
    label=Middle names
    kind=text
    bytes=200
   surname{
    label=Last name
    kind=text
    bytes=200
    required=yes
 number{
  label=Number
  hint=The old, duplicate or additional number itself.
  kind=text
  bytes=13
  rule=server-owned
 stands-for{
  label=Case reference number now
  hint=What was written under the old number belongs to this one.
  kind=text
  bytes=7
  rule=server-owned
  why=What is written offline under an old number stays there and is entered under this one too, with its author and time, so that joining two records of one person loses nothing.
 recorded-on{
  label=Recorded on
  kind=date
  rule=server-owned

"""#
    ),
    (
      name: "personal-contact.yaml",
      outline: #"""
label=Personal contact
plural=Personal contacts
why=In an emergency the right number counts, so different fields merge, two values of one field are both kept for review, and a deletion never undoes what somebody has just put right.
priority=3
window=while-held
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
fields{
 name{
  label=Name
  hint=Only somebody whom the person on probation named as a contact.
  kind=text
  bytes=400
  rule=field-merge
  prefer=last
  required=yes
 relationship{
  label=Relationship
  hint=In the person's own words, for instance sister.
  kind=text
  bytes=200
  rule=field-merge
  prefer=last
 relationship-type{
  label=Type of relationship
  hint=As nDelius names it.
  kind=text
  bytes=200
  rule=field-merge
  prefer=last
 emergency{
  label=Emergency contact
  hint=To be called when something happens to the person on probation.
  kind=flag
  rule=field-merge
  prefer=last
 telephone{
  label=Telephone
  kind=text
  bytes=40
  rule=field-merge
  prefer=last
 address{
  label=Address
  kind=composite
  rule=field-merge
  prefer=last
  members{
   line-1{
    label=Building and street
    kind=text
    bytes=200
   line-2{
    label=Second line
    kind=text
    bytes=200
   town{
    label=Town or city
    kind=text
    bytes=100
   county{
    label=County
    kind=text
    bytes=100
   postcode{
    label=Postcode
    kind=text
    bytes=8
 notes{
  label=Notes
  hint=When to call, which language they speak.
  kind=text
  bytes=4000
  rule=field-merge
  prefer=last

"""#
    ),
    (
      name: "plan-goal.yaml",
      outline: #"""
label=Goal
plural=Goals
why=A draft grows while people talk, so different fields merge and two values of one field are both kept for review, rather than that one person's words are lost.
priority=3
window=with plan
writers[
 =officer
 =senior
 =office
deleters[
 =office
checks{
 signed-stays{
  says=This plan has been signed, so its goals stay as they are. Make a new version of the plan; how a goal goes is its status and a note.
  when=plan>countersigning.stage
  is[
   =countersigned
   =awaiting-double-countersign
   =double-countersigned
   =locked-incomplete
  closed[
   =title
   =area-of-need
   =related-areas
   =target-date
   =order
 closed-stays{
  says=This version of the plan is closed. Make a new version.
  when=plan>read-only
  is[
   =yes
  closed[
   =title
   =area-of-need
   =related-areas
   =target-date
   =status
   =order
fields{
 plan{
  label=Sentence plan
  kind=reference
  to=plan-version
  rule=union
  required=yes
  why=A goal belongs to the version that was agreed; in the next version it is another record.
 title{
  label=Goal
  kind=text
  bytes=1000
  rule=field-merge
  prefer=first
  required=yes
 area-of-need{
  label=Area of need
  hint=As the sentence plan service names it.
  kind=text
  bytes=200
  rule=field-merge
  prefer=first
 related-areas{
  label=Related areas
  kind=text
  bytes=1000
  rule=field-merge
  prefer=first
 target-date{
  label=Target date
  kind=date
  rule=field-merge
  prefer=first
 status{
  label=Status
  kind=code
  codes{
   active=Active
   future=Future
   achieved=Achieved
   removed=Removed
  rule=claims
  holding=still-active
  deciders[
   =officer
   =senior
  required=yes
  why=A goal that one calls achieved and another removed goes on being worked on, so unequal claims count as active until an officer or a senior picks one.
 order{
  label=Place in the plan
  kind=integer
  from=1
  to=999
  rule=field-merge
  prefer=first

"""#
    ),
    (
      name: "plan-note.yaml",
      outline: #"""
label=Note on a goal
plural=Notes on goals
why=It tells how the person got on and why a goal was closed or taken up again, so notes of several people are all kept, each as it was written.
priority=3
window=with goal
writers[
 =officer
 =senior
 =office
deleters[
 =administrator
 =data-protection
fields{
 goal{
  label=Goal
  kind=reference
  to=plan-goal
  rule=union
  required=yes
 type{
  label=About
  kind=code
  codes{
   progress=Progress
   achieved=Goal achieved
   removed=Goal removed
   readded=Goal added again
  rule=union
  required=yes
 text{
  label=Note
  kind=text
  bytes=16000
  rule=union
  required=yes

"""#
    ),
    (
      name: "plan-step.yaml",
      outline: #"""
label=Step
plural=Steps
why=A draft grows while people talk, so different fields merge and two values of one field are both kept for review, rather than that one person's words are lost.
priority=3
window=with goal
writers[
 =officer
 =senior
 =office
deleters[
 =office
checks{
 signed-stays{
  says=This plan has been signed, so its steps stay as they are. Make a new version of the plan; how a step goes is its status and a note.
  when=goal>plan>countersigning.stage
  is[
   =countersigned
   =awaiting-double-countersign
   =double-countersigned
   =locked-incomplete
  closed[
   =text
   =actor
   =order
 closed-stays{
  says=This version of the plan is closed. Make a new version.
  when=goal>plan>read-only
  is[
   =yes
  closed[
   =text
   =actor
   =status
   =order
fields{
 goal{
  label=Goal
  kind=reference
  to=plan-goal
  rule=union
  required=yes
  why=A step towards another goal is another step.
 text{
  label=Step
  kind=text
  bytes=2000
  rule=field-merge
  prefer=first
  required=yes
 actor{
  label=Who takes it
  hint=The person on probation, you, or somebody else by their part.
  kind=text
  bytes=200
  rule=field-merge
  prefer=first
 status{
  label=Status
  kind=code
  codes{
   not-started=Not started
   ongoing=Ongoing
   fully-achieved=Fully achieved
   partly-achieved=Partially achieved
   not-achieved=Not achieved
   no-longer-required=No longer required
  rule=field-merge
  prefer=first
 order{
  label=Place among the steps
  kind=integer
  from=1
  to=999
  rule=field-merge
  prefer=first

"""#
    ),
    (
      name: "plan-version.yaml",
      outline: #"""
label=Sentence plan
plural=Sentence plans
why=The person agreed to a given text and a manager signed that text, so a signed version never changes and two drafts are never joined into one that nobody has read.
priority=3
window=latest 3 by version
writers[
 =officer
 =senior
 =office
deleters[
 =office
checks{
 closed-stays{
  says=This version of the plan is closed. Make a new version.
  when=read-only
  is[
   =yes
  closed[
   =agreement
   =countersigning
fields{
 version{
  label=Version
  kind=integer
  from=1
  to=9999
  rule=union
  required=yes
 type{
  label=Type
  kind=code
  codes{
   initial=Initial
   review=Review
   terminate=Termination
   transfer=Transfer
   other=Other
  rule=union
  required=yes
 agreement{
  label=Agreement
  kind=composite
  rule=claims
  holding=disputed
  deciders[
   =officer
   =senior
  why=Whether the person agreed is theirs to say and nobody's to merge, so unequal accounts read as disputed until an officer or a senior, having asked, decides.
  members{
   status{
    label=Does the person agree?
    kind=code
    codes{
     draft=Draft, not asked yet
     agreed=Agreed
     do-not-agree=Does not agree
     could-not-answer=Could not answer
    required=yes
   on{
    label=On
    kind=date
 countersigning{
  label=Signing
  kind=composite
  rule=signed
  stages[
   =unsigned
   =self-signed
   =awaiting-countersign
   =countersigned
   =awaiting-double-countersign
   =double-countersigned
   =locked-incomplete
   =rejected
   =rolled-back
  writers[
   =senior
   =office
  why=A signature is given at the office to one text, which its checksum names; the first one stands, a stage only goes forward, and no laptop of an officer may give it.
  members{
   stage{
    label=Stage
    kind=code
    codes{
     unsigned=Unsigned
     self-signed=Signed by its author
     awaiting-countersign=Awaiting countersigning
     countersigned=Countersigned
     awaiting-double-countersign=Awaiting second countersigning
     double-countersigned=Countersigned twice
     locked-incomplete=Locked, incomplete
     rejected=Rejected
     rolled-back=Rolled back
    required=yes
   checksum{
    label=Checksum of the signed text
    kind=text
    bytes=64
   on{
    label=On
    kind=date
 read-only{
  label=Read-only
  kind=code
  codes{
   no=No
   yes=Yes
  rule=ratchet
  order[
   =no
   =yes
  deciders[
   =office
  writers[
   =office
  why=A version that was closed stays closed whatever is merged; only the office may open it again, with a reason.
 checksum{
  label=Checksum
  hint=Names the text of this version, goals and steps included.
  kind=text
  bytes=64
  rule=server-owned
  writers[
   =office
  why=A checksum worked out in one place names the same text for everybody.

"""#
    ),
    (
      name: "predictors.yaml",
      outline: #"""
label=Predictors
plural=Predictors
why=Predictors are worked out where assessments are made, never on a laptop; where two sources differ, the higher level is shown, because risk must never go down in silence.
priority=1
window=latest 2 by assessed-on
writers[
 =office
deleters[
 =office
fields{
 assessed-on{
  label=Worked out on
  kind=date
  rule=server-owned
  required=yes
 rsr-level{
  label=RSR level
  hint=Risk of serious recidivism.
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
 rsr{
  label=RSR score
  kind=composite
  rule=server-owned
  members{
   percent{
    label=Score in percent
    hint=With its decimals, for instance 3.45.
    kind=text
    bytes=6
   basis{
    label=Basis
    kind=code
    codes{
     static=Static
     dynamic=Dynamic
 osp-dc-level{
  label=OSP-DC level
  hint=Sexual predictor, direct contact.
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
 osp-iic-level{
  label=OSP-IIC level
  hint=Sexual predictor, images and indirect contact.
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
 ogrs-level{
  label=OGRS level
  hint=Any reoffending.
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
 ogrs{
  label=OGRS score
  kind=composite
  rule=server-owned
  members{
   one-year{
    label=Within one year
    kind=integer
    from=0
    to=100
    unit=percent
   two-years{
    label=Within two years
    kind=integer
    from=0
    to=100
    unit=percent
 ogp-level{
  label=OGP level
  hint=General reoffending.
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
 ogp{
  label=OGP score
  kind=composite
  rule=server-owned
  members{
   one-year{
    label=Within one year
    kind=integer
    from=0
    to=100
    unit=percent
   two-years{
    label=Within two years
    kind=integer
    from=0
    to=100
    unit=percent
 ovp-level{
  label=OVP level
  hint=Violent reoffending.
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
 ovp{
  label=OVP score
  kind=composite
  rule=server-owned
  members{
   one-year{
    label=Within one year
    kind=integer
    from=0
    to=100
    unit=percent
   two-years{
    label=Within two years
    kind=integer
    from=0
    to=100
    unit=percent
 arp-level{
  label=ARP level
  hint=All reoffending.
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
 arp{
  label=ARP score
  kind=composite
  rule=server-owned
  members{
   percent{
    label=Score in percent
    hint=With its decimals, for instance 3.45.
    kind=text
    bytes=6
 csrp-level{
  label=CSRP level
  hint=Combined serious reoffending.
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
 csrp{
  label=CSRP score
  kind=composite
  rule=server-owned
  members{
   percent{
    label=Score in percent
    hint=With its decimals, for instance 3.45.
    kind=text
    bytes=6
 dc-srp-level{
  label=DC-SRP level
  hint=Direct-contact sexual reoffending.
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
 dc-srp{
  label=DC-SRP score
  kind=composite
  rule=server-owned
  members{
   percent{
    label=Score in percent
    hint=With its decimals, for instance 3.45.
    kind=text
    bytes=6

"""#
    ),
    (
      name: "premises-arrival.yaml",
      outline: #"""
label=Approved premises arrival
plural=Approved premises arrivals
why=Not arriving leads to recall, and a wrong report of it to a wrongful one, so an arrival and a non-arrival read as disputed until the duty manager decides.
priority=1
window=with booking
natural-key[
 =booking
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 booking{
  label=Booking
  kind=reference
  to=premises-booking
  rule=union
  required=yes
  why=Reports about one booking must meet, so the record is named by it for ever.
 arrival{
  label=Arrival
  kind=code
  codes{
   arrived=Arrived
   not-arrived=Did not arrive
  rule=claims
  holding=disputed
  deciders[
   =senior
   =administrator
  required=yes
 arrival-occurred{
  label=When the person arrived, or was found missing
  kind=instant
  rule=union
  why=Two clocks at one door may differ by minutes; both times stay, and that alone makes no dispute.
 arrival-recorded{
  label=When that was first written down
  hint=From the paper log, if it was kept there first.
  kind=instant
  rule=union
  why=What happened and when it was written down are two facts, and a hearing asks for both.
 non-arrival-reason{
  label=Reason for not arriving
  kind=text
  bytes=400
  rule=union
 departure{
  label=Departure
  kind=code
  codes{
   departed=Left
   still-here=Has not left
  rule=claims
  holding=disputed
  deciders[
   =senior
   =administrator
  why=Leaving without leave leads to recall too, so reports that differ wait for the duty manager.
 departure-occurred{
  label=When the person left
  kind=instant
  rule=union
  why=Two clocks at one door may differ by minutes; both times stay, and that alone makes no dispute.
 departure-recorded{
  label=When that was first written down
  kind=instant
  rule=union
  why=What happened and when it was written down are two facts, and a hearing asks for both.
 departure-reason{
  label=Reason for leaving
  kind=text
  bytes=400
  rule=union
 notes{
  label=Notes
  kind=text
  bytes=16000
  rule=union
  why=Deciding between reports must not take away what anybody saw.

"""#
    ),
    (
      name: "premises-booking.yaml",
      outline: #"""
label=Approved premises booking
plural=Approved premises bookings
why=The premises own their beds, so a laptop reads a booking and changes nothing; whether the person came is reported in a record of its own.
priority=2
window=while-held
writers[
 =office
deleters[
 =office
fields{
 event{
  label=Sentence
  kind=reference
  to=event
  rule=server-owned
 premises{
  label=Premises
  kind=text
  bytes=200
  rule=server-owned
  required=yes
 expected-arrival{
  label=Expected arrival
  kind=composite
  rule=server-owned
  required=yes
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 14:10.
    kind=time
 expected-departure{
  label=Expected departure
  kind=composite
  rule=server-owned
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 10:00.
    kind=time
 canonical-arrival{
  label=Arrival that counts
  hint=The actual one if it is known, otherwise the expected one.
  kind=date
  rule=derived
  why=The office works it out from the booking and from what was reported.
 canonical-departure{
  label=Departure that counts
  hint=The actual one if it is known, otherwise the expected one.
  kind=date
  rule=derived
  why=The office works it out from the booking and from what was reported.
 key-worker{
  label=Key worker
  kind=text
  bytes=200
  rule=server-owned
 departure-reason{
  label=Reason for departure
  kind=text
  bytes=400
  rule=server-owned
 move-on{
  label=Where the person moves on to
  kind=text
  bytes=400
  rule=server-owned
 transfer-type{
  label=Transfer
  kind=code
  codes{
   PLANNED=Planned
   EMERGENCY=Emergency
  rule=server-owned
 cancellation{
  label=Cancellation
  kind=composite
  rule=server-owned
  why=When it was cancelled and when that was written down may differ, and both are needed to tell a cancelled place from a missed one.
  members{
   occurred{
    label=Cancelled on
    kind=date
    required=yes
   recorded{
    label=Recorded at
    kind=instant
    required=yes
   reason{
    label=Reason
    kind=text
    bytes=400
    required=yes
   notes{
    label=Notes
    kind=text
    bytes=4000

"""#
    ),
    (
      name: "premises-observation.yaml",
      outline: #"""
label=Approved premises observation
plural=Approved premises observations
why=What was seen at the door or in the room is evidence, so each observation stands for itself and never changes; a correction is another one.
priority=3
window=with booking
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 booking{
  label=Booking
  kind=reference
  to=premises-booking
  rule=union
  required=yes
 kind{
  label=Kind of observation
  kind=code
  codes{
   curfew=Curfew
   sign-in=Sign-in
   room-check=Room check
  rule=union
  required=yes
 at{
  label=When
  kind=composite
  rule=union
  required=yes
  members{
   date{
    label=Date
    kind=date
    required=yes
   time{
    label=Time
    hint=Local time, for instance 23:00.
    kind=time
    required=yes
 result{
  label=Result
  kind=code
  codes{
   as-required=As required
   late=Late
   absent=Absent
   refused=Refused
   other=Something else
  rule=union
 text{
  label=What you saw
  kind=text
  bytes=16000
  rule=union
 corrects{
  label=Corrects
  hint=The observation that this one puts right; both are shown.
  kind=reference
  to=premises-observation
  rule=union

"""#
    ),
    (
      name: "programme-referral.yaml",
      outline: #"""
label=Programme referral
plural=Programme referrals
why=Different parts of a draft merge, and two values of one part are both kept; what was sent is what the programme decided on, so a changed referral is a new one that names the one it replaces.
priority=3
window=while-held
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
checks{
 sent-stays{
  says=The programme has been sent this referral. Make another that names this one and the reason.
  when=sent.on
  closed[
   =draft
   =requirement
   =licence-condition
 replaced-for-a-reason{
  says=A referral that replaces another says why.
  when=supersedes
  field=reason-for-change
  present=yes
fields{
 programme{
  label=Programme
  kind=text
  bytes=200
  rule=union
  required=yes
  why=A referral is to one programme; to another it is another referral.
 requirement{
  label=Requirement
  hint=For a community order, the requirement that asks for it.
  kind=reference
  to=requirement
  rule=union
 licence-condition{
  label=Licence condition
  hint=On licence, the condition that asks for it.
  kind=reference
  to=licence-condition
  rule=union
 status{
  label=Status
  kind=code
  codes{
   referral-started=Referral started
   referral-submitted=Referral submitted
   awaiting-assessment=Awaiting assessment
   assessment-started=Assessment started
   assessed-suitable=Assessed as suitable
   suitable-not-ready=Suitable but not ready
   not-suitable=Not suitable
   on-hold-referral-submitted=On hold, referral submitted
   on-hold-awaiting-assessment=On hold, awaiting assessment
   on-hold-assessment-started=On hold, assessment started
   on-programme=On programme
   programme-complete=Programme complete
   deselected=Deselected
   withdrawn=Withdrawn
  rule=field-merge
  prefer=first
  required=yes
  why=A referral may go on hold and come back, so its status does not only go forward; two statuses given at once are both kept, and the programme team says which is right.
 draft{
  label=Draft
  hint=Why this programme, and what the team should know. Nothing about victims.
  kind=text
  bytes=16000
  rule=field-merge
  prefer=first
 sent{
  label=As sent
  kind=composite
  rule=union
  why=Once sent it stays as it was read; a change is a new referral with a reason.
  members{
   on{
    label=Sent on
    kind=date
    required=yes
   text{
    label=Text
    kind=text
    bytes=16000
    required=yes
 supersedes{
  label=Replaces
  hint=The referral that this one puts in place of; both are shown.
  kind=reference
  to=programme-referral
  rule=union
 reason-for-change{
  label=Reason for the change
  kind=text
  bytes=4000
  rule=union

"""#
    ),
    (
      name: "programme-session.yaml",
      outline: #"""
label=Programme session
plural=Programme sessions
why=Missing a session may be a breach, so reports that differ read as disputed, and nothing is enforced or called off, until an officer or a senior decides.
priority=2
window=365 days after on
natural-key[
 =referral
 =number
 =on
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 referral{
  label=Referral
  kind=reference
  to=programme-referral
  rule=union
  required=yes
 number{
  label=Number of the session
  hint=As the programme counts them, from 1.
  kind=integer
  from=1
  to=999
  rule=union
  required=yes
  why=Reports on one session must meet in one record, so its number and day are fixed.
 on{
  label=Date
  kind=date
  rule=union
  required=yes
  why=A session held again on another day is another one, with an outcome of its own.
 module{
  label=Module
  kind=text
  bytes=200
  rule=union
 outcome{
  label=Outcome
  kind=code
  codes{
   ATTC=Attended, complied
   AFTC=Attended, failed to comply
   ATSH=Attended, sent home (behaviour)
   ATSS=Attended, sent home (service issues)
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
   RSSR=Rescheduled by the service
   RSSL=Rescheduled by the service (RSSL)
   RSOF=Rescheduled by the person on probation
  rule=claims
  holding=disputed
  deciders[
   =officer
   =senior
  required=yes
 evidence{
  label=Evidence
  hint=What you saw, or what the person gave you.
  kind=text
  bytes=4000
  rule=union
  why=Deciding between outcomes must not take away what anybody saw.
 facilitators{
  label=Facilitators
  hint=The user name of each who led the session.
  kind=text
  bytes=51
  set=yes
  rule=union
  why=Who was there can bear witness, so a name that one person adds stays.

"""#
    ),
    (
      name: "provision.yaml",
      outline: #"""
label=Reasonable adjustment
plural=Reasonable adjustments
why=The service has a duty to make adjustments and one dropped by mistake does harm, so what two people add is all kept; one that is made no longer gets an end date.
priority=3
window=while-held
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
  label=Adjustment
  hint=As nDelius names it, or in your own words, for instance large print.
  kind=text
  bytes=200
  rule=union
  required=yes
 disability{
  label=Disability
  hint=The one that it is made for, where there is one.
  kind=reference
  to=disability
  rule=union
 start{
  label=Start
  kind=date
  rule=union
 end{
  label=End
  kind=date
  rule=field-merge
  prefer=last
  why=Ending an adjustment is the edit that can harm, so two end dates are both kept for a person to choose between.
 notes{
  label=Notes
  hint=What to do at a visit or an appointment.
  kind=text
  bytes=16000
  rule=union

"""#
    ),
    (
      name: "recall-part-a.yaml",
      outline: #"""
label=Recall report, Part A
plural=Recall reports, Part A
why=It tells in full why somebody should lose their liberty and what is known of the danger, so it is written, signed and kept at the office, and no laptop can lose it.
priority=2
window=never
natural-key[
 =recall
 =version
writers[
 =office
deleters[
fields{
 recall{
  label=Recall
  kind=reference
  to=recall
  rule=union
  required=yes
 version{
  label=Version
  kind=integer
  from=1
  to=999
  rule=union
  required=yes
  why=Drafts stand side by side; a changed text is a new version and never replaces an older one.
 text{
  label=Text
  kind=text
  bytes=65536
  rule=union
  required=yes
  why=A signature is for exactly these words, so they never change under it.
 sha-256{
  label=SHA-256
  hint=64 hexadecimal digits that name the text.
  kind=text
  bytes=64
  rule=union
  required=yes
  why=The signatures in the recall name the text by it.
 author{
  label=Written by
  hint=The user name of the officer.
  kind=text
  bytes=64
  rule=union
 status{
  label=Status
  kind=code
  codes{
   PO-START-RECALL=Started by the officer
   PO-RECALL-CONSULT-SPO=Officer consults the senior
   SPO-CONSIDER-RECALL=With the senior
   SPO-RECORDED-RATIONALE=Senior recorded the rationale
   SPO-SIGNATURE-REQUESTED=Senior's signature requested
   SPO-SIGNED=Signed by the senior
   ACO-SIGNATURE-REQUESTED=Senior manager's signature requested
   ACO-SIGNED=Signed by the senior manager
   RECALL-DECIDED=Decided, recall
   NO-RECALL-DECIDED=Decided, no recall
   PP-DOCUMENT-CREATED=Document created
   SENT-TO-PPCS=Sent to the Public Protection Casework Section
   BOOKED-TO-PPUD=Booked in their database
   REC-CLOSED=Closed
   DELETED=Deleted
  rule=server-owned
  why=Each step is taken and timed at the office, where the signatures are given.
 submitted-at{
  label=Submitted at
  kind=instant
  rule=server-owned
  why=The office's clock counts for a statutory decision.

"""#
    ),
    (
      name: "recall.yaml",
      outline: #"""
label=Recall
plural=Recalls
why=A recall deprives somebody of liberty and its delay may cost a life, so its steps only go forward, the first valid signature stands, and a later one is kept as a differing view.
priority=1
window=with event
natural-key[
 =event
 =started-on
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
checks{
 decided-on-what-stands{
  says=A recall is signed, submitted and withdrawn with the office in reach, on all that it holds. Sync, read it again, and decide then.
  on-newest[
   =endorsement
   =signed-text
   =submission
   =withdrawal
 two-managers-sign{
  says=Whoever countersigned does not endorse as well. Another manager does.
  when=endorsement
  is[
   =REC04
  field=endorsement
  by-another[
   =REC03
 completed-before-signed{
  says=A manager signs or rejects a Part A that is completed.
  when=endorsement
  is[
   =REC03
   =REC04
   =REC05
  field=preparation
  among[
   =REC02
 signature-names-the-text{
  says=A signature names the text that it is for, by its fingerprint.
  when=endorsement
  is[
   =REC03
   =REC04
  field=signed-text
  present=yes
 signed-before-submitted{
  says=What is submitted has been signed by the managers.
  when=submission
  is[
   =REC06
   =REC08
   =REC07
  field=endorsement
  present=yes
 endorsed-before-submitted{
  says=What is submitted has been endorsed by the senior manager.
  when=submission
  is[
   =REC06
   =REC08
   =REC07
  field=endorsement
  among[
   =REC04
fields{
 event{
  label=Sentence
  kind=reference
  to=event
  rule=union
  required=yes
 started-on{
  label=Started on
  hint=The day on which recall was first considered.
  kind=date
  rule=union
  required=yes
  why=Two officers who start a recall of one sentence on the same day start the same recall; a later one is another.
 recommendation{
  label=Recommendation
  kind=code
  codes{
   STANDARD=Standard recall
   FIXED-TERM=Fixed-term recall
   NO-RECALL=No recall
  rule=field-merge
  prefer=first
  why=Two drafts that differ are both kept, for a manager has to weigh both before signing one.
 rationale{
  label=Draft rationale
  hint=Why, as a draft for the manager. What is signed is the Part A, at the office.
  kind=text
  bytes=16000
  rule=field-merge
  prefer=first
  why=Two drafts are two views of one risk, so both are kept side by side for the manager, who words the text that is signed.
 conditions{
  label=Conditions breached
  hint=The licence conditions as they stood on that day.
  kind=reference
  to=licence-condition
  set=yes
  rule=union
  why=A recall cites the conditions in force on that day; a condition that one person adds must not be lost because another left it out.
 out-of-hours{
  label=Out of hours
  kind=flag
  rule=union
  why=Whether it was done out of hours is a fact about that night and does not change.
 preparation{
  label=Preparation
  kind=code
  codes{
   REC01=Initiated
   REC02=Part A completed
  rule=signed
  stages[
   =REC01
   =REC02
  required=yes
  why=An officer may begin a recall anywhere; what is begun goes forward or is withdrawn by a senior, and never slips back.
 endorsement{
  label=Managers' signatures
  kind=code
  codes{
   REC03=Countersigned by the manager
   REC05=Rejected by the senior manager
   REC04=Endorsed by the senior manager
  rule=signed
  stages[
   =REC03
   =REC05
   =REC04
  writers[
   =senior
   =office
  why=Only managers sign, so officers cannot write here; where one rejects while another endorses, the protective one stands and the other is kept as dissent.
 signed-text{
  label=Fingerprint of the text signed
  hint=The SHA-256 of the Part A that the signatures are for, 64 hexadecimal digits.
  kind=text
  bytes=64
  rule=union
  writers[
   =senior
   =office
  why=A signature has to name one text exactly, and this names it without holding it.
 submission{
  label=Submission
  kind=code
  codes{
   REC06=Referred
   REC08=Submitted to the Public Protection Casework Section
   REC07=Decision received
  rule=signed
  stages[
   =REC06
   =REC08
   =REC07
  writers[
   =senior
   =administrator
   =office
  why=What has been sent to those who decide cannot be unsent, so it only goes forward.
 decision{
  label=Decision
  kind=code
  codes{
   fixed-term=Fixed-term recall
   standard=Standard recall
   rejected=Rejected
   withdrawn=Withdrawn
  rule=server-owned
  writers[
   =office
  why=The decision is made outside probation and comes in at the office.
 withdrawal{
  label=Withdrawal
  hint=Stage REC10 of nDelius.
  kind=composite
  rule=union
  writers[
   =senior
   =office
  why=Taking a recall back is a new act by somebody who answers for it, with a reason; what was signed before it stays.
  members{
   on{
    label=Withdrawn on
    kind=date
    required=yes
   reason{
    label=Reason
    kind=text
    bytes=4000
    required=yes

"""#
    ),
    (
      name: "release-address-check.yaml",
      outline: #"""
label=Release address check
plural=Release address checks
why=A wrong yes can put children or others in danger, so what was found is written once, and where decisions differ the most restrictive stands; another address is another check.
priority=2
window=while-held
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 event{
  label=Sentence
  kind=reference
  to=event
  rule=union
 address{
  label=Proposed address
  kind=composite
  rule=union
  required=yes
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
 visit{
  label=Visit
  kind=reference
  to=visit-record
  rule=union
 occupants{
  label=Who lives there
  hint=Children first, and how each is related to the person. Nothing about victims.
  kind=text
  bytes=16000
  rule=union
 enquiries{
  label=Safeguarding enquiries made
  kind=code
  codes{
   childrens-services=Children's services
   adult-social-care=Adult social care
   landlord=Landlord or housing provider
   householder=Householder
  set=yes
  rule=union
  why=An enquiry that one person made counts, also when another's form leaves it out, so an add beats a removal made at the same time.
 replies{
  label=What they said
  hint=Who answered, when, and what. Nothing about victims.
  kind=text
  bytes=16000
  rule=union
 decision{
  label=Decision
  kind=code
  codes{
   suitable=Suitable
   with-conditions=Suitable with conditions
   not-suitable=Not suitable
  rule=ratchet
  order[
   =suitable
   =with-conditions
   =not-suitable
  deciders[
   =senior
  why=The most restrictive decision stands until a senior has seen both and eases it, with a reason.
 grounds{
  label=Grounds and conditions
  kind=text
  bytes=16000
  rule=union
 approval{
  label=Manager's approval
  kind=code
  codes{
   approved=Approved
   refused=Refused
  rule=signed
  stages[
   =approved
   =refused
  writers[
   =senior
  why=A manager answers for the decision; where one approves and another refuses, no is safer.
 valid-until{
  label=Valid until
  kind=date
  rule=union
  why=A household changes, so a check runs out; a fresh look is a new check.

"""#
    ),
    (
      name: "report-contribution.yaml",
      outline: #"""
label=Report contribution
plural=Report contributions
why=An officer answers for their own words before a court, so each contribution stands as it was written; more to say is another one.
priority=3
window=with report
writers[
 =officer
 =senior
deleters[
fields{
 report{
  label=Court report
  kind=reference
  to=court-report
  rule=union
  required=yes
 text{
  label=Text
  hint=How the order goes, attendance, and what has changed. Nothing about victims.
  kind=text
  bytes=48000
  characters=12000
  rule=union
  required=yes
 observed{
  label=How you know
  kind=code
  codes{
   observed=I saw or heard it myself
   reported=Somebody told me
   opinion=It is my professional opinion
  rule=union
  why=A court weighs what was seen, told and thought differently, so it is fixed with the words.
 corrects{
  label=Corrects
  hint=The contribution that this one puts right; both are shown.
  kind=reference
  to=report-contribution
  rule=union

"""#
    ),
    (
      name: "requirement.yaml",
      outline: #"""
label=Requirement
plural=Requirements
why=A breach must cite the requirement as it stood on that day, so its words come from the office alone and each version is kept under its number.
priority=2
window=with event
natural-key[
 =number
 =version
writers[
 =office
deleters[
 =office
fields{
 number{
  label=Number in nDelius
  hint=The same for all versions of one requirement.
  kind=text
  bytes=20
  rule=server-owned
  required=yes
 version{
  label=Version
  kind=integer
  from=1
  to=9999
  rule=server-owned
  required=yes
 event{
  label=Sentence
  kind=reference
  to=event
  rule=server-owned
  required=yes
 effective-from{
  label=In force from
  hint=The first day of this version.
  kind=date
  rule=server-owned
  required=yes
 main-category{
  label=Main category
  kind=composite
  rule=server-owned
  members{
   code{
    label=Code
    hint=As in nDelius, for instance W for unpaid work.
    kind=text
    bytes=20
    required=yes
   description{
    label=Description
    kind=text
    bytes=400
 sub-category{
  label=Sub-category
  kind=composite
  rule=server-owned
  members{
   code{
    label=Code
    kind=text
    bytes=20
    required=yes
   description{
    label=Description
    kind=text
    bytes=400
 length{
  label=Length
  kind=composite
  rule=server-owned
  members{
   number{
    label=Length
    kind=integer
    from=0
    to=9999
    required=yes
   unit{
    label=Unit
    kind=code
    codes{
     hours=Hours
     days=Days
     weeks=Weeks
     months=Months
     years=Years
    required=yes
 restrictive{
  label=Restrictive
  kind=flag
  rule=server-owned
 active{
  label=Active
  kind=flag
  rule=server-owned
 start{
  label=Start
  kind=date
  rule=server-owned
 commenced-on{
  label=Commenced on
  kind=date
  rule=server-owned
 terminated-on{
  label=Terminated on
  kind=date
  rule=server-owned
 termination-reason{
  label=Reason for the termination
  kind=text
  bytes=200
  rule=server-owned
 rar-days{
  label=RAR days
  hint=Rehabilitation activity requirement, all days that the court ordered.
  kind=integer
  from=0
  to=9999
  unit=days
  rule=server-owned
 rar-days-completed{
  label=RAR days completed
  kind=integer
  from=0
  to=9999
  unit=days
  rule=derived
  why=Days are counted at the office from the appointments that were complied with, so that two laptops cannot count one day twice and a changed outcome takes its day back.
 rar-days-scheduled{
  label=RAR days scheduled
  kind=integer
  from=0
  to=9999
  unit=days
  rule=derived
  why=Days are counted at the office from the appointments in the diary, so that two laptops cannot count one day twice.
 notes{
  label=Notes
  kind=text
  bytes=16000
  rule=server-owned

"""#
    ),
    (
      name: "resettlement-pathway.yaml",
      outline: #"""
label=Resettlement pathway
plural=Resettlement pathways
why=Prison, probation and services work on it at once, so different parts merge, and two accounts of one part are both kept until somebody looks; losing one may leave a person without a bed on the day of release.
priority=3
window=with event
natural-key[
 =event
 =pathway
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 event{
  label=Sentence
  kind=reference
  to=event
  rule=union
  required=yes
 pathway{
  label=Pathway
  kind=code
  codes{
   ACCOMMODATION=Accommodation
   ATTITUDES-THINKING-AND-BEHAVIOUR=Attitudes, thinking and behaviour
   CHILDREN-FAMILIES-AND-COMMUNITY=Children, families and community
   DRUGS-AND-ALCOHOL=Drugs and alcohol
   EDUCATION-SKILLS-AND-WORK=Education, skills and work
   FINANCE-AND-ID=Finance and identity documents
   HEALTH=Health
   GENERAL=General notes
  rule=union
  required=yes
  why=There is one record for each pathway of a sentence, so that all who work on it meet there.
 needs{
  label=What is needed
  kind=text
  bytes=16000
  rule=field-merge
  prefer=first
 arranged{
  label=What is arranged
  hint=With whom, from when, and what is still open.
  kind=text
  bytes=16000
  rule=field-merge
  prefer=last
  why=What is arranged goes out of date, so the latest is shown, and the other stands beside it for review.
 review-on{
  label=Review on
  kind=date
  rule=field-merge
  prefer=first

"""#
    ),
    (
      name: "risk-concern.yaml",
      outline: #"""
label=Risk concern
plural=Risk concerns
why=Word of possible harm outranks tidy access, so it is always taken, even from an officer whose case was moved, and it is never changed afterwards.
priority=1
window=365 days after at.date
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
    kind=time
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
 observed{
  label=How you know
  kind=code
  codes{
   observed=I saw or heard it myself
   reported=Somebody told me
   opinion=It is my professional opinion
  rule=union
  why=What was seen, told and thought is weighed differently, so it is fixed with the words.
 done{
  label=What you have done
  hint=Whom you called or told, and when.
  kind=text
  bytes=4000
  rule=union
 adds-to{
  label=Adds to
  hint=The earlier concern that this one says more about; both are shown.
  kind=reference
  to=risk-concern
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
   RLRH=Low risk of serious harm
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
 category{
  label=Category
  hint=As nDelius names it.
  kind=text
  bytes=200
  rule=union
 colour{
  label=Colour
  hint=How nDelius marks flags of this kind.
  kind=text
  bytes=20
  rule=server-owned
  writers[
   =office
  why=The colour belongs to the kind of flag and not to one person, so nobody sets it here.
 warn-user{
  label=Warns whoever opens the case
  kind=flag
  rule=server-owned
  writers[
   =office
  why=Whether it warns belongs to the kind of flag, so that nobody can quieten one flag.
 registered-on{
  label=Registered on
  kind=date
  rule=union
 registered-by{
  label=Registered by
  hint=The user name of the officer.
  kind=text
  bytes=64
  rule=union
 registered-team{
  label=Team that registered it
  kind=text
  bytes=200
  rule=union
 review-period{
  label=Reviewed every
  kind=integer
  from=1
  to=120
  unit=months
  rule=field-merge
  prefer=first
  why=Two periods are both kept; the shorter one is the safer, and a person says which stands.
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
      name: "risk-to-self.yaml",
      outline: #"""
label=Risk to self
plural=Assessments of risk to self
why=A person's life may hang on it, so it comes from an assessment and never from a laptop; where two sources differ, the more worrying answer is shown, because risk must never go down in silence.
priority=1
window=latest 2 by assessed-on
writers[
 =office
deleters[
 =office
fields{
 assessed-on{
  label=Assessed on
  kind=date
  rule=server-owned
 suicide{
  label=Suicide
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 suicide-now{
  label=Suicide, current concerns
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 suicide-concerns{
  label=Suicide, what the concerns are
  kind=composite
  rule=server-owned
  members{
   current{
    label=Current concerns
    kind=text
    bytes=16000
   earlier{
    label=Were there concerns before
    kind=code
    codes{
     no=No
     not-known=Not known
     yes=Yes
   earlier-text{
    label=Earlier concerns
    kind=text
    bytes=16000
 self-harm{
  label=Self-harm
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 self-harm-now{
  label=Self-harm, current concerns
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 self-harm-concerns{
  label=Self-harm, what the concerns are
  kind=composite
  rule=server-owned
  members{
   current{
    label=Current concerns
    kind=text
    bytes=16000
   earlier{
    label=Were there concerns before
    kind=code
    codes{
     no=No
     not-known=Not known
     yes=Yes
   earlier-text{
    label=Earlier concerns
    kind=text
    bytes=16000
 custody{
  label=Coping in custody
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 custody-now{
  label=Coping in custody, current concerns
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 custody-concerns{
  label=Coping in custody, what the concerns are
  kind=composite
  rule=server-owned
  members{
   current{
    label=Current concerns
    kind=text
    bytes=16000
   earlier{
    label=Were there concerns before
    kind=code
    codes{
     no=No
     not-known=Not known
     yes=Yes
   earlier-text{
    label=Earlier concerns
    kind=text
    bytes=16000
 hostel{
  label=Coping in a hostel setting
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 hostel-now{
  label=Coping in a hostel setting, current concerns
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 hostel-concerns{
  label=Coping in a hostel setting, what the concerns are
  kind=composite
  rule=server-owned
  members{
   current{
    label=Current concerns
    kind=text
    bytes=16000
   earlier{
    label=Were there concerns before
    kind=code
    codes{
     no=No
     not-known=Not known
     yes=Yes
   earlier-text{
    label=Earlier concerns
    kind=text
    bytes=16000
 vulnerability{
  label=Vulnerability
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 vulnerability-now{
  label=Vulnerability, current concerns
  kind=code
  codes{
   no=No
   not-known=Not known
   yes=Yes
  rule=ratchet
  order[
   =no
   =not-known
   =yes
  deciders[
   =office
 vulnerability-concerns{
  label=Vulnerability, what the concerns are
  kind=composite
  rule=server-owned
  members{
   current{
    label=Current concerns
    kind=text
    bytes=16000
   earlier{
    label=Were there concerns before
    kind=code
    codes{
     no=No
     not-known=Not known
     yes=Yes
   earlier-text{
    label=Earlier concerns
    kind=text
    bytes=16000

"""#
    ),
    (
      name: "rosh-summary.yaml",
      outline: #"""
label=Risk of serious harm
plural=Assessments of serious harm
why=The level comes from a countersigned assessment, never from a laptop; where two sources differ, the higher is shown, because a risk level must never go down in silence.
priority=1
window=latest 2 by assessed-on
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
window=365 days after at
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
 plan{
  label=Planned visit
  kind=reference
  to=visit-plan
  rule=union
 next-due{
  label=Next check-in by
  hint=If you have not checked in again by then, the alarm starts.
  kind=instant
  rule=union
 message{
  label=Message
  hint=A word is enough, and none is needed.
  kind=text
  bytes=1000
  rule=union

"""#
    ),
    (
      name: "service-appointment.yaml",
      outline: #"""
label=Service appointment
plural=Service appointments
why=An absence here can be enforced, so reports that differ read as disputed until an officer or a senior decides; a corrected appointment is a new one that names the one it replaces.
priority=3
window=365 days after when.date
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 referral{
  label=Referral
  kind=reference
  to=service-referral
  rule=union
  required=yes
 type{
  label=Type
  kind=code
  codes{
   SERVICE-DELIVERY=Delivery of the service
   SUPPLIER-ASSESSMENT=Assessment by the provider
  rule=union
  required=yes
 when{
  label=Date and time
  kind=composite
  rule=field-merge
  prefer=first
  required=yes
  why=The person has been given a time, so the diary keeps the one that the office took first, and both who changed it are told.
  members{
   date{
    label=Date
    kind=date
    required=yes
   start{
    label=Start
    hint=Local time, for instance 14:10.
    kind=time
    required=yes
   end{
    label=End
    hint=Local time, for instance 14:40.
    kind=time
 attendance{
  label=Attendance
  kind=composite
  rule=claims
  holding=disputed
  deciders[
   =officer
   =senior
  members{
   attended{
    label=Attended
    kind=code
    codes{
     YES=Yes
     LATE=Late
     NO=No
    required=yes
   session-happened{
    label=The session took place
    kind=flag
   no-session-reason{
    label=Why there was no session
    kind=code
    codes{
     POP-ACCEPTABLE=Person on probation, acceptable reason
     POP-UNACCEPTABLE=Person on probation, unacceptable reason
     LOGISTICS=Logistics
 notify-officer{
  label=Tell the probation practitioner
  kind=flag
  rule=union
  why=Once somebody asked for the practitioner to be told, nobody can make it unsaid.
 supersedes{
  label=Replaces
  hint=The appointment that this one corrects; both are shown.
  kind=reference
  to=service-appointment
  rule=union
 reason-for-change{
  label=Reason for the change
  kind=text
  bytes=4000
  rule=union
 superseded{
  label=Replaced by another
  kind=flag
  rule=derived
  writers[
   =office
  why=It follows from the appointments that name this one.
 stale{
  label=Out of date
  kind=flag
  rule=derived
  writers[
   =office
  why=The office works it out from what the provider sent since.

"""#
    ),
    (
      name: "service-referral.yaml",
      outline: #"""
label=Service referral
plural=Service referrals
why=Different parts of a draft merge, and two values of one part are both kept; what a provider has been sent stays as it was, so an amendment is a new referral that names the old one and the reason.
priority=3
window=while-held
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
checks{
 sent-stays{
  says=What the provider has been sent stays as it was. Make another referral that names this one and the reason.
  when=stage
  is[
   =sent
   =plan-submitted
   =plan-approved
   =end-requested
   =concluded
  closed[
   =contract
   =provider
   =needs
   =interpreter
   =responsibilities
   =when-unavailable
   =supplementary-risk
   =completion-deadline
   =enforceable-days
 replaced-for-a-reason{
  says=A referral that replaces another says why.
  when=supersedes
  field=reason-for-change
  present=yes
fields{
 kind{
  label=Kind of service
  kind=code
  codes{
   commissioned=Commissioned rehabilitative service
   third-sector=Charity or community group
   mentor=Mentor
  rule=union
  required=yes
 reference{
  label=Reference
  hint=Given by the service when the referral arrives.
  kind=text
  bytes=32
  rule=server-owned
  writers[
   =office
  why=The service's own system gives the reference.
 contract{
  label=Contract
  kind=text
  bytes=200
  rule=field-merge
  prefer=first
 provider{
  label=Provider
  kind=text
  bytes=200
  rule=field-merge
  prefer=first
  required=yes
 assignee{
  label=Who works with the person
  hint=As the provider names them.
  kind=text
  bytes=200
  rule=server-owned
  writers[
   =office
  why=The provider says who takes the referral on.
 needs{
  label=Needs
  hint=What the service should help with, and anything that makes coming hard.
  kind=text
  bytes=16000
  rule=field-merge
  prefer=first
 interpreter{
  label=Interpreter
  hint=The language, if one is needed.
  kind=text
  bytes=100
  rule=field-merge
  prefer=first
 responsibilities{
  label=Responsibilities
  hint=Caring or work that the service should plan around.
  kind=text
  bytes=4000
  rule=field-merge
  prefer=first
 when-unavailable{
  label=When the person is unavailable
  kind=text
  bytes=4000
  rule=field-merge
  prefer=first
 supplementary-risk{
  label=Risk information for the provider
  hint=Only what they need to keep themselves and others safe. The provider sees this and not the contact log. Nothing about victims.
  kind=text
  bytes=16000
  rule=field-merge
  prefer=first
  why=Two accounts of a risk are both kept, and somebody settles what the provider is told before it goes out.
 completion-deadline{
  label=Complete by
  kind=date
  rule=field-merge
  prefer=first
 enforceable-days{
  label=Most enforceable days
  kind=integer
  from=0
  to=3660
  unit=days
  rule=field-merge
  prefer=first
 stage{
  label=Stage
  kind=code
  codes{
   draft=Draft
   sent=Sent
   plan-submitted=Action plan submitted
   plan-approved=Action plan approved
   end-requested=End requested
   concluded=Concluded
  rule=signed
  stages[
   =draft
   =sent
   =plan-submitted
   =plan-approved
   =end-requested
   =concluded
  required=yes
  why=A referral that was sent cannot become a draft again, because somebody outside has read it and acts on it.
 sent-at{
  label=Sent at
  kind=instant
  rule=union
  why=When it went out is a fact.
 plan-submitted-at{
  label=Action plan submitted at
  kind=instant
  rule=server-owned
  writers[
   =office
  why=The provider's system says when it was submitted.
 plan-approved-at{
  label=Action plan approved at
  kind=instant
  rule=union
  why=The first approval counts, and the person has been told of it.
 sessions{
  label=Number of sessions
  kind=integer
  from=0
  to=999
  rule=server-owned
  writers[
   =office
  why=The number of sessions comes from the action plan at the provider.
 end{
  label=Request to end
  kind=composite
  rule=union
  why=Who asked for the end, and why, is not rewritten when the service has ended.
  members{
   at{
    label=Requested at
    kind=instant
    required=yes
   by{
    label=Requested by
    kind=text
    bytes=64
    required=yes
   reason{
    label=Reason
    kind=text
    bytes=4000
    required=yes
 end-report{
  label=End of service report
  kind=reference
  to=document-metadata
  rule=union
  why=The report is what the provider handed in.
 concluded-at{
  label=Concluded at
  kind=instant
  rule=server-owned
  writers[
   =office
  why=The service's system says when it closed the referral.
 supersedes{
  label=Replaces
  hint=The referral that this one amends; both are shown.
  kind=reference
  to=service-referral
  rule=union
 reason-for-change{
  label=Reason for the change
  kind=text
  bytes=4000
  rule=union

"""#
    ),
    (
      name: "tier.yaml",
      outline: #"""
label=Tier
plural=Tiers
why=The tier is worked out at the office from risk, MAPPA and sentence, so no laptop may state it, and each calculation is kept so that a change can be explained.
priority=3
window=latest 2 by calculated-on
writers[
 =office
deleters[
 =office
fields{
 tier{
  label=Tier
  hint=A asks for the most, G for the least.
  kind=code
  codes{
   A=A
   B=B
   C=C
   D=D
   E=E
   F=F
   G=G
   NA=Not applicable
  rule=derived
  required=yes
 provisional{
  label=Provisional
  hint=Something that the calculation needs was not there yet.
  kind=flag
  rule=derived
 calculated-on{
  label=Worked out on
  kind=date
  rule=derived
  required=yes
 calculation{
  label=Calculation
  hint=The id under which the service keeps it.
  kind=text
  bytes=36
  rule=derived
 change-reason{
  label=Reason for the change
  kind=text
  bytes=400
  rule=derived

"""#
    ),
    (
      name: "upw-adjustment.yaml",
      outline: #"""
label=Unpaid work adjustment
plural=Unpaid work adjustments
why=An adjustment changes how long somebody works for the court, so it is made once for one thing and one reason; a second with the same reference is the same adjustment and not another.
priority=3
window=while-held
natural-key[
 =reference
 =reason
writers[
 =administrator
 =office
deleters[
checks{
 travel-has-a-limit{
  says=Travel time is at most 180 minutes.
  when=reason
  is[
   =TTX
  field=minutes
  at-most=180
 not-in-the-future{
  says=An adjustment is for today or an earlier day.
  field=on
  at-most=today
 says-which-reason{
  says=Another reason is told in the details.
  when=reason
  is[
   =other
  field=details
  present=yes
fields{
 requirement{
  label=Unpaid work requirement
  kind=reference
  to=upw-requirement
  rule=union
  required=yes
 reference{
  label=Reference
  hint=The id of the session, or the number of the task at the office, that it is for.
  kind=text
  bytes=64
  rule=union
  required=yes
 reason{
  label=Reason
  kind=code
  codes{
   TTX=Travel time
   other=Another reason
  rule=union
  required=yes
 minutes{
  label=Minutes
  hint=Above nought adds minutes, below nought takes them off. Travel is at most 180 minutes.
  kind=integer
  from=-18000
  to=18000
  unit=minutes
  rule=union
  required=yes
 on{
  label=Day
  hint=Today or earlier.
  kind=date
  rule=union
  required=yes
 details{
  label=Details
  hint=For another reason, say which.
  kind=text
  bytes=4000
  rule=union

"""#
    ),
    (
      name: "upw-attendance.yaml",
      outline: #"""
label=Unpaid work attendance
plural=Unpaid work attendances
why=Hours must be neither lost nor doubled, so claims that differ are all kept, none is added to another, and until somebody decides only the lower credit counts.
priority=2
window=with session
natural-key[
 =session
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
checks{
 session-has-begun{
  says=Attendance is recorded from the day of the session on, not before.
  field=session>when.date
  at-most=today
 credit-is-time-worked{
  says=The minutes credited are those from start to finish, less the minutes taken off.
  field=claim.credited-minutes
  equal-to=claim.end - claim.start - claim.penalty-minutes?
 nothing-without-attendance{
  says=Nothing is credited to somebody who did not attend.
  when=claim.code
  is[
   =UAAB
   =AFTA
   =AAME
   =AAEM
   =AAFC
   =AACL
   =AAHO
   =AARE
   =AARC
   =AASD
   =AAM11
   =CO05
   =CO10
   =RSSR
   =RSSL
   =RSOF
   =CO38
   =CO39
   =CO40
  field=claim.credited-minutes
  at-most=0
 worked-to-the-end{
  says=Work finishes after it starts, on the same day.
  field=claim.end
  at-least=claim.start
fields{
 session{
  label=Session
  kind=reference
  to=upw-session
  rule=union
  required=yes
  why=One session is credited once, so its record is named by it for ever.
 claim{
  label=Outcome and time
  kind=composite
  rule=claims
  holding=disputed
  deciders[
   =administrator
   =senior
  required=yes
  members{
   code{
    label=Outcome
    hint=A supervisor uses the first five; the office may use all.
    kind=code
    codes{
     ATTC=Attended, complied
     AFTC=Attended, failed to comply
     ATSH=Attended, sent home (behaviour)
     ATSS=Attended, sent home (service issues)
     UAAB=Unacceptable absence
     ATCH=Attended, concurrent hours
     AFDA=Attended, failed to comply, deemed acceptable
     ATFI=Failed to comply with another instruction
     AFTA=Failed to attend, evidence may follow
     AAME=Acceptable absence, medical
     AAEM=Acceptable absence, employment
     AAFC=Acceptable absence, family or childcare
     AACL=Acceptable absence, court or legal
     AAHO=Acceptable absence, holiday
     AARE=Acceptable absence, religious
     AARC=Acceptable absence, remanded in custody
     AASD=Acceptable absence, stood down
     AAM11=Outcome AAM11 of nDelius
     CO05=Acceptable, professional judgement
     CO10=Acceptable failure, none in the following 12 months
     RSSR=Rescheduled by the service
     RSSL=Rescheduled by the service (RSSL)
     RSOF=Rescheduled by the person on probation
     CO38=Warrant outstanding
     CO39=Youth breach not enforceable
     CO40=Suspended
    required=yes
   second-requirement{
    label=Second requirement
    hint=Only with concurrent hours, the one way in which a session counts to two requirements.
    kind=reference
    to=upw-requirement
   start{
    label=Started
    hint=Local time, for instance 09:00.
    kind=time
   end{
    label=Finished
    hint=Local time, for instance 16:00.
    kind=time
   penalty-minutes{
    label=Minutes taken off
    hint=For coming late, leaving early or not working.
    kind=integer
    from=0
    to=1440
    unit=minutes
   credited-minutes{
    label=Minutes credited
    hint=From start to finish, less the minutes taken off; none without attendance.
    kind=integer
    from=0
    to=1440
    unit=minutes
 work{
  label=How they worked
  kind=composite
  rule=field-merge
  prefer=first
  why=Two views of how somebody worked are both kept for review, and do not put the hours in dispute.
  members{
   hi-vis{
    label=Wore high-visibility clothing
    kind=flag
   intensive{
    label=Intensive
    kind=flag
   quality{
    label=Quality of work
    kind=code
    codes{
     EXCELLENT=Excellent
     GOOD=Good
     SATISFACTORY=Satisfactory
     UNSATISFACTORY=Unsatisfactory
     POOR=Poor
     NOT-APPLICABLE=Not applicable
   behaviour{
    label=Behaviour
    kind=code
    codes{
     EXCELLENT=Excellent
     GOOD=Good
     SATISFACTORY=Satisfactory
     UNSATISFACTORY=Unsatisfactory
     POOR=Poor
     NOT-APPLICABLE=Not applicable
 notes{
  label=Notes
  hint=What you saw. Up to 4,000 characters.
  kind=text
  bytes=16000
  characters=4000
  rule=union
  why=Notes may be read out in court, so deciding between claims must not take anybody's words away.
 credit{
  label=Minutes that count
  kind=integer
  from=0
  to=1440
  unit=minutes
  rule=derived
  writers[
   =office
  why=The office works out the credit from all claims, so that the same session is never added twice.
 credit-state{
  label=State of the credit
  kind=code
  codes{
   provisional=Provisional, the lower of the claims
   final=Final
   held=On hold, more than is left to do
  rule=derived
  writers[
   =office
  why=A provisional credit errs against ending the order too soon, and the person's own claim stays in sight.

"""#
    ),
    (
      name: "upw-project.yaml",
      outline: #"""
label=Unpaid work project
plural=Unpaid work projects
why=Projects are agreed with those who benefit from the work, so a laptop reads them and the office changes them.
priority=3
window=while-held
writers[
 =office
deleters[
 =office
fields{
 name{
  label=Name
  kind=text
  bytes=200
  rule=server-owned
  required=yes
 type{
  label=Type
  kind=code
  codes{
   GROUP=Group
   INDIVIDUAL=Individual placement
   INDUCTION=Induction
   ETE=Education, training and employment
  rule=server-owned
  required=yes
 days{
  label=Days on which it runs
  kind=code
  codes{
   monday=Monday
   tuesday=Tuesday
   wednesday=Wednesday
   thursday=Thursday
   friday=Friday
   saturday=Saturday
   sunday=Sunday
  set=yes
  rule=union
  why=Only the office adds or takes off a day; where two there do both at once, the day stays, and nobody is turned away at the gate.
 location{
  label=Location
  kind=text
  bytes=400
  rule=server-owned
 beneficiary{
  label=Who benefits
  kind=text
  bytes=200
  rule=server-owned

"""#
    ),
    (
      name: "upw-requirement.yaml",
      outline: #"""
label=Unpaid work requirement
plural=Unpaid work requirements
why=Hours are counted at the office from what was attended, so that no laptop can lose an hour or count one twice.
priority=3
window=while-held
natural-key[
 =number
writers[
 =office
deleters[
 =office
fields{
 number{
  label=Number of the requirement
  hint=As in nDelius, the same for all versions of the requirement.
  kind=text
  bytes=20
  rule=server-owned
  required=yes
  why=The hours belong to the requirement in all its versions, so its number names the record.
 requirement{
  label=Requirement
  hint=Its version in force now.
  kind=reference
  to=requirement
  rule=server-owned
  required=yes
  why=The requirement is what the court made.
 required-minutes{
  label=Minutes required
  kind=integer
  from=0
  to=100000
  unit=minutes
  rule=server-owned
  required=yes
  why=Only the court's order says how much work there is to do.
 completed-minutes{
  label=Minutes completed
  hint=What is credited, each session once. A disputed session counts with the lower claim.
  kind=integer
  from=0
  to=100000
  unit=minutes
  rule=derived
  why=It is summed over the sessions, so that a session reported twice counts once and a dispute does not end the order too soon.
 positive-adjustments{
  label=Minutes added by adjustments
  kind=integer
  from=0
  to=100000
  unit=minutes
  rule=derived
 negative-adjustments{
  label=Minutes taken off by adjustments
  kind=integer
  from=0
  to=100000
  unit=minutes
  rule=derived
 held-minutes{
  label=Minutes on hold
  hint=Claimed beyond what was left to do; somebody at the office decides.
  kind=integer
  from=0
  to=100000
  unit=minutes
  rule=derived
  why=Minutes beyond what is left are held for a person to decide, because cutting them off would lose work that was done.
 ete-allowance{
  label=Minutes allowed for training
  hint=How much may be spent on education, training and employment.
  kind=integer
  from=0
  to=100000
  unit=minutes
  rule=server-owned
 in-incentive-scheme{
  label=In the incentive scheme
  hint=Whether good work shortens what is left to do.
  kind=flag
  rule=server-owned
  why=Who may take part is decided by the service and not at a session.
 discount-minutes{
  label=Minutes earned as a discount
  hint=Half of what was worked beyond the first quarter of the requirement, and a quarter of it at most, until a session was missed without an acceptable reason.
  kind=integer
  from=0
  to=100000
  unit=minutes
  rule=derived
  why=It follows from the sessions and is never entered. The service takes it off by an adjustment; what is left to do is not shortened twice.

"""#
    ),
    (
      name: "upw-session.yaml",
      outline: #"""
label=Unpaid work session
plural=Unpaid work sessions
why=The person has been told where to stand and when, so when two people change it at once the value that the office took first stays and both are told; a van at another place is a false absence.
priority=3
window=45 days after when.date
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =office
fields{
 requirement{
  label=Unpaid work requirement
  kind=reference
  to=upw-requirement
  rule=union
  required=yes
  why=The hours of a session belong to one requirement, and moving them would count them twice.
 project{
  label=Project
  kind=reference
  to=upw-project
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
    hint=Local time, for instance 09:00.
    kind=time
    required=yes
   end{
    label=End
    hint=Local time, for instance 16:00.
    kind=time
    required=yes
 pick-up{
  label=Pick-up
  kind=composite
  rule=field-merge
  prefer=first
  members{
   place{
    label=Place
    kind=text
    bytes=400
    required=yes
   time{
    label=Time
    hint=Local time, for instance 08:30.
    kind=time
    required=yes
 minutes-offered{
  label=Minutes offered
  kind=integer
  from=0
  to=1440
  unit=minutes
  rule=field-merge
  prefer=first
 supervisor{
  label=Supervisor
  hint=The user name of whoever leads the group.
  kind=text
  bytes=64
  rule=field-merge
  prefer=first

"""#
    ),
    (
      name: "visit-plan.yaml",
      outline: #"""
label=Planned visit
plural=Planned visits
why=A plan is made before a visit and changes until it; different fields merge, and two values of one field are both kept, so that nobody sets out to a place or at a time that a colleague does not know.
priority=3
window=365 days after when.date
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =officer
 =administrator
 =office
checks{
 ends-after-it-starts{
  says=A visit ends after it starts, on the same day.
  field=when.end
  at-least=when.start
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
    kind=time
    required=yes
   end{
    label=End
    hint=Local time, for instance 14:40.
    kind=time
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
 more-purposes{
  label=Further purposes
  hint=What else the visit is for, if there is more than one reason to go.
  kind=code
  codes{
   supervision=Planned supervision
   address-check=Check the address
   safeguarding=Safeguarding
   compliance=Compliance
   monitoring-equipment=Electronic monitoring equipment
  set=yes
  rule=union
  why=A purpose that is left out is a child not asked after; one too many costs minutes, so an add beats a removal made at the same time.
 risk-assessment{
  label=Visit risk assessment
  hint=The one for this address. Use it again only if nothing has changed.
  kind=reference
  to=visit-risk-assessment
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
 equipment{
  label=Equipment
  hint=What to take along, each in one word, for instance personal-alarm.
  kind=text
  bytes=50
  set=yes
  rule=union
  why=A thing too many in the bag does no harm and a missing one may, so an add beats a removal.

"""#
    ),
    (
      name: "visit-record.yaml",
      outline: #"""
label=Visit
plural=Visits
why=What an officer saw at a door may be read out in court, so it is written once and never changed; a correction is a contact entry.
priority=3
window=365 days after arrived
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
 =administrator
 =data-protection
checks{
 left-after-arriving{
  says=The officer leaves after arriving.
  field=left
  at-least=arrived
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
 address{
  label=Address
  kind=reference
  to=address
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
 children-present{
  label=A child was there
  kind=flag
  rule=union
 new-adult{
  label=An adult was there whom we did not know of
  kind=flag
  rule=union
 observations{
  label=What you saw
  hint=Up to 12,000 characters.
  kind=text
  bytes=48000
  characters=12000
  rule=union
 concerns{
  label=Risk concerns raised
  hint=Those that you raised on this visit.
  kind=reference
  to=risk-concern
  set=yes
  rule=union
  why=A concern that one person ties to the visit stays tied to it.
 documents{
  label=Documents of the visit
  kind=reference
  to=document-metadata
  set=yes
  rule=union
  why=What was brought back is evidence of the visit, so a link that somebody made stays.
 conditions{
  label=Licence conditions relied on
  hint=As they stood on the day of the visit.
  kind=reference
  to=licence-condition
  set=yes
  rule=union
  why=Breach and recall cite the condition in force that day, so the visit names it.
 requirements{
  label=Requirements relied on
  hint=As they stood on the day of the visit.
  kind=reference
  to=requirement
  set=yes
  rule=union
  why=Breach cites the requirement in force that day, so the visit names it.
 risk-seen{
  label=Risk level that you knew of
  hint=What your laptop showed when you went.
  kind=composite
  rule=union
  why=The level may have gone up while you were out; a review asks what you could know at the door.
  members{
   level{
    label=Level
    kind=code
    codes{
     none=No completed assessment
     low=Low
     medium=Medium
     high=High
     very-high=Very high
    required=yes
   assessed-on{
    label=Assessed on
    kind=date

"""#
    ),
    (
      name: "visit-risk-assessment.yaml",
      outline: #"""
label=Visit risk assessment
plural=Visit risk assessments
why=A colleague may walk into what somebody else knew of, so what was found is written once, and where decisions differ the most restrictive stands; if anything has changed, make a new one.
priority=1
window=365 days after valid-until
writers[
 =officer
 =senior
 =administrator
 =office
deleters[
fields{
 address{
  label=Address
  kind=reference
  to=address
  rule=union
  required=yes
  why=The dangers are those of one place; another place needs its own assessment.
 occupants{
  label=Who lives there
  kind=text
  bytes=4000
  rule=union
 animals{
  label=Animals
  kind=text
  bytes=4000
  rule=union
 weapons{
  label=Weapons
  kind=text
  bytes=4000
  rule=union
 violence{
  label=Violence
  hint=Towards staff or others, what and when. Nothing about victims.
  kind=text
  bytes=4000
  rule=union
 location{
  label=Location
  hint=The way in and out, lighting, parking, whether a phone works there.
  kind=text
  bytes=4000
  rule=union
 controls{
  label=Controls
  hint=What keeps whoever goes alone safe.
  kind=text
  bytes=4000
  rule=union
 decision{
  label=Decision
  kind=code
  codes{
   proceed=Go ahead
   doubled-up=Go in twos
   not-at-home=Not at home, meet elsewhere
   do-not-visit=Do not visit
  rule=ratchet
  order[
   =proceed
   =doubled-up
   =not-at-home
   =do-not-visit
  deciders[
   =senior
  required=yes
  why=“Do not visit” beats “go ahead”, whoever saved first; only a senior who has seen it may ease it, with a reason.
 approval{
  label=Manager's approval
  kind=code
  codes{
   approved=Approved
   refused=Refused
  rule=signed
  stages[
   =approved
   =refused
  writers[
   =senior
  why=A manager answers for sending somebody there; where one approves and another refuses, no is safer.
 valid-until{
  label=Valid until
  kind=date
  rule=union
  required=yes
  why=What was safe in spring may not be in autumn, so an assessment runs out on a fixed day.
 visit-dates{
  label=Dates of visits
  hint=Used again for each visit while nothing has changed, written like 2026-05-17.
  kind=text
  bytes=10
  set=yes
  rule=union
  why=Each visit that relied on it is named, and one that was added by one person stays.

"""#
    ),
  ]
}
