"""The account behind homeserver.admin_token is judged as a start of the bridge judges it."""

from dataclasses import replace
from typing import Any, Final

import pytest

from bridge.domain.diagnosis import Diagnosis, ServiceAccount, Status, Verdict
from bridge.rules.doctor.service_account import examine

ADDRESS: Final = "https://matrix.corp.example"
YES: Final = Status(code=200)
NO: Final = Status(code=403, errcode="M_FORBIDDEN")
GOOD: Final = ServiceAccount(token=YES, owner="@svc:corp.example", administration=YES, administrator=True)


def judged(account: ServiceAccount) -> Diagnosis:
    return examine(account, "corp.example", frozenset({"@ines:corp.example"}), ADDRESS)


def test_an_administrators_account_that_is_nobodys_is_as_it_should_be() -> None:
    one = judged(GOOD)
    assert (one.check, one.verdict, one.place) == ("running.admin_token", Verdict.GOOD, ADDRESS)


@pytest.mark.parametrize(
    ("change", "told", "remedy"),
    [
        ({"token": Status(code=401, errcode="M_UNKNOWN_TOKEN"), "owner": ""}, "refuses the token", "/v3/login"),
        ({"administrator": False}, "@svc:corp.example, who is no administrator", "/admin/v1/users/@svc:corp.example/"),
        ({"administration": NO, "administrator": None}, "who is no administrator", '{"admin": true}'),
        ({"owner": "@ines:corp.example"}, "@ines:corp.example, who is a person", "register_new_matrix_user"),
        ({"owner": "@svc:acme.example", "administration": Status(code=400), "administrator": None},
         "not to an account of corp.example", "register_new_matrix_user"),
        ({"administration": Status(code=404), "administrator": None}, "cannot be reached", "homeserver: {address:"),
        ({"administration": Status(code=403), "administrator": None}, "cannot be reached", "homeserver: {address:"),
    ],
)  # fmt: skip
def test_what_keeps_the_bridge_from_starting_is_a_fault_with_its_remedy(change: Any, told: str, remedy: str) -> None:
    one = judged(replace(GOOD, **change))
    assert one.verdict is Verdict.FAULT
    assert told in str(one.found)
    assert one.why is not None
    assert remedy in one.remedy


@pytest.mark.parametrize(
    "change",
    [
        {"token": Status(), "owner": ""},
        {"token": Status(code=502), "owner": ""},
        {"administration": Status(), "administrator": None},
        {"administration": Status(code=500, errcode="M_UNKNOWN"), "administrator": None},
    ],
)
def test_a_homeserver_that_does_not_answer_says_nothing_of_the_account(change: Any) -> None:
    assert judged(replace(GOOD, **change)).verdict is Verdict.UNKNOWN


def test_lines_to_paste_do_nothing_else_whatever_an_account_is_called() -> None:
    one = judged(replace(GOOD, owner="@a'b;c$(d)/e:corp.example", administrator=False))
    assert one.remedy.endswith("/users/@a%27b%3Bc%24%28d%29%2Fe:corp.example/admin")
