"""What must hold for partners: servers that are theirs alone, never ours, and somebody who answers for them."""

from collections.abc import Iterator

from bridge.adapters.directory.drafts import Fault
from bridge.adapters.directory.known import Known
from bridge.adapters.directory.people_checks import faults_of_ids
from bridge.domain.ids import WILD, covers, is_address, is_server_name, is_user_id, server_of
from bridge.domain.messages import Message, say
from bridge.domain.partners import Partner
from bridge.files.spelling import shown
from bridge.files.trees import Path


def faults_of_partners(partners: list[Partner], known: Known) -> Iterator[Fault]:
    yield from faults_of_ids("partners", [partner.id for partner in partners])
    taken: dict[str, str] = {}
    for index, partner in enumerate(partners):
        if partner.id:
            yield from _faults_of_partner(partner, ("partners", index), taken, known.server_name)
        for key, person in (("sponsor", partner.sponsor), ("deputy", partner.deputy)):
            if partner.id and person and known.lacks_person(person):
                yield Fault(("partners", index, key), known.no_person(person))
        if partner.since and partner.until and partner.until < partner.since:
            yield Fault(("partners", index, "until"), say("The agreement would end before it begins."))


def _faults_of_partner(partner: Partner, here: Path, taken: dict[str, str], server_name: str) -> Iterator[Fault]:
    """``taken`` grows: which partner each server and user belongs to."""
    if not partner.servers and not partner.users:
        yield Fault(here, say("A partner needs servers, or users when its server is shared with others."))
    claims = [
        ("servers", place, server, _wrong_server(server, server_name)) for place, server in enumerate(partner.servers)
    ]
    claims += [
        ("users", place, user, _wrong_partner_user(user, server_name)) for place, user in enumerate(partner.users)
    ]
    for key, place, claim, wrong in claims:
        if claim and wrong:
            yield Fault((*here, key, place), wrong)
        elif claim and (other := _taken(claim, partner, taken)):
            message = say("{what} belongs already to the partner {other}.", what=shown(claim), other=shown(other))
            yield Fault((*here, key, place), message)
        elif claim.startswith(WILD):
            message = say("{server} lets in everybody on every server below this domain, also on those to come.",
                          server=shown(claim))  # fmt: skip
            yield Fault((*here, key, place), message, warning=True)


def _taken(claim: str, partner: Partner, taken: dict[str, str]) -> str | None:
    """Which other partner has the claim, or a domain that it lies in, or a server within it; else it is theirs."""
    exact = taken.setdefault(claim, partner.id)
    if exact != partner.id:
        return exact
    if claim.startswith("@") or not any(one.startswith(WILD) for one in (claim, *taken)):
        return None
    covered = (other for one, other in taken.items() if not one.startswith("@") and other != partner.id
               and (covers(one, claim) or covers(claim, one)))  # fmt: skip
    return next(covered, None)


def _wrong_server(server: str, server_name: str) -> Message | None:
    if covers(server, server_name):
        return say("{server} is our own server: it cannot be a partner's.", server=shown(server))
    if server.startswith(WILD):
        server = server.removeprefix(WILD)
        if "." not in server.strip("."):
            return say("{server} is not a domain such as *.acme.example.", server=shown(WILD + server))
    if not is_server_name(server):
        return say("{server} is not a server name such as acme.example.", server=shown(server))
    if is_address(server):
        return say("{server} is an address, not a name: servers without a name are never let in.", server=shown(server))
    return None


def _wrong_partner_user(user: str, server_name: str) -> Message | None:
    if not is_user_id(user):
        return say("{user} is not a user id such as @bob:acme.example.", user=shown(user))
    if server_of(user) == server_name.lower():
        return say("{user} is on our own server: employees belong to the people.", user=shown(user))
    return None
