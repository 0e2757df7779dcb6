"""Everything that shows anything to anyone, one row each: the registry of the with/without harness.

WHOEVER ADDS AN OUTPUT ADDS A ROW: a command a ``Line`` (``tests/services/test_secrecy_in_chat.py`` misses it
otherwise), anything else an ``Output``. ``test_with_and_without`` shows each row to everybody it names, in a company
with hidden groups and in the same one without, and compares.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.support import probes
from tests.support.bridge_paths import paths_of_bridge
from tests.support.stage import Stage

ALONE: Final = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A person, and the group in whose room they speak; in none, alone with the bot."""

    person: str
    room: str = ALONE

    def __str__(self) -> str:
        return f"{self.person} in {self.room}" if self.room else self.person


OUTSIDERS: Final = (
    Place("ann"),  # an employee who owns nothing
    Place("luc"),  # owner of other groups
    Place("ines"),  # an administrator who is no member
    Place("bob"),  # of the partner that the second hidden group admits, from a homeserver of his own
    Place("claire", "sales"),  # an owner of a hidden group where employees read along
    Place("claire", "deal"),  # ... and where a partner does
    Place("hugo", "sales"),  # a member who is an administrator
)
"""Whom the hidden groups are hidden from: no member, or a member where others read along."""
MEMBER: Final = Place("claire")
ADMIN_MEMBER: Final = Place("hugo")


@dataclass(frozen=True, slots=True)
class Line:
    """A line typed to the bot by everybody in ``OUTSIDERS``. ``{group}`` in it becomes, one after the other, each way
    to name a hidden group, and ``{id}`` the id of one.

    The positive control is ``found_by``, to whom the same line shows the hidden group, or ``finds``: words that one of
    the outsiders at least must be shown. ``command`` is the command's stable name. With ``ended`` it is asked about
    a group that is archived, too, and about one that is no more.
    """

    command: str
    text: str
    found_by: Place | None = None
    finds: str = ""
    ended: bool = False

    def __post_init__(self) -> None:
        assert self.found_by or self.finds, f"{self.text!r} has no positive control"


