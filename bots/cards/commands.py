"""``!profile``, ``!contacts`` and ``!who``: cards, whom to turn to, and who knows about something.

Both ``bots/admin`` and ``bots/onboarding`` have these commands; they differ in who goes through a card with people.
"""

from difflib import get_close_matches
from typing import Final

from bots.cards.guide import Guide
from bots.cards.history import Wake, history_commands
from bots.cards.pictures import REMOVE, attachment_of
from bots.cards.showing import card_document, contacts_document, experts_document, person_link, value_words
from bots.cards.words import (
    CIRCLES,
    circle_said,
    circle_topics,
    circle_words,
    field_said,
    field_topics,
)
from bots.kit.commands import Call, Command, Parameter, Reply, argument, denied
from bots.kit.rendering import COLON
from bots.kit.table import fold
from bots.kit.tokens import as_typed
from bots.kit.wording import SENTENCE
from bridge.domain.cards import Field
from bridge.domain.document import Block, Code, Document, Strong, document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.ids import is_user_id
from bridge.domain.messages import Language, Text, say
from bridge.rules.cards import circle_of
from bridge.services.cards.desk import CardDesk
from bridge.services.cards.labels import LABELS
from bridge.services.cards.views import CardView

MEMBERS: Final = frozenset({"partner_member"})
"""Whoever has a card: those of a partner, and employees."""
ADMINS: Final = frozenset({"admin"})
VERBS: Final = (
    Text(en="set", fr="régler"), Text(en="unset", fr="oublier"), Text(en="circle", fr="cercle"),
    Text(en="fill", fr="remplir"), Text(en="history", fr="historique"), Text(en="show", fr="montrer"),
    Text(en="export", fr="exporter"), Text(en="erase", fr="effacer"),
    Text(en="publish", fr="publier"), Text(en="unpublish", fr="dépublier"), Text(en="photo", fr="photo"),
)  # fmt: skip
"""Words behind ``!profile`` that are no names."""
ALIKE: Final = 0.7
FILL: Final = {"en": "!profile fill", "fr": "!profil remplir"}
SET: Final = {"en": "!profile set phone +33 6 12 34 56 78", "fr": "!profil régler téléphone +33 6 12 34 56 78"}
SEEN: Final = {"en": "!profile circle phone groups", "fr": "!profil cercle téléphone groupes"}


def card_commands(desk: CardDesk, guide: Guide | None = None, *, wake: Wake) -> list[Command]:
    """The commands of cards; ``guide`` is given by the bot that goes through cards with people itself."""
    return [
        *_showing(desk),
        *_changing(desk),
        _fill(desk, guide),
        *history_commands(desk, wake),
        *_finding(desk),
    ]


def _showing(desk: CardDesk) -> list[Command]:
    async def show(call: Call) -> Reply:
        text = call.arguments["person"] or call.sender
        view = await desk.views.find(call.viewer, text)
        if view is not None:
            photo = (attachment_of(view.photo),) if view.photo else ()
            return Reply(shown(desk, view, call), files=photo)
        refuse_misspelt(text, call.language)
        return denied()

    details = say("Without a name, your own card, and who sees what of it where nobody else reads along.")
    summary = say("Somebody’s card, as far as they show it to those who read here.")
    return [
        Command(path=("profile",), french=("profil",), summary=summary, details=details, run=show, rights=MEMBERS,
                aliases=(("profile", "show"), ("profil", "montrer"), ("card",), ("carte",), ("fiche",)),
                parameters=(_person(),)),
    ]  # fmt: skip


def refuse_misspelt(text: str, language: Language) -> None:
    """Raise ``InputError`` where the word behind ``!profile`` names nobody and is much like what it may be."""
    first, known = fold(text.partition(" ")[0]), [fold(words.in_language(language)) for words in VERBS]
    if near := get_close_matches(first, known, n=1, cutoff=ALIKE):
        meant = VERBS[known.index(near[0])]
        raise InputError(say("I know nobody of this name. Did you mean this: {command}?", command=meant))


