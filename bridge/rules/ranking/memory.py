"""What the activity up to one moment leaves behind: who wrote where, how often, when. Filled by the digest bot, the
bench; read by ``reader``, ``signals``. It is filled and not made anew with every post: there are millions.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from bridge.domain.activity import WEEK, Post

ATTENTION: Final = 8 * WEEK
"""How far back joining in and beginning threads counts."""
ACQUAINTANCE: Final = 26 * WEEK
"""How far back meeting somebody counts."""


class Trace:
    """What one person left in one thread. ``before``: how many people had written when this one came."""

    __slots__ = ("before", "first", "last", "posts")

    def __init__(self, minute: int, before: int) -> None:
        self.first = self.last = minute
        self.posts = 0
        self.before = before


class Thread:
    """What a thread has been; the second half is about the seven days before the digest alone."""

    __slots__ = (
        "answered", "asked", "asks", "begun", "called", "code", "group", "last", "letters", "people", "posts",
        "starter", "weeks", "writer", "writers", "written",
    )  # fmt: skip

    def __init__(self, post: Post) -> None:
        self.group = post.group
        self.starter = self.writer = post.sender
        self.asked = post.question
        self.begun = self.last = post.minute
        self.posts = 0
        self.people: dict[str, Trace] = {}
        self.weeks: set[int] = set()

        self.writers: dict[str, None] = {}
        self.written = self.letters = 0
        self.code = self.asks = False
        self.called: dict[str, dict[str, None]] = {}
        self.answered: dict[str, dict[str, None]] = {}

    def add(self, post: Post, age: int) -> Trace:
        """Take in a post, ``age`` minutes before the digest."""
        trace = self.people.get(post.sender)
        if trace is None:
            trace = self.people[post.sender] = Trace(post.minute, len(self.people))
        trace.posts += 1
        trace.last = self.last = post.minute
        self.writer = post.sender
        self.posts += 1
        self.weeks.add((age - 1) // WEEK)
        if age <= WEEK:
            self._add_of_the_week(post)
        return trace

    def _add_of_the_week(self, post: Post) -> None:
        self.writers[post.sender] = None
        self.written += 1
        self.letters += post.length
        self.code = self.code or post.code
        self.asks = post.question
        for person in post.calls:
            self.called.setdefault(person, {})[post.sender] = None
        for person in post.answers:
            self.answered.setdefault(person, {})[post.sender] = None


class Memory:
    """Everything before ``until`` (minutes, as in posts) that ranking asks for.

    Posts of people alone, in order of time: what machines write is left out by whoever fills it. What is told about one
    person to another comes from groups that both are in (see ``reader``), so that nobody's list depends on what they
    may not see.
    """

    def __init__(self, until: int) -> None:
        self.until = until
        self.threads: dict[str, Thread] = {}
        self.joined: dict[str, list[str]] = defaultdict(list)
        """The threads in which somebody has written, in the order of their first message."""
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
        thread = self.threads.get(post.thread)
        if thread is None:
            thread = self.threads[post.thread] = Thread(post)
            self.begun[post.group] += age <= ATTENTION
        self.active[thread.group] += age <= WEEK and not thread.written
        if thread.add(post, age).posts == 1:
            self.joined[post.sender].append(post.thread)
            if age <= ACQUAINTANCE:
                met = self.met[thread.group]
                met[post.sender] = met.get(post.sender, 0) + 1
