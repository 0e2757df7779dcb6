"""What is said of time that runs out: the question whether it goes on, its end, who takes over a partner. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from bots.admin.cards import name_of
from bridge.domain.directory import Group
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Language, Message, say
from bridge.domain.partners import Partner
from bridge.rules.facts import Facts
from bridge.rules.inviting import people_of
from bridge.rules.renewal import Term, a_year_after
from bridge.services.renewing_kept import Review

RENEW: Final = {"en": "!partner renew", "fr": "!partenaire renouveler"}
STOP: Final = {"en": "!partner stop", "fr": "!partenaire arrêter"}
SPONSOR: Final = {"en": "!partner sponsor", "fr": "!partenaire parrain"}
UNTIL: Final = {"en": "--until", "fr": "--jusque"}
ENDED: Final[Mapping[str, Message]] = {
    "yes": say("renewed"),
    "no": say("it ends"),
    "again": say("asked again in a newer message"),
    "done": say("decided meanwhile"),
    "late": say("not answered in time"),
}
"""How a question ended, by the first word of its outcome."""

GroupsOf = Callable[[str], Iterable[Group]]
"""The groups in which somebody is, as far as the reader may know them."""


def question_of(review: Review, facts: Facts, reader: str, groups_of: GroupsOf, language: Language) -> Document:
    """For who is asked: what ends, for whom, and how to answer."""
    term, partner = review.term, facts.directory.partners[review.term.partner]
    longest = partner.until if partner.until and not term.agreement else date.max
    day = min(a_year_after(term.until), longest)
    blocks: list[Block] = [paragraph(Strong(_ends(term, partner)))]
    if reader not in facts.answerable(partner)[:1]:
        blocks.append(paragraph(_why_you(partner, facts)))
    if rows := tuple(_people(term, groups_of)):
        blocks.append(Items(rows, ordered=True))
    blocks += _named_by_files(term, facts)
    renew, stop = f"{RENEW[language]} {partner.id}", f"{STOP[language]} {partner.id}"
    blocks += [
        paragraph(say("✅ under this message renews it for all until {day}, ❌ lets it end. Nobody is out before its"
                      " last day is over; without an answer they are taken out then.", day=day)),
        paragraph(_otherwise(rows)),
        Items(((Code(f"{renew} {UNTIL[language]} {day}"),), *(((Code(f"{stop} 1"),),) if rows else ()))),
    ]  # fmt: skip
    return Document(tuple(blocks))


def pinned_of(review: Review, facts: Facts, file: str | Message, groups_of: GroupsOf) -> Document:
    """The same where only the directory can answer."""
    term, partner = review.term, facts.directory.partners[review.term.partner]
    blocks: list[Block] = [paragraph(Strong(_ends(term, partner)))]
    if rows := tuple(_people(term, groups_of)):
        blocks.append(Items(rows))
    blocks += _named_by_files(term, facts)
    where = say("{file} says so: if it goes on, have the last day changed there. Otherwise they are taken out of every"
                " room after that day.", file=file)  # fmt: skip
    return Document((*blocks, paragraph(where)))


def closed_card(review: Review, facts: Facts) -> Document:
    """The question once there is nothing to answer any more."""
    partner = facts.directory.partners.get(review.term.partner)
    ended = Strong(ENDED[review.outcome.partition(" ")[0]])
    return document(paragraph(_ends(review.term, partner), " – ", ended) if partner else paragraph(ended))


def over_of(term: Term, facts: Facts, file: str | Message, language: Language) -> Document:
    """For who answers for the partner: who is out since the last day has passed."""
    partner = facts.directory.partners[term.partner]
    rows = tuple((user,) for user in term.people)
    blocks: list[Block] = [paragraph(Strong(_is_over(term, partner)))]
    if rows:
        blocks.append(Items(rows))
    if term.agreement and "until" in partner.declared:
        blocks.append(paragraph(say("{file} says the last day: if it goes on, have it changed there.", file=file)))
    else:
        again = say("They come back, each by accepting an invitation, if you write: ")
        whom = "" if term.agreement else " ".join(["", *term.people])
        blocks.append(paragraph(again, Code(f"{RENEW[language]} {partner.id}{whom}")))
    return Document(tuple(blocks))


def handover_of(partner: Partner, sponsor: str, facts: Facts, file: str | Message, language: Language) -> Document:
    """For who can say who takes over."""
    gone = say("{name} answered for the partner {partner}, and does not work here any more.",
               name=_formerly(sponsor, facts), partner=partner.name)  # fmt: skip
    if "sponsor" in partner.declared:
        ask = paragraph(say("{file} says who answers for it: have somebody else named there.", file=file))
        return document(paragraph(Strong(gone)), ask)
    return document(
        paragraph(Strong(gone)),
        paragraph(say("Who takes over? Until somebody does, I ask you and others about its people. Write: "),
                  Code(f"{SPONSOR[language]} {partner.id} @…:{facts.server_name}")),
    )  # fmt: skip


def _ends(term: Term, partner: Partner) -> Message:
    day = term.until
    if term.agreement:
        return say("The agreement with {partner} ends on {day}.", partner=partner.name, day=day)
    return say("The time of these people of {partner} ends on {day}.", partner=partner.name, day=day)


def _is_over(term: Term, partner: Partner) -> Message:
    day = term.until
    if term.agreement:
        return say("The last day of the agreement with {partner}, {day}, is over: everybody of it is out.",
                   partner=partner.name, day=day)  # fmt: skip
    return say("The last day of these people of {partner}, {day}, is over: they are out.",
               partner=partner.name, day=day)  # fmt: skip


def _people(term: Term, groups_of: GroupsOf) -> Iterator[tuple[Inline, ...]]:
    for user in term.people:
        row: list[Inline] = [user]
        for number, group in enumerate(groups_of(user)):
            row += [", " if number else " – ", group.name]
        yield tuple(row)


def _otherwise(rows: Sequence[object]) -> Message:
    if rows:
        return say("For another day, or to let somebody go, by their number; several are possible:")
    return say("For another day:")


def _named_by_files(term: Term, facts: Facts) -> Iterator[Block]:
    """Who is here as long as the agreement runs, because a file says so: for them, files decide."""
    if term.agreement and (users := people_of(facts, term.partner) - facts.directory.guests.keys()):
        named = say("Also here, by what files say, as long as the agreement runs: {people}.",
                    people=tuple(sorted(users)))  # fmt: skip
        yield paragraph(named)


def _why_you(partner: Partner, facts: Facts) -> Message:
    sponsor = facts.account_of(partner.sponsor) if partner.sponsor else None
    if sponsor:
        return say("I ask you, too, because {name} answers for {partner} and has not answered.",
                   name=name_of(facts, sponsor), partner=partner.name)  # fmt: skip
    return say("I ask you because nobody else answers for {partner}.", partner=partner.name)


def _formerly(sponsor: str, facts: Facts) -> str:
    """What somebody was called who may be gone from the directory."""
    people = facts.directory.people
    named = (person for person in people.values() if sponsor in (person.id, person.user))
    person = people.get(sponsor) or next(named, None)
    return (person.name or person.user) if person else sponsor


def days_of(people: Mapping[str, date]) -> Items:
    """Until when each of these people stays."""
    return Items(tuple((say("{user} until {day}", user=user, day=day),) for user, day in people.items()))