LINES: Final = (
    Line("help", "!help", finds="group list"),
    Line("help", "!help group", finds="group list"),
    Line("help", "!help {id}", finds="help"),
    Line("group list", "!group list", found_by=MEMBER),
    Line("group show", "!group show {group}", found_by=MEMBER, ended=True),
    Line("group show", "!group show sales", finds="Sales"),
    Line("group create", "!group create", finds="It is used like this"),
    Line("group set", "!group set {group} language fr", found_by=MEMBER),
    Line("group unset", "!group unset {group} language", found_by=MEMBER),
    Line("group visibility", "!group visibility {group} public", found_by=MEMBER),
    Line("group rename", "!group rename {group} Other", found_by=MEMBER),
    Line("group template", "!group template {group} executive-committee", found_by=MEMBER),
    Line("group template", "!group template", finds="deal-room"),
    Line("group owner", "!group owner {group} @dora:corp.test", found_by=MEMBER),
    Line("group moderator", "!group moderator {group} @dora:corp.test --remove", found_by=MEMBER),
    Line("group delegate", "!group delegate {group} @dora:corp.test", found_by=ADMIN_MEMBER),
    Line("group undelegate", "!group undelegate {group} @dora:corp.test", found_by=ADMIN_MEMBER),
    Line("group add", "!group add {group} @dora:corp.test", found_by=MEMBER),
    Line("group remove", "!group remove {group} @dora:corp.test", found_by=MEMBER),
    Line("group archive", "!group archive {group}", found_by=MEMBER),
    Line("group reopen", "!group reopen {group}", found_by=MEMBER, ended=True),
    Line("group retire", "!group retire {group}", found_by=MEMBER),
    Line("group export", "!group export {group}", found_by=MEMBER),
    Line("join", "!join {group}", found_by=MEMBER),
    Line("join accept", "!join accept {id}", finds="I know nothing by this name"),
    Line("join refuse", "!join refuse {id}", finds="I know nothing by this name"),
    Line("approval", "!approval", finds="Nothing waits for your word"),
    Line("approval give", "!approval give {id}", finds="I know nothing by this name"),
    Line("approval refuse", "!approval refuse {id}", finds="I know nothing by this name"),
    Line("invite", "!invite @bea:acme.test {group}", found_by=MEMBER),
    Line("terms", "!terms", finds="no terms for you"),
    Line("accept", "!accept", finds="no terms for you"),
    Line("refuse", "!refuse", finds="no terms for you"),
    Line("code", "!code {id}", finds="lets nobody in"),
    Line("invitations", "!invitations", finds="No invitation waits"),
    Line("invitations revoke", "!invitations revoke {id}", finds="I know nothing by this name"),
    Line("invite accept", "!invite accept {id}", finds="I know nothing by this name"),
    Line("invite refuse", "!invite refuse {id}", finds="I know nothing by this name"),
    Line("group adopt", "!group adopt {group} #nowhere:corp.test", found_by=MEMBER),
    Line("plan", "!plan", found_by=ADMIN_MEMBER),
    Line("plan", "!plan {group}", found_by=ADMIN_MEMBER, ended=True),
    Line("plan", "!plan deal", finds="Project Zephyr"),
    Line("apply", "!apply", found_by=ADMIN_MEMBER),
    Line("apply", "!apply {id}", found_by=ADMIN_MEMBER),
    Line("apply", "!apply --now", found_by=ADMIN_MEMBER),
    Line("find", "!find {group}", found_by=MEMBER, ended=True),
    Line("find", "!find claire", finds="@claire"),
    Line("why", "!why {group}", found_by=MEMBER, ended=True),
    Line("why", "!why sales", finds="What can be done"),
    Line("why", "!why @dora:corp.test {group}", found_by=MEMBER),
    Line("undo", "!undo {group}", finds="nothing by this name"),
    Line("audit", "!audit {group}", found_by=ADMIN_MEMBER, ended=True),
    Line("audit", "!audit @dora:corp.test {group}", finds="nothing about this"),
    Line("audit verify", "!audit verify", finds="as it was written"),
    Line("audit secrecy", "!audit secrecy", finds="To have it checked now"),
    Line("audit heads", "!audit heads", finds="Keep these lines"),
    Line("glass end", "!glass end", finds="nothing to end"),
    Line("glass", "!glass {id} why not", finds="Recorded"),
    Line("partner list", "!partner list", finds="sponsor"),
    Line("partner show", "!partner show acme", finds="Groups that admit it"),
    Line("partner show", "!partner show {id}", finds="I know nothing by this name"),
    Line("partner add", "!partner add Hooli --servers acme.test", finds="acme.test"),
    Line("partner set", "!partner set acme note {id}", finds="changed there and not here"),
    Line("partner unset", "!partner unset acme note", finds="changed there and not here"),
    Line("partner sponsor", "!partner sponsor acme @dora:corp.test", finds="changed there and not here"),
    Line("partner extend", "!partner extend acme 2099-12-31", finds="31 Dec 2099"),
    Line("partner grant", "!partner grant acme {group}", found_by=MEMBER),
    Line("partner revoke", "!partner revoke acme {group}", found_by=MEMBER),
    Line("partner renew", "!partner renew acme", finds="Nothing of this ends"),
    Line("partner renew", "!partner renew acme {id}", finds="I know nobody of"),
    Line("partner stop", "!partner stop acme", finds="Nothing of this ends"),
    Line("partner stop", "!partner stop {id}", finds="I know nothing by this name"),
    Line("partner suspend", "!partner suspend acme", finds="answer this message"),
    Line("partner resume", "!partner resume acme", finds="Nothing changes"),
    Line("partner end", "!partner end acme", finds="answer this message"),
    Line("partner evidence", "!partner evidence acme", finds="stays in rooms"),
    Line("partner receipt", "!partner receipt acme", finds="was ever shut out"),
    Line("profile", "!profile", finds="To say something"),
    Line("profile", "!profile claire", finds="@claire"),
    Line("profile", "!profile {id}", finds="I know nothing by this name"),
    Line("profile set", "!profile set place Lyon", finds="kept sealed"),
    Line("profile photo remove", "!profile photo remove", finds="no photo"),
    Line("profile export", "!profile export", finds="on your card"),
    Line("profile erase", "!profile erase", finds="on your card"),
    Line("profile publish", "!profile publish", finds="Matrix profile"),
    Line("profile unpublish", "!profile unpublish", finds="does not follow"),
    Line("profile unset", "!profile unset phone", finds="does not say"),
    Line("profile circle", "!profile circle place groups", finds="share a group"),
    Line("partner history", "!partner history sponsor @bob:acme.test", finds="only with people of partners"),
    Line("profile fill", "!profile fill", finds="!profile"),
    Line("profile history", "!profile history", finds="History with"),
    Line("profile history add", "!profile history add note 2099-01-01 Hello", finds="not in the past"),
    Line("profile history edit", "!profile history edit {id} Hello", finds="I know nothing by this name"),
    Line("profile history remove", "!profile history remove {id}", finds="I know nothing by this name"),
    Line("profile history removed", "!profile history removed", finds="Nothing was taken back"),
    Line("profile history restore", "!profile history restore {id}", finds="I know nothing by this name"),
    Line("profile history versions", "!profile history versions {id}", finds="I know nothing by this name"),
    Line("contacts", "!contacts", finds="turn to directly"),
    Line("who", "!who {group}", finds="Nobody says so"),
    Line("onboarding", "!onboarding {id}", finds="step by step"),
    Line("digest", "!digest {id}", finds="weekly digest"),
    Line("status", "!status", finds="Homeserver"),
    Line("identity", "!identity", finds="accounts are stored"),
    Line("identity show", "!identity show {id}", finds="nobody of this name"),
    Line("identity link", "!identity link {id} @nobody:corp.test", finds="nobody of this name"),
    Line("identity unlink", "!identity unlink {id}", finds="nobody of this name"),
    Line("language", "!language", finds="English"),
    Line("", "!gruop list", finds="group list"),
    Line("", "!{id}", finds="help"),
    Line("", '!group show "{id}', finds="quot"),
)

