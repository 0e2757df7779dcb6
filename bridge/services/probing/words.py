"""The result of a secrecy check in words: what leaks first, then what is not proven, limits, and how much held.

For the command line and the bots.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from bridge.domain.document import Block, Code, Document, Heading, Inline, Table, paragraph
from bridge.domain.messages import Message, say, say_n, shown
from bridge.domain.secrecy import SAY, Asker, Outcome, Probed, SecrecyReport, Verdict
from bridge.rules.probing.accounts import SETTINGS
from bridge.rules.probing.channels import CHANNELS, LIMITS
from bridge.rules.probing.timing import TIMED
from bridge.services.probing.watching import BY_SCHEDULE
from bridge.services.undone import COMMAND_LINE

ASKERS: Final[Mapping[Asker, Message]] = {
    Asker.ANYBODY: say("anybody, without an account"),
    Asker.STRANGER: say("somebody who belongs to nothing"),
    Asker.COLLEAGUE: say("a member of other groups"),
    Asker.PARTNER: say("somebody of a partner"),
    Asker.MEMBER: say("a member"),
    Asker.PEER: say("who runs another homeserver"),
    Asker.READER: say("who reads files of the bridge"),
    Asker.SERVER: say("not asked"),
}
OUTCOMES: Final[Mapping[Outcome, Message]] = {
    Outcome.NOTHING: say("nothing of it, and what may be seen"),
    Outcome.NAMED: say("the hidden group itself"),
    Outcome.TOLD_APART: say("another answer than about what does not exist"),
    Outcome.COUNTED: say("another answer while the hidden group existed"),
    Outcome.AS_LONG: say("answers in the same time as about what does not exist"),
    Outcome.LONGER: say("answers in another time than about what does not exist"),
    Outcome.COARSE: say("too few answers, or too uneven ones, to compare their times"),
    Outcome.MOVED: say("another answer than before, as something else changed meanwhile"),
    Outcome.BLIND: say("nothing, not even what may be seen"),
    Outcome.NOBODY: say("there is no account to ask as"),
    Outcome.MUTE: say("not asked: the homeserver does not say whose account that is"),
    Outcome.UNASKED: say("not asked: what it would be about is not there"),
    Outcome.UNREAD: say("not asked: a database server keeps it, and not a file"),
    Outcome.UNANSWERED: say("no answer came"),
    Outcome.NO_MEMBER: say("nothing, but there was no member to find what a member may see"),
    Outcome.UNKEPT: say("the homeserver keeps no presence of anybody"),
    Outcome.BY_ID: say("that it is there, for who knows its id"),
    Outcome.HANDED: say("the file itself, for who has its link and an account, here or elsewhere"),
    Outcome.BY_ID_CLOSED: say("that it is there and admits no other homeserver, for who knows its id"),
    Outcome.BY_ID_PEOPLE: say("that it is there, and who is in it, for who knows its id"),
    Outcome.CARRIED: say("what is said inside, unless the homeserver leaves it out"),
    Outcome.BY_NATURE: say("shown by Matrix itself"),
}
UNDELETED: Final = say("not asked: without homeserver.admin_token nobody could delete the file again")
WHY: Final[Mapping[tuple[str, Outcome], Message]] = {
    ("log", Outcome.UNREAD): say(
        "not asked: the running bridge alone reads its log, when asked by !audit secrecy --now"
    ),
    ("file", Outcome.UNASKED): UNDELETED,
    ("open-file", Outcome.UNASKED): UNDELETED,
    ("peer-file", Outcome.UNASKED): UNDELETED,
}
"""Where a channel has a reason, and a remedy, of its own."""
SILENT: Final = frozenset({Outcome.NOBODY, Outcome.MUTE, Outcome.UNASKED, Outcome.UNREAD, Outcome.UNANSWERED})
LACKING: Final[Mapping[Outcome, Asker]] = {Outcome.NO_MEMBER: Asker.MEMBER}
"""Whose account is missing, where it is not the one to ask as."""
ACCOUNTS: Final = say(
    "Accounts to ask as, and the member's, stand in the section secrecy of config.yaml: docs/security.md says how."
)
TYPED: Final = frozenset(channel.name for channel in CHANNELS if channel.question.method == SAY)
REPLIES: Final[Mapping[str, Message]] = {
    "200 ok": say("an answer"),
    "200 denied": say("a refusal"),
    "200 usage": say("not understood"),
    "200 held": say("to be agreed to"),
    "200 confirm": say("to be confirmed"),
    "200 error": say("failed"),
}
"""What a bot's reply says to machines, for people."""
OF_ITS_OWN: Final = say(
    "It looked for a hidden group of its own, made for this and gone again. Whether your rooms are as they should be "
    "shows here: "
)
TITLES: Final[Mapping[str, Message]] = {channel.name: channel.title for channel in (*CHANNELS, *TIMED)} | dict(LIMITS)
WHOLE: Final = "parvis audit secrecy"
BY: Final[Mapping[str, Message]] = {
    BY_SCHEDULE: say("the schedule"),
    COMMAND_LINE: say("the command line"),
}
HEADINGS: Final[Mapping[Verdict, Message]] = {
    Verdict.LEAKS: say("This leaks"),
    Verdict.UNPROVEN: say("This is not proven"),
    Verdict.LIMIT: say("This shows by the nature of Matrix"),
    Verdict.ABSENT: say("This is not kept, so that nothing can be told of it"),
    Verdict.HELD: say("This held"),
}


