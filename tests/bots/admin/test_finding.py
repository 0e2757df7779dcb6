"""``!find`` in a conversation: what it says, in both languages, page by page; one suggestion for a misspelt group."""

from tests.bots.admin.asking import Asking, body, status
from tests.services.test_finding import company
from tests.world import directory, group, user


async def test_people_and_groups_are_told_with_what_matters_about_them() -> None:
    asking = await Asking.of(company())
    reply = await asking.ask("!find martin", by="ann")
    assert body(reply) == (
        f"2 people\n\n• Claire Martin (https://matrix.to/#/{user('claire')}), Directrice, Ventes"
        f" – with you in Ventes\n• Luc Martinet (https://matrix.to/#/{user('luc')}), Achats"
        " – with you in Ventes"
    )
    assert "Deal room" in body(await asking.ask("chercher deal", by="luc"))
    assert status(reply) == "ok"


async def test_what_is_near_is_said_to_be_near() -> None:
    asking = await Asking.of(company())
    assert "near it: claire martin" in body(await asking.ask("!find clare matrin", by="ann"))
    assert "voisine : claire" in body(await asking.ask("!trouver clairr", by="ann", language="fr")).replace(
        "\u00a0", " "
    )


async def test_more_is_counted_and_the_next_page_is_a_line_to_type() -> None:
    asking = await Asking.of(directory(group("sales").public().members("ann", *(f"paul{n:02}" for n in range(24)))))
    first = body(await asking.ask("!find paul", by="ann"))
    assert "There are 14 more: !find paul --page 2" in first
    assert "paul10" in body(await asking.ask("!find paul --page 2", by="ann"))
    assert "more" not in body(await asking.ask("!find paul --page 3", by="ann"))
    for odd in ("99999999999", "0", "=-7"):
        assert "24 people" in body(await asking.ask(f"!find paul --page {odd}".replace(" =", "="), by="ann"))


async def test_nothing_and_nothing_that_may_be_shown_are_the_same_answer() -> None:
    asking = await Asking.of(company())
    nothing, hidden = [body(await asking.ask(f"!find {text}", by="ann")) for text in ("qqqqqqq", "comex")]
    assert nothing == hidden == "I find nobody and nothing of this name that I can show here."
    assert "Comex" in body(await asking.ask("!find comex", by="claire"))


async def test_a_misspelt_group_gets_one_suggestion_among_those_that_one_may_know() -> None:
    asking = await Asking.of(company())
    for line in ("!group show vente", "!why vente", "!join vente", f"!why {user('ann')} vente"):
        reply = await asking.ask(line, by="ann")
        assert body(reply).endswith("Did you mean this one? Ventes (sales)"), line
        assert status(reply) == "denied"
    for line in ("!group add deal @clare:corp.example", '!group add deal "clair martin"'):
        reply = await asking.ask(line, by="luc")
        assert body(reply).endswith(f"Did you mean this one? Claire Martin ({user('claire')})"), line
        assert status(reply) == "usage"
    assert body(await asking.ask("!group show comx", by="claire")).endswith("Did you mean this one? Comex (board)")
    assert "mean" not in body(await asking.ask("!group show comx", by="ann"))
