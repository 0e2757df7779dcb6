"""Nasty directories, and who belongs where in them: made up together, so that nothing of ours is needed to know it.

``python tests/adapters/directory/sets/making.py`` writes ``expected/`` again. The same each time.
"""

import base64
import json
import random
import string
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

HERE = Path(__file__).parent
BASE = "dc=corp,dc=example"
GIVEN = [
    "Élodie", "Zoë", "Jürgen", "Łukasz", "Øyvind", "Nuño", "Çağrı", "Þóra", "Søren",
    "Renée-Claire", "D’Arcy", "Šárka", "Ömer", "Ænea", "Ioána", "Đorđe", "李", "Иван",
]  # fmt: skip
SUR = [
    "Müller", "Núñez", "Łęcki", "O’Neil", "García-Íñiguez", "Åström", "Žižek", "Château", "Weiß",
    "Ørsted", "Trần", "Ğül", "Fůrst", "L’Hôpital", "王", "Петров",
]  # fmt: skip
LEGAL = b"abcdefghijklmnopqrstuvwxyz0123456789._-/+"
PLAIN = frozenset(string.ascii_letters + string.digits + " -.")
ESCAPED = ',+"\\<>;='
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 12 + b"\n \xff\xd9"

Values = list[tuple[str, str | bytes]]


@dataclass
class Someone:
    """A person; ``dn`` as its entry writes it, ``parts`` unescaped from the leaf up."""

    parts: list[tuple[str, str]]
    login: str
    name: str
    active: bool = True
    more: Values = field(default_factory=list)


@dataclass
class Team:
    """A group, known by its description; ``written`` is what its entry says, ``inside`` what that means."""

    parts: list[tuple[str, str]]
    mark: str
    written: list[str] = field(default_factory=list)
    inside: set[str] = field(default_factory=set)
    more: Values = field(default_factory=list)

    def takes(self, one: "Someone | Team", spelling: Callable[[list[tuple[str, str]]], str]) -> None:
        """One more member, written in some way."""
        self.written.append(spelling(one.parts))
        self.inside.add(localpart(one.login) if isinstance(one, Someone) else f"group:{one.mark}")


@dataclass
class Company:
    """A whole directory."""

    people: list[Someone] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)

    def expected(self) -> dict[str, Any]:
        """Who there is, and who is directly in what."""
        people = {localpart(one.login): [one.name, one.active] for one in self.people}
        return {"people": people, "groups": {team.mark: sorted(team.inside) for team in self.teams}}


def localpart(login: str) -> str:
    """What Synapse makes of a login: small letters, every other byte as ``=xx``."""
    return "".join(chr(byte) if byte in LEGAL else f"={byte:02x}" for byte in login.lower().encode())


def _joined(parts: list[tuple[str, str]], between: str, written: Callable[[str], str]) -> str:
    return between.join(f"{kind}={''.join(map(written, value))}" for kind, value in parts)


def plainly(parts: list[tuple[str, str]]) -> str:
    """As RFC 4514 wants it."""
    return _joined(parts, ",", lambda letter: f"\\{letter}" if letter in ESCAPED else letter)


def in_capitals(parts: list[tuple[str, str]]) -> str:
    """In other letters, with spaces between."""
    return plainly([(kind.upper(), _upper(value)) for kind, value in parts]).replace(",OU=", " , OU=")


def _upper(text: str) -> str:
    return "".join(letter.upper() if letter.isascii() else letter for letter in text)


def in_bytes(parts: list[tuple[str, str]]) -> str:
    """With everything that is no plain letter as bytes."""
    return _joined(parts, ",", lambda letter: letter if letter in PLAIN else _hex(letter))


def decomposed(parts: list[tuple[str, str]]) -> str:
    """With letters and accents apart."""
    return unicodedata.normalize("NFD", plainly(parts))


SPELLINGS = (plainly, in_capitals, in_bytes, decomposed)


def _hex(letter: str) -> str:
    return "".join(f"\\{byte:02X}" for byte in letter.encode())


