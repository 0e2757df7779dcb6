"""Partners, groups and sponsors as they are named in commands about partners: in several words, and misspelt."""

from dataclasses import replace

from tests.bots.admin.asking import Asking, body, status
from tests.world import directory, group, partner


async def test_names_of_several_words_need_no_quotation_marks_and_misspelt_ones_get_a_suggestion() -> None:
    corner = group("corner").called("Partner corner").owners("ann").members("ann")
    source = directory(corner, partners=[partner("acme", sponsor="ann")], people=("luc", "ines"))
    source = replace(source, people={**source.people, "luc": replace(source.people["luc"], name="Luc Martin")})
    asking = await Asking.of(source, settled=True)
    assert status(await asking.ask("!partner grant acme Partner corner", by="ann")) == "confirm"
    refused = body(await asking.ask("!partner grant acme Partner cornre", by="ann"))
    assert "may stand in quotation marks" in refused
    assert "cornre" not in refused, "what names nothing is not said back"
    assert "Did you mean this one? Partner corner" in refused
    mixed = body(await asking.ask('!partner grant acme corner "Partner cornre"', by="ann"))
    assert "Known among them: Partner corner." in mixed
    for line in ("!partner show acmee", "!partner extend acmee 2027-01-01", "!invite acmee --code"):
        assert "Did you mean this one? Acme" in body(await asking.ask(line, by="ann")), line
    assert "sponsor: Luc Martin" in body(await asking.ask("!partner set acme sponsor luc martin", by="ann"))
    add = "!partner add Initech --servers initech.example --sponsor"
    assert "sponsor: Luc Martin" in body(await asking.ask(f"{add} Luc Martin --kind supplier", by="ines"))
    assert "Did you mean this one? Luc Martin" in body(await asking.ask(f"{add} Luc Marti", by="ines"))
