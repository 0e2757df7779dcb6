"""Partners as people see and decide them in chat: what each is shown, what is asked first, and in which language."""

import pytest

from tests.bots.admin.asking import Asking, body, status
from tests.bots.admin.test_terms import Rules, Scene, bound, invited, ruled
from tests.world import directory, group, partner, user

BOB = "bob:acme.example"
GUS = "gus:globex.example"


async def opened() -> Asking:
    deal = group("deal").called("Deal").owners("luc").members("luc", BOB).admits("acme")
    board = group("board").hidden().owners("luc").members("luc", BOB, "jo:acme.example").admits("acme")
    both = group("lab").owners("ann").members("ann", GUS).admits("globex")
    return await Asking.of(
        directory(
            deal, board, both,
            partners=[partner("acme", sponsor="luc"), partner("globex", sponsor="ann")],
            people=("ann", "luc", "ines"),
        ),
        settled=True,
    )  # fmt: skip


async def test_the_people_of_a_partner_see_their_own_alone_and_nothing_of_what_is_agreed() -> None:
    asking = await opened()
    await asking.ask("!partner set acme note They pay late", by="luc")
    await asking.house.settle()

    assert "globex" not in body(await asking.ask("!partner list", by=BOB)).lower()
    assert status(await asking.ask("!partner show globex", by=BOB)) == "denied"
    shown = body(await asking.ask("!partner show acme", by=BOB))
    assert "Deal" in shown
    assert "sponsor: @luc:corp.example" in shown
    assert "They pay late" not in shown
    assert "They pay late" in body(await asking.ask("!partner show acme", by="ann"))


async def test_the_edition_of_the_terms_is_shown_and_their_name_to_those_who_decide() -> None:
    asking, rules = await Asking.of(bound()), Rules()
    ruled(asking, rules)
    scene = Scene(asking, rules)
    await scene.go()
    await invited(scene)
    await asking.ask("yes", by=BOB)
    await scene.go()
    assert "terms: network, version 1" in body(await asking.ask("!partner show acme", by="sam"))
    assert "terms: version 1" in body(await asking.ask("!partner show acme", by=BOB))


async def test_hidden_groups_and_their_people_count_nowhere() -> None:
    asking = await opened()
    told = [body(await asking.ask("!partner show acme", by=one)) for one in ("ann", "luc")]
    assert ["Board" in one for one in told] == [False, True]
    assert all("people: 1" in one for one in told)


async def test_a_second_partner_in_a_room_is_said_before_and_asked() -> None:
    asking = await opened()
    reply = await asking.ask("!partner grant acme lab", by="ann")
    assert status(reply) == "confirm"
    assert "Globex and Acme learn of each other" in body(reply)
    assert status(await asking.tap("✅", by="ann")) == "ok"
    await asking.house.settle()
    assert "Lab" in body(await asking.ask("!partner show acme", by=BOB))

    again = await asking.ask("!partner grant acme lab", by="ann")
    assert "it is so already" in body(again)
    reply = await asking.ask("!partner revoke acme lab --yes", by="ann")
    assert status(reply) == "ok"


async def test_a_sponsor_grants_only_what_they_govern() -> None:
    asking = await opened()
    assert status(await asking.ask("!partner grant acme lab", by="luc")) == "error"
    assert status(await asking.ask("!partner grant acme lab", by="ines")) == "confirm"
    assert status(await asking.ask("!partner grant acme board", by="ines")) == "denied"


async def test_everything_is_understood_in_french() -> None:
    asking = await opened()
    line = "!partenaire ajouter Initech --serveurs *.initech.example --genre fournisseur --fin 2099-12-31"
    reply = await asking.ask(line, language="fr")
    assert status(reply) == "confirm"
    assert status(await asking.tap("✅")) == "ok"
    await asking.house.settle()
    assert "fournisseur" in body(await asking.ask("!partenaire montrer initech", language="fr"))
    reply = await asking.ask("!partenaire régler initech max-personnes 25", language="fr")
    assert "limite de personnes : 25" in body(reply).replace("\u00a0", " ")
    reply = await asking.ask("!partenaire régler initech état suspendu --oui", language="fr")
    assert (status(reply), "!partenaire suspendre" in body(reply)) == ("usage", True)