def person(number: int, chance: random.Random, *, unit: str = "people", login: str = "") -> Someone:
    """Somebody with accents; a third are found by their names, with commas and other signs in them."""
    given, sur = chance.choice(GIVEN), chance.choice(SUR)
    login = login or f"{given[0]}{number}.{sur}"
    name = f"{given} {sur}"
    leaf = ("cn", f"{sur}, {given} {'#+;'[number % 3]}{number}") if number % 3 == 0 else ("uid", login)
    return Someone([leaf, ("ou", unit), *TOP], login, name)


TOP = [("dc", "corp"), ("dc", "example")]


def team(mark: str, *, unit: str = "groups", name: str = "") -> Team:
    """A group without anybody."""
    return Team([("cn", name or mark), ("ou", unit), *TOP], mark)


def accents() -> Company:
    """Four hundred people whose names have accents, in groups that write them in every way."""
    chance = random.Random(1)
    company = Company([person(number, chance) for number in range(400)])
    for number in range(40):
        one = team(f"Équipe n° {number}")
        for member in chance.sample(company.people, chance.randrange(1, 40)):
            one.takes(member, chance.choice(SPELLINGS))
        if number % 4 == 3:
            one.takes(company.teams[-1], chance.choice(SPELLINGS))
        company.teams.append(one)
    return company


def circles() -> Company:
    """Groups that contain themselves, each other, and one another in a ring."""
    chance = random.Random(2)
    company = Company([person(number, chance) for number in range(12)])
    company.teams = [
        team(mark) for mark in ("self", "a", "b", "ring 1", "ring 2", "ring 3", "top", "left", "right", "end")
    ]
    by_mark = {one.mark: one for one in company.teams}
    inside = {"self": "self", "a": "b", "b": "a", "ring 1": "ring 2", "ring 2": "ring 3", "ring 3": "ring 1",
              "left": "end", "right": "end"}  # fmt: skip
    for number, one in enumerate(company.teams):
        one.takes(company.people[number], plainly)
    for outer, inner in inside.items():
        by_mark[outer].takes(by_mark[inner], in_capitals)
    by_mark["top"].takes(by_mark["left"], plainly)
    by_mark["top"].takes(by_mark["right"], decomposed)
    return company


def dangling() -> Company:
    """Groups of whom nobody is there any more, and groups of whom a tenth is not."""
    chance = random.Random(3)
    company = Company([person(number, chance) for number in range(100)])
    for number in range(10):
        one = team(f"nobody {number}")
        one.written = [f"uid=gone{k},ou=people,{BASE}" for k in range(number + 1)]
        company.teams.append(one)
    for number in range(5):
        one = team(f"nine of ten {number}")
        for member in company.people[number * 20 : number * 20 + 18]:
            one.takes(member, chance.choice(SPELLINGS))
        one.written += [f"uid=left{number}-{k},ou=people,{BASE}" for k in range(2)]
        company.teams.append(one)
    return company


def duplicates() -> Company:
    """The same people several times in a group, groups of one name, an account that was made again, and photographs."""
    chance = random.Random(4)
    company = Company([person(number, chance) for number in range(30)])
    twice = company.people[5]
    again = Someone([("uid", twice.login), ("ou", "former"), *TOP], twice.login, "Old account", active=False)
    again.more = [("employeeType", "inactive")]
    for number, one in enumerate(company.people):
        one.more = [("jpegPhoto", PHOTO), ("description", f"line one\nline two of {number}\n")]
        if number % 7 == 3:
            one.active = False
            one.more.append(("employeeType", "Inactive"))
    for unit in ("groups", "elsewhere"):
        group = team(f"sales of {unit}", unit=unit, name="Sales")
        for member in company.people[:10]:
            for spelling in SPELLINGS:
                group.takes(member, spelling)
        company.teams.append(group)
    company.people.insert(0, again)
    return company


