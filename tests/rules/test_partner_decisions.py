"""What decisions about partners can never do, whatever is claimed, said and invited."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.messages import Text
from bridge.domain.partners import Acceptance, Guest, Partner, PartnerPolicy, PartnerState, Standing
from bridge.domain.policy import FilePolicy, KindPolicy, Terms
from bridge.rules.facts import gather
from bridge.rules.fields import BadValue
from bridge.rules.partner_decisions import refuse_contradictions
from bridge.rules.partner_effects import reasons
from bridge.rules.partner_layers import with_partners
from bridge.rules.partners import belonging, is_active, partner_of
from tests.world import SERVER, TODAY, directory, group

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTS = ("acme.test", "eu.acme.test", "fr.eu.acme.test", "apex.test", "eu.apex.test", SERVER)
SERVERS = st.sampled_from([*HOSTS, "eu.acme.test:8448", "*.acme.test", "*.eu.acme.test", "*.apex.test"])
USERS = st.sampled_from([f"@{name}:{host}" for host in HOSTS for name in ("kim", "lee")])
DAYS = st.none() | st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))
TERMS = {"nda": Terms(version="2", text=Text.same("Hush")), "old": Terms(version="2", text=Text.same("x"), by=TODAY)}


@st.composite
def partners(draw: st.DrawFn, id_: str = "acme") -> Partner:
    return Partner(
        id=id_,
        name=Text.same(id_.title()),
        servers=tuple(draw(st.lists(SERVERS, max_size=3, unique=True))),
        users=tuple(draw(st.lists(USERS, max_size=3, unique=True))),
        state=draw(st.sampled_from(PartnerState)),
        since=draw(DAYS),
        until=draw(DAYS),
        terms=draw(st.sampled_from(["", "nda", "old", "lost"])),
    )


GUESTS = st.builds(
    Guest,
    user=USERS,
    partner=st.just("acme"),
    standing=st.sampled_from(Standing),
    until=DAYS,
    accepted=st.none() | st.sampled_from("12").map(lambda version: Acceptance(version=version, at=NOW)),
    since=st.just(NOW),
    at=st.just(NOW),
)


def accepted(was: Partner, now: Partner, *others: Partner) -> bool:
    """Whether the partner may become so."""
    try:
        refuse_contradictions(was, now, others, SERVER)
    except BadValue:
        return False
    return True


def whose(*known: Partner) -> dict[str, str | None]:
    """The partner of everybody whom somebody might claim."""
    belongs, _ = belonging(known, own_server=SERVER)
    return {f"@{name}:{host}": partner_of(f"@{name}:{host}", belongs) for host in HOSTS for name in ("kim", "lee")}


@given(st.lists(st.tuples(st.sampled_from(["acme", "apex"]), SERVERS | USERS), max_size=8))
def test_no_claim_that_is_accepted_takes_anybody_from_another_partner_or_from_us(claims: list[tuple[str, str]]) -> None:
    known = {id_: Partner(id=id_, name=Text.same(id_), state=PartnerState.PROPOSED) for id_ in ("acme", "apex")}
    for id_, claim in claims:
        was = known[id_]
        if claim.startswith("@"):
            now = replace(was, users=(*was.users, claim))
        else:
            now = replace(was, servers=(*was.servers, claim))
        if not accepted(was, now, *known.values()):
            continue
        before, known[id_] = whose(*known.values()), now
        after = whose(*known.values())
        for user, owner in after.items():
            assert before[user] in (owner, None, id_)
            assert owner in (before[user], None, id_)
            assert owner is None or not user.endswith(f":{SERVER}")


@given(partners(), st.lists(GUESTS, max_size=4))
def test_a_seat_takes_an_agreement_that_runs_the_terms_and_an_invitation_that_counts(
    acme: Partner, guests: list[Guest]
) -> None:
    known = {guest.user: guest for guest in guests}
    everybody = [f"{name}:{host}" for host in HOSTS[:-1] for name in ("kim", "lee")]
    source = directory(group("deal").members(*everybody).admits("acme"), partners=[acme])
    facts = gather(replace(source, guests=known, terms=TERMS), today=TODAY, server_name=SERVER)
    inside = facts.members["deal"]
    assert not inside or is_active(acme, TODAY)
    for user in inside:
        guest = known.get(user)
        assert guest is not None or not acme.terms
        if guest is not None:
            assert guest.standing is Standing.INVITED
            assert guest.until is None or guest.until >= TODAY
            assert not acme.terms or guest.accepted is not None


DECIDED: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from([state.value for state in PartnerState]),
        "until": st.sampled_from(["2026-01-01", "2027-01-01", None]),
        "note": st.just("decided"),
        "servers": st.lists(SERVERS, max_size=2, unique=True),
        "sponsor": st.sampled_from(["ann", "nobody", ""]),
    },
)


@given(partners(), DECIDED, st.sets(st.sampled_from(["state", "until", "note", "servers", "sponsor"])))
def test_what_a_file_says_counts_save_that_the_brake_always_does(
    acme: Partner, values: dict[str, Any], pinned: set[str]
) -> None:
    acme = replace(acme, declared=frozenset(pinned))
    source = directory(partners=[acme], people=("ann",))
    policy = PartnerPolicy(partner="acme", values=values, at=NOW)
    found = with_partners(source, {"acme": policy}, {}, FilePolicy(), own_server=SERVER).directory.partners["acme"]
    for name in pinned - {"state"}:
        assert getattr(found, name) == getattr(acme, name)
    out = values.get("state") in ("suspended", "ended")
    if out or ("state" not in pinned and "state" in values):
        assert found.state.value == values["state"]
    else:
        assert found.state is acme.state
    assert found.decided <= values.keys()
    assert SERVER not in found.servers or SERVER in acme.servers


def test_terms_of_a_kind_count_where_the_partner_names_none() -> None:
    rules = FilePolicy(terms=TERMS, kinds={"customer": KindPolicy(terms="nda")})
    acme = Partner(id="acme", name=Text.same("Acme"))
    policy = PartnerPolicy(partner="acme", values={"kind": "customer"}, at=NOW)
    found = with_partners(directory(partners=[acme]), {"acme": policy}, {}, rules, own_server=SERVER)
    assert found.directory.partners["acme"].terms == "nda"


@given(partners(), partners())
def test_it_is_asked_whenever_somebody_comes_to_belong_to_the_partner_or_no_longer_does(
    was: Partner, now: Partner
) -> None:
    was, now = (
        replace(was, state=PartnerState.ACTIVE, since=None, until=None),
        replace(now, state=PartnerState.ACTIVE, since=None, until=None),
    )
    if whose(was) != whose(now):
        assert list(reasons(was, now, TODAY))


def test_a_proposal_asks_nothing_for_nothing_follows_from_it() -> None:
    was = Partner(id="acme", name=Text.same("Acme"), state=PartnerState.PROPOSED)
    assert list(reasons(was, replace(was, servers=("acme.test",), until=date(2027, 1, 1)), TODAY)) == []
