"""A parent that may be killed: asks a child that never ends its answer, and writes the child's process id."""

import asyncio
import os

from bridge.adapters.apart import asked
from tests.support.answering import PIECES

CHILD = "tests.support.answering"


async def main() -> None:
    """Ask, tell, wait."""
    async with asked(CHILD, b"wait") as pieces:
        seen = 0
        async for piece in pieces:
            seen += 1
            if seen > len(PIECES):
                os.write(1, piece + b"\n")


if __name__ == "__main__":
    asyncio.run(main())
