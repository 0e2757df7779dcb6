"""What becomes of a room that a group adopts, as a card tells it to those who may agree. Pure."""

from typing import Final

from bridge.domain.directory import MembershipMode
from bridge.domain.document import Block, Document, Inline, Items, Strong, paragraph
from bridge.domain.messages import Message, Text, say, say_n
from bridge.services.adoptable import Adoption
from bridge.services.adopting import LASTS

SHOWN: Final = 8
"""Names in one line; the number says how many there are."""


def foretold(adoption: Adoption, said: Message | None = None) -> Document:
    """Everything that is going to change, before anybody agrees; ``said`` stands before it."""
    blocks: list[Block] = [paragraph(said)] if said is not None else []
    title = say("The room “{room}” is to become the room of {group}.", room=adoption.name, group=adoption.group.name)
    blocks.append(paragraph(Strong(title)))
    blocks.append(_items((*_people(adoption), *adoption.opens)))
    if adoption.changes:
        blocks += [paragraph(say("The group decides about its room, so I shall:")), _items(adoption.changes)]
    blocks += waiting_for(adoption, agreed=False)
    ask = say_n(
        "These can agree by ✅ under this message within {count} day, or refuse by ❌: {names}",
        "These can agree by ✅ under this message within {count} days, or refuse by ❌: {names}",
        LASTS.days,
        names=tuple(sorted(adoption.admins)),
    )
    return Document((*blocks, paragraph(say("There is no way back.")), paragraph(ask)))


def waiting_for(adoption: Adoption, *, agreed: bool = True) -> list[Block]:
    """What people have to do themselves, once it is ``agreed`` or before, and what happens then."""
    if not adoption.equals:
        return [paragraph(say("The room changes within seconds."))] if agreed else []
    sentence = say(
        "Nobody but they themselves can lower the power of {names}. It has to be less than mine: 50, for instance. I"
        " wait for that for {days} days.",
        names=adoption.equals,
        days=LASTS.days,
    )
    return [paragraph(sentence)]


def _people(adoption: Adoption) -> tuple[Message, ...]:
    rows = [say("What was said in the room stays, and so does everybody who belongs to the group.")]
    if count := len(adoption.joining):
        rows.append(
            say_n(
                "{count} person in the room becomes a member of the group.",
                "{count} people in the room become members of the group.",
                count,
            )
        )
    if count := len(adoption.leaving):
        names = adoption.leaving[:SHOWN]
        rows.append(
            say_n(
                "{count} person who does not belong to the group is removed: {names}",
                "{count} people who do not belong to the group are removed: {names}",
                count,
                names=(*names, "…") if count > SHOWN else names,
            )
        )
        if adoption.group.membership is MembershipMode.DIRECTORY:
            rows.append(say("They would stay if owners had a say in who belongs to it ({command}).",
                            command=Text(en=f"!group set {adoption.group.id} membership both",
                                         fr=f"!groupe régler {adoption.group.id} appartenance les-deux")))  # fmt: skip
    if adoption.withdrawn:
        rows.append(say_n("{count} invitation is withdrawn.", "{count} invitations are withdrawn.", adoption.withdrawn))
    if adoption.aside:
        rows.append(say("The room that the group has now, in which nobody has said a word, is given up."))
    return tuple(rows)


def _items(rows: tuple[Inline, ...]) -> Items:
    return Items(tuple((row,) for row in dict.fromkeys(rows)))
