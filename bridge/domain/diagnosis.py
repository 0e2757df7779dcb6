"""What the doctor asks and finds. Judged by ``rules.doctor``, shown by ``parvis doctor``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.domain.messages import Message


class Verdict(StrEnum):
    """How it is."""

    GOOD = "good"
    WARNING = "warning"
    """It shows more than it needs to, or something will not work as well as it could."""
    FAULT = "fault"
    """Something does not work, or shows what has to stay closed."""
    UNKNOWN = "unknown"
    """It could not be looked at; ``found`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at. ``check`` is a stable word for machines and ``place`` where it was looked at;
    ``found`` is what is there, ``why`` what follows from it, ``remedy`` lines to paste, as they belong there,
    and ``note`` a remark behind the last of them."""

    check: str
    place: str
    verdict: Verdict
    found: Message
    why: Message | None = None
    remedy: str = ""
    note: Message | None = None

    @property
    def ill(self) -> bool:
        """Whether something is to be done."""
        return self.verdict in (Verdict.WARNING, Verdict.FAULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How one question was answered: an HTTP status with Matrix' word for the error; 0 where no answer came."""

    code: int = 0
    errcode: str = ""

    @property
    def answered(self) -> bool:
        """Whether the homeserver gave what was asked for."""
        return 200 <= self.code < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """How the token of ``homeserver.admin_token`` is answered. ``owner`` is the user id behind it, empty where that is
    not told; ``administration`` whether the administration answers it, and ``administrator`` what that says of the
    owner, None where it says nothing."""

    token: Status
    owner: str = ""
    administration: Status = field(default_factory=Status)
    administrator: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a running homeserver answers. ``address`` is where it was asked.

    ``software`` is its name and version, empty where it does not say; ``ahead`` is how many seconds its clock is before
    ours; ``versions`` are the room versions that it can make, ``default_version`` the one that it makes unless told
    otherwise. ``token`` answers the bridge's own token, ``service`` that of an administrator, where the configuration
    has one; ``pinged`` whether it reaches the bridge; ``devices`` are the
    ids of those that each bot has, by user id, of those bots that could be asked about. The rest was asked without an
    account: the room directory, somebody's profile, for a new account, for the administration. ``reached`` tells of
    each server of a partner whether it can be spoken with.
    """

    address: str
    software: str = ""
    ahead: float | None = None
    versions: frozenset[str] = frozenset()
    default_version: str = ""
    token: Status
    service: ServiceAccount | None = None
    pinged: Status
    devices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rooms: Status
    profile: Status
    account: Status
    administration: Status
    reached: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What stands at an address of ``.well-known``, for everybody. ``leads_to`` is what it names, empty where it is no
    such document; ``for_browsers`` whether programs of other sites may read it."""

    status: Status = field(default_factory=Status)
    leads_to: str = ""
    for_browsers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is seen from outside: what ``.well-known`` says to homeservers and to clients, and what is found there.

    ``destination`` is the host and port that other homeservers come to, ``answers_to`` the name of the homeserver that
    answers there, empty where none does; ``clients``, ``administration`` and ``room_ids`` (whether a room with an id
    exists, by every way on which that is asked) answer at the address for clients.
    """

    server: Published
    client: Published
    destination: str
    answers_to: str = ""
    clients: Status = field(default_factory=Status)
    administration: Status = field(default_factory=Status)
    room_ids: Mapping[str, Status] = field(default_factory=dict)
