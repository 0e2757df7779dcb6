"""``!profile``, its history, ``!contacts`` and ``!who``, typed at the administrators' bot alone and in shared rooms."""

from dataclasses import replace
from typing import Any

from bridge.domain.cards import Card, Consent, Purpose
from bridge.domain.directory import Directory
from bridge.services.cards.histories import entry_id
from tests.bots.admin.asking import Asking, body, status
from tests.services.household import GUIDE
from tests.world import directory, group, partner, user

BOB = "bob:acme.example"
NOTHING = "I know nothing by this name that I can show here."


def company() -> Directory:
    source = directory(
        group("corner").public().called("Corner").owners("luc").members("ann", BOB).admits("acme"),
        group("board").hidden().called("Comex").owners("claire").members("hugo", BOB).admits("acme"),
        partners=[partner("acme", sponsor="sam")],
        people=["ann", "dora", "hugo", "ines"],
    )
    named = {"ann": "Ann Martin", "luc": "Luc Blanc", "sam": "Sam Stone", "claire": "Claire Roy"}
    people = {id_: replace(one, name=named.get(id_, "")) for id_, one in source.people.items()}
    return replace(source, people=people)


async def asking() -> Asking:
    """Everybody has agreed that their card is kept."""
    found = await Asking.of(company())
    now = found.house.clock.now()
    async with found.house.store.work() as work:
        for who in (user(BOB), user("ann")):
            consent = Consent(purpose=Purpose.CARD, text="…", at=now)
            await work.cards.put(Card(user=who, consents=(consent,), at=now))
    return found


async def filled() -> Asking:
    found = await asking()
    for line in (
        "set name Bob Lœb",
        "set phone 0033612345678",  # without a country known, this is no number
        "set phone +33612345678",
        "set topics customs, purchasing",
        "set languages French, anglais",
    ):
        await found.ask(f"!profile {line}", by=BOB)
    return found


async def test_a_card_shows_what_there_is_and_nothing_of_what_is_missing() -> None:
    found = await filled()
    assert body(await found.ask("!profile @bob:acme.example", by="ann")) == (
        "Bob Lœb · Acme · @bob:acme.example (https://matrix.to/#/@bob:acme.example)\n\n"
        "• Languages: French and English\n• Ask me about: customs, purchasing"
    )


async def test_ones_own_card_says_who_sees_what_and_where_it_is_changed() -> None:
    own = body(await (await filled()).ask("!profile", by=BOB))
    assert "• Phone: +33 6 12 34 56 78 – seen by your sponsor and you alone" in own
    assert "• Organisation: Acme – seen by everyone in your network, from the agreement" in own
    assert "!profile circle phone groups" in own


async def test_a_card_is_found_by_its_name_and_the_sponsor_sees_more() -> None:
    found = await filled()
    assert "+33 6 12 34 56 78" in body(await found.ask("!profil bob lœb", by="sam", language="fr"))
    assert "+33" not in body(await found.ask("!profile Bob LŒB", by="ann"))


async def test_people_are_found_by_the_names_that_the_bot_shows_and_by_a_part_of_them() -> None:
    found = await asking()
    for who in ("luc", "Luc Blanc", "blanc", "@luc"):
        assert body(await found.ask(f"!profile {who}", by=BOB)).startswith("Luc Blanc")
    assert "@bob:acme.example" in body(await found.ask("!profile bob", by="ann"))
    assert "Dr Bob" in body(await found.ask("!profile set name Dr Bob Loeb", by=BOB))
    for who in ("bob", "Loeb"):
        assert body(await found.ask(f"!profile {who}", by="ann")).startswith("Dr Bob Loeb")
    for who in ("dora", "Sam", "hugo", "nobody"):  # with hugo he shares a hidden group, and nobody else reads along
        expected = "@hugo" if who == "hugo" else "Sam Stone" if who == "Sam" else NOTHING
        assert expected in body(await found.ask(f"!profile {who}", by=BOB))
    room = found.messenger.room("!both", user(BOB), user("ann"))
    assert body(await found.ask("!profile hugo", by=BOB, room=room)) == NOTHING


