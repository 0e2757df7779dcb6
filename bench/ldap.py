"""A directory on a real LDAP server, read whole: time and peak memory, against a bare paged search with ldap3.

``python -m bench.ldap [--people 100000] [--groups 10000] [--rounds 3]``: both take turns, each time in a process of its
own. The bare side asks for the same attributes in the same pages and does nothing with the answers; ours ends with a
directory that was judged. Needs slapd (``tests/support/slapd.py`` fetches it where apt is).
"""

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import ldap3

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.ldap import LdapPlace, Search
from bridge.adapters.directory.ldap_calls import PAGED, Access
from bridge.domain.sources import Preset
from tests.support.slapd import MissingSlapd, slapd

ROOT: Final = Path(__file__).parents[1]
BASE: Final = "dc=corp,dc=example"
MEMBERS: Final = 20
"""Of a group; a tenth of the groups also contain another one."""
LIMIT: Final = 1.3
"""Ours against the bare search."""
SEED: Final = 8
SIDES: Final = ("bare", "ours")


def ldif(people: int, groups: int) -> Iterator[str]:
    """A company whose names have accents, and in which everybody has a manager."""
    chance = random.Random(SEED)
    for number in range(people):
        yield (
            f"dn: uid=p{number},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: p{number}\nsn: N{number}\n"
            f"cn: Élodie N{number}\ndisplayName: Élodie N{number}\nmail: p{number}@corp.example\n"
            f"departmentNumber: D{number % 50}\ntitle: Ingénieure\nmanager: uid=p{number // 10},ou=people,{BASE}\n\n"
        )
    for number in range(groups):
        members = {f"uid=p{chance.randrange(people)},ou=people,{BASE}" for _ in range(MEMBERS)}
        if number % 10 == 1:
            members.add(f"cn=g{number - 1},ou=groups,{BASE}")
        lines = "".join(f"member: {member}\n" for member in sorted(members))
        yield f"dn: cn=g{number},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: g{number}\n{lines}\n"


def place(port: int) -> LdapPlace:
    """The server, as a configuration with nothing but the preset says it."""
    preset = PRESETS[Preset.OPENLDAP]
    access = Access(
        host="127.0.0.1", port=port, tls=False, start_tls=False,
        bind_dn=f"cn=parvis,{BASE}", password="swordfish",
    )  # fmt: skip
    searches = Search(base=BASE, filter=preset.people), Search(base=BASE, filter=preset.groups)
    return LdapPlace(
        access=access, people=searches[0], groups=searches[1], dialect=preset.dialect, server_name="corp.example"
    )


def bare(where: LdapPlace) -> int:
    """Both searches, page by page, and no more: how many entries came."""
    access, dialect = where.access, where.dialect
    server = ldap3.Server(access.host, access.port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, access.bind_dn, access.password, auto_bind=True)
    count = 0
    for search, attributes in ((where.groups, dialect.of_groups), (where.people, dialect.of_people)):
        cookie = None
        while cookie != b"":
            connection.search(
                search.base, search.filter, attributes=sorted(attributes), paged_size=access.page, paged_cookie=cookie
            )
            count += len(connection.response)
            cookie = connection.result["controls"][PAGED]["value"]["cookie"]
    connection.unbind()
    return count


def ours(where: LdapPlace) -> int:
    """A whole reading: how many people and groups it has."""
    directory = where.read(datetime.now(UTC))[0].directory
    return len(directory.people) + len(directory.groups)


def measure(side: str, port: int) -> dict[str, Any]:
    """One reading in this process."""
    where = place(port)
    before = peak_mib()
    started, worked = time.perf_counter(), time.process_time()
    count = (bare if side == "bare" else ours)(where)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return {"count": count, "seconds": seconds, "cpu": cpu, "mib": peak_mib(), "before_mib": before}


def peak_mib() -> float:
    """The most that this process has held so far; ``getrusage`` would tell what its parent held when it was made."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


def compare(people: int, groups: int, rounds: int) -> bool:
    """Both sides in turn, so that a busy machine is busy for both; whether the limit was kept."""
    figures: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    with slapd("".join(ldif(people, groups))) as server:
        for _ in range(rounds):
            for side in SIDES:
                command = [sys.executable, "-m", "bench.ldap", "--side", side, "--port", str(server.port)]
                done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
                figures[side].append(json.loads(done.stdout))
    line = {
        f"{side} {key}": round(statistics.median(one[key] for one in figures[side]), 2)
        for side in SIDES
        for key in ("count", "seconds", "cpu", "mib", "before_mib")
    }
    ratio: float = line["ours seconds"] / line["bare seconds"]
    print(json.dumps({"people": people, "groups": groups, **line, "ratio": round(ratio, 2)}), flush=True)
    print(f"limit {LIMIT}: {'kept' if ratio <= LIMIT else 'BROKEN'}")
    return ratio <= LIMIT


def main() -> int:
    """Measure; 1 when the limit is broken, 2 when there is no slapd."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--groups", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(measure(options.side, options.port)))
        return 0
    try:
        return 0 if compare(options.people, options.groups, options.rounds) else 1
    except MissingSlapd as missing:
        print(f"slapd: {missing}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