def _changing(desk: CardDesk) -> list[Command]:
    keeper = desk.keeper

    async def put(call: Call) -> Reply:
        name, text = field_said(call.arguments["field"]), as_typed(call.arguments["value"])
        await keeper.put(call.sender, name, text, origin=call.event_id)
        return Reply(await settled(desk, call, name))

    async def clear(call: Call) -> Reply:
        name = field_said(call.arguments["field"])
        if name is Field.PHOTO:
            raise InputError(say("A photo is taken off with {command}.", command=REMOVE))
        if name is Field.HISTORY:
            raise InputError(say("This is no text: a photo is sent as a picture, and the history has its own words."))
        held = await keeper.clear(call.sender, name, origin=call.event_id)
        gone = say("It is gone from your card.") if held else say("Your card does not say this.")
        return Reply(document(paragraph(Strong(LABELS[name]), " – ", gone)))

    async def encircle(call: Call) -> Reply:
        name = field_said(call.arguments["field"])
        circle = circle_said(" ".join(call.arguments["circle"]))
        await keeper.encircle(call.sender, name, circle, origin=call.event_id)
        return Reply(await settled(desk, call, name))

    async def allow(call: Call) -> Reply:
        circle, user = circle_said(call.arguments["circle"]), call.arguments["person"]
        if not is_user_id(user):
            view = await desk.views.find(call.viewer, user)
            if view is None:
                return denied()
            user = view.user
        await keeper.allow(user, circle, by=call.sender, origin=call.event_id)
        widest = say("The history may be shown as far as: {circle}.", circle=CIRCLES[circle])
        return Reply(document(paragraph(Strong(user), " – ", widest)))

    field = argument("field", label=say("field"), help=say("What is changed."))
    who = say("Nobody but you chooses who sees what you say about yourself:")
    return [
        Command(path=("profile", "set"), french=("profil", "régler"), run=put, rights=MEMBERS,
                summary=say("Say something on your card."),
                details=say("What the directory says is changed there. This can be said:"), topics=field_topics(),
                parameters=(field, argument("value", label=say("value"), nargs=-1, type=SENTENCE))),
        Command(path=("profile", "unset"), french=("profil", "oublier"), run=clear, rights=MEMBERS,
                summary=say("Take something off your card."), parameters=(field,)),
        Command(path=("profile", "circle"), french=("profil", "cercle"), run=encircle, rights=MEMBERS,
                summary=say("Choose who sees something on your card."), details=who, topics=circle_topics(),
                parameters=(field, argument("circle", label=say("circle"), help=say("network, groups or sponsor."),
                                            nargs=-1))),
        Command(path=("partner", "history"), french=("partenaire", "historique"), run=allow, rights=ADMINS,
                summary=say("Let somebody of a partner show the history with them to others than their sponsor."),
                details=say("Both have to say so: what counts is the narrower of your word and of theirs."),
                parameters=(argument("circle", label=say("circle"), help=say("network, groups or sponsor.")),
                            argument("person", label=say("person"), help=say("Somebody of a partner.")))),
    ]  # fmt: skip


def _fill(desk: CardDesk, guide: Guide | None) -> Command:
    async def fill(call: Call) -> Reply:
        if guide is not None and call.direct:
            return await guide.begin(call)
        if not desk.guide:
            way = say("Nobody goes through your card with you here. You can say one thing after the other like this:")
            return Reply(document(paragraph(way, " ", Code(SET[call.language]))))
        way = say("I go through it with you in a conversation of the two of us. Write there:") if guide else say(
            "Somebody else goes through it with you, step by step. Open this conversation and write there:"
        )  # fmt: skip
        link = person_link(desk.guide)
        return Reply(document(paragraph(way, " ", Code(FILL[call.language]), " – ", link)))

    return Command(path=("profile", "fill"), french=("profil", "remplir"), run=fill, rights=MEMBERS,
                   summary=say("Go through your card step by step, now or where you stopped."))  # fmt: skip


def _finding(desk: CardDesk) -> list[Command]:
    async def contacts(call: Call) -> Reply:
        return Reply(contacts_document(await desk.views.contacts(call.viewer)))

    async def who(call: Call) -> Reply:
        return Reply(experts_document(await desk.views.who(call.viewer, " ".join(call.arguments["topic"]))))

    return [
        Command(path=("contacts",), french=("contacts",), run=contacts, rights=MEMBERS,
                summary=say("The people whom you can turn to directly.")),
        Command(path=("who",), french=("qui",), run=who, rights=MEMBERS,
                summary=say("Who knows about something, by what people say on their cards."),
                details=say("Topics, languages, titles and organisations count, as far as they are shown to you."),
                parameters=(argument("topic", label=say("topic"), help=say("A few words."), nargs=-1),)),
    ]  # fmt: skip


def shown(desk: CardDesk, view: CardView, call: Call) -> Document:
    """A card, with what its owner can do about it where nobody else reads it."""
    partner = desk.keeper.is_partner(view.user)
    card = card_document(view, desk.formats, language=call.language, now=desk.clock.now(), partner=partner)
    if not view.own:
        return card
    ways: list[Block] = [
        paragraph(say("To say something:"), " ", Code(SET[call.language])),
        paragraph(say("To choose who sees it:"), " ", Code(SEEN[call.language])),
    ]
    if desk.guide:
        ways.append(paragraph(say("Step by step:"), " ", Code(FILL[call.language])))
    return Document((*card.blocks, *ways))


async def settled(desk: CardDesk, call: Call, name: Field) -> Document:
    """What a field of the asker's own card says now, and who sees it; where others read along, only that it does."""
    view = await desk.views.find(call.viewer, call.sender)
    if view is None or not view.own:
        return document(paragraph(Strong(LABELS[name]), " – ", say("Noted.")))
    card = await desk.keeper.card(call.sender)
    chosen, circle = card.circles.get(name), circle_of(card, name)
    partner = desk.keeper.is_partner(call.sender)
    said = (words for one in view.shown if one.field is name for words in
            (COLON, *value_words(one, desk.formats, desk.clock.now())))  # fmt: skip
    lines = [paragraph(Strong(LABELS[name]), *said)]
    lines.append(paragraph(say("Seen by {circle}.", circle=circle_words(circle, partner=partner))))
    if chosen is not None and circle is not chosen:
        lines.append(paragraph(say("An administrator has to agree before others see it.")))
    return Document(tuple(lines))


def _person() -> Parameter:
    return argument("person", label=say("person"), help=say("A mention, a name or a user id."), required=False)