async def test_an_employee_who_does_not_say_whose_history_it_is_is_told_how() -> None:
    found = await asking()
    refusal = await found.ask("!profil historique ajouter visite hier Test", by="sam", language="fr")
    assert "--avec" in body(refusal)


async def test_in_french_everything_is_french() -> None:
    found = await filled()
    told = body(await found.ask("!profil régler téléphone 06", by=BOB, language="fr"))
    assert "Ce numéro de téléphone n’existe pas" in told
    shown = body(await found.ask("!profil", by=BOB, language="fr")).replace("\u00a0", " ")
    assert "Téléphone : +33 6 12 34 56 78 – visible par votre parrain et vous seuls" in shown
    assert "Langues : français et anglais" in shown


async def test_what_others_declare_is_refused_with_its_source() -> None:
    reply = await (await asking()).ask("!profile set organisation Other", by=BOB)
    assert (status(reply), body(reply)) == ("usage", "This comes from the agreement and is changed there: Acme.")


async def test_a_misspelt_field_or_verb_gets_a_suggestion() -> None:
    found = await asking()
    assert "Did you mean phone?" in body(await found.ask("!profile set phoen 1", by=BOB))
    assert "Did you mean this: circle?" in body(await found.ask("!profile circel phone groups", by=BOB))


async def test_where_others_read_along_a_change_is_noted_and_not_repeated() -> None:
    found = await filled()
    room = found.messenger.room("!shared", user(BOB), user("ann"))
    reply = await found.ask("!profile set place Lyon", by=BOB, room=room)
    assert body(reply) == "Place – Noted."
    card = body(await found.ask("!profile", by=BOB, room=room))
    assert "+33" not in card
    assert "seen by" not in card


async def test_the_two_sides_write_the_history_and_nobody_else_knows_of_it() -> None:
    found = await filled()
    written = await found.ask("!profile history add visit 2/3/2026 Came to Brest, and it rained.", by=BOB)
    entry = entry_id(f"$asked{found.asked}")
    assert body(written) == (
        "Written down, as number 1 – visit, 2 Mar 2026\n\nI read 2/3/2026 as 2 Mar 2026: the day before the month.\n\n"
        "To change it or to take it back, for example: !profile history edit 1 …, !profile history remove 1"
    )
    assert "Came to Brest, and it rained." in body(await found.ask(f"!profile @{BOB}", by="sam"))
    for line in (f"!profile @{BOB}", f"!profile history @{BOB}", f"!profile history versions {entry}"):
        for by in ("ann", "hugo", "ines"):
            assert "Brest" not in body(await found.ask(line, by=by)), (line, by)
    assert body(await found.ask(f"!profile history @{BOB}", by="ann")) == NOTHING
    assert body(await found.ask("!profile history versions 1", by=BOB)).startswith(
        "Every version, the newest first – 1\n"
    )
    changed = await found.ask(f"!profile history edit {entry} It snowed. --date 3/3/2026", by="sam")
    assert f"Both sides still see what it said before: 1 – {entry} – visit" in body(changed)
    listed = body(await found.ask("!profile history", by=BOB))
    assert "It snowed." in listed
    assert "It snowed. – Sam Stone (https://matrix.to/#/@sam:corp.example)" in listed
    versions = body(await found.ask(f"!profile history versions {entry}", by=BOB))
    assert versions.index("It snowed.") < versions.index("it rained.")
    assert "Sam Stone (https://matrix.to/#/@sam:corp.example)" in versions
    assert "Taken back" in body(await found.ask(f"!profile history remove {entry}", by=BOB))
    assert "Nothing is written down" in body(await found.ask(f"!profile history @{BOB}", by="sam"))
    assert "taken back" in body(await found.ask(f"!profile history versions {entry}", by="sam"))


