"""The questions by which a card is filled in, as one person's card has them. Pure, for ``dialogue``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bots.cards.words import CIRCLES, MEANT, QUESTIONS, TYPED, circle_words
from bots.kit.helping import HELP
from bridge.domain.cards import CIRCLES as NARROWING
from bridge.domain.cards import Card, Change, Field, Point, Stage
from bridge.domain.document import Block, Code, Document, Items, Strong, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.rules.cards import Pin, circle_of
from bridge.services.cards.labels import LABELS

ASKED: Final = (
    Field.NAME, Field.PRONOUNCED, Field.TITLE, Field.ORGANISATION, Field.PHONE, Field.EMAIL, Field.LANGUAGES,
    Field.TIMEZONE, Field.PLACE, Field.TOPICS, Field.LINKS, Field.PHOTO,
)  # fmt: skip
"""In this order; the photo last, because a picture takes a while to find."""
SKIP: Final = Text(en="skip", fr="passer")
DONE: Final = Text(en="done", fr="fini")
BACK: Final = Text(en="back", fr="retour")
MANAGER: Final = Text(en="manager", fr="responsable")
"""What employees type for the circle of who answers for them."""
LATER: Final = Text(en="later", fr="plus tard")
AGAIN: Final = Text(en="profile fill", fr="profil remplir")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a line leads to."""

    point: Point
    said: Document
    change: Change | None = None

    def after(self, *before: Block) -> "Turn":
        """The same, with this said first."""
        return replace(self, said=Document((*before, *self.said.blocks)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One person's card as it is. ``pins`` are what others declare, which is not asked for; ``told`` shows the values
    of a field; ``partner`` says that they are of a partner, and ``photos`` that a picture can be taken."""

    card: Card
    pins: Mapping[Field, Pin]
    told: Callable[[Field, tuple[str, ...]], Message]
    partner: bool
    photos: bool = True

    @property
    def asked(self) -> tuple[Field, ...]:
        """The fields that are asked for, in their order."""
        left = {*self.pins} if self.partner else {*self.pins, Field.ORGANISATION}  # all know where employees work
        return tuple(one for one in ASKED if one not in left and (self.photos or one is not Field.PHOTO))

    def changed(self, change: Change) -> "Sheet":
        """The card after a change."""
        return replace(self, card=change.made_in(self.card, self.card.at))

    def intro(self) -> tuple[Block, ...]:
        """What is said once, at the beginning."""
        return (
            paragraph(say("Let us go through your card, one thing after the other. All of it is up to you.")),
            paragraph(say("What you say is kept at once and shown to those named with it. You can change it, take it "
                          "with you or erase it at any time.")),
            self._always(),
        )  # fmt: skip

    def words(self) -> tuple[Block, ...]:
        """What helps in the middle of it."""
        return (self._always(), paragraph(say("All commands:"), " ", Code(HELP), "."))

    def _always(self) -> Block:
        return paragraph(say("These words always work:"), " ", Strong(SKIP), ", ", Strong(BACK), ", ", Strong(LATER),
                         ", ", Strong(DONE))  # fmt: skip

    def first(self) -> Turn:
        """The first question about what is not said yet; where nothing is missing, how the card stands."""
        empty = [one for one in self.asked if not self._holds(one)]
        return self.ask(empty[0]) if empty else self.review()

    def next(self, field: Field) -> Turn:
        """The question after this field's; a photo that is there is not asked for again."""
        later = self.asked[self.asked.index(field) + 1 :] if field in self.asked else ()
        left = [one for one in later if one is not Field.PHOTO or not self._holds(one)]
        return self.ask(left[0]) if left else self.review()

    def previous(self, field: Field) -> Turn:
        """The question before this field's."""
        place = self.asked.index(field) if field in self.asked else 0
        return self.ask(self.asked[max(0, place - 1)])

    def again(self, point: Point) -> Turn:
        """The question of a point, once more."""
        if point.field is not None and point.stage is Stage.VALUE and point.field in self.asked:
            return replace(self.ask(point.field), point=point)
        if point.field is not None and point.stage is Stage.CIRCLE:
            return replace(self.ask_circle(point.field), point=point)
        return replace(self.review(), point=Point(stage=Stage.REVIEW, missed=point.missed))

    def ask(self, field: Field) -> Turn:
        """What a field is to say."""
        number = say("{number} of {all}", number=self.asked.index(field) + 1, all=len(self.asked))
        blocks: list[Block] = [paragraph(Strong(LABELS[field]), " (", number, ")")]
        example = () if field is Field.PHOTO else (" ", say("For example:"), " ", MEANT[field][0])
        blocks.append(paragraph(QUESTIONS[field], *example))
        if self._holds(field):
            blocks.append(paragraph(self._now(field), " – ", say("To keep it:"), " ", Strong(SKIP)))
        return Turn(Point(stage=Stage.VALUE, field=field), Document(tuple(blocks)))

    def ask_circle(self, field: Field) -> Turn:
        """Who may see a field."""
        now = circle_of(self.card, field)
        words = {circle: circle_words(circle, partner=self.partner) for circle in NARROWING}
        rows = tuple((said, " ", say("(as it is now)")) if one is now else (said,) for one, said in words.items())
        question = paragraph(say("Who may see it? Answer with a number, or leave it as it is:"), " ", Strong(SKIP))
        return Turn(Point(stage=Stage.CIRCLE, field=field), document(question, Items(rows, ordered=True)))

    def review(self) -> Turn:
        """How the card stands, and how it is changed with one line."""
        held = [one for one in self.asked if self._holds(one)]
        rows = tuple((Strong(LABELS[one]), " – ", self._now(one), " – ", self.seen(one)) for one in held)
        blocks: list[Block] = [paragraph(Strong(say("This is your card")))]
        blocks.append(Items(rows) if rows else paragraph(say("Nothing stands on it yet.")))
        if empty := tuple(TYPED[one] for one in self.asked if one not in held):
            blocks.append(paragraph(say("Still empty: {fields}.", fields=empty)))
        phone, network, groups, sponsor = TYPED[Field.PHONE], *(CIRCLES[one] for one in NARROWING)
        last = sponsor if self.partner else MANAGER
        blocks.append(paragraph(say("To change something, write its name:"), " ", Strong(phone)))
        blocks.append(paragraph(say("To change who sees it, write both:"), " ", Strong(phone), " ", Strong(network),
                                " / ", Strong(groups), " / ", Strong(last)))  # fmt: skip
        return self.brief().after(*blocks)

    def brief(self) -> Turn:
        """The end, without how the card stands."""
        return Turn(Point(stage=Stage.REVIEW), document(paragraph(say("If all is well:"), " ", Strong(DONE))))

    def checklist(self, point: Point) -> tuple[Block, ...]:
        """What is said and what is not; at the end nothing, where that is told anyway."""
        rows = tuple((("✅ " if self._holds(one) else "▫️ "), LABELS[one]) for one in self.asked)
        return (Items(rows),) if rows and point.field else ()

    def pause(self) -> Turn:
        """The end for now."""
        kept = say("All right. What you said is kept. To go on:")
        return Turn(Point(stage=Stage.DONE), document(paragraph(kept, " ", Strong(AGAIN))))

    def seen(self, field: Field) -> Message:
        """Who sees a field."""
        return say("Seen by {circle}.", circle=circle_words(circle_of(self.card, field), partner=self.partner))

    def _holds(self, field: Field) -> bool:
        return self.card.photo is not None if field is Field.PHOTO else field in self.card.values

    def _now(self, field: Field) -> Message:
        return say("It is on your card.") if field is Field.PHOTO else self.told(field, self.card.values[field])