async def test_a_proposal_waits_for_an_administrator_who_reads_how_to_agree() -> None:
    asking = await opened()
    await asking.ask("!partner add Initech --servers initech.example", by="ann")
    world = await asking.house.settle()
    [finding] = [one for one in world.findings if one.kind == "partner-proposed"]
    assert "!partner set initech state active" in str(finding.text)
    assert status(await asking.ask("!partner set initech state active", by="ann")) == "error"
    assert status(await asking.ask("!partner set initech state active --yes")) == "ok"


async def test_a_confirmation_of_something_new_makes_it_once_although_the_tap_comes_twice() -> None:
    asking = await opened()
    await asking.ask("!partner add Initech --servers initech.example")
    assert status(await asking.tap("✅")) == "ok"
    policies = asking.house.store.data.partner_policies
    assert policies["initech"].values["servers"] == ["initech.example"]
    assert policies["initech"].by == user("ines")


@pytest.mark.parametrize("line", ["!partner set acme colour red", "!partner set acme kind friend"])
async def test_what_cannot_be_decided_is_told_with_what_can(line: str) -> None:
    asking = await opened()
    reply = await asking.ask(line, by="ines")
    assert status(reply) == "usage"
    assert "one of" in body(reply) or "may be" in body(reply)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("!partenaire ajouter X --genre revandeur", "revandeur n’est pas connu ici ; vouliez-vous dire revendeur ?"),
        ("!partenaire ajouter X --genre ami", "revendeur, client, fournisseur et autre"),
    ],
)
async def test_a_kind_that_there_is_not_is_told_in_words_of_the_language(line: str, words: str) -> None:
    asking = await opened()
    said = body(await asking.ask(line, by="ines", language="fr"))
    assert words in said.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("role", ["moderator", "modérateur", "moderateur"])
async def test_people_of_a_partner_moderate_only_where_that_was_granted(role: str) -> None:
    asking = await opened()
    line = f"!group moderator deal {user(BOB)} --yes"
    assert "are members of Deal, not moderators" in body(await asking.ask(line, by="luc"))

    reply = await asking.ask(f"!partner grant acme deal --role {role}", by="luc")
    assert "may be named moderators" in body(reply)
    assert status(await asking.tap("✅", by="luc")) == "ok"
    await asking.house.settle()
    assert status(await asking.ask(line, by="luc")) == "ok"
    world = await asking.house.settle()
    assert user(BOB) in world.facts.moderators["deal"]

    reply = await asking.ask("!partenaire accorder acme deal --rôle membre --oui", by="luc", language="fr")
    assert status(reply) == "ok"
    world = await asking.house.settle()
    assert user(BOB) not in world.facts.moderators.get("deal", ())
    assert user(BOB) in world.facts.members["deal"]


async def test_a_name_of_several_words_needs_no_quotation_marks() -> None:
    asking = await opened()
    await asking.ask("!partner add Acme Deutschland GmbH --servers acme.de.example --yes")
    await asking.house.settle()
    reply = await asking.ask("!partner set Acme Deutschland GmbH note important")
    assert (status(reply), "note: important" in body(reply)) == ("ok", True)
    assert status(await asking.ask("!partner grant acme deutschland gmbh lab")) == "confirm"
    assert "nobody answers" not in body(await asking.ask("!partner list"))
    await asking.ask("!partner unset globex sponsor")
    assert status(await asking.ask("!partner set globex sponsor - --yes")) == "ok"
    await asking.house.settle()
    assert "nobody here answers for it" in body(await asking.ask("!partner list"))


async def test_the_answer_says_how_a_decision_is_taken_back() -> None:
    asking = await opened()
    lines = [
        ("!partner extend acme 2027-12-31 --yes", "!partner unset acme until"),
        ("!partner extend acme 2028-12-31 --yes", "!partner set acme until 2027-12-31"),
        ("!partner sponsor acme @ann:corp.example --yes", "!partner unset acme sponsor"),
        ("!partner unset acme until --yes", "!partner set acme until 2028-12-31"),
    ]
    for line, back in lines:
        said = await asking.ask(line)
        assert status(said) == "ok", body(said)
        assert body(said).endswith(f"To take it back: {back}")
        await asking.house.settle()
    in_french = await asking.ask("!partenaire prolonger acme 2029-12-31 --oui", language="fr")
    assert body(in_french).endswith("!partenaire oublier acme fin")
    for line in ("!partner unset acme until --yes", "!partner unset acme sponsor --yes"):
        assert status(await asking.ask(line)) == "ok"
        await asking.house.settle()
    assert "sponsor: @luc:corp.example" in body(await asking.ask("!partner show acme"))