async def test_a_wider_history_takes_the_word_of_both() -> None:
    found = await filled()
    await found.ask("!profile history add note today Kept well", by="sam")
    await found.ask(f"!profile history add note today Kept well --about @{BOB}", by="sam")
    assert "administrator has to agree" in body(await found.ask("!profile circle history groups", by=BOB))
    assert "Kept well" not in body(await found.ask(f"!profile @{BOB}", by="ann"))
    assert status(await found.ask(f"!partner history groups @{BOB}", by="sam")) == "usage"
    await found.ask(f"!partner history groups @{BOB}", by="ines")
    assert "Kept well" in body(await found.ask(f"!profile @{BOB}", by="ann"))
    assert "Kept well" not in body(await found.ask(f"!profile @{BOB}", by="dora"))
    assert status(await found.ask("!profile history edit zzzz x", by="ann")) == "denied"


async def test_what_the_directory_alone_says_is_seen_by_employees_of_the_circle() -> None:
    source = company()
    ann = replace(source.people["ann"], title="Buyer", email="ann@corp.example")
    found = await Asking.of(replace(source, people={**source.people, "ann": ann}))
    own = body(await found.ask("!profile", by="ann"))
    assert "Title: Buyer – seen by the employees of your network, from the directory" in own
    assert "ann@corp.example – seen by employees who share a group with you, from the directory" in own


async def test_who_gave_no_name_is_called_by_the_first_part_of_their_user_id() -> None:
    told = body(await (await asking()).ask("!profile bob", by="ann"))
    assert told.startswith("bob · Acme · @bob:acme.example (")


async def test_whom_one_can_turn_to_is_said_with_a_link() -> None:
    found = await asking()
    told = body(await found.ask("!contacts", by=BOB))
    assert "Sam Stone (https://matrix.to/#/@sam:corp.example) – your sponsor" in told
    assert "Luc Blanc (https://matrix.to/#/@luc:corp.example) – owner of Corner" in told
    assert "Claire Roy (https://matrix.to/#/@claire:corp.example) – owner of Comex" in told
    room = found.messenger.room("!shared", user(BOB), user("hugo"))
    assert "Comex" not in body(await found.ask("!contacts", by=BOB, room=room))
    assert "you could turn" in body(await found.ask("!contacts", by="dora"))


async def test_the_owner_of_a_public_group_that_one_came_into_by_oneself_can_be_turned_to() -> None:
    fair = group("fair").public().called("Fair").owners("zoe")
    found = await Asking.of(directory(fair, people=["ann", "zoe"]), settled=True)
    assert "Fair" not in body(await found.ask("!contacts", by="ann"))
    house = found.house
    room = house.homeserver.synapse.rooms[house.room("fair")]
    room.append(user("ann"), "m.room.member", {"membership": "join"}, user("ann"))
    await house.hear()
    house.world = await house.reconciler.look(keep=True)
    assert "@zoe:corp.example) – owner of Fair" in body(await found.ask("!contacts", by="ann"))


async def test_who_knows_about_something_is_found_by_what_one_may_see() -> None:
    found = await filled()
    assert "Bob Lœb" in body(await found.ask("!who customs", by="dora"))
    assert "near it: customs" in body(await found.ask("!qui custosm", by="dora"))
    await found.ask("!profile circle topics sponsor", by=BOB)
    assert "Nobody says so" in body(await found.ask("!who customs", by="dora"))
    assert "Bob Lœb" in body(await found.ask("!who customs", by="sam"))


async def test_who_goes_through_a_card_is_named_with_a_link() -> None:
    assert f"https://matrix.to/#/{GUIDE}" in body(await (await asking()).ask("!profile fill", by="ann"))


async def test_the_audit_log_tells_that_a_card_changed_and_never_what_it_says() -> None:
    found = await filled()
    records: list[Any] = [one for one in found.house.store.data.audit.values() if one.kind.startswith("card")]
    assert [one.detail.get("part") for one in records] == ["name", "phone", "topics", "languages"]
    assert "Lœb" not in str(records)


async def test_an_administrator_reads_in_the_audit_log_what_changed_in_words() -> None:
    told = body(await (await filled()).ask(f"!audit @{BOB}", by="ines"))
    assert "profile card changed @bob:acme.example Phone – by @bob:acme.example" in told
    assert "+33" not in told
