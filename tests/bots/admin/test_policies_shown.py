"""What `!group show` and the help on `!group set` say about policies: value, source, the line that changes it."""

from dataclasses import replace

import pytest

from bots.admin.commands.fields import MEANT, NAMES, VALUES
from bots.admin.commands.words import field_named, value_said
from bridge.rules.policy import FIELDS, read_value
from tests.bots.admin.asking import Asking, body
from tests.world import directory, group


@pytest.fixture
async def asking() -> Asking:
    sales = group("sales").owners("ann").members("ann", "luc")
    return await Asking.of(directory(sales, people=["ines"]), settled=True)


async def test_an_owner_reads_each_policy_with_its_source_and_the_line_that_changes_it(asking: Asking) -> None:
    shown = body(await asking.ask("!group show sales", by="ann"))
    assert "Everybody in it may write. – by default – !group set sales posting …" in shown
    await asking.ask("!group set sales posting owners", by="ann")
    await asking.house.settle()
    shown = body(await asking.ask("!group show sales", by="ann"))
    assert "Owners and moderators write, everybody reads. – decided by command – !group unset sales posting" in shown


async def test_who_does_not_govern_a_group_reads_nothing_of_that(asking: Asking) -> None:
    assert "by default" not in body(await asking.ask("!group show sales", by="luc"))


@pytest.mark.parametrize("line", ["!help group set", "!group set --help", "!group set sales posting --aide"])
async def test_help_tells_every_policy_with_its_values_and_its_effect(asking: Asking, line: str) -> None:
    told = body(await asking.ask(line, by="ann"))
    for field in FIELDS:
        assert field == "state" or f"• {field} " in told, field
    assert "days after which our homeserver deletes what was said" in told


async def test_every_value_that_help_names_is_understood_in_both_languages() -> None:
    assert MEANT.keys() == NAMES.keys() == FIELDS.keys() - {"state"}
    for name, french in NAMES.items():
        assert field_named(french) == name
        for language in ("en", "fr"):
            values = VALUES[name].in_language(language).split(", ") if name in VALUES else ()
            read = [read_value(name, value_said(name, value.split())) for value in values]
            assert len(set(read)) == len(values)


async def test_what_a_file_says_is_named_with_the_file(asking: Asking) -> None:
    asking.house.source.directory = replace(
        asking.house.source.directory,
        groups={
            **asking.house.source.directory.groups,
            "sales": replace(asking.house.source.directory.groups["sales"], declared=frozenset({"posting"})),
        },
    )
    await asking.house.settle()
    shown = body(await asking.ask("!group show sales", by="ann"))
    assert "Everybody in it may write. – says the directory" in shown
