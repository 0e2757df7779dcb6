"""Partners as documents and for scripts: a list, and one of them with all that the reader may know. The same words in
chat and on the terminal.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from bridge.domain.document import Block, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Message, say, say_n
from bridge.domain.partners import PartnerState
from bridge.rules.partner_effects import LABELS, STATES, value_of
from bridge.rules.partner_fields import FIELDS, attribute, write_value
from bridge.services.partner_views import PartnerView
from bridge.services.society import Society

NOBODY_ANSWERS: Final = say("nobody here answers for it")
OF_PEOPLE: Final = frozenset({"sponsor", "deputy"})
ALWAYS: Final = ("since", "until", "terms")
"""What is told of a partner to its own people."""
INSIDE: Final = ("kind", "servers", "users", *ALWAYS, "max-people", "max-invitations", "deputy", "note")


def listed(views: Sequence[PartnerView], society: Society) -> Document:
    """All of them, one line each."""
    if not views:
        return document(paragraph(say("There is no partner that I can show here.")))
    count = say_n("{count} partner", "{count} partners", len(views))
    return Document((paragraph(Strong(count)), Items(tuple(tuple(_line(view, society)) for view in views))))


def _line(view: PartnerView, society: Society) -> Iterator[Inline]:
    partner = view.partner
    yield from (Strong(partner.name), " – ", STATES[partner.state])
    if partner.until:
        yield from (", ", say("until {day}", day=partner.until))
    if sponsor := _name(partner.sponsor, view, society):
        yield from (", ", say("sponsor: {name}", name=sponsor))
    if _is_orphan(view):
        yield from (", ", Strong(NOBODY_ANSWERS))
    elif view.inside and not view.answerable:
        yield from (", ", say("nobody answers for it"))
    if view.people is not None:
        yield from (", ", say_n("{count} person", "{count} people", view.people))


def shown(view: PartnerView, society: Society) -> Document:
    """One partner: what is agreed, who answers for it, and the groups that the reader may know of those it sees."""
    partner = view.partner
    state: list[Inline] = [Strong(partner.name), " – ", STATES[partner.state]]
    if not view.running and partner.state is PartnerState.ACTIVE:
        state += [", ", say("but not today")]
    rows: list[tuple[Inline, ...]] = [(say("id"), ": ", partner.id)] if view.inside else []
    rows += [(LABELS["sponsor"], ": ", sponsor)] if (sponsor := _name(partner.sponsor, view, society)) else []
    rows += _fields(view, society)
    if _is_orphan(view):
        rows.append((Strong(NOBODY_ANSWERS),))
    if view.people is not None:
        rows.append((say("people"), ": ", str(view.people)))
    blocks: list[Block] = [paragraph(*state), Items(tuple(rows))] if rows else [paragraph(*state)]
    if view.groups:
        blocks.append(paragraph(say("Groups that admit it:")))
        blocks.append(Items(tuple((group.name,) for group in view.groups)))
    else:
        blocks.append(paragraph(say("I can show no group here that admits it.")))
    return Document(tuple(blocks))


def _is_orphan(view: PartnerView) -> bool:
    """Whether administrators alone are left to decide about it."""
    return view.inside and not view.answerable and view.partner.state is not PartnerState.ENDED


def _fields(view: PartnerView, society: Society) -> Iterator[tuple[Inline, ...]]:
    for field in INSIDE if view.inside else ALWAYS:
        value = value_of(view.partner, field)
        if field in OF_PEOPLE:
            value = _name(str(value or ""), view, society)
        if field == "terms" and value:
            value = _edition(str(value), view, society)
        if value:
            yield (LABELS[field], ": ", ", ".join(value) if isinstance(value, tuple) else value)


def _edition(name: str, view: PartnerView, society: Society) -> Message | str:
    """Which edition of its terms is in force; their name in the policy file is for those who decide."""
    world = society.world()
    terms = world.facts.directory.terms.get(name) if world else None
    if terms is None:
        return name
    if view.inside:
        return say("{terms}, version {version}", terms=name, version=terms.version)
    return say("version {version}", version=terms.version)


def _name(person: str, view: PartnerView, society: Society) -> str:
    """What people of ours are called who answer for the partner."""
    world = society.world()
    account = world.facts.account_of(person) if world and person else None
    if world is None or account is None:
        return person if view.inside else ""
    return world.facts.accounts[account].name or account


def as_json(view: PartnerView) -> dict[str, Any]:
    """One partner for scripts that may read everything: days as 2027-06-30, groups by id."""
    partner = view.partner
    fields = {attribute(name): write_value(partner, name) for name in FIELDS}
    names = {"en": partner.name.en, "fr": partner.name.fr}
    limits = {"max_people": partner.max_people, "max_invitations": partner.max_invitations}
    there = {"running": view.running, "people": view.people, "groups": [group.id for group in view.groups]}
    return {"id": partner.id, **fields, "name": names, **limits, **there}
