"""Texts among the words of a line: behind options, with their punctuation, and never a second command."""

import pytest

from bots.kit.commands import Call, Command, Reply, argument, denied, option
from bots.kit.table import CommandTable
from bots.kit.tokens import tokenise
from bots.kit.wording import SENTENCE, refuse_second, with_sentences
from bridge.domain.errors import InputError
from bridge.domain.messages import say


async def nothing(_call: Call) -> Reply:
    return denied()


MAKE = Command(
    path=("make",), french=("faire",), summary=say("Do it."), run=nothing,
    parameters=(
        argument("name", label=say("name"), nargs=-1),
        option("--purpose", "--but", "purpose", label=say("purpose"), type=SENTENCE),
        option("--yes", "--oui", "yes", label=say("yes"), is_flag=True),
    ),
)  # fmt: skip
SAY = Command(
    path=("say",), french=("dire",), summary=say("Do it."), run=nothing,
    parameters=(argument("value", label=say("value"), nargs=-1, type=SENTENCE),),
)  # fmt: skip
STATUS = Command(path=("status",), french=("état",), summary=say("Do it."), run=nothing)
TABLE = CommandTable([MAKE, SAY, STATUS])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Veille --but Suivre les concurrents", ("Veille", "--but", "Suivre les concurrents")),
        ("Veille --But Suivre, tous ! --oui", ("Veille", "--But", "Suivre, tous !", "--oui")),
        ("--purpose « à deux » Veille encore", ("--purpose", "à deux", "Veille", "encore")),
        ("Veille --oui concurrence", ("Veille", "--oui", "concurrence")),
        ("Veille « --but » deux", ("Veille", "--but", "deux")),
    ],
)
def test_an_option_of_text_takes_the_words_up_to_the_next_option(line: str, words: tuple[str, ...]) -> None:
    assert with_sentences(MAKE, tokenise(line)) == words


@pytest.mark.parametrize("line", ["Veille --but", "Veille --but --oui"])
def test_an_option_of_text_without_any_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="needs a value"):
        with_sentences(MAKE, tokenise(line))


def refused(text: str) -> bool:
    first = TABLE.resolve(tokenise(text), lambda _: True)
    return refuse_second(text, first, TABLE, lambda _: True) is not None


@pytest.mark.parametrize("text", ["faire Test\nétat", "make Test\n!status", "status\naide", "make x\n\n  say it"])
def test_a_second_line_that_is_a_command_is_not_swallowed(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "text", ["faire Test\nencore", "say Welcome\nstatus", 'make x --purpose "Read\nstatus"', "status", "status\n"]
)
def test_other_lines_belong_to_the_first(text: str) -> None:
    assert not refused(text)
