"""What the activity up to one moment leaves behind: who wrote where, how often, when. Filled by the digest bot, the
bench; read by ``reader``, ``signals``. It is filled and not made anew with every post: there are millions.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from bridge.domain.activity import WEEK, Post
from bridge.rules.ranking.threads import Threads

ATTENTION: Final = 8 * WEEK
"""How far back joining in and beginning threads counts."""
ACQUAINTANCE: Final = 26 * WEEK
"""How far back meeting somebody counts."""


class Memory:
    """Everything before ``until`` (minutes, as in posts) that ranking asks for.

    Posts of people alone, in order of time: what machines write is left out by whoever fills it. What is told about one
    person to another comes from groups that both are in (see ``reader``), so that nobody's list depends on what they
    may not see.
    """

    def __init__(self, until: int) -> None:
        self.until = until
        self.threads = Threads()
        self.joined: dict[str, array[int]] = defaultdict(lambda: array("i"))
        """The numbers of the threads in which somebody has written, in the order of their first message."""
        self.begun: Counter[str] = Counter()
        """How many threads began in a group, lately."""
        self.active: Counter[str] = Counter()
        """How many threads of a group were written in this week."""
        self.met: dict[str, dict[str, int]] = defaultdict(dict)
        """By group: in how many threads somebody came to write within the time of acquaintance."""

    def remember(self, posts: Iterable[Post]) -> None:
        """Take in posts, in order of time; those at or after ``until`` are passed over."""
        for post in posts:
            age = self.until - post.minute
            if age > 0:
                self._remember(post, age)

    def _remember(self, post: Post, age: int) -> None:
        number, thread = self.threads.to_write(post)
        if not thread.posts and age <= ATTENTION:
            self.begun[thread.group] += 1
        if not thread.written and age <= WEEK:
            self.active[thread.group] += 1
        if thread.add(post, age).posts == 1:
            self.joined[post.sender].append(number)
            if age <= ACQUAINTANCE:
                met = self.met[thread.group]
                met[post.sender] = met.get(post.sender, 0) + 1