Probe: TypeAlias = Callable[[Stage, str], Awaitable[Any]]
"""Asks something on behalf of a person (by name) and gives what they see, as JSON would hold it."""


@dataclass(frozen=True, slots=True)
class Output:
    """Something else than a command that shows things to ``people`` (``""``: to anybody, without login).

    The positive control is ``found_by``, a member to whom it shows the hidden group, or ``finds``: words that one of
    the people at least must be shown. With ``echoes`` the question itself names the hidden group or its room, and the
    answer may repeat that: it is compared and not searched. ``oracle`` is for what Synapse lets on about a room whose
    id one knows: there the two companies differ, and the proof is that nobody is shown more than that.
    """

    name: str
    probe: Probe
    people: tuple[str, ...]
    found_by: str = ""
    finds: str = ""
    echoes: bool = False
    oracle: bool = False

    def __post_init__(self) -> None:
        assert self.found_by or self.finds, f"{self.name!r} has no positive control"


STAFF: Final = ("ann", "luc", "ines")
ABROAD: Final = ("bob", "mallory")
NOBODY: Final = ("",)

OUTPUTS: Final = (
    Output("sync", probes.synced, (*STAFF, *ABROAD), found_by="claire"),
    Output("administrators' room", probes.administration, ("ines",), finds="The audit log is as it was written"),
    Output("children of the company's space", probes.children_of_company, STAFF, finds="<sales>"),
    Output("children of the partner's space", probes.children_of_partner, ("luc", "bob"), finds="<deal>"),
    Output("children of spaces, told to a server", probes.children_told_to_server, ("bob",), finds="<corner>"),
    Output("room directory", probes.room_directory, (*STAFF, *ABROAD), finds="Company news"),
    Output("aliases", probes.aliases, (*STAFF, *ABROAD, *NOBODY), finds="<news>", echoes=True),
    Output("people found by name", probes.people_found, (*STAFF, *ABROAD), finds="@claire", echoes=True),
    Output("rooms in common", probes.rooms_in_common, STAFF, finds="<space/company>"),
    Output("the room by its id", probes.room_by_id, (*STAFF, *ABROAD, *NOBODY), found_by="claire", echoes=True),
    Output("doors of the room by its id", probes.doors_by_id, (*STAFF, *ABROAD, *NOBODY), found_by="claire",
           echoes=True, oracle=True),
    Output("doors of the room by its id, told to a server", probes.doors_told_to_server, ("bob",), finds="room_version",
           echoes=True, oracle=True),
    Output("the room by its id, told to a server", probes.room_told_to_server, ("bob",), finds="<deal>", echoes=True),
    Output("alias queries to the bridge", probes.queries_to_bridge, NOBODY, finds="M_NOT_FOUND", echoes=True),
    Output("paths of the bridge", paths_of_bridge, NOBODY, finds="M_MISSING_TOKEN"),
    Output("health and metrics", probes.health, NOBODY, finds="parvis_inbox"),
    Output("plan --json --as", probes.plan_as, ("ann", "ines", "bob"), found_by="hugo"),
    Output("plan --group --as", probes.plan_of_group_as, ("ines",), found_by="hugo", echoes=True),
    Output("why --as", probes.why_as, ("ann", "ines", "bob"), found_by="claire", echoes=True),
    Output("digest preview", probes.digest_of, ("ann", "bob"), finds="Partner corner"),
    Output("log", probes.log, NOBODY, finds="listening"),
)  # fmt: skip
