"""What an unsuccessful call means."""

import pytest

from bridge.adapters.matrix.answers import Failure, Fate, explain, judge, pause
from bridge.domain.errors import ErrorKind, HomeserverError


def told(failure: Failure, setting: str = "appservice.as_token") -> HomeserverError:
    return explain(failure, address="http://hs:8008", token_setting=setting, verb="invite")


@pytest.mark.parametrize(
    ("status", "errcode", "fate", "certain"),
    [
        (429, "M_LIMIT_EXCEEDED", Fate.LIMITED, True),
        (429, "", Fate.LIMITED, True),
        (403, "M_FORBIDDEN", Fate.REFUSED, True),
        (500, "M_UNKNOWN", Fate.FAILED, False),
        (502, "", Fate.FAILED, False),
        (502, "M_UNKNOWN", Fate.UPSTREAM, False),
        (504, "", Fate.FAILED, False),
        (200, "", Fate.UNKNOWN, False),
        (301, "", Fate.REFUSED, True),
    ],
)
def test_an_answer_tells_how_far_the_call_came(status: int, errcode: str, fate: Fate, certain: bool) -> None:
    failure = judge(status, errcode, "", None)
    assert (failure.fate, failure.certain) == (fate, certain)


def test_a_limit_is_waited_for_as_told_whatever_the_verb() -> None:
    limited = judge(429, "M_LIMIT_EXCEEDED", "", 2.5)
    assert pause(limited, repeatable=False, failures=7, left=30) == 2.5
    assert pause(limited, repeatable=True, failures=1, left=2) is None


def test_what_may_have_taken_effect_is_repeated_only_where_harmless() -> None:
    for fate in (Fate.UNKNOWN, Fate.FAILED):
        failure = Failure(fate=fate)
        assert pause(failure, repeatable=False, failures=1, left=30) is None
        assert pause(failure, repeatable=True, failures=1, left=30) is not None


def test_what_never_arrived_may_always_be_repeated() -> None:
    assert pause(Failure(fate=Fate.UNSENT), repeatable=False, failures=1, left=30) is not None


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.UPSTREAM])
def test_a_clear_answer_is_not_asked_for_again(fate: Fate) -> None:
    assert pause(Failure(fate=fate), repeatable=True, failures=1, left=30) is None


def test_pauses_grow_and_end_with_the_patience() -> None:
    pauses = [pause(Failure(fate=Fate.UNSENT), repeatable=True, failures=each, left=30) for each in range(1, 9)]
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 8, 8]
    assert pause(Failure(fate=Fate.UNSENT), repeatable=True, failures=6, left=7) is None


def test_a_dead_homeserver_is_told_with_address_and_remedy() -> None:
    error = told(Failure(fate=Fate.UNSENT))
    assert (error.kind, error.certain) == (ErrorKind.TEMPORARY, True)
    assert "http://hs:8008" in str(error)
    assert "homeserver.address" in str(error)


@pytest.mark.parametrize(
    ("setting", "remedy"),
    [
        ("appservice.as_token", "then restart the homeserver."),
        ("homeserver.admin_token", "make a new token for it, and put that into homeserver.admin_token."),
    ],
)
def test_a_wrong_token_names_its_setting_and_what_mends_it(setting: str, remedy: str) -> None:
    error = told(judge(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", None), setting)
    assert error.kind is ErrorKind.REFUSED
    assert f"the token in {setting}." in str(error)
    assert str(error).endswith(remedy)
    assert ("restart" in str(error)) is (setting == "appservice.as_token")


@pytest.mark.parametrize(("status", "errcode"), [(409, "M_UNKNOWN"), (400, "M_ROOM_IN_USE")])
def test_what_is_taken_is_a_conflict(status: int, errcode: str) -> None:
    assert told(judge(status, errcode, "", None)).kind is ErrorKind.CONFLICT


@pytest.mark.parametrize("failure", [judge(200, "", "", None), judge(301, "", "", None), judge(404, "", "", None)])
def test_something_else_at_the_address_is_told_as_such(failure: Failure) -> None:
    error = told(failure)
    assert error.kind is ErrorKind.REFUSED
    assert "not a Matrix homeserver" in str(error)


def test_blocked_invitations_are_told_in_their_own_words() -> None:
    for errcode in ("M_INVITE_BLOCKED", "ORG.MATRIX.MSC4155.INVITE_BLOCKED", "ORG.MATRIX.MSC4155.M_INVITE_BLOCKED"):
        assert "does not accept invitations" in str(told(judge(403, errcode, "", None)))


def test_the_homeservers_own_words_stay_in_the_log() -> None:
    error = told(judge(403, "M_FORBIDDEN", "@x:corp not in room !secret", None))
    assert "secret" not in str(error)
    assert "secret" in error.detail
