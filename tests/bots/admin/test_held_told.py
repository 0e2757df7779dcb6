"""``!status`` says that a plan waits, and nothing of it where others than insiders read along."""

from bridge.domain.directory import Directory
from tests.bots.admin.asking import Asking, body
from tests.world import AGroup, directory, group


def company(sales: AGroup) -> Directory:
    return directory(sales.owners("ann").members("ann", "bob"), people=["ines", "eve"])


async def test_the_status_says_that_a_plan_is_held_and_why() -> None:
    asking = await Asking.of(company(group("sales")), settled=True)
    assert "held" not in body(await asking.ask("!status"))
    asking.house.source.directory = company(group("sales").public())
    await asking.house.settle()
    said = body(await asking.ask("!status"))
    held = "A plan is held: 1 room of 1 would become more open, which waits for somebody's word. It is shown by: !plan"
    assert held in said.replace("`", "").replace("**", "")
    assert "Nothing needs your attention." not in said
    said = body(await asking.ask("!état", language="fr"))
    assert "Un plan est retenu" in said
