"""What a running homeserver answers, judged: pure. Called by ``parvis doctor``."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from bridge.domain.diagnosis import Answers, Diagnosis, Status, Verdict
from bridge.domain.messages import Message, say
from bridge.rules.doctor.registration import AGAIN, RESTART
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE

SKEW: Final = 60.0
"""Seconds between two clocks that nobody notices; beyond, times of invitations and of agreements are wrong."""
VERSIONS: Final = frozenset({"11", "12"})
OLDEST: Final = (1, 141)
"""Of Synapse: the first one that lets an application service take a device away from its bot without a password and
without `io.element.msc4190` in the registration (its changelog, 1.141.0rc1, #19031), which keeps what is encrypted
closed to the bridge (``services.keyless``). Seen: the journeys of ``tests/e2e`` on 1.141.0. All else that the bridge
needs is older: rooms of version 12 came with 1.135.2, rules for who may publish count for everybody since 1.126, files
ask for an account since 1.120. What a group's ``retention`` needs came with 1.156 (#19853); it is asked for by itself.
"""
UNSAID: Final = say("The homeserver does not say which software it is.")
TOO_OLD: Final = say("Older ones do not let the bridge remove the device of somebody who signed in as a bot.")
UNPROVEN: Final = say("What keeps groups closed was seen to hold on other versions.")
OLD_ROOMS: Final = say("What keeps groups closed is proven in versions 11 and 12 alone.")
NOBODY: Final = frozenset({"M_NOT_FOUND", "M_UNKNOWN"})
"""Words for a name that nobody has; Synapse says the second one."""
SILENT: Final = say("The homeserver did not answer.")
UNREACHED: Final = say("The homeserver could not be asked.")


def examine(answers: Answers, room_version: str = "") -> Iterator[Diagnosis]:
    """One diagnosis for each question. ``room_version`` is the one that config.yaml names for new rooms, if any."""
    place = answers.address
    yield _encrypted(place)
    yield _token(answers, place)
    if answers.token.code == 0:
        return
    yield _pinged(answers, place)
    yield _clock(answers, place)
    yield _software(answers, place)
    yield _versions(answers, place, room_version)
    yield _devices(answers, place)
    yield from _without_account(answers, place)
    for server, reached in sorted(answers.reached.items()):
        yield _partner(server, place, reached=reached)


def _encrypted(place: str) -> Diagnosis:
    check = "running.tls"
    if urlsplit(place).scheme == "https" or _near(urlsplit(place).hostname or ""):
        return _good(check, place)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.WARNING,
        found=say("The bridge asks the homeserver without TLS."),
        why=say("The bot's token opens every room of ours, and can be read on the way."),
        remedy="homeserver: {address: https://…}   # config.yaml",
    )


def _near(host: str) -> bool:
    """Whether a host is on this machine, in its network, or named by one word, as containers name one another."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


def _token(answers: Answers, place: str) -> Diagnosis:
    check = "running.token"
    if answers.token.answered:
        return _good(check, place)
    if answers.token.code == 0:
        why = say("Nothing else could be asked of it.")
        remedy = f"curl {place}/_matrix/client/versions"
        return Diagnosis(check=check, place=place, verdict=Verdict.FAULT, found=SILENT, why=why, remedy=remedy)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.FAULT,
        found=say("The homeserver refuses the bridge's token ({error}).", error=answers.token.errcode or "?"),
        why=say("The bridge can do nothing."),
        remedy=AGAIN,
        note=RESTART,
    )


def _pinged(answers: Answers, place: str) -> Diagnosis:
    check, pinged = "running.ping", answers.pinged
    if pinged.answered:
        return _good(check, place)
    if pinged.errcode == "M_CONNECTION_FAILED":
        found = say("The homeserver does not reach the bridge; is it running?")
        return Diagnosis(check=check, place=place, verdict=Verdict.UNKNOWN, found=found)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.FAULT,
        found=say("The homeserver cannot send to the bridge ({error}).", error=pinged.errcode or str(pinged.code)),
        why=say("No event arrives: commands stay without an answer."),
        remedy=AGAIN,
        note=RESTART,
    )


def _clock(answers: Answers, place: str) -> Diagnosis:
    check, ahead = "running.clock", answers.ahead
    if ahead is None:
        return Diagnosis(check=check, place=place, verdict=Verdict.UNKNOWN, found=UNREACHED)
    if abs(ahead) <= SKEW:
        return _good(check, place)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.WARNING,
        found=say("The clocks of the homeserver and of the bridge are {seconds} seconds apart.",
                  seconds=abs(round(ahead))),
        why=say("Commands seem too old to be run, and days end at the wrong time."),
        remedy="timedatectl set-ntp true",
    )  # fmt: skip


def _software(answers: Answers, place: str) -> Diagnosis:
    check, why, (name, _, version) = "running.version", UNPROVEN, answers.software.partition(" ")
    if not version:
        return Diagnosis(check=check, place=place, verdict=Verdict.UNKNOWN, found=UNSAID)
    if name != "Synapse":
        found = say("The homeserver is {software}; Parvis is proven with Synapse alone.", software=answers.software)
    elif _number(version) >= OLDEST:
        return _good(check, place)
    else:
        found = say("This is Synapse {version}; Parvis needs {oldest} or newer.", version=version,
                    oldest=".".join(map(str, OLDEST)))  # fmt: skip
        why = TOO_OLD
    return Diagnosis(
        check=check, place=place, verdict=Verdict.WARNING, found=found, why=why,
        remedy="pip install --upgrade matrix-synapse",
    )  # fmt: skip


