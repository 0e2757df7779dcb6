"""What a Synapse configuration says, held against what the bridge needs: pure. Called by ``parvis doctor``.

Every check gives one diagnosis, also where all is well: what was not looked at must not pass for good.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import Any, Final, TypeAlias

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say
from bridge.rules.doctor import forms
from bridge.rules.doctor.registration import fits
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE, Tree, is_understood, odd, switched, value_at, written_at
from bridge.rules.doctor.settings import SETTINGS

Rules: TypeAlias = Sequence[Mapping[str, Any]]
OPEN_PORTS: Final = frozenset({"manhole", "metrics"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What the homeserver has to know of us. ``users`` are the patterns of the names that are kept for bots, as in the
    registration; ``partners`` are their servers."""

    server_name: str
    bot: str
    aliases: str
    users: tuple[str, ...]
    partners: frozenset[str] = frozenset()


def examine(tree: Tree, ours: Ours, place: str) -> Iterator[Diagnosis]:
    """Everything that can be told from the homeserver's configuration, which stands in ``place``."""
    wrong = tuple(forms.examine(tree, place))
    yield from wrong
    yield from (one for one in _examine(forms.formed(tree), ours, place) if not forms.follows(one, wrong))


def _examine(tree: Tree, ours: Ours, place: str) -> Iterator[Diagnosis]:
    yield _names(tree, ours, place)
    yield _services(tree, place)
    yield _publishing(tree, ours, place)
    yield _aliases(tree, ours, place)
    for setting in SETTINGS:
        yield setting.examine(tree, place)
    yield _retention(tree, place)
    yield _federation(tree, ours, place)
    yield _notices(tree, ours, place)
    yield _listeners(tree, place)
    yield _prejoin(tree, place)


def _names(tree: Tree, ours: Ours, place: str) -> Diagnosis:
    named = value_at(tree, "server_name", "")
    if named == ours.server_name:
        return _good("server_name", place)
    return Diagnosis(
        check="server_name",
        place=place,
        verdict=Verdict.FAULT,
        found=say("This homeserver is called {name}, and config.yaml says {other}.", name=str(named),
                  other=ours.server_name),
        why=say("The bridge would speak of people and rooms that do not exist."),
        remedy=f"homeserver: {{server_name: {named}}}   # config.yaml",
    )  # fmt: skip


def _services(tree: Tree, place: str) -> Diagnosis:
    files = value_at(tree, "app_service_config_files", ())
    if files:
        return _good("app_service_config_files", place)
    return Diagnosis(
        check="app_service_config_files",
        place=place,
        verdict=Verdict.FAULT,
        found=say("No application service is registered."),
        why=say("The homeserver sends the bridge nothing and refuses its bots."),
        remedy="app_service_config_files: [/etc/parvis/registration.yaml]",
    )


def _publishing(tree: Tree, ours: Ours, place: str) -> Diagnosis:
    """Since Synapse 1.126 nobody may publish unless a rule says so."""
    check, remedy = "room_list_publication_rules", (
        "room_list_publication_rules:\n"
        f'  - {{user_id: "{ours.bot}", action: allow}}\n'
        "  - {action: deny}"
    )  # fmt: skip
    rules = value_at(tree, check, ())
    if not _allowed(rules, ours.bot, default=False):
        found = say("The bot may not publish rooms.")
        why = say("Listed groups stay out of the room directory: the homeserver answers that all is well and does"
                  " nothing.")  # fmt: skip
        return Diagnosis(check=check, place=place, verdict=Verdict.FAULT, found=found, why=why, remedy=remedy)
    if _allowed(rules, f"@somebody:{ours.server_name}", default=False):
        found = say("Everybody may publish rooms.")
        why = say("What an employee publishes shows in the room directory beside the groups, and nobody governs it.")
        return Diagnosis(check=check, place=place, verdict=Verdict.WARNING, found=found, why=why, remedy=remedy)
    return _good(check, place)


def _aliases(tree: Tree, ours: Ours, place: str) -> Diagnosis:
    """Unless a rule says otherwise, whoever is in a room may give it an address."""
    check, remedy = "alias_creation_rules", (
        f'alias_creation_rules:\n  - {{user_id: "{ours.bot}", action: allow}}\n  - {{action: deny}}'
    )  # fmt: skip
    rules = value_at(tree, check, [{"action": "allow"}])
    if not _allowed(rules, ours.bot, default=False, alias=f"#{ours.aliases}x:{ours.server_name}"):
        found = say("The bot may not make aliases.")
        why = say("Listed groups get no address, and clients cannot find them by name.")
        return Diagnosis(check=check, place=place, verdict=Verdict.FAULT, found=found, why=why, remedy=remedy)
    if _addresses(rules, f"@somebody:{ours.server_name}"):
        found = say("Everybody may give an address to a room that they are in.")
        why = say("By the address of a hidden room anybody who guesses it finds the room, and the bridge sees it at the"
                  " next full verification only.")  # fmt: skip
        return Diagnosis(check=check, place=place, verdict=Verdict.WARNING, found=found, why=why, remedy=remedy)
    return _good(check, place)


