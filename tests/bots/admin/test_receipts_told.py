"""A receipt counts people, not memberships, and tells a time once where everything was done in the same minute."""

from datetime import UTC, datetime, timedelta

from bots.kit.rendering import Renderer
from bridge.adapters.language import Catalogues
from bridge.domain.partners import PartnerState
from bridge.domain.rooms import group_room, partner_space
from bridge.domain.viewers import OPEN
from bridge.rules.facts import gather
from bridge.services.receipt_words import receipt_document
from bridge.services.receipts import Emptied, Receipt
from tests.world import SERVER, directory, group, partner, user

AT = datetime(2026, 11, 23, 1, 23, 5, tzinfo=UTC)
NINA, MALLORY = user("nina:stranger.test"), user("mallory:stranger.test")
SPACE, SALES = partner_space("nordlys"), group_room("sales")
RENDERER = Renderer(Catalogues.load())


def told(shut: datetime) -> str:
    """The receipt of one person who was in a room and of another who was invited, their servers ``shut`` out then."""
    world = directory(group("sales").admits("nordlys"), partners=[partner("nordlys", servers=["stranger.test"])])
    rooms = {
        SPACE: Emptied(withdrawn={NINA: AT, MALLORY: AT}, closed=shut),
        SALES: Emptied(removed={NINA: AT}, withdrawn={MALLORY: AT}, closed=shut),
    }
    receipt = Receipt(
        partner="nordlys",
        state=PartnerState.ENDED,
        by="",
        origin="$end",
        reason="",
        asked=AT,
        verified=shut,
        rooms=rooms,
        compartments=dict.fromkeys(rooms, OPEN),
    )
    facts = gather(world, today=AT.date(), server_name=SERVER)
    [page] = RENDERER.pages(receipt_document(receipt, facts), "en")
    return page.body


def test_a_room_that_only_invited_somebody_is_no_room_that_they_were_taken_out_of() -> None:
    assert "1 person taken out of 1 room, invitations of 2 people withdrawn." in told(AT)


def test_the_minute_in_which_everything_was_done_is_told_once() -> None:
    together = told(AT + timedelta(seconds=20))
    lines = together[together.index("All of it at") : together.index("Verified at")].splitlines()
    assert "01:23" in lines[0]
    assert not [line for line in lines[1:] if "01:23" in line]
    assert [
        line for line in lines if line.endswith("Sales – 1 person out, 1 invitation withdrawn, their servers shut out")
    ]


def test_what_took_longer_is_told_with_its_times() -> None:
    apart = told(AT + timedelta(minutes=3))
    [line] = [line for line in apart.splitlines() if "Sales" in line]
    assert "1 person out at" in line
    assert "01:23" in line
    assert "01:26" in line
    assert "All of it" not in apart
