"""Who decides what about a partner, laid one over the other: commands, then the directory; then what goes for its kind.

Called once per look, before what is decided about groups is laid over. What has become impossible, because the
directory changed, is a finding and is ignored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bridge.domain.directory import Directory
from bridge.domain.findings import Finding
from bridge.domain.ids import covers, server_of
from bridge.domain.messages import Message, Text, say
from bridge.domain.partners import AfterEnd, Guest, Partner, PartnerPolicy, PartnerState
from bridge.domain.policy import FilePolicy, KindPolicy
from bridge.rules.fields import BadValue
from bridge.rules.partner_fields import attribute, read_value

OUT: Final = (PartnerState.SUSPENDED, PartnerState.ENDED)
NOTHING: Final = KindPolicy()


@dataclass(frozen=True, slots=True)
class Partnered:
    """The directory with all that is decided about partners, and what could not be followed."""

    directory: Directory
    findings: tuple[Finding, ...] = ()


def with_partners(
    directory: Directory,
    policies: Mapping[str, PartnerPolicy],
    guests: Mapping[str, Guest],
    rules: FilePolicy,
    *,
    own_server: str,
) -> Partnered:
    """Everything decided about partners. Pure; ``own_server`` can belong to none."""
    if not (directory.partners or policies or guests or rules.terms or rules.kinds):
        return Partnered(directory)
    laid = _Laid(directory, own_server.lower())
    partners = dict(directory.partners)
    for id_, policy in sorted(policies.items()):
        known = partners.get(id_)
        if known is None and not policy.created:
            continue  # it has left the directory, and with it all that was said of it
        partners[id_] = laid.settled(known or Partner(id=id_, name=Text.same(id_)), policy, partners)
    partners = {id_: _by_kind(partner, rules) for id_, partner in partners.items()}
    findings = (*laid.findings, *_without_terms(partners, rules), *_proposed(partners, directory))
    return Partnered(replace(directory, partners=partners, guests=guests, terms=rules.terms), findings)


def _by_kind(partner: Partner, rules: FilePolicy) -> Partner:
    kind = rules.kinds.get(partner.kind.value, NOTHING)
    terms, cards = partner.terms or kind.terms, AfterEnd(kind.cards) if kind.cards else partner.cards
    unchanged = (terms, cards) == (partner.terms, partner.cards)
    return partner if unchanged else replace(partner, terms=terms, cards=cards)


def _without_terms(partners: Mapping[str, Partner], rules: FilePolicy) -> Iterator[Finding]:
    for partner in partners.values():
        if partner.terms and partner.terms not in rules.terms:
            text = say(
                "People of {partner} are to accept the terms {terms}, and the policy file has none of that name: nobody"
                " new is let in.",
                partner=partner.name,
                terms=partner.terms,
            )
            yield Finding("partner-terms", partner.id, text)


def _proposed(partners: Mapping[str, Partner], directory: Directory) -> Iterator[Finding]:
    for partner in partners.values():
        if partner.state is PartnerState.PROPOSED:
            text = say(
                "{sponsor} proposes the partner {partner}, on {servers}. Administrators agree by “{command}”, or"
                " refuse by “{refusal}”.",
                sponsor=_name_of(partner.sponsor, directory) or "?",
                partner=partner.name,
                servers=(*partner.servers, *partner.users),
                command=Text(
                    en=f"!partner set {partner.id} state active", fr=f"!partenaire régler {partner.id} état actif"
                ),
                refusal=Text(en=f"!partner end {partner.id}", fr=f"!partenaire terminer {partner.id}"),
            )
            yield Finding("partner-proposed", partner.id, text)


def _name_of(who: str, directory: Directory) -> str:
    """What somebody is called, given their user id or id; with the user id where several bear the name."""
    person = next((one for one in directory.people.values() if who in (one.id, one.user)), None)
    if person is None or not person.name:
        return who
    namesakes = sum(1 for one in directory.people.values() if one.name == person.name)
    return person.name if namesakes == 1 else f"{person.name} ({person.user})"


@dataclass(slots=True)
class _Laid:
    directory: Directory
    own_server: str
    findings: list[Finding] = field(default_factory=list)

    def settled(self, partner: Partner, policy: PartnerPolicy, others: Mapping[str, Partner]) -> Partner:
        """The partner with what commands say. To be out counts whatever the directory says: it is the brake."""
        values: dict[str, Any] = {}
        for name, value in policy.values.items():
            try:
                values[attribute(name)] = self._read(partner, name, read_value(name, value), others)
            except BadValue as bad:
                self._ignore(partner, bad.message)
        pinned = {name for name in values if name in partner.declared}
        kept = {name: value for name, value in values.items() if name not in pinned or value in OUT}
        return replace(partner, **kept, decided=frozenset(kept))

    def _read(self, partner: Partner, name: str, value: Any, others: Mapping[str, Partner]) -> Any:
        """What still leads somewhere of it. Raises ``BadValue``."""
        if name in ("sponsor", "deputy") and value and not self._is_person(value):
            raise BadValue(say("There is no person {id}.", id=value))
        if name in ("servers", "users"):
            return tuple(one for one in value if self._is_free(partner, one, others))
        return value

    def _is_person(self, text: str) -> bool:
        people = self.directory.people
        return text in people or any(person.user == text for person in people.values())

    def _is_free(self, partner: Partner, claim: str, others: Mapping[str, Partner]) -> bool:
        other = claimed_by(claim, partner.id, others, own_server=self.own_server)
        if other is not None:
            name = others[other].name if other in others else other
            self._ignore(partner, say("{what} belongs already to the partner {other}.", what=claim, other=name))
        return other is None

    def _ignore(self, partner: Partner, reason: Message) -> None:
        text = say("Something decided about the partner {partner} is not followed: {reason}", partner=partner.name,
                   reason=reason)  # fmt: skip
        self.findings.append(Finding("partner-ignored", partner.id, text))


def claimed_by(claim: str, partner_id: str, partners: Mapping[str, Partner], *, own_server: str) -> str | None:
    """Who has the server, the domain (``*.acme.example``) or the user already: another partner's id, our own server's
    name, or None. A domain clashes with every server within it, and somebody's whole server with everybody on it."""
    server = server_of(claim) if claim.startswith("@") else claim
    if covers(server, own_server):
        return own_server
    for other in partners.values():
        if other.id != partner_id and other.state is not PartnerState.ENDED:
            shared = {server_of(user) for user in other.users}
            whole = [one for one in other.servers if one not in shared]
            if claim in other.users or any(covers(one, server) or covers(server, one) for one in whole):
                return other.id
    return None
