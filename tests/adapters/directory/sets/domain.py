"""A domain of Active Directory as it grows in twenty years, and who belongs where in it, made up together.

``python tests/adapters/directory/sets/domain.py`` writes ``expected/domain.json`` again. The same each time.
"""

import base64
import json
import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

HERE = Path(__file__).parent
DOMAIN = "DC=ad,DC=corp,DC=example"
OWN, FOREIGN = (21, 1, 2, 3), (21, 9, 9, 9)
UNITS = (r"OU=Vertrieb\, Süd,OU=Benutzer", "OU=R&D,OU=Benutzer", r"OU=Ventes \+ Achats,OU=Benutzer", "CN=Users")
GIVEN = (
    "Élodie", "Zoë", "Jürgen", "Łukasz", "Øyvind", "Nuño", "Çağrı", "Þóra", "Šárka", "Ömer", "Ænea", "Đorđe", "李",
    "Иван",
)  # fmt: skip
SUR = (
    "Müller", "Núñez", "O'Neil", "García Íñiguez", "Åström", "Weiß", "Trần", "Петров", "von der Heide, Dr.",
    "Smith; Jones", 'Q"uote', "Back\\slash", "A+B", "#Hash", "<x>", "=",
)  # fmt: skip
LEGAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-/+")
YEAR = 365 * 864_000_000_000
OVER, TO_COME, NEVER = str((2020 - 1601) * YEAR), str((2040 - 1601) * YEAR), "9223372036854775807"
STATES = (  # userAccountControl, accountExpires, whether they may sign in
    ("512", NEVER, True), ("66048", "0", True), ("514", NEVER, False), ("512", TO_COME, True), ("66050", "0", False),
    ("512", OVER, False), ("512", "0", True), ("544", NEVER, True), ("2", TO_COME, False), ("262656", NEVER, True),
)  # fmt: skip

Values = dict[str, list[str | bytes]]
Entry = tuple[str, Values]


@dataclass(frozen=True)
class Someone:
    """A person; ``name`` as the entry writes it, ``at`` the unit."""

    name: str
    at: str
    login: str
    active: bool

    @property
    def dn(self) -> str:
        return f"CN={escaped(self.name)},{self.at},{DOMAIN}"

    @property
    def account(self) -> str:
        composed = unicodedata.normalize("NFC", self.login).lower()
        return "".join(one if one in LEGAL else "".join(f"={b:02x}" for b in one.encode()) for one in composed)


@dataclass
class Domain:
    """What is there; ``inside`` says who is in which group, by accounts and names of groups."""

    entries: list[Entry] = field(default_factory=list)
    people: list[Someone] = field(default_factory=list)
    inside: dict[str, set[str]] = field(default_factory=dict)

    def expected(self) -> dict[str, object]:
        """Who there is, and who is directly in what."""
        people = {one.account: [one.name, one.active] for one in self.people}
        return {"people": people, "groups": {name: sorted(some) for name, some in self.inside.items()}}


def escaped(name: str) -> str:
    """A value of a name as Windows writes it (RFC 4514)."""
    text = "".join(f"\\{one}" if one in ',+"\\<>;=' else one for one in name)
    return f"\\{text}" if text.startswith("#") else text


def spelt(one: Someone, chance: random.Random) -> str:
    """The name of somebody in one of the ways in which groups hold it."""
    octets = "".join(f"\\{byte:02X}" for byte in unicodedata.normalize("NFC", one.name).encode())
    plain = one.dn.upper() if not set("ßıİğĞ") & set(one.dn) and unicodedata.is_normalized("NFC", one.dn) else one.dn
    return chance.choice((
        one.dn, plain, f"cn={octets}, {one.at},{DOMAIN}", f"2.5.4.3={escaped(one.name)},{one.at},{DOMAIN}",
        unicodedata.normalize("NFC", one.dn), unicodedata.normalize("NFD", one.dn),
    ))  # fmt: skip


def sid(number: int, domain: Sequence[int] = OWN) -> bytes:
    """``objectSid`` of the account with this number."""
    parts = b"".join(part.to_bytes(4, "little") for part in (*domain, number))
    return bytes([1, len(domain) + 1, 0, 0, 0, 0, 0, 5]) + parts


def made() -> Domain:
    """Thirteen hundred people, their groups, and whatever else stands there."""
    chance, domain = random.Random(6), Domain()
    for number in range(1300):
        _person(domain, number, chance)
    _groups(domain, chance)
    _others(domain)
    chance.shuffle(domain.entries)
    return domain


def _person(domain: Domain, number: int, chance: random.Random) -> None:
    name = f"{chance.choice(GIVEN)} {chance.choice(SUR)} {number}" if number % 3 else f"{chance.choice(SUR)}{number}"
    name = unicodedata.normalize("NFD" if number % 2 else "NFC", name)
    control, expires, active = STATES[number % 10 if number % 7 == 0 else 0]
    login = f"Jürgen.{number}" if number % 5 == 0 else f"U{number:04}"
    one = Someone(name, UNITS[number % len(UNITS)], login, active)
    mail = f"u{number}@corp.example" if number % 7 else f"U{number + 1}@CORP.example"  # some share one
    more: Values = {"thumbnailPhoto": [chance.randbytes(100_000)]} if number in (5, 6) else {}
    domain.people.append(one)
    domain.entries.append((one.dn, {
        "objectClass": ["top", "person", "organizationalPerson", "user"], "cn": [name], "displayName": [name],
        "sAMAccountName": [login], "userPrincipalName": [f"{login}@ad.corp.example"], "mail": [mail],
        "objectGUID": [UUID(int=number << 64 | 7).bytes_le], "objectSid": [sid(2000 + number)],
        "userAccountControl": [control], "accountExpires": [expires], "sIDHistory": [sid(number, FOREIGN)],
        "primaryGroupID": ["513" if number % 10 else "1700"], "tokenGroups": [sid(513), sid(1700)], **more,
    }))  # fmt: skip


