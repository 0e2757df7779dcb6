"""``!profile photo remove``, ``export``, ``erase``, ``publish``, ``unpublish``: what people may ask of their card."""

from collections.abc import Iterator
from typing import Final

from bots.cards.consent import consent_asked
from bots.kit.answering import reference_of
from bots.kit.commands import Attachment, Call, Command, Confirmation, Reply, Status
from bots.kit.questions import Answered, Question
from bridge.domain.cards import Purpose
from bridge.domain.document import Block, Document, Heading, Items, Strong, document, paragraph
from bridge.domain.messages import Message, say, say_n
from bridge.services.cards.office import CardOffice
from bridge.services.cards.rights import Erasable

MEMBERS: Final = frozenset({"partner_member"})
EMPLOYEES: Final = frozenset({"employee"})
"""Whose Matrix profile is on our homeserver."""
ERASE: Final = "card-erase"
ALONE: Final = say("This is between the two of us: write it to me in a conversation of our own.")
NOTHING: Final = say("There is nothing on your card.")
COPIES: Final = say("Copies of your photo and of files that other homeservers made stay with them, and so does what you"
                    " wrote or sent in rooms.")  # fmt: skip


def rights_commands(office: CardOffice) -> list[Command]:
    """The commands, for everybody who has a card."""
    return [*_keeping(office), *_publishing(office)]


def _keeping(office: CardOffice) -> list[Command]:
    async def unpictured(call: Call) -> Reply:
        if not await office.photos.remove(call.sender, origin=call.event_id):
            return Reply(document(paragraph(say("There is no photo on your card."))))
        office.wake()
        return Reply(document(paragraph(say("Your photo is off your card, and will be deleted.")), paragraph(COPIES)))

    async def export(call: Call) -> Reply:
        if not call.direct:
            return _no(ALONE)
        files = await office.exports.export(call.sender, call.language, origin=call.event_id)
        if not files:
            return Reply(document(paragraph(NOTHING)))
        shown = tuple(Attachment(uri=one.uri, name=one.name, mimetype=one.mimetype, size=one.size) for one in files)
        return Reply(
            Document(tuple(map(paragraph, _exported(office, own=office.is_employee(call.sender))))), files=shown
        )

    async def erase(call: Call) -> Reply:
        if not call.direct:
            return _no(ALONE)
        erasable = await office.rights.erasable(call.sender)
        if erasable is None:
            return Reply(document(paragraph(NOTHING)))
        return Reply(
            _foreseen(erasable, deletes=office.deletes),
            Status.CONFIRM,
            reference_of(repr(erasable)),
            Confirmation(kind=ERASE, document={}),
        )

    return [
        Command(path=("profile", "photo", "remove"), french=("profil", "photo", "retirer"), run=unpictured,
                rights=MEMBERS, summary=say("Take your photo off your card."),
                details=say("To put one there, send me a picture in a conversation of the two of us.")),
        Command(path=("profile", "export"), french=("profil", "exporter"), run=export, rights=MEMBERS,
                summary=say("Everything that is kept on your card, as files: for you, and for an address book.")),
        Command(path=("profile", "erase"), french=("profil", "effacer"), run=erase, rights=MEMBERS,
                aliases=(("erase", "my", "card"), ("delete", "my", "card"),
                         ("effacer", "ma", "fiche"), ("supprimer", "ma", "fiche")),
                summary=say("Erase your card. You are shown first what goes and what stays.")),
    ]  # fmt: skip


def _publishing(office: CardOffice) -> list[Command]:
    async def publish(call: Call) -> Reply:
        if not office.is_employee(call.sender):
            return _no(say("Your Matrix profile is on a homeserver of your own, where I write nothing."))
        if not office.publishes:
            return _no(say("Profiles cannot be written: homeserver.admin_token is not set."))
        if await office.consents.of(call.sender, Purpose.PUBLISH):
            return Reply(document(paragraph(say("Your Matrix profile follows your card already."))))
        return consent_asked(Purpose.PUBLISH, {})

    async def unpublish(call: Call) -> Reply:
        if not await office.consents.withdraw(call.sender, Purpose.PUBLISH, origin=call.event_id):
            return Reply(document(paragraph(say("Your Matrix profile does not follow your card."))))
        office.wake()
        soon = say("What I wrote into your Matrix profile is taken back within a minute or two.")
        return Reply(document(paragraph(soon)))

    return [
        Command(path=("profile", "publish"), french=("profil", "publier"), run=publish, rights=MEMBERS,
                offered_to=EMPLOYEES,
                summary=say("Let your Matrix profile follow your card, for everybody on Matrix to read.")),
        Command(path=("profile", "unpublish"), french=("profil", "dépublier"), run=unpublish, rights=MEMBERS,
                offered_to=EMPLOYEES,
                summary=say("Take back what your card wrote into your Matrix profile.")),
    ]  # fmt: skip


def erase_question(office: CardOffice) -> Question:
    """What ✅ does: erase."""

    async def agreed(answered: Answered) -> Reply:
        call = answered.call
        await office.rights.erase(call.sender, origin=call.event_id)
        office.wake()
        return Reply(document(paragraph(say("Your card is erased.")), paragraph(COPIES)))

    return Question(kind=ERASE, command="profile erase", yes=agreed)


def _no(why: Message) -> Reply:
    return Reply(document(paragraph(why)), Status.ERROR)


def _exported(office: CardOffice, *, own: bool) -> Iterator[Message]:
    """``own`` says that they are on the homeserver of the company."""
    yield say("Your card in two files: one with everything, the history included; one for an address book.")
    if office.deletes and own:
        yield say("I delete both from our homeserver in a day.")
    elif office.deletes:
        yield say("I delete both from our homeserver in a day. Copies on your own homeserver stay there.")
    else:
        yield say("They stay on our homeserver, for whoever has their address.")


def _foreseen(erasable: Erasable, *, deletes: bool) -> Document:
    blocks: list[Block] = [
        Heading(say("What goes")), Items(tuple((one,) for one in _goes(erasable, deletes=deletes))),
        Heading(say("What stays")), Items(tuple((one,) for one in _stays(erasable, deletes=deletes))),
        paragraph(Strong(say("There is no way back. To erase it, answer this message with ✅, or write yes."))),
    ]  # fmt: skip
    return Document(tuple(blocks))


def _goes(erasable: Erasable, *, deletes: bool) -> Iterator[Message]:
    yield say_n("Your card, with {count} field and who may see what.",
                "Your card, with {count} fields and who may see what.", erasable.fields)  # fmt: skip
    if erasable.photo:
        yield say("Your photo.")
    if erasable.files and deletes:
        yield say("The files of your export, on our homeserver.")
    if erasable.published:
        yield say("What was copied to your Matrix profile.")
    if erasable.entries:
        yield say_n("{count} entry of the history that you alone wrote.",
                    "{count} entries of the history that you alone wrote.", erasable.entries)  # fmt: skip
    yield say("That you agreed to it: before the next word you are asked again.")


def _stays(erasable: Erasable, *, deletes: bool) -> Iterator[Message]:
    if erasable.stay:
        yield say_n("{count} entry of the history that people of the company wrote or changed: until the agreement"
                    " ends.",
                    "{count} entries of the history that people of the company wrote or changed: until the agreement"
                    " ends.", erasable.stay)  # fmt: skip
    if erasable.files and not deletes:
        yield say("The files of your export, for whoever has their address.")
    yield COPIES
    yield say("That you had a card and erased it, in the audit log, without what it said.")
