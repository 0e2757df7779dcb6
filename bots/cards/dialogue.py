"""Filling in a card, one question after the other: (point, line) → (point, change, what is said). Pure.

``guide`` calls it and stores what comes out. It always ends: what does not fit three times is left for later, and one
word leads out of everywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bots.cards.asking import BACK, Sheet, Turn
from bots.cards.controls import SPELT, Control, control_in
from bots.cards.words import circle_in, field_in, field_said
from bridge.domain.cards import Change, Circle, Field, Point, Stage
from bridge.domain.document import Strong, document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, say
from bridge.rules.cards import DEFAULTS
from bridge.services.cards.labels import LABELS

FENCED: Final = frozenset(field for field, circle in DEFAULTS.items() if circle is not Circle.NETWORK)
"""Fields after which one is asked who may see them; all others are for the whole network until one says otherwise."""
MOST_MISSES: Final = 3
GONE: Final = say("It is gone from your card.")
CIVIL: Final[Mapping[Control | None, Message]] = {
    Control.HELLO: say("Hello!"),
    Control.THANKS: say("You are welcome!"),
}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """With one person: ``read`` gives the values of what they typed for a field, or raises ``InputError``."""

    sheet: Sheet
    read: Callable[[Field, str], tuple[str, ...]]

    def begin(self) -> Turn:
        """The first question."""
        return self.sheet.first().after(*self.sheet.intro())

    def hear(self, point: Point, line: str) -> Turn:
        """The answer to a line at this point."""
        return self._understood(point, line, control_in(line))

    def _understood(self, point: Point, line: str, control: Control | None) -> Turn:
        field = point.field
        if control is Control.LATER:
            return self.sheet.pause()
        if control is Control.CHECKLIST:
            return self.sheet.again(point).after(*self.sheet.checklist(point))
        if control is Control.HELP:
            return self.sheet.again(point).after(*self.sheet.words())
        if control in CIVIL:
            return self._asked(point).after(paragraph(CIVIL[control]))
        if point.stage is Stage.VALUE and field is not None:
            return (
                self._steered(point, field, control) or self._told_who(point, line) or self._value(point, field, line)
            )
        if point.stage is Stage.CIRCLE and field is not None:
            return self._fenced(point, field, line, control)
        return self._reviewed(point, line, control)

    def pictured(self, point: Point) -> Turn:
        """The answer to a picture that has just been put on the card."""
        waits = point.stage is Stage.VALUE and point.field is Field.PHOTO
        turn = self.sheet.next(Field.PHOTO) if waits else self.sheet.again(point)
        return turn.after(paragraph(say("Your photo is on your card now.")))

    def repeat(self, point: Point) -> Turn:
        """The question that is open, once more."""
        return self.sheet.again(point)

    def _asked(self, point: Point) -> Turn:
        """The same again, without the whole card at its end."""
        return self.sheet.again(point) if point.field else replace(self.sheet.brief(), point=point)

    def _on(self, sheet: Sheet, point: Point, field: Field) -> Turn:
        """What follows a field: the next one, or the end where it was chosen."""
        return sheet.brief() if point.alone else sheet.next(field)

    def _steered(self, point: Point, field: Field, control: Control | None) -> Turn | None:
        if control in (Control.SKIP, Control.OK):
            return self._on(self.sheet, point, field)
        if control is Control.BACK:
            return self.sheet.brief() if point.alone else self.sheet.previous(field)
        if control is Control.DONE:
            return self.sheet.review()
        if control is Control.CLEAR and field is not Field.PHOTO:
            change = Change(user=self.sheet.card.user, field=field, values=())
            turn = self._on(self.sheet.changed(change), point, field)
            return replace(turn.after(paragraph(Strong(LABELS[field]), " – ", GONE)), change=change)
        return None

    def _value(self, point: Point, field: Field, line: str, *, then: Callable[[Sheet], Turn] | None = None) -> Turn:
        if field is Field.PHOTO:
            return self._missed(point, line, say("This is no picture. Send one as a file or from your camera."))
        try:
            values = self.read(field, line)
        except InputError as error:
            return self._elsewhere(point, line) or self._missed(point, line, error.message)
        change = Change(user=self.sheet.card.user, field=field, values=values)
        sheet = self.sheet.changed(change)
        following = then or (lambda now: self._who_sees(now, point, field))
        noted = paragraph(Strong(LABELS[field]), " – ", sheet.told(field, values), " – ", sheet.seen(field))
        return replace(following(sheet).after(noted), change=change)

    def _who_sees(self, sheet: Sheet, point: Point, field: Field) -> Turn:
        """Asked where a field is not for the whole network by itself; elsewhere one goes on."""
        if field not in FENCED:
            return self._on(sheet, point, field)
        turn = sheet.ask_circle(field)
        return replace(turn, point=replace(turn.point, alone=point.alone))

    def _told_who(self, point: Point, line: str) -> Turn | None:
        """The answer to a field and who may see it, as is taught at the end; then what was asked for is still open."""
        first, _, rest = line.strip().partition(" ")
        field, circle = field_in(first.strip(":")), circle_in(rest)
        if field in (None, Field.PHOTO) or circle is None or point.field is Field.TOPICS or rest.strip().isdigit():
            return None
        return self._encircled(field, circle, lambda now: now.again(replace(point, missed=0)))

    def _elsewhere(self, point: Point, line: str) -> Turn | None:
        """The answer where what does not fit here names another field and fits there: then this one is still open."""
        first, _, rest = line.strip().partition(" ")
        other = field_in(first.strip(":"))
        if other in (None, point.field) or other not in self.sheet.asked:
            return None
        if not rest:
            return self.sheet.ask(other)
        if other is Field.PHOTO:
            return None
        try:
            self.read(other, rest)
        except InputError:
            return None  # what is wrong is told of the field that is asked for
        return self._value(point, other, rest, then=lambda sheet: sheet.again(replace(point, missed=0)))

    def _fenced(self, point: Point, field: Field, line: str, control: Control | None) -> Turn:
        if control is Control.BACK:
            return self._chosen(field) if point.alone else self.sheet.ask(field)
        circle = circle_in(line)
        if circle is not None:
            return self._encircled(field, circle, lambda now: self._on(now, point, field))
        if control is Control.DONE:
            return self.sheet.review()
        if control in (Control.SKIP, Control.OK):
            return self._on(self.sheet, point, field)
        return self._missed(point, line, say("Answer with a number from 1 to 3."))

    def _reviewed(self, point: Point, line: str, control: Control | None) -> Turn:
        """At the end: that it is good so, a field to change, or a field with what it is to say or who may see it."""
        if control in (Control.DONE, Control.SKIP, Control.OK):
            thanks = document(paragraph(say("Your card is as you want it. Thank you!")))
            return Turn(Point(stage=Stage.DONE), thanks)
        if control is Control.BACK:
            return self.sheet.ask(self.sheet.asked[-1]) if self.sheet.asked else self.sheet.review()
        first, _, rest = line.strip().partition(" ")
        try:
            field = field_said(first.strip(":"))
        except InputError as error:
            return self._missed(point, line, error.message)
        circle = circle_in(rest)
        if circle is not None and field is not Field.PHOTO:
            return self._encircled(field, circle, Sheet.brief)
        if field in self.sheet.asked and not rest:
            return self._chosen(field)
        return self._value(point, field, rest or line, then=Sheet.brief)

    def _chosen(self, field: Field) -> Turn:
        turn = self.sheet.ask(field)
        return replace(turn, point=replace(turn.point, alone=True))

    def _encircled(self, field: Field, circle: Circle, then: Callable[[Sheet], Turn]) -> Turn:
        change = Change(user=self.sheet.card.user, field=field, circle=circle)
        sheet = self.sheet.changed(change)
        noted = paragraph(Strong(LABELS[field]), " – ", sheet.seen(field))
        return replace(then(sheet).after(noted), change=change)

    def _missed(self, point: Point, line: str, why: Message) -> Turn:
        """What did not fit may be a misspelt word; else it is asked for again, three times at most."""
        meant = None if control_in(line) else control_in(line, forgiving=True)
        if meant is not None:
            return self._understood(point, SPELT[meant], meant)
        missed = point.missed + 1
        if missed < MOST_MISSES:
            return self._asked(replace(point, missed=missed)).after(paragraph(why))
        left = paragraph(why, " ", say("Let us leave that for now."))
        if point.field is not None:
            left = paragraph(why, " ", say("Let us leave that for now. To return to it:"), " ", Strong(BACK))
        turn = self.sheet.pause() if point.field is None else self._on(self.sheet, point, point.field)
        return turn.after(left)
