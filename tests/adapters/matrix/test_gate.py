"""How many may pass at once, and who first."""

import asyncio
from contextlib import suppress

from bridge.adapters.matrix.gate import Gate


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class Visitor:
    """Passes the gate and stays until told to go."""

    def __init__(self, gate: Gate, name: str, inside: list[str], *, hurry: bool = False) -> None:
        self._gate, self._name, self._inside, self._hurry = gate, name, inside, hurry
        self._go = asyncio.Event()
        self.task = asyncio.create_task(self._visit())

    def go(self) -> None:
        self._go.set()

    async def _visit(self) -> None:
        async with self._gate.passing(hurry=self._hurry):
            self._inside.append(self._name)
            await self._go.wait()


async def test_no_more_than_its_width_and_then_in_order() -> None:
    gate, inside = Gate(2), list[str]()
    visitors = [Visitor(gate, name, inside) for name in "abcd"]
    await settle()
    assert inside == ["a", "b"]
    visitors[1].go()
    await settle()
    assert inside == ["a", "b", "c"]
    for visitor in visitors:
        visitor.go()
    await asyncio.gather(*(visitor.task for visitor in visitors))
    assert inside == ["a", "b", "c", "d"]


async def test_who_is_in_a_hurry_goes_before_those_who_wait() -> None:
    gate, inside = Gate(1, spare=0), list[str]()
    visitors = [
        Visitor(gate, "first", inside),
        Visitor(gate, "bulk", inside),
        Visitor(gate, "reply", inside, hurry=True),
    ]
    await settle()
    for visitor in visitors:
        visitor.go()
    await asyncio.gather(*(visitor.task for visitor in visitors))
    assert inside == ["first", "reply", "bulk"]


async def test_who_is_in_a_hurry_need_not_wait_for_anybody_to_leave() -> None:
    gate, inside = Gate(2, spare=1), list[str]()
    visitors = [Visitor(gate, name, inside, hurry=name.isupper()) for name in "abcRST"]
    await settle()
    assert inside == ["a", "b", "R"]
    visitors[0].go()
    await settle()
    assert inside == ["a", "b", "R", "S"]
    for visitor in visitors:
        visitor.go()
    await asyncio.gather(*(visitor.task for visitor in visitors))
    assert inside == ["a", "b", "R", "S", "T", "c"]


async def test_who_gives_up_takes_no_place_away() -> None:
    gate, inside = Gate(1), list[str]()
    first, second, third = [Visitor(gate, name, inside) for name in "abc"]
    await settle()
    # The turn of the second comes in the same moment as its end.
    first.go()
    await first.task
    second.task.cancel()
    with suppress(asyncio.CancelledError):
        await second.task
    third.go()
    await third.task
    last = Visitor(gate, "d", inside)
    last.go()
    await last.task
    assert inside[-1] == "d"
