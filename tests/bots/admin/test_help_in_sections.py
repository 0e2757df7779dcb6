"""Help shows what somebody may run under headings, each once and in one order; what is for others does not exist."""

from bots.admin.commands.sections import SECTIONS
from tests.bots.admin.asking import Asking, body
from tests.services.talking import CATALOGUES
from tests.world import directory, group, partner

BOB = "bob:acme.example"


async def opened() -> Asking:
    deal = group("deal").owners("claire").members("claire", BOB).admits("acme")
    partners = [partner("acme", named=[BOB], servers=["acme.example"])]
    return await Asking.of(directory(deal, partners=partners, people=["ann", "ines"]))


async def test_each_heading_stands_once_above_its_commands_for_whoever_has_some_of_them() -> None:
    asking = await opened()
    for who, language in (("ines", "en"), ("ann", "en"), (BOB, "en"), ("ines", "fr")):
        shown = body(await asking.ask("!help", by=who, language=language))
        headings = [CATALOGUES.translate(section, language) for section in SECTIONS]
        places = [shown.index(f"\n{heading}\n") for heading in headings if f"\n{heading}\n" in shown]
        assert places == sorted(places)
        assert all(shown.count(f"\n{heading}\n") <= 1 for heading in headings)
    assert "--yes" not in shown


async def test_a_command_of_others_is_not_taken_for_another_one_misspelt() -> None:
    asking = await opened()
    for line in ("!group create", "!groupe créer", "!audit", "!group create Deal"):
        nothing = body(await asking.ask("!xyzzy", by=BOB))
        assert body(await asking.ask(line, by=BOB)) == nothing, line
    assert "!group show" in body(await asking.ask("!group shwo", by=BOB))
