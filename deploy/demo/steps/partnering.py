"""The partner on its own homeserver is let in and sees its part; a stranger sees nothing."""

from urllib.parse import quote

from bridge.domain.messages import Text
from deploy.demo.errors import expect
from deploy.demo.people import Person
from deploy.demo.scene import COMPANY, WELCOME, Scene, betrayed
from deploy.demo.steps.arriving import company_space
from deploy.demo.steps.looking import FORBIDDEN, heard

OK = 200
NOT_FOUND = 404


async def bob_accepts(scene: Scene) -> Text:
    bob, partner = scene.bob, scene.directory.partners["acme"].name.in_language(scene.language)
    wanted = {partner, scene.name("zephyr")}
    for name in sorted(wanted):
        await _accept(bob, name)
    space = await bob.until(
        lambda: bob.space(partner), Text(en="Bob sees no partner space", fr="Bob ne voit pas d'espace partenaire")
    )
    listing = await bob.look_into(space.room_id)
    names = {str(room.get("name")) for room in listing}
    corner = scene.name("partner-corner")
    expect(names == wanted | {corner}, f"the partner space shows {names}", f"l'espace partenaire montre {names}")
    corner_id = next(room["room_id"] for room in listing if room.get("name") == corner)
    (await bob.join(corner_id, via=COMPANY)).ok("Bob's joining the open room of his space")
    await bob.until(lambda: corner_id in bob.joined, Text(en="Bob is not in", fr="Bob n'est pas entré"))
    others = {name for room_id, name in bob.invited.items() if room_id != bob.invitation_of(WELCOME)}
    expect(not others, f"more invitations: {others}", f"d'autres invitations : {others}")
    return Text(
        en=f"From {bob.server.server_name} he accepts two invitations; his space “{partner}” shows exactly his rooms, "
        f"“{scene.name('zephyr')}” and “{corner}”, and he enters the latter by himself.",
        fr=f"Depuis {bob.server.server_name} il accepte deux invitations ; son espace « {partner} » montre exactement "
        f"ses salons, « {scene.name('zephyr')} » et « {corner} », et il entre seul dans ce dernier.",
    )


async def bob_and_claire_talk(scene: Scene) -> Text:
    bob, claire, deal = scene.bob, scene.claire, scene.claire.room("zephyr")
    assert deal
    await heard(bob, claire, deal.room_id, "Hello Claire, our figures are ready.")
    await heard(claire, bob, deal.room_id, "Merci Bob ! On se voit jeudi.")
    return Text(
        en="Bob writes on his server, Claire reads it on hers and answers; Bob reads her.",
        fr="Bob écrit sur son serveur, Claire le lit sur le sien et répond ; Bob la lit.",
    )


async def bob_asks_the_bot(scene: Scene) -> Text:
    listed = (await (await scene.talk(scene.bob)).ask("!group list")).text
    groups = scene.directory.groups.values()
    for group in groups:
        admitted = "acme" in group.partners
        expect(
            bool(betrayed((group,), listed)) == admitted,
            f"the bot's list for Bob is wrong about {group.id}: {listed}",
            f"la liste du bot pour Bob est fausse pour {group.id} : {listed}",
        )
    return Text(
        en=f"Of the {len(groups)} groups, the bot lists to Bob the two that admit Acme, and none of the others.",
        fr=f"Des {len(groups)} groupes, le bot ne cite à Bob que les deux qui admettent Acme.",
    )


async def mallory_stays_outside(scene: Scene) -> Text:
    mallory = scene.mallory
    alias = quote(f"#grp_news:{COMPANY}", safe="")
    reached = await mallory.ask("GET", f"/_matrix/client/v3/directory/room/{alias}")
    expect(
        reached.status == OK,
        f"{mallory.server.server_name} does not reach us",
        "le serveur inconnu ne joint pas le nôtre",
    )
    news = reached.content["room_id"]
    refused = (await mallory.join(news, via=COMPANY)).status
    expect(refused == FORBIDDEN, f"joining the listed room: {refused}", f"entrer dans le salon listé : {refused}")
    for room_id in await _rooms_of_others(scene):
        entering = (await mallory.join(room_id, via=COMPANY)).status
        expect(entering == FORBIDDEN, f"{room_id}: joining answers {entering}", f"{room_id} : entrer répond {entering}")
        seeing = (await mallory.ask("GET", _summary(room_id))).status
        expect(seeing == NOT_FOUND, f"{room_id}: its name is shown", f"{room_id} : son nom est montré")
    corner = scene.bob.room("partner-corner")
    assert corner
    control = (await scene.bob.ask("GET", _summary(corner.room_id))).status
    expect(control == OK, f"Bob sees nothing either: {control}", f"Bob ne voit rien non plus : {control}")
    catalogue = await mallory.ask("GET", f"/_matrix/client/v3/publicRooms?server={COMPANY}")
    empty = catalogue.status != OK or not catalogue.content["chunk"]
    expect(empty, "our room directory is shown", "notre annuaire de salons est montré")
    return Text(
        en="From a server that nobody admitted, even with the ids of our rooms in hand: no entry, no name, no list.",
        fr="Depuis un serveur que personne n'a admis, même en connaissant les identifiants de nos salons : "
        "ni entrée, ni nom, ni liste.",
    )


async def _accept(person: Person, name: str) -> None:
    """Accept the invitation to a room of this name, as soon as it has come."""
    missing = Text(en=f"no invitation to “{name}”", fr=f"pas d'invitation dans « {name} »")
    room_id = await person.until(lambda: person.invitation(name), missing)
    await person.accept(room_id)


async def _rooms_of_others(scene: Scene) -> list[str]:
    """Rooms of every kind, as insiders know them: open, closed, hidden, and both spaces."""
    inside = {*scene.claire.joined, *scene.bob.joined, (await company_space(scene.lea)).room_id}
    talks = {(await scene.talk(person)).room_id for person in (scene.claire, scene.bob)}
    return sorted(inside - talks)


def _summary(room_id: str) -> str:
    return f"/_matrix/client/v1/room_summary/{quote(room_id, safe='')}?via={COMPANY}"
