"""Groups are named without quotation marks in every command; what one may not know is cut like what is not there."""

import pytest

from tests.bots.admin.asking import Asking, body, status
from tests.world import directory, group

DEAL = group("deal").owners("luc").members("luc", "ann").called("Deal room north")
BOARD = group("board").hidden().owners("ines").members("ines", "claire").called("Deal room south")
WITHOUT = directory(DEAL, people=["ann", "claire", "ines"])
SOURCE = directory(DEAL, BOARD, people=["ann", "claire", "ines"])


@pytest.mark.parametrize(
    "line",
    [
        "!group visibility Deal Room North public",
        "!group set deal room north posting owners",
        "!group archive Deal room north",
        "!group owner Deal room north @ann:corp.example --yes",
        "!group rename Deal room north South and north",
        "!groupe visibilité Deal room north publique",
        "!group export Deal room north",
    ],
)
async def test_the_owner_names_the_group_as_people_call_it(line: str) -> None:
    asking = await Asking.of(SOURCE)
    reply = await asking.ask(line, by="luc")
    assert status(reply) in {"ok", "confirm"}, body(reply)


@pytest.mark.parametrize(
    "line",
    [
        "!group visibility Deal room south public",
        "!group set Deal room south posting owners",
        "!group archive Deal room south",
        "!group owner Deal room south @ann:corp.example",
        "!group rename Deal room south Another",
        "!group export Deal room south",
    ],
)
async def test_a_hidden_name_is_cut_like_one_that_does_not_exist(line: str) -> None:
    hidden, nowhere = await Asking.of(SOURCE), await Asking.of(WITHOUT)
    for by in ("ann", "luc"):
        assert await hidden.ask(line, by=by) == await nowhere.ask(line, by=by)
    assert body(await hidden.ask(line, by="ines")) != body(await nowhere.ask(line, by="ines"))