def channel_title(name: str) -> Message:
    """What people call a channel; one that was kept by an earlier release is named as it is."""
    return TITLES.get(name) or shown(name)


def outcome_words(row: Probed) -> Message:
    """What was seen, in words."""
    return WHY.get((row.channel, row.outcome)) or OUTCOMES[row.outcome]


def report_document(report: SecrecyReport, *, whole: bool, plan: str) -> Document:
    """The table, by verdict; what held is counted, and shown only in the ``whole``. ``plan`` is how the reader has the
    rooms compared that the check does not look at."""
    asked = say("Asked for by {who}.", who=BY.get(report.by, report.by))
    first = paragraph(_summary(report), " ", *_shows_anyway(report), asked)
    listed = () if whole else (paragraph(say("What held is listed by a check in the terminal: "), Code(WHOLE)),)
    return Document((first, paragraph(OF_ITS_OWN, Code(plan)), *_tables(report, whole=whole), *listed))


def leaks_table(report: SecrecyReport) -> Table:
    """What is an alarm."""
    return _table(report.leaks)


def _summary(report: SecrecyReport) -> Message:
    leaks, held = len(report.leaks), report.count(Verdict.HELD)
    kept = say_n("{count} probe held", "{count} probes held", held)
    if leaks:
        return say_n("{count} probe found what it must not ({kept}; {at}).",
                     "{count} probes found what they must not ({kept}; {at}).", leaks, kept=kept,
                     at=report.at)  # fmt: skip
    if report.count(Verdict.UNPROVEN):
        return say("No probe found anything, but not everything is proven ({kept}; {at}).", kept=kept, at=report.at)
    return say("No probe found anything ({kept}; {at}).", kept=kept, at=report.at)


def _shows_anyway(report: SecrecyReport) -> Iterator[Inline]:
    """How much there is below that is no finding."""
    if limits := report.count(Verdict.LIMIT):
        yield say_n("Below stands {count} thing, too, that Matrix or the homeserver shows whatever the bridge does.",
                    "Below stand {count} things, too, that Matrix or the homeserver shows whatever the bridge does.",
                    limits)  # fmt: skip
        yield " "


def _tables(report: SecrecyReport, *, whole: bool) -> Iterator[Block]:
    for verdict, heading in HEADINGS.items():
        if verdict is Verdict.HELD and not whole:
            continue
        if rows := [row for row in report.rows if row.verdict is verdict]:
            yield Heading(heading)
            yield _table(rows, _silent(report))
            if any(row.outcome in LACKING or row.outcome is Outcome.NOBODY for row in rows):
                yield paragraph(ACCOUNTS)


def _table(rows: Sequence[Probed], silent: Collection[Asker] = ()) -> Table:
    """The ``silent``, as whom nothing was asked at all, have one line each, below the others; so have those who
    were asked in vain, as another account is missing."""
    head = (say("Channel"), say("Asked as"), say("Seen"), say("Answers"))
    apart = [row for row in rows if row.asker in silent or row.outcome in LACKING]
    each = (_cells(channel_title(row.channel), row) for row in rows if row not in apart)
    folded = ([row for row in apart if row.asker is asker] for asker in ASKERS)
    counted = (_cells(say_n("{count} channel", "{count} channels", len(those)), those[0]) for those in folded if those)
    return Table(head, (*each, *counted))


def _silent(report: SecrecyReport) -> frozenset[Asker]:
    """As whom nothing was asked at all."""
    return frozenset(SETTINGS) - {row.asker for row in report.rows if row.outcome not in SILENT}


def _cells(title: Message, row: Probed) -> tuple[Inline, ...]:
    lacking = row.asker if row.outcome is Outcome.NOBODY else LACKING.get(row.outcome)
    answers = Code(SETTINGS[lacking]) if lacking else _answers(row)
    return title, ASKERS[row.asker], outcome_words(row), answers


def _answers(row: Probed) -> Inline:
    """Of bots in words; of a homeserver as it gives them, for experts."""
    if row.channel not in TYPED or not row.seen:
        return row.seen or "–"
    about, *others = [REPLIES.get(one) or shown(one) for one in row.seen.split(" / ")]
    return say("{about} / {other}", about=about, other=others[0]) if others else about
