"""The threads that ``memory`` knows, a million of them if need be: most have been silent for long, and are kept small.

A thread that is written in, or read, is an object; one that nobody has written in for days is a row of numbers until
somebody asks for it. What comes out is the same.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from bridge.domain.activity import DAY, WEEK, Post

AWAKE: Final = 60_000
"""Threads that are objects at most, besides those of the last days: a hundred megabytes."""
SILENT: Final = 3 * DAY
"""After so many minutes without a word a thread may be put away."""
HEAD: Final = 7
"""Numbers in a row before those of its people."""
TRACE: Final = 4
"""Numbers for each of these."""


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


class Visit(NamedTuple):
    """What one person's time in a thread was: when it began and ended, who has written there (``people``), how many of
    them ``before``, and whether the thread is their own (``began``)."""

    group: str
    first: int
    last: int
    before: int
    people: Collection[str]
    began: bool


class Names:
    """Texts by number and numbers by text."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []

    def __getitem__(self, number: int) -> str:
        return self._names[number]

    def each(self, numbers: Iterable[int]) -> list[str]:
        """The texts of several."""
        return list(map(self._names.__getitem__, numbers))

    def numbered(self, name: str) -> int:
        """Of any text; a new one gets the next number."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._names)
            self._names.append(name)
        return number


class Threads:
    """By id, and by number in the order in which they began."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._people = Names()
        self._groups = Names()
        self._awake: dict[int, Thread] = {}
        self._rows: list[bytes] = []
        """By number; of those that sleep."""
        self._awake_at_most = AWAKE

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, thread_id: str) -> Thread:
        thread = self.get(thread_id)
        if thread is None:
            raise KeyError(thread_id)
        return thread

    def get(self, thread_id: str) -> Thread | None:
        """To be read; None for one that there is not."""
        number = self._numbers.get(thread_id)
        return None if number is None else self.at(number)

    def at(self, number: int) -> Thread:
        """To be read."""
        return self._awake.get(number) or self._wake(self._rows[number])

    def visits(self, user: str, numbers: Iterable[int], groups: Collection[str]) -> Iterator[Visit]:
        """Somebody's time in threads of these groups in which they have written. Half a year of everybody comes by
        here, so nothing that sleeps is woken for it."""
        for number in numbers:
            thread = self._awake.get(number)
            if thread is None:
                visit = self._visit(user, self._rows[number], groups)
            elif thread.group in groups:
                trace, began = thread.people[user], thread.starter == user
                visit = Visit(thread.group, trace.first, trace.last, trace.before, thread.people, began)
            else:
                visit = None
            if visit is not None:
                yield visit

    def _visit(self, user: str, row: bytes, groups: Collection[str]) -> Visit | None:
        numbers = memoryview(row).cast("i")
        group = self._groups[numbers[0]]
        if group not in groups:
            return None
        people = numbers[HEAD : HEAD + TRACE * numbers[HEAD - 1] : TRACE].tolist()
        number = self._people.numbered(user)
        before = people.index(number)
        _, first, last, _ = numbers[HEAD + TRACE * before : HEAD + TRACE * (before + 1)]
        return Visit(group, first, last, before, self._people.each(people), numbers[1] == number)

    def to_write(self, post: Post) -> tuple[int, Thread]:
        """The number and the thread of a post, which begins it if there is none. Posts come in order of time."""
        number = self._numbers.get(post.thread)
        if number is None:
            if len(self._awake) >= self._awake_at_most:
                self._put_away(post.minute - SILENT)
            number = self._numbers[post.thread] = len(self._rows)
            self._rows.append(b"")
            self._awake[number] = Thread(post)
        elif number not in self._awake:
            self._awake[number] = self._wake(self._rows[number])
            self._rows[number] = b""
        return number, self._awake[number]

    def _put_away(self, before: int) -> None:
        """Those silent since then; never those of the digest's week."""
        for number in [number for number, one in self._awake.items() if one.last < before and not one.written]:
            self._rows[number] = self._row(self._awake.pop(number))
        self._awake_at_most = max(AWAKE, 2 * len(self._awake))

    def _row(self, thread: Thread) -> bytes:
        person = self._people.numbered
        row = array("i", (self._groups.numbered(thread.group), person(thread.starter), thread.asked, thread.begun,
                          thread.last, thread.posts, len(thread.people)))  # fmt: skip
        for name, trace in thread.people.items():
            row.extend((person(name), trace.first, trace.last, trace.posts))
        row.extend(thread.weeks)
        return row.tobytes()

    def _wake(self, row: bytes) -> Thread:
        numbers = array("i")
        numbers.frombytes(row)
        group, starter, asked, begun, last, posts, people = numbers[:HEAD]
        name = self._people[starter]
        thread = Thread(Post(minute=begun, group=self._groups[group], thread="", sender=name, question=bool(asked)))
        thread.last, thread.posts = last, posts
        end = HEAD + TRACE * people
        for before, at in enumerate(range(HEAD, end, TRACE)):
            who, first, latest, count = numbers[at : at + TRACE]
            trace = thread.people[self._people[who]] = Trace(first, before)
            trace.last, trace.posts = latest, count
        thread.weeks.update(numbers[end:])
        return thread
