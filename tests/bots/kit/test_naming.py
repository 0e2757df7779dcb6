"""Names of several words before further arguments."""

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.kit.commands import Call, Command, Reply, argument, denied, option
from bots.kit.naming import LONGEST, with_name, with_room
from bots.kit.tokens import tokenise
from bridge.domain.messages import say
from bridge.rules.naming import folded

KNOWN = ("sales", "emea sales", "emea sales team", "projet été", "r & d")


async def nothing(_call: Call) -> Reply:
    return denied()


def command(*further: str, required: bool = True) -> Command:
    """A command about a group with these arguments after it; ``rest`` takes all that is left."""
    places = [argument(name, label=say("name"), nargs=-1 if name == "rest" else 1, required=required)
              for name in further]  # fmt: skip
    return Command(
        path=("group", "do"),
        french=("groupe", "faire"),
        summary=say("Do it."),
        run=nothing,
        parameters=(
            argument("group", label=say("group")),
            *places,
            option("--yes", "--oui", "yes", label=say("yes"), is_flag=True, default=False),
            option("--reason", "--raison", "reason", label=say("reason")),
        ),
    )


def names(text: str) -> bool:
    return folded(text) in map(folded, KNOWN)


@pytest.mark.parametrize(
    ("further", "line", "group"),
    [
        ((), "EMEA Sales", "EMEA Sales"),
        ((), "--yes EMEA Sales Team --reason x", "EMEA Sales Team"),
        ((), "EMEA Sales --reason 'so it is' --yes", "EMEA Sales"),
        ((), "nobody knows this", "nobody knows this"),
        (("rest",), "Projet Ete public", "Projet Ete"),
        (("rest",), "EMEA Sales Team Chat", "EMEA Sales Team"),
        (("rest",), "EMEA Sales Team", "EMEA Sales"),
        (("rest",), '"EMEA" Sales Team', "EMEA"),
        (("rest",), 'EMEA "Sales" Team', "EMEA"),
        (("rest",), "« EMEA Sales » Team", "EMEA Sales"),
        (("person",), "EMEA Sales @ann:corp.example", "EMEA Sales"),
        (("person",), "EMEA Elsewhere @ann:corp.example", "EMEA"),
        (("field", "rest"), "R & D posting owners", "R & D"),
        (("field", "rest"), "EMEA Sales Team all", "EMEA Sales"),
        (("field", "rest"), "EMEA --yes Sales Team all", "EMEA"),
        (("person",), "", ""),
    ],
)
def test_the_longest_run_of_words_that_names_a_group_is_its_name(
    further: tuple[str, ...], line: str, group: str
) -> None:
    words = with_name(command(*further), tokenise(line), names)
    plain = [word for word in words if word not in {"--yes", "--reason", "x", "so it is"}]
    assert (plain[0] if plain else "") == group


def test_where_nothing_has_to_follow_the_name_may_take_all() -> None:
    assert with_name(command("room", required=False), tokenise("EMEA Sales Team"), names) == ("EMEA Sales Team",)


def test_in_a_group_s_own_room_that_group_is_meant_where_nothing_else_is_needed() -> None:
    def here(text: str) -> bool:
        return text == "!sales"

    assert with_room(command(), ("--yes",), "!sales", here) == ("--yes", "!sales")
    assert with_room(command(), ("emea",), "!sales", here) == ("emea",)
    assert with_room(command(), (), "!elsewhere", here) == ()
    assert with_room(command("person"), (), "!sales", here) == ()


def test_a_command_about_no_group_is_left_alone() -> None:
    other = Command(path=("x",), french=("x",), summary=say("Do it."), run=nothing,
                    parameters=(argument("person", label=say("person")),))  # fmt: skip
    assert with_name(other, ("emea", "sales"), names) == ("emea", "sales")


words = st.lists(
    st.sampled_from(["emea", "sales", "team", "sàles", "--yes", "--reason", "-", "--", "--oui=", '"', "& ", "x"])
    | st.text(max_size=6),
    max_size=14,
)


@given(words, st.sampled_from([(), ("rest",), ("person",), ("field", "rest")]), st.booleans())
def test_whatever_is_typed_no_word_is_lost_or_made(typed: list[str], further: tuple[str, ...], known: bool) -> None:
    asked: list[str] = []

    def ask(text: str) -> bool:
        asked.append(text)
        return known and names(text)

    found = with_name(command(*further), typed, ask)
    assert " ".join(found) == " ".join(typed)
    assert len(asked) <= LONGEST
    if not known:  # a name that is not for the viewer is looked for like one that does not exist
        again: list[str] = []

        def unknown(text: str) -> bool:
            again.append(text)
            return False

        assert with_name(command(*further), typed, unknown) == found
        assert again == asked


def test_the_value_of_an_option_is_no_part_of_a_name() -> None:
    one = command()
    assert isinstance(one.parameters[-1].declaration, click.Option)
    assert with_name(one, ("--raison", "emea", "sales"), names) == ("--raison", "emea", "sales")
