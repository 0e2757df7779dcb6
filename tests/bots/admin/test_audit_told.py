"""What the audit log says of decisions: why, that something was made, that something was taken back."""

from tests.bots.admin.asking import Asking, status
from tests.world import directory, group

SOURCE = directory(group("sales").owners("ann").members("ann", "bob"), people=["ines"])


async def test_the_reason_stands_in_the_audit_log() -> None:
    asking = await Asking.of(SOURCE)
    await asking.ask("!group owner sales @ines:corp.example --yes --reason she helps us, for a while", by="ann")
    asked = await asking.ask("!group archive sales --reason It is over.", by="ann")
    assert status(asked) == "confirm"
    await asking.tap("✅", by="ann")
    log = (await asking.ask("!audit sales", by="ines"))["body"]
    assert "(she helps us, for a while)" in log
    assert "(It is over.)" in log


async def test_the_audit_log_says_what_was_made_and_opened_again() -> None:
    asking = await Asking.of(SOURCE)
    await asking.ask("!group create Orion --visibility public", by="bob")
    await asking.ask("!group archive sales --yes", by="ann")
    await asking.ask("!group reopen sales", by="ann")
    log = (await asking.ask("!audit", by="ines"))["body"]
    assert "decided that it exists" in log
    assert "state → The group is open again." in log
