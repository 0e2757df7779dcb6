"""Commands as descriptions: names, permission, help and arguments come from one table."""

from collections.abc import Sequence

import click
import pytest

from bots.kit.binding import bind, usage
from bots.kit.commands import Call, Command, Reply, argument, denied, option
from bots.kit.helping import help_on
from bots.kit.rendering import Renderer
from bots.kit.table import CommandTable, Help, Match, Suggestion, Unknown
from bridge.adapters.language import Catalogues
from bridge.domain.errors import InputError
from bridge.domain.messages import say

TRANSLATOR = Catalogues.load()


async def run(call: Call) -> Reply:
    return denied()


def command(path: str, french: str, **more: object) -> Command:
    words = {"path": tuple(path.split()), "french": tuple(french.split()), "summary": say("Summary."), "run": run}
    return Command(**{**words, **more})  # type: ignore[arg-type]


SHOW = command(
    "group show",
    "groupe montrer",
    parameters=(
        argument("group", label=say("group"), help=say("its name")),
        option("--kind", "--type", "kind", label=say("kind"), type=click.Choice(["open", "shut"])),
        option("--number", "--nombre", "number", label=say("number"), type=int),
        option("--all", "--tout", "every", label=say("all"), is_flag=True),
    ),
)
LIST = command("group list", "groupe liste", aliases=(("groups",),))
AUDIT = command("audit", "journal", rights=frozenset({"admin"}))
STATUS = command("status", "état")
TABLE = CommandTable([SHOW, LIST, AUDIT, STATUS])


def anybody(candidate: Command) -> bool:
    return not candidate.rights


def admin(candidate: Command) -> bool:
    return True


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("group show sales", SHOW),
        ("groupe montrer ventes", SHOW),
        ("groupe show ventes", SHOW),
        ("GROUP LIST", LIST),
        ("groups", LIST),
        ("etat", STATUS),
        ("ÉTAT", STATUS),
    ],
)
def test_names_are_found_in_both_languages_without_capitals_and_accents(line: str, found: Command) -> None:
    resolution = TABLE.resolve(line.split(), anybody)
    assert isinstance(resolution, Match)
    assert resolution.command is found


def test_the_words_after_the_name_are_the_arguments() -> None:
    assert TABLE.resolve(("group", "show", "Sales", "x"), anybody) == Match(SHOW, ("Sales", "x"))


@pytest.mark.parametrize(
    ("line", "resolution"),
    [
        ("group shwo x", Suggestion(SHOW)),
        ("statsu", Suggestion(STATUS)),
        ("groupe lsite", Suggestion(LIST)),
        ("zebra", Unknown()),
        ("audit", Unknown()),
        ("adit", Unknown()),
        ("group", Help(("group",))),
        ("help", Help()),
        ("aide groupe montrer", Help(("groupe", "montrer"))),
        ("", Help()),
        ("x" * 100_000, Unknown()),
    ],
)
def test_other_words_get_one_suggestion_among_what_may_be_run_or_nothing(line: str, resolution: object) -> None:
    assert TABLE.resolve(line.split(), anybody) == resolution


def test_short_forms_are_not_suggested_to_those_who_meant_something_else() -> None:
    table = CommandTable([command("language", "langue", aliases=(("lang",),))])
    assert table.resolve(("plan",), anybody) == Unknown()
    assert isinstance(table.resolve(("langu",), anybody), Suggestion)


def test_two_commands_under_one_name_fail_at_once() -> None:
    with pytest.raises(ValueError, match="group show"):
        CommandTable([SHOW, command("Group Show", "autre chose")])
    with pytest.raises(ValueError, match="groupe"):
        CommandTable([command("one", "groupe"), command("two", "Groupé")])
    with pytest.raises(ValueError, match="aide"):
        CommandTable([command("aid", "aide")])


def bodies(topic: Sequence[str], language: str, *, as_admin: bool = False) -> str:
    reply = help_on(TABLE, tuple(topic), admin if as_admin else anybody, language, TRANSLATOR)
    return Renderer(TRANSLATOR).pages(reply.document, language)[0].body


def test_help_shows_what_this_person_may_run() -> None:
    assert "audit" not in bodies((), "en")
    assert "!audit" in bodies((), "en", as_admin=True)
    assert "!groupe montrer" in bodies((), "fr")


def test_help_on_one_command_shows_how_it_is_typed() -> None:
    body = bodies(("group", "show"), "en")
    assert "!group show GROUP [--kind KIND] [--number NUMBER] [--all]" in body
    assert "its name" in body


def test_help_on_a_command_that_one_may_not_run_is_that_on_none() -> None:
    assert bodies(("audit",), "en") == bodies(("zebra",), "en")


def test_usage_is_written_in_the_persons_language() -> None:
    assert usage(SHOW, "fr", TRANSLATOR).startswith("!groupe montrer ")
    assert "--tout" in usage(SHOW, "fr", TRANSLATOR)


def test_arguments_arrive_converted_under_their_names_in_both_languages() -> None:
    expected = {"group": "sales", "kind": "open", "number": 3, "every": True}
    assert bind(SHOW, ("sales", "--kind", "open", "--number=3", "--all")) == expected
    assert bind(SHOW, ("--tout", "--type", "open", "--nombre", "3", "sales")) == expected
    assert bind(SHOW, ("sales",)) == {"group": "sales", "kind": None, "number": None, "every": False}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "One thing is missing: group."),
        (("a", "b"), "There are more words than I can use."),
        (("a", "--al"), "Did you mean --all?"),
        (("a", "--zzz"), "There is no option --zzz."),
        (("a", "-x"), "There is no option -x."),
        (("a", "--kind"), "The option --kind does not fit"),
        (("a", "--kind", "no"), "For kind, these are possible: open"),
        (("a", "--number", "x"), "For number, a whole number is needed."),
        (("a", "--all=1"), "The option --all does not fit"),
    ],
)
def test_mistakes_get_sentences_of_ours(
    words: tuple[str, ...], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError) as caught:
        bind(SHOW, words)
    assert sentence in str(caught.value.message)
    assert capfd.readouterr() == ("", "")


def test_help_is_an_ordinary_word_for_the_parser() -> None:
    with pytest.raises(InputError):
        bind(SHOW, ("--help",))


def test_arguments_may_take_the_rest() -> None:
    invite = command("invite", "inviter", parameters=(argument("people", label=say("people"), nargs=-1),))
    assert bind(invite, ("@a:b", "@c:d")) == {"people": ("@a:b", "@c:d")}
    with pytest.raises(InputError, match="missing"):
        bind(invite, ())
