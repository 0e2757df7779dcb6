"""``!partner renew`` and ``!partner stop``, ✅ and ❌ under a question: whether a partner's time here goes on."""

from datetime import date
from typing import Final

from bots.admin.commands.deciding import EMPLOYEE
from bots.admin.commands.partner_deciding import way_back
from bots.admin.renewal_words import days_of
from bots.kit.commands import Call, Command, Reply, Status, argument, denied, option
from bots.kit.questions import Answered, Question
from bridge.domain.document import Block, Code, Document, document, paragraph
from bridge.domain.messages import Language, Message, Text, say
from bridge.domain.partners import Partner
from bridge.rules.fields import read_day
from bridge.rules.renewal import Term, a_year_after
from bridge.services.partner_readback import TAKE_BACK
from bridge.services.renewing import Renewing
from bridge.services.renewing_answers import Renewed
from bridge.services.renewing_kept import REVIEW, review_in

NOTHING_ENDS: Final = say("Nothing of this ends by itself: neither the agreement nor anybody’s time has a last day.")


def renewing_commands(renewing: Renewing) -> list[Command]:
    """The commands of those who answer for partners."""

    async def renew(call: Call) -> Reply:
        found = await _meant(renewing, call)
        if found is None:
            return denied()
        partner, terms = found
        until = read_day(call.arguments["until"])
        if not call.arguments["people"] and until is None and (day := await renewing.unasked(terms, call.event_id)):
            return _unasked(partner, day, call.language)
        way = await way_back(renewing.partnerships, call.viewer, partner, "until")
        renewed = await renewing.renew(partner, terms, by=call.sender, origin=call.event_id, until=until)
        return _renewed(renewed, way.in_language(call.language) if way else "")

    async def stop(call: Call) -> Reply:
        found = await _meant(renewing, call)
        if found is None:
            return denied()
        partner, terms = found
        return _stopped(partner, await renewing.stop(partner, terms, by=call.sender, origin=call.event_id))

    partner = argument("partner", label=say("partner"), help=say("Its name or its id; in quotation marks if it is"
                                                                 " several words."))  # fmt: skip
    people = argument(
        "people", label=say("people"), nargs=-1, required=False,
        help=say("User ids, or their numbers in the question that I asked; without any, all that I asked about."),
    )  # fmt: skip
    until = option(
        "--until", "--fin", "--jusque", "until", label=say("date"), help=say("The new last day: 2027-06-30.")
    )
    return [
        Command(
            path=("partner", "renew"),
            french=("partenaire", "renouveler"),
            summary=say("Let the agreement with a partner, or the time of its people, go on."),
            run=renew,
            rights=EMPLOYEE,
            parameters=(partner, people, until),
            details=say("For a year, unless you say until when. Nobody stays for longer than the agreement runs."),
        ),
        Command(
            path=("partner", "stop"),
            french=("partenaire", "arrêter"),
            summary=say("Let the agreement with a partner, or the time of its people, end on its last day."),
            run=stop,
            rights=EMPLOYEE,
            parameters=(partner, people),
            details=say("Nobody is out before that day is over, and nobody is asked about it any more."),
        ),
    ]


def renewing_question(renewing: Renewing) -> Question:
    """What ✅ and ❌ under a question do: the same as the commands, for all that it is about."""

    async def yes(answered: Answered) -> Reply:
        review, call = review_in(answered.item), answered.call
        partner = renewing.partner_in(review)
        renewed = await renewing.renew(partner, await renewing.asked_in(review), by=call.sender, origin=call.event_id)
        await renewing.answered(review)
        return _renewed(renewed)

    async def no(answered: Answered) -> Reply:
        review, call = review_in(answered.item), answered.call
        partner = renewing.partner_in(review)
        terms = await renewing.asked_in(review)
        stopped = await renewing.stop(partner, terms, by=call.sender, origin=call.event_id)
        await renewing.answered(review)
        return _stopped(partner, stopped)

    return Question(kind=REVIEW, command="partner renew", yes=yes, no=no, may=renewing.may_answer)


async def _meant(renewing: Renewing, call: Call) -> tuple[Partner, list[Term]] | None:
    partner = await renewing.find(call.viewer, call.arguments["partner"])
    if partner is None:
        return None
    people = await renewing.meant(partner, call.arguments["people"])
    return partner, await renewing.terms(partner, people)


def _unasked(partner: Partner, day: date, language: Language) -> Reply:
    later = a_year_after(day).isoformat()
    command = Text(
        en=f"!partner renew {partner.id} --until {later}", fr=f"!partenaire renouveler {partner.id} --fin {later}"
    )
    sentence = say("I have not asked about {partner}: the agreement runs until {day}, and nothing was changed. For"
                   " another last day:", partner=partner.name, day=day)  # fmt: skip
    return Reply(document(paragraph(sentence, " ", Code(command.in_language(language)))), Status.ERROR)


def _renewed(renewed: Renewed, back: str = "") -> Reply:
    partner, blocks = renewed.partner, list[Block]()
    if renewed.agreement:
        sentence = say("The agreement with {partner} runs until {day}.", partner=partner.name,
                       day=renewed.agreement)  # fmt: skip
        blocks.append(paragraph(sentence))
        if back and partner.until != renewed.agreement:  # a repeated event finds it renewed
            blocks.append(paragraph(TAKE_BACK, " ", Code(back)))
    elif renewed.people:
        blocks += [paragraph(say("These people of {partner} stay:", partner=partner.name)), days_of(renewed.people)]
    return Reply(Document(tuple(blocks))) if blocks else _said(NOTHING_ENDS, Status.ERROR)


def _stopped(partner: Partner, terms: list[Term]) -> Reply:
    if not terms:
        return _said(NOTHING_ENDS, Status.ERROR)
    blocks = [paragraph(_ends(partner, term)) for term in terms]
    blocks.append(paragraph(say("They are out once that day is over. I do not ask about it any more.")))
    return Reply(Document(tuple(blocks)))


def _ends(partner: Partner, term: Term) -> Message:
    day = term.until
    if term.agreement:
        return say("The agreement with {partner} ends on {day}.", partner=partner.name, day=day)
    return say("{people} of {partner}: the last day is {day}.", people=term.people, partner=partner.name, day=day)


def _said(sentence: Message, status: Status) -> Reply:
    return Reply(document(paragraph(sentence)), status)