def _addresses(rules: Rules, user: str) -> bool:
    """Whether there are any addresses that a user may give to some room."""
    for rule in rules:
        if fnmatchcase(user, str(rule.get("user_id", "*"))):
            if rule.get("action", "allow") == "allow":
                return True
            if all(str(rule.get(key, "*")) == "*" for key in ("alias", "room_id")):
                return False
    return False


def _allowed(rules: Rules, user: str, *, default: bool, alias: str = "") -> bool:
    """What the first rule says that fits; a rule without a pattern fits everything (Synapse's order)."""
    for rule in rules:
        # Rooms have no alias yet when they are published, so only rules for every room fit all of ours.
        fits = fnmatchcase(user, str(rule.get("user_id", "*"))) and fnmatchcase(alias, str(rule.get("alias", "*")))
        if fits and str(rule.get("room_id", "*")) == "*":
            return str(rule.get("action", "allow")) == "allow"
    return default


def _retention(tree: Tree, place: str) -> Diagnosis:
    check = "retention"
    values = [written_at(tree, path, False) for path in ("retention.enabled", "experimental_features.msc1763_enabled")]
    deletes, says_so = map(switched, values)
    unclear = next((odd(value) for value in values if not is_understood(value)), None)
    if deletes == says_so and unclear is None:
        return _good(check, place)
    found = unclear or (
        say("Old messages are deleted, and the bridge cannot ask whether they are.")
        if deletes
        else say("The homeserver says that it deletes old messages, and does not.")
    )
    why = say("Groups that say how long messages are kept need both.")
    return Diagnosis(check=check, place=place, verdict=Verdict.WARNING, found=found, why=why, remedy=RETENTION)


RETENTION: Final = (
    "retention:\n  enabled: true\n  purge_jobs: [{interval: 12h}]\nexperimental_features: {msc1763_enabled: true}"
)


def _federation(tree: Tree, ours: Ours, place: str) -> Diagnosis:
    check, listed = "federation_domain_whitelist", value_at(tree, "federation_domain_whitelist")
    missing = sorted(ours.partners.difference(listed)) if listed is not None else []
    if not missing:
        return _good(check, place)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.FAULT,
        found=say("The homeserver may not speak with these servers of partners: {servers}.", servers=tuple(missing)),
        why=say("Their people can be neither invited nor reached."),
        remedy="federation_domain_whitelist: [" + ", ".join(sorted({*listed, *missing})) + "]",
    )


def _notices(tree: Tree, ours: Ours, place: str) -> Diagnosis:
    """As whom the homeserver itself speaks to people, where it does."""
    check = "server_notices.system_mxid_localpart"
    name = f"@{value_at(tree, check, '')}:{ours.server_name}"
    if not any(fits(pattern, name) for pattern in ours.users):
        return _good(check, place)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.FAULT,
        found=say("The homeserver’s own notices come from {name}, a name that is kept for our bots.", name=name),
        why=say("People take them for words of the bot, and rooms are made in its name that the bridge knows nothing"
                " of."),
        remedy="server_notices:\n  system_mxid_localpart: notices",
    )  # fmt: skip


def _listeners(tree: Tree, place: str) -> Diagnosis:
    check, listeners = "listeners", value_at(tree, "listeners", ())
    bare = sorted({one.get("port") or 0 for one in listeners if _is_open(one)})
    if not bare:
        return _good(check, place)
    ports = ", ".join(map(str, bare))
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.WARNING,
        found=say("Reachable from every network, past the reverse proxy: port {ports}.", ports=ports),
        why=say("The administration API answers there, and what the proxy closes is open."),
        remedy='listeners:\n  - {…, bind_addresses: ["127.0.0.1"]}',
    )


def _is_open(listener: Mapping[str, Any]) -> bool:
    """Whether the outside reaches there what is for the inside: everything but federation alone."""
    addresses = listener.get("bind_addresses") or [listener.get("bind_address") or ""]
    if listener.get("path") or not any(map(_is_everywhere, addresses)):
        return False
    resources = listener.get("resources") or ()
    names = {name for one in resources for name in one.get("names") or ()}
    return bool(listener.get("type") in OPEN_PORTS or names & {"client", "metrics", "replication"})


def _is_everywhere(address: str) -> bool:
    """Whether a listener's address means all networks; so does none."""
    try:
        return not address or ip_address(address).is_unspecified
    except ValueError:
        return False


def _prejoin(tree: Tree, place: str) -> Diagnosis:
    """What those learn who are invited or knock; a hidden group's cover name stands in the rooms' names."""
    check = "room_prejoin_state.additional_event_types"
    more = [str(one if isinstance(one, str) else one[0]) for one in value_at(tree, check, ()) if one]
    if not more:
        return _good(check, place)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.WARNING,
        found=say("Whoever is invited reads before they come in: {types}.", types=tuple(more)),
        why=say("So do the administrators of their homeserver."),
        remedy="room_prejoin_state: {additional_event_types: []}",
    )


def _good(check: str, place: str, found: Message = AS_IT_SHOULD_BE) -> Diagnosis:
    return Diagnosis(check=check, place=place, verdict=Verdict.GOOD, found=found)
