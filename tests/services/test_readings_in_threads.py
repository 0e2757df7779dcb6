"""Several threads that read what is kept for the first time, as a bridge that starts does."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.slow

PROGRAM: Final = """
import sys, threading
from datetime import UTC, datetime
from functools import partial
from bridge.adapters.directory.fast_json import quick_draft
from bridge.adapters.directory.ldap import Said
from bridge.domain.directory import Directory, Group, Person
from bridge.domain.messages import Text
from bridge.rules.continuity import Accepted
from bridge.services.readings import Amendments, pack, pack_amendments, unpack, unpack_amendments

sys.setswitchinterval(1e-6)
ann = Person(id="1", user="@ann:corp.example", name="Ann")
sales = Group(id="sales", name=Text.same("Sales"), members=("1",))
accepted = Accepted(Directory({"1": ann}, {"sales": sales}))
people = b'''{"people": [{"id": "1", "user": "@ann:corp.example", "name": "Ann"}],
             "groups": [{"id": "sales", "name": "Sales", "members": ["1"]}]}'''
said = Said(mark="", at=datetime(2026, 11, 23, tzinfo=UTC), people=[], groups=[]).packed()
first = {
    "kept": partial(unpack, pack(accepted), Amendments()),
    "amendments": partial(unpack_amendments, pack_amendments(accepted, "")),
    "quick": partial(quick_draft, people),
    "said": partial(Said.unpacked, said),
}[sys.argv[1]]
together, done = threading.Barrier(4), []

def read():
    together.wait()
    done.append([first() for _ in range(20)])

threads = [threading.Thread(target=read) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
print(len(done), done[0][0] is not None)
"""
TIMES: Final = 3
"""Without what is learnt at the start, five of six such programs died."""


@pytest.mark.parametrize("what", ["kept", "amendments", "quick", "said"])
def test_no_thread_meets_a_class_that_another_one_is_still_learning(what: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen(
            [sys.executable, path, what], cwd=root, env={"PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True
        )
        for _ in range(TIMES)
    ]
    assert [one.communicate()[0] for one in running] == ["4 True\n"] * TIMES
