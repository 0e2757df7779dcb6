"""The vandal of the demo, whom the bridge may put out before the damage is whole."""

from typing import Final

import pytest

from deploy.demo.steps.repairing import Request, all_undisturbed
from deploy.localnet.errors import LocalnetError
from deploy.localnet.requests import Reply

WHOLE: Final[list[Request]] = [("POST", "/power", {}), ("PUT", "/name", {}), ("POST", "/join/lea", {})]


class Server:
    """Refuses with the given statuses, one request after the other; allows what comes after them."""

    def __init__(self, *statuses: int) -> None:
        self.asked: list[str] = []
        self._statuses = list(statuses)

    async def ask(self, request: Request) -> Reply:
        self.asked.append(request[1])
        return Reply(status=self._statuses.pop(0) if self._statuses else 200, content={})


async def test_who_is_put_out_in_the_middle_of_the_damage_begins_again() -> None:
    server = Server(200, 200, 403)
    await all_undisturbed(server.ask, WHOLE)
    assert server.asked == ["/power", "/name", "/join/lea"] * 2


async def test_a_refusal_that_is_no_ones_hand_is_an_error_that_names_the_request() -> None:
    with pytest.raises(LocalnetError, match=r"^PUT .*failed: 400"):
        await all_undisturbed(Server(200, 400).ask, WHOLE)


async def test_whoever_is_always_put_out_gives_up_and_says_so() -> None:
    with pytest.raises(LocalnetError, match="failed: 403"):
        await all_undisturbed(Server(403).ask, WHOLE, seconds=0)
