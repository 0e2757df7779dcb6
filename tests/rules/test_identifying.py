"""Whose account is whose: what holds, what is found, and what is left to people."""

from dataclasses import replace

from bridge.domain.directory import Directory, Person
from bridge.domain.identities import BY_THE_DIRECTORY, Account, Identity, Known, Strategies, Strategy
from bridge.rules.identifying import Found, find, identified
from tests.fakes.clock import START

ALL = Strategies(order=(Strategy.EXTERNAL, Strategy.EMAIL, Strategy.TEMPLATE), provider="oidc")


def somebody(word: str, **fields: str) -> Person:
    user, email = f"@{word}:corp.example", f"{word}@corp.example"
    person = Person(id=f"uuid-{word}", user=user, name=word, login=word, email=email)
    return replace(person, **fields)  # type: ignore[arg-type]  # fields of text, named by the tests


def of(*people: Person) -> Directory:
    return Directory({one.id: one for one in people})


def account(name: str, *emails: str, **external: str) -> Account:
    return Account(user=f"@{name}:corp.example", external=frozenset(external.items()), emails=frozenset(emails))


def link(person: str, user: str, how: str = "external") -> Identity:
    return Identity(person=f"uuid-{person}", user=f"@{user}:corp.example", how=how, at=START)


def links(*some: Identity) -> dict[str, Identity]:
    return {one.person: one for one in some}


def found(
    directory: Directory, *accounts: Account, known: dict[str, Identity] | None = None, by: Strategies = ALL
) -> Found:
    by_user = {one.user: one for one in accounts}
    return find(directory, known or {}, by_user, by, server_name="corp.example", now=START)


def linked(result: Found) -> dict[str, tuple[str, str]]:
    return {one.person: (one.user, one.how) for one in result.links}


def test_the_first_strategy_that_finds_anything_decides() -> None:
    result = found(
        of(somebody("ann"), somebody("bob"), somebody("cleo")),
        account("a.martin", oidc="uuid-ann"),
        account("ann", "nobody@corp.example"),
        account("b", "BOB@corp.example"),
        account("cleo"),
    )
    assert linked(result) == {
        "uuid-ann": ("@a.martin:corp.example", "external"),
        "uuid-bob": ("@b:corp.example", "email"),
        "uuid-cleo": ("@cleo:corp.example", "template"),
    }
    assert result.doubts == ()


def test_who_has_not_signed_in_yet_is_nobody_until_then() -> None:
    assert found(of(somebody("ann")), account("bob")) == Found()
    assert identified(of(somebody("ann")), {}, ALL).people["uuid-ann"].user == ""


def test_external_ids_may_be_logins_or_addresses_and_accents_are_letters() -> None:
    zoe = somebody("zoe", login="Zoe\u0308", email="ZOE@corp.example")
    for known, said in ((Known.LOGIN, "ZO\u00cb"), (Known.EMAIL, "zoe@CORP.example")):
        by = Strategies(order=(Strategy.EXTERNAL,), provider="oidc", external=known)
        result = found(of(zoe), account("x", oidc=said), by=by)
        assert linked(result) == {"uuid-zoe": ("@x:corp.example", "external")}
    by = Strategies(order=(Strategy.EXTERNAL,), provider="oidc", external=Known.LOGIN)
    assert found(of(replace(zoe, login="zoe")), account("x", oidc="zo\u00eb"), by=by) == Found()


def test_a_template_becomes_what_the_homeserver_makes_of_it() -> None:
    jane = somebody("jane", login="Jane Müller")
    by = Strategies(order=(Strategy.TEMPLATE,))
    assert linked(found(of(jane), account("jane=20m=c3=bcller"), by=by)) == {
        "uuid-jane": ("@jane=20m=c3=bcller:corp.example", "template")
    }
    by = Strategies(order=(Strategy.TEMPLATE,), template="x-{email}")
    assert linked(found(of(jane), account("x-jane"), by=by)) == {"uuid-jane": ("@x-jane:corp.example", "template")}


def test_an_account_that_the_sign_in_service_knows_as_somebody_else_is_not_theirs() -> None:
    assert found(of(somebody("ann")), account("ann", "ann@corp.example", oidc="uuid-bob")) == Found()


def test_what_two_people_could_have_is_asked() -> None:
    by = Strategies(order=(Strategy.TEMPLATE,), template="{email}")
    twins = of(somebody("ann", email="am@corp.example"), somebody("amy", email="am@corp.example"))
    result = found(twins, account("am"), by=by)
    assert result.links == ()
    assert {(one.person, one.users) for one in result.doubts} == {
        ("uuid-ann", ("@am:corp.example",)),
        ("uuid-amy", ("@am:corp.example",)),
    }


def test_an_address_that_two_people_share_is_nobodys() -> None:
    by = Strategies(order=(Strategy.EMAIL,))
    shared = of(somebody("ann", email="desk@corp.example"), somebody("bob", email="Desk@corp.example"))
    assert found(shared, account("desk", "desk@corp.example"), by=by) == Found()


def test_two_accounts_for_one_person_are_asked() -> None:
    by = Strategies(order=(Strategy.EMAIL,))
    result = found(of(somebody("ann")), account("a", "ann@corp.example"), account("b", "Ann@corp.example"), by=by)
    assert result.links == ()
    assert result.doubts[0].users == ("@a:corp.example", "@b:corp.example")


def test_who_is_created_again_under_the_same_login_is_somebody_else() -> None:
    again = somebody("ann", id="uuid-new")
    result = found(of(again), account("ann"), known=links(link("ann", "ann")))
    assert result.links == ()
    assert [(one.person, one.holder) for one in result.doubts] == [("uuid-new", "uuid-ann")]
    assert identified(of(again), links(link("ann", "ann")), ALL).people["uuid-new"].user == ""


def test_a_link_holds_whatever_is_renamed() -> None:
    moved = somebody("ann", name="Ann Weber", login="weber", email="weber@corp.example", user="@weber:corp.example")
    known = links(link("ann", "ann"))
    assert identified(of(moved), known, ALL).people["uuid-ann"].user == "@ann:corp.example"
    assert found(of(moved), account("weber"), known=known) == Found()


def test_what_the_directory_names_counts_unless_it_is_said_by_hand() -> None:
    named = somebody("ann", login="")
    assert identified(of(named), {}, ALL).people["uuid-ann"].user == "@ann:corp.example"
    assert identified(of(named), links(link("ann", "x")), ALL).people["uuid-ann"].user == "@ann:corp.example"
    by_hand = links(link("ann", "x", how=""))
    assert identified(of(named), by_hand, ALL).people["uuid-ann"].user == "@x:corp.example"


def test_nobody_has_an_account_that_is_somebody_elses_by_name() -> None:
    named, other = somebody("ann", login=""), somebody("bob")
    result = identified(of(other, named), links(link("bob", "ann")), ALL)
    assert (result.people["uuid-ann"].user, result.people["uuid-bob"].user) == ("@ann:corp.example", "")
    assert found(of(other, named), account("ann", oidc="uuid-bob")).doubts[0].holder == "uuid-ann"


def test_without_strategies_everybody_has_the_account_that_is_made_of_their_login() -> None:
    directory = of(somebody("ann"))
    assert identified(directory, {}, BY_THE_DIRECTORY) is directory
    by_hand = links(link("ann", "x", how=""))
    assert identified(directory, by_hand, BY_THE_DIRECTORY).people["uuid-ann"].user == "@x:corp.example"


def test_who_is_off_is_not_looked_for() -> None:
    assert found(of(replace(somebody("ann"), active=False)), account("ann")) == Found()
