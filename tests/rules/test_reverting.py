"""Taking decisions back takes back exactly these, and never what was decided since."""

from bridge.rules.reverting import PastDecision, revert
from tests.fakes.clock import START


def decision(field: str = "visibility", name: str = "d", **changes: object) -> PastDecision:
    return PastDecision(id=name, group="sales", field=field, by="@claire:x", at=START, **changes)  # type: ignore[arg-type]


def test_a_value_goes_back_to_what_it_was() -> None:
    taken = decision(before=("public",), after=("hidden",))
    assert revert({"visibility": "hidden", "listed": True}, [taken]).values == {"visibility": "public", "listed": True}


def test_where_nothing_was_decided_before_nothing_is_decided_then() -> None:
    found = revert({"visibility": "hidden"}, [decision(after=("hidden",))])
    assert found.values == {}
    assert [one.id for one in found.back] == ["d"]


def test_a_decision_that_took_another_back_is_taken_back_too() -> None:
    assert revert({}, [decision(before=("hidden",))]).values == {"visibility": "hidden"}


def test_nothing_decided_and_decided_as_nothing_are_two_things() -> None:
    assert revert({"encrypted": None}, [decision("encrypted", before=(True,), after=(None,))]).values == {
        "encrypted": True
    }
    assert revert({}, [decision("encrypted", before=(True,), after=(None,))]).back == ()


def test_what_was_decided_again_since_stays() -> None:
    found = revert({"visibility": "public"}, [decision(before=("invite-only",), after=("hidden",))])
    assert found.values == {"visibility": "public"}
    assert [one.id for one in found.kept] == ["d"]


def test_several_are_taken_back_newest_first() -> None:
    newest = decision(name="2", before=("public",), after=("hidden",))
    oldest = decision(name="1", before=("invite-only",), after=("public",))
    assert revert({"visibility": "hidden"}, [newest, oldest]).values == {"visibility": "invite-only"}


def test_whoever_was_added_goes_and_who_came_since_stays() -> None:
    added = decision("members", added=("@luc:x",))
    assert revert({"members": ["@ann:x", "@luc:x", "@eva:x"]}, [added]).values == {"members": ["@ann:x", "@eva:x"]}


def test_whoever_was_removed_comes_back() -> None:
    removed = decision("members", before=(["@ann:x", "@luc:x"],), after=(["@ann:x"],), removed=("@luc:x",))
    assert revert({"members": ["@ann:x"]}, [removed]).values == {"members": ["@ann:x", "@luc:x"]}
    assert revert({"members": ["@ann:x", "@eva:x"]}, [removed]).values == {"members": ["@ann:x", "@eva:x", "@luc:x"]}


def test_who_is_gone_already_is_not_taken_off_again() -> None:
    assert revert({"members": ["@ann:x"]}, [decision("members", added=("@luc:x",))]).back == ()


def test_owners_who_were_first_named_by_command_go_back_to_the_directory_only_as_they_were_named() -> None:
    named = decision("owners", after=(["@ann:x", "@luc:x"],), added=("@ann:x", "@luc:x"))
    assert revert({"owners": ["@ann:x", "@luc:x"]}, [named]).values == {}
    assert revert({"owners": ["@ann:x", "@luc:x", "@eva:x"]}, [named]).back == ()


def test_that_a_group_was_made_is_not_taken_back() -> None:
    assert revert({"name": "Sales"}, [decision("created", after=({"name": "Sales"},), settled=True)]).back == ()
