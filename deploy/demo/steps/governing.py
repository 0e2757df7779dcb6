"""The administrator sees before acting, a colleague is admitted to the deal, and each person keeps their language."""

from bridge.domain.messages import Text
from deploy.demo.errors import expect
from deploy.demo.scene import Scene, betrayed
from deploy.demo.steps.looking import heard


async def ines_finds_nothing_to_do(scene: Scene) -> Text:
    answer = await (await scene.talk(scene.ines)).ask("!plan")
    expect(
        answer.status == "ok" and answer.reference is None,
        f"the plan is not empty: {answer.text}",
        f"le plan n'est pas vide : {answer.text}",
    )
    return Text(en=f"Inès asks `!plan`: “{answer.text}”", fr=f"Inès demande `!plan` : « {answer.text} »")


async def lea_is_admitted_to_the_deal(scene: Scene) -> Text:
    talk, name, deal = await scene.talk(scene.ines), scene.name("zephyr"), scene.claire.room("zephyr")
    assert deal
    places = set(scene.bob.joined)
    scene.house.add_member("zephyr", "0401")
    planned = await talk.ask("!plan")
    shown = planned.status == "confirm" and scene.lea.name in planned.text
    expect(shown, f"the plan does not show it: {planned.text}", f"le plan ne le montre pas : {planned.text}")
    secrets = betrayed(scene.hidden(), planned.text)
    expect(not secrets, f"the plan betrays {secrets}", f"le plan trahit {secrets}")
    expect(deal.room_id not in scene.lea.joined, "Léa is in already", "Léa y est déjà")
    applied = await talk.ask(f"!apply {planned.reference}")
    expect(applied.status == "ok", f"not applied: {applied.text}", f"pas appliqué : {applied.text}")
    late = Text(en="Léa is not in the deal's room", fr="Léa n'est pas dans le salon de l'affaire")
    await scene.lea.until(lambda: scene.lea.room("zephyr"), late)
    await heard(scene.lea, scene.bob, deal.room_id, "Bonjour à tous, je suivrai les factures.")
    expect(set(scene.bob.joined) == places, "Bob's rooms changed", "les salons de Bob ont changé")
    again = await talk.ask("!plan")
    expect(again.reference is None, f"something is left: {again.text}", f"il reste quelque chose : {again.text}")
    return Text(
        en=f"Léa gets a line in directory.yaml: `!plan` shows that one change, `!apply {planned.reference}` lets her "
        f"into “{name}”, and Bob, who noticed nothing else, reads her first words.",
        fr=f"Léa gagne une ligne dans directory.yaml : `!plan` montre ce seul changement, `!apply {planned.reference}` "
        f"la fait entrer dans « {name} », et Bob, qui n'a rien remarqué d'autre, lit ses premiers mots.",
    )


async def each_in_their_language(scene: Scene) -> Text:
    talk, sales = await scene.talk(scene.ines), scene.group("sales").name
    said: list[str] = []
    for language, other in (("en", "fr"), ("fr", "en")):
        said.append((await talk.ask(f"!language {language}")).text)
        listed = (await talk.ask("!group list")).text
        expect(
            sales.in_language(language) in listed and sales.in_language(other) not in listed,
            f"after !language {language}: {listed}",
            f"après !language {language} : {listed}",
        )
    return Text(
        en=f"`!language en`: “{said[0]}”; `!language fr`: “{said[1]}”; the names of groups follow.",
        fr=f"`!language en` : « {said[0]} » ; `!language fr` : « {said[1]} » ; les noms des groupes suivent.",
    )
