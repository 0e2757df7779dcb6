"""Somebody who has just arrived is welcomed in a conversation that the bot opens."""

from bridge.domain.messages import Text
from deploy.demo.errors import expect
from deploy.demo.people import Person
from deploy.demo.scene import WELCOME, Scene, betrayed


async def lea_is_shown_around(scene: Scene) -> Text:
    lea = scene.lea
    late = Text(en="nobody welcomes Léa", fr="personne n'accueille Léa")
    invited = await lea.until(lambda: lea.invitation_of(WELCOME), late)
    await lea.accept(invited)
    await _hears(lea, invited, "Bonjour Léa")
    await lea.say(invited, "oui volontiers")
    await _hears(lea, invited, "chaque groupe a son salon")
    await lea.say(invited, "suite")
    listed = await _hears(lea, invited, "Voici vos groupes")
    await lea.say(invited, "plus tard")
    await _hears(lea, invited, "plus tard")
    secrets = betrayed(scene.hidden(), " ".join(lea.joined[invited].texts()))
    expect(not secrets, f"the welcome betrays {secrets}", f"l'accueil trahit {secrets}")
    return Text(
        en=f"A conversation of two, in French as the directory says: “{listed.splitlines()[0]}” One step at a time; "
        "“plus tard” makes a pause.",
        fr=f"Une conversation à deux, en français comme le dit l'annuaire : « {listed.splitlines()[0]} » Un pas à la "
        "fois, et « plus tard » fait une pause.",
    )


async def _hears(person: Person, room_id: str, words: str) -> str:
    """What the bot says there that holds these words."""

    def found() -> str | None:
        room = person.joined.get(room_id)
        said = [event for event in room.messages if event["sender"] == WELCOME] if room else []
        texts = [str(event["content"].get("body", "")) for event in said]
        return next((text for text in reversed(texts) if words in text), None)

    return await person.until(found, Text.same(f"“{words}”"))
