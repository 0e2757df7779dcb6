"""What a reader's thumbs say about what they want to read. Pure; called when digests are made, and to explain them.

👎 on an item counts against its kind and its group, 👍 for them; a thumb on the whole digest counts for each of its
items, and less. What is long ago counts for nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.sending import Opinion

GROUP: Final = "group:"
"""What a group's id has before it among the favours."""
ITEM: Final = 0.12
"""What a thumb on one item adds to, or takes from, its kind and its group. For comparison: the score of a thread in
which people write whom the reader often meets is some tenths above that of any other."""
WHOLE: Final = 0.04
"""The same for a thumb on a whole digest, which says less about each of its items."""
MOST: Final = 0.6
"""No number of thumbs moves anything farther: then nothing else would count."""
MEMORY: Final = timedelta(weeks=26)


def favours(opinions: Iterable[Opinion], now: datetime) -> Mapping[str, float]:
    """What is added to the score of an item, by its kind and by ``group:<id>``; what adds up to nothing is absent."""
    sums: dict[str, float] = defaultdict(float)
    for opinion in counted(opinions, now):
        weight = (WHOLE if opinion.whole else ITEM) * (1 if opinion.liked else -1)
        for what in (opinion.kind, f"{GROUP}{opinion.group}"):
            sums[what] += weight
    return {what: max(-MOST, min(MOST, round(total, 6))) for what, total in sorted(sums.items()) if abs(total) > 1e-9}


def counted(opinions: Iterable[Opinion], now: datetime) -> list[Opinion]:
    """Those that count: not too old, and of a whole digest only where nothing was said about single items of it."""
    recent = [one for one in opinions if now - one.at <= MEMORY]
    precise = {one.week for one in recent if not one.whole}
    return [one for one in recent if not one.whole or one.week not in precise]