def _groups(domain: Domain, chance: random.Random) -> None:
    gone = [f"CN=Gone {number},OU=Weg,{DOMAIN}" for number in range(40)]
    numbers = range(len(domain.people))
    plans: list[tuple[str, Sequence[int], Sequence[str], Sequence[str]]] = [
        ("Domänen-Benutzer", (), (), ()), ("Andere Erste", range(30), (), ()), ("Alle", numbers, (), ()),
        ("Leer", (), (), ()), ("Nur tot", (), gone, ()), ("Zehntel", range(90), gone[:10], ()),
        ("Doppelt", (9, 9, 9, 10, 10), (), ()), ("Selbst", (4,), (), ("Selbst",)),
        ("Ring A", (1,), (), ("Ring B",)), ("Ring B", (2,), (), ("Ring C",)), ("Ring C", (3,), (), ("Ring A",)),
        ("Müller, Söhne + Co.", range(300, 700), (), ("Alle",)), ("Fremd", (11,), [dn for dn, _ in strangers()], ()),
    ]  # fmt: skip
    for number in range(60):
        drawn = sorted(chance.sample(numbers, chance.randrange(50)))
        plans.append((f"Team {number:02} {chance.choice(SUR)}", drawn, (), ()))
    for number, (name, some, nowhere, inner) in enumerate(plans):
        groups = [f"CN={escaped(one)},OU=Gruppen,{DOMAIN}" for one in inner]
        members: list[str | bytes] = [*(spelt(domain.people[one], chance) for one in some), *nowhere, *groups]
        chance.shuffle(members)
        rid = {0: 513, 1: 1700}.get(number, 5000 + number)
        first = [one for one in numbers if number < 2 and (one % 10 == 0) == bool(number)]
        who = {*some, *first}
        domain.inside[name] = {*(domain.people[one].account for one in who), *(f"group:{one}" for one in inner)}
        domain.entries.append((f"CN={escaped(name)},OU=Gruppen,{DOMAIN}", {
            "objectClass": ["top", "group"], "cn": [name], "description": [name], "member": members,
            "objectGUID": [UUID(int=number << 64 | 9).bytes_le], "objectSid": [sid(rid)],
            "groupType": [("2", "-2147483646", "-2147483644")[number % 3]],
        }))  # fmt: skip


def strangers() -> Iterator[Entry]:
    """Members of groups that are nobody: of another domain, a supplier, machines, somebody who was deleted."""
    user: list[str | bytes] = ["top", "person", "organizationalPerson", "user"]
    dead = f"CN=Tot\\0ADEL:9f,CN=Deleted Objects,{DOMAIN}"
    yield f"CN=S-1-5-21-9-9-9-1105,CN=ForeignSecurityPrincipals,{DOMAIN}", {"objectClass": ["foreignSecurityPrincipal"]}
    yield f"CN=Kontakt,OU=Gruppen,{DOMAIN}", {"objectClass": [*user[:3], "contact"], "cn": ["Kontakt"]}
    yield f"CN=PC1,CN=Computers,{DOMAIN}", {"objectClass": [*user, "computer"], "sAMAccountName": ["PC1$"]}
    yield dead, {"objectClass": user, "cn": ["Tot\nDEL:9f"], "sAMAccountName": ["tot"], "isDeleted": ["TRUE"]}


def _others(domain: Domain) -> None:
    domain.entries += strangers()
    trust: Values = {"sAMAccountName": ["PARTNER$"], "userAccountControl": ["2080"], "objectSid": [sid(9002)]}
    classes: list[str | bytes] = ["top", "person", "organizationalPerson", "user"]
    first: Values = {"objectClass": classes, "primaryGroupID": ["513"]}
    domain.entries.append((f"CN=PARTNER$,CN=Users,{DOMAIN}", {**first, **trust}))
    old: Values = {"objectClass": ["top", "group"], "cn": ["Alt\nDEL:9e"], "isDeleted": ["TRUE"]}
    domain.entries.append((f"CN=Alt\\0ADEL:9e,CN=Deleted Objects,{DOMAIN}", old))


def ldif(domain: Domain) -> str:
    """The export of ``ldifde``."""
    return "".join(
        "".join(_line(name, value) for name, value in [("dn", dn), ("changetype", "add"), *pairs(values)]) + "\r\n"
        for dn, values in domain.entries
    )


def pairs(values: Values) -> list[tuple[str, str | bytes]]:
    """Every attribute once for each of its values."""
    return [(name, one) for name, some in values.items() for one in some]


def _line(name: str, value: str | bytes) -> str:
    data = value if isinstance(value, bytes) else value.encode()
    is_plain = data.isascii() and not set(data) & set(b"\0\r\n") and data[:1] not in (b" ", b":", b"<")
    line = f"{name}: {data.decode()}" if is_plain else f"{name}:: {base64.b64encode(data).decode()}"
    return "\r\n ".join(line[at : at + 77] for at in range(0, len(line), 77)) + "\r\n"


if __name__ == "__main__":
    text = json.dumps(made().expected(), indent=0, ensure_ascii=False, sort_keys=True)
    (HERE / "expected/domain.json").write_text(text + "\n", encoding="utf-8")
