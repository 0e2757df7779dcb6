"""``!audit secrecy``: how it stands with the check, and having another one."""

from dataclasses import replace

from bots.admin.commands.secrecy import secrecy_command
from bots.kit.commands import Call
from bots.kit.rendering import Renderer
from bridge.domain.messages import Language
from bridge.domain.secrecy import Asker
from bridge.domain.viewers import alone
from bridge.ports.probes import Traces
from bridge.services.probing.kept import keep_state, state_of
from bridge.services.probing.watching import SecrecyWatch
from tests.fakes.clock import START
from tests.fakes.probes import FakeProbes
from tests.services.household import Household
from tests.services.probing.test_running import company
from tests.services.probing.test_watching import watch
from tests.services.talking import CATALOGUES
from tests.world import user


async def told(secrecy: SecrecyWatch, *, now: bool = False, language: Language = "en") -> str:
    """What the bot replies to an administrator."""
    call = Call(
        viewer=alone(user("ann")),
        sender=user("ann"),
        room_id="!talk",
        event_id="$line",
        language=language,
        arguments={"now": now},
    )
    reply = await secrecy_command(secrecy, wake=lambda: None).run(call)
    return "\n".join(page.body for page in Renderer(CATALOGUES).pages(reply.document, language))


async def under_way(home: Household) -> None:
    """As if the command line were at it."""
    kept = await state_of(home.store, home.chance)
    await keep_state(home.store, replace(kept, traces=Traces(alias="a", account="b")), at=START)


async def test_who_asks_while_a_check_is_under_way_is_told_that_theirs_comes_after_it() -> None:
    home = await company()
    secrecy = watch(home)
    assert (await told(secrecy, now=True)).startswith("I make a hidden group now")
    await under_way(home)
    assert (await told(secrecy, now=True)).startswith("A check is under way. After it I make another one")
    assert await secrecy.waiting()


async def test_everything_that_is_wrong_with_accounts_is_told_at_its_setting_in_the_language_of_the_room() -> None:
    wrong = {Asker.PARTNER: user("ann"), Asker.MEMBER: user("nobody")}
    secrecy = watch(await company(), FakeProbes(users=wrong))
    await secrecy.ask(user("ann"))
    await secrecy.go()
    said = (await told(secrecy, language="fr")).replace("\u00a0", " ")
    assert "config.yaml: secrecy.member : @nobody:corp.example n’est personne de l’annuaire" in said
    assert "config.yaml: secrecy.partner : @ann:corp.example a un compte sur notre propre serveur" in said
    assert said.endswith("!journal secret --maintenant")