def windows() -> Company:
    """Thirteen hundred people as Active Directory has them: numbers in its own bytes, first groups, long groups."""
    chance = random.Random(5)
    company = Company()
    for number in range(1300):
        one = person(number, chance, unit="Mitarbeiter", login=f"U{number:04}")
        off = number % 20 == 7
        control = 514 if off else 512
        one.more = [
            *_identity(number + 1000), ("userAccountControl", str(control)), ("sAMAccountName", one.login),
            ("primaryGroupID", "513" if number % 2 else "1999"), ("thumbnailPhoto", PHOTO[:40]),
        ]  # fmt: skip
        one.active = not off
        one.parts = [("CN", f"{one.name} {number}"), ("OU", "Mitarbeiter, intern"), ("DC", "corp"), ("DC", "example")]
        company.people.append(one)
    sizes = {"Domänen-Benutzer": 0, "Alle": 1300, "Fast alle": 1201, "Wenige": 3}
    for number, (mark, size) in enumerate(sizes.items()):
        group = Team([("CN", mark), ("OU", "Gruppen"), ("DC", "corp"), ("DC", "example")], mark)
        group.more = _identity(513 + number)
        for member in company.people[:size]:
            group.takes(member, plainly)
        company.teams.append(group)
    company.teams[-1].takes(company.teams[1], plainly)
    return company


def first_groups(company: Company) -> set[str]:
    """Who is in the group 513 without being named by it."""
    return {localpart(one.login) for one in company.people if ("primaryGroupID", "513") in one.more}


def _identity(number: int) -> Values:
    sid = bytes([1, 5, 0, 0, 0, 0, 0, 5]) + b"".join(part.to_bytes(4, "little") for part in (21, 7, 8, 9, number))
    return [("objectGUID", UUID(int=number << 64 | number).bytes_le), ("objectSid", sid)]


def entries(company: Company, *, windows: bool = False) -> Iterator[tuple[str, Values]]:
    """Every entry, people first, with its distinguished name."""
    people = ("top", "person", "organizationalPerson", "user") if windows else ("inetOrgPerson",)
    classes: Values = [("objectClass", one) for one in people]
    kind = "group" if windows else "groupOfNames"
    for one in company.people:
        named: Values = [] if windows else [("uid", one.login)]
        leaf = [one.parts[0]] if one.parts[0][0].lower() == "cn" else [("cn", one.name)]
        said: Values = [*classes, *named, *leaf, ("sn", "x"), ("displayName", one.name), *one.more]
        yield plainly(one.parts), said
    for group in company.teams:
        members: Values = [("member", written) for written in group.written]
        name = group.parts[0][1]
        yield (
            plainly(group.parts),
            [("objectClass", kind), ("cn", name), ("description", group.mark), *members, *group.more],
        )


def ldif(company: Company, *, windows: bool = False) -> str:
    """The directory as an export, its lines folded."""
    return "".join(
        "".join(_line(name, value) for name, value in [("dn", dn), *values]) + "\n"
        for dn, values in entries(company, windows=windows)
    )


def _line(name: str, value: str | bytes) -> str:
    data = value if isinstance(value, bytes) else value.encode()
    plain = data.isascii() and not data.startswith((b" ", b":", b"<")) and not data.endswith(b" ") and b"\n" not in data
    line = f"{name}: {data.decode()}" if plain and b"\0" not in data else f"{name}:: {base64.b64encode(data).decode()}"
    return "\n ".join(line[at : at + 76] for at in range(0, len(line), 76)) + "\n"


SETS: dict[str, Callable[[], Company]] = {
    "accents": accents,
    "circles": circles,
    "dangling": dangling,
    "duplicates": duplicates,
    "windows": windows,
}

if __name__ == "__main__":
    for key, made in SETS.items():
        company = made()
        found = company.expected()
        if made is windows:
            found["first groups"] = {"Domänen-Benutzer": sorted(first_groups(company))}
        text = json.dumps(found, indent=0, ensure_ascii=False, sort_keys=True)
        (HERE / "expected" / f"{key}.json").write_text(text + "\n", encoding="utf-8")