def _number(version: str) -> tuple[int, ...]:
    """Its first two numbers, as ``1.163.2 (b=…)`` begins."""
    parts = version.split(maxsplit=1)[0].split(".")[:2]
    return tuple(int(part) for part in parts) if all(map(str.isdecimal, parts)) else ()


def _versions(answers: Answers, place: str, wanted: str) -> Diagnosis:
    """Which rooms the bridge's will be: of the wanted version, else of the homeserver's own."""
    check, made = "running.room_versions", wanted or answers.default_version
    if not answers.versions:
        return Diagnosis(check=check, place=place, verdict=Verdict.UNKNOWN, found=UNREACHED)
    if made in VERSIONS & answers.versions:
        return _good(check, place)
    there = max(VERSIONS & answers.versions, default="")
    if not there:
        found = say("The homeserver makes rooms of neither version 11 nor 12.")
        remedy = "pip install --upgrade matrix-synapse"
    elif wanted:
        found = say("The homeserver cannot make rooms of version {version}, which config.yaml says.", version=wanted)
        remedy = f'homeserver: {{room_version: "{there}"}}   # config.yaml'
    else:
        found = say("The homeserver makes rooms of version {version} unless it is told otherwise.", version=made)
        remedy = f'homeserver: {{room_version: "{there}"}}   # config.yaml'
    return Diagnosis(check=check, place=place, verdict=Verdict.FAULT, found=found, why=OLD_ROOMS, remedy=remedy)


def _devices(answers: Answers, place: str) -> Diagnosis:
    """Keys of the bots: whoever has no device is given none."""
    check = "running.devices"
    theirs = sorted((bot, device) for bot, ids in answers.devices.items() for device in ids)
    if not answers.devices:
        return Diagnosis(check=check, place=place, verdict=Verdict.UNKNOWN, found=UNREACHED)
    if not theirs:
        return _good(check, place)
    bot, device = theirs[0]
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.FAULT,
        found=say("Somebody is signed in as {bot}, with the device {device}.", bot=bot, device=device),
        why=say("People's clients give it the keys of encrypted rooms, those of hidden groups included."),
        remedy="parvis run",
        note=say("removes it within a minute; if one comes back, renew the tokens in config.yaml"),
    )


def _without_account(answers: Answers, place: str) -> Iterator[Diagnosis]:
    """What anybody is told there."""
    yield ROOMS.examine(answers.rooms, place)
    yield PROFILE.examine(_known(answers.profile), place)
    # A homeserver that makes accounts answers 401 with what it wants first (client-server API, user-interactive).
    yield ACCOUNT.examine(_open_at(401, answers.account), place)
    if not _local(place):
        # Without a token it answers 401 where the administration is; a proxy that closes it answers 403 or 404.
        yield ADMINISTRATION.examine(_open_at(401, answers.administration), place)


def _known(status: Status) -> Status:
    """The same as an answer where it says that nobody has this name: only who would be told of somebody hears that."""
    return Status(code=200) if status.code == 404 and status.errcode in NOBODY else status


def _open_at(code: int, status: Status) -> Status:
    """The same as an answer where this code means that something is there."""
    return Status(code=200) if status.code == code else status


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What nobody should be given without an account."""

    check: str
    found: Message
    why: Message
    remedy: str

    def examine(self, status: Status, place: str) -> Diagnosis:
        """What is so at one address."""
        if status.code == 0:
            return Diagnosis(check=self.check, place=place, verdict=Verdict.UNKNOWN, found=UNREACHED)
        if not status.answered:
            return _good(self.check, place)
        return Diagnosis(
            check=self.check, place=place, verdict=Verdict.WARNING, found=self.found, why=self.why, remedy=self.remedy
        )


ROOMS: Final = Closed(
    check="running.rooms",
    found=say("Anybody reads the room directory, without an account."),
    why=say("Listed groups are for employees."),
    remedy="allow_public_rooms_without_auth: false",
)
PROFILE: Final = Closed(
    check="running.profile",
    found=say("Anybody asks, without an account, who has one here."),
    why=say("Names of employees can be tried one after the other."),
    remedy="require_auth_for_profile_requests: true",
)
ACCOUNT: Final = Closed(
    check="running.account",
    found=say("People make accounts for themselves."),
    why=say("Whoever has an account here reads the room directory, without being in the company's directory."),
    remedy="enable_registration: false",
)
ADMINISTRATION: Final = Closed(
    check="running.administration",
    found=say("The administration of the homeserver can be reached there."),
    why=say("Whoever gets hold of an administrator's token sees every room."),
    remedy="location /_synapse/admin { deny all; }   # nginx",
)


def _partner(server: str, place: str, *, reached: bool) -> Diagnosis:
    check = f"running.partner.{server}"
    if reached:
        return _good(check, place)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.WARNING,
        found=say("The homeserver cannot speak with {server}.", server=server),
        why=say("Invitations to its people wait until it can."),
        remedy=f"curl https://{server}/.well-known/matrix/server",
    )


def _local(address: str) -> bool:
    """Whether it was asked past the reverse proxy, where the administration belongs."""
    host = address.partition("://")[2].rpartition(":")[0] or address
    return host in ("127.0.0.1", "localhost", "[::1]")


def _good(check: str, place: str) -> Diagnosis:
    return Diagnosis(check=check, place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
