"""Every setting of config.yaml: what it is, its unit, and why its default is what it is. Made by ``loading``."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from bridge.config import values
from bridge.config.directories import DirectoriesSettings, DirectorySettings, name_of
from bridge.config.identities import Identities
from bridge.config.mail import Mail
from bridge.config.secrecy import Secrecy
from bridge.config.secret import Secret
from bridge.config.sections import (
    Duration,
    FilePath,
    KeyWord,
    Localpart,
    SecretWord,
    Section,
    Span,
    WebAddress,
    database,
    text,
)
from bridge.config.wrong import Wrong
from bridge.domain.ids import is_user_id, server_of
from bridge.domain.messages import Message, say
from bridge.domain.policy import Creator, Critical
from bridge.domain.problems import Problem
from bridge.files.spelling import shown


class Homeserver(Section):
    """The company's own homeserver."""

    address: WebAddress
    """Its client-server API, as the bridge reaches it."""
    server_name: Annotated[str, BeforeValidator(text(values.server_name))]
    """What stands after the colon of our users' ids. It can never change: rooms and users carry it."""
    admin_token: SecretWord | None = None
    """Access token of a service account that is an administrator of the homeserver, never of a person. With it,
    employees are joined at once, except to hidden groups; without it, everybody is invited."""
    room_version: Literal["11", "12"] | None = None
    """For new rooms; the homeserver's own default when absent."""


class Appservice(Section):
    """How the homeserver knows the bridge: what ``registration.yaml`` says too."""

    id: Annotated[str, Field(min_length=1, max_length=255)] = "parvis"
    """Name of the registration, for the homeserver's logs."""
    listen: Annotated[values.Listen, BeforeValidator(text(values.listen))] = values.Listen("127.0.0.1", 29400)
    """Host and port where the homeserver's transactions arrive. Localhost, because nothing else needs to come in."""
    address: WebAddress = Field(default_factory=lambda settled: f"http://{settled['listen']}")
    """How the homeserver reaches us; ``http://`` and ``listen`` when absent."""
    as_token: SecretWord
    """What we show the homeserver: at least 32 random characters."""
    hs_token: SecretWord
    """What the homeserver shows us: at least 32 other random characters."""
    bot: Localpart = "parvis"
    """Localpart of the bot that owns our rooms."""
    prefix: Localpart = "parvis_"
    """How the localparts of the other bots begin."""
    aliases: Localpart = "grp_"
    """How the aliases of listed groups begin, so that the homeserver keeps these names for us."""

    @field_validator("as_token", "hs_token")
    @classmethod
    def _is_ours(cls, token: Secret) -> Secret:
        if token.reveal().startswith(("syt_", "mct_", "mat_")):
            raise Wrong(say("This is the access token of a user; here belongs a random word of our own."))
        return token

    @field_validator("hs_token")
    @classmethod
    def _differs(cls, hs_token: Secret, info: ValidationInfo) -> Secret:
        if info.data.get("as_token") == hs_token:
            raise Wrong(say("as_token and hs_token are the same: whoever knows one would play both sides."))
        return hs_token


class Database(Section):
    """Where the bridge keeps what it knows."""

    url: Annotated[str, BeforeValidator(database), Field(repr=False, validate_default=True)] = "sqlite:///parvis.db"
    """SQLite needs nothing and serves thousands of people; PostgreSQL serves several bridges and more. May be written
    as ``env:NAME`` or ``file:path``, as it may hold a password."""


class Keys(Section):
    """The keys that the store needs; both are 32 random bytes as ``parvis init`` makes them."""

    data_key: KeyWord
    """Seals what must not be readable in the database file. Without it the database is lost: keep a copy elsewhere."""
    audit_key: KeyWord
    """Makes alterations of the audit log visible."""


class Glass(Section):
    """Breaking the glass: how often, and for how long."""

    requests: Annotated[int, Field(ge=0)] = 3
    """How often one administrator may ask ``within`` a time, whatever comes of it: enough for an emergency with a
    misspelt name, too few to try names. 0 forbids it altogether."""
    within: Duration = timedelta(hours=24)
    """The time in which requests are counted."""
    answer: Duration = timedelta(hours=4)
    """How long a request waits for another administrator: emergencies do not wait until tomorrow."""
    lasts: Duration = timedelta(hours=1)
    """How long the group is seen then."""


class Safety(Section):
    """The brake: a plan beyond these limits waits until somebody confirms it; and breaking the glass."""

    max_removals: Annotated[int, Field(ge=0)] = 20
    """People removed from rooms by one plan. Twenty is a busy day, not an accident."""
    max_removal_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    """The same as a share of all members, from 0 to 1: a small company never reaches the number."""
    max_archivings: Annotated[int, Field(ge=0)] = 5
    """Groups whose rooms one plan closes without anybody's word."""
    max_loosenings: Annotated[int, Field(ge=0)] = 0
    """Rooms, there already, that one plan opens further. What was said there becomes readable to more people and cannot
    be taken back, so every one waits unless this says otherwise; nothing else waits for it."""
    max_room_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    """Both as a share of all rooms, from 0 to 1."""
    glass: Glass = Glass()
    """An administrator may ask, with a reason, to see a hidden group that is not theirs, if another one agrees."""


class Lifecycle(Section):
    """How long what ends is waited for."""

    archive_vanished: Duration = timedelta(days=7)
    """A group that has vanished from the directory is archived after this time: a week-end and a slow Monday."""
    withdraw_invitations: Duration = timedelta(days=30)
    """An invitation that nobody answers is withdrawn after this time, and not made again by itself."""
    keep_aliases: Duration = timedelta(days=90)
    """A listed group whose alias changes keeps the earlier one for this time: links in mails live that long."""
    expire_requests: Duration = timedelta(days=14)
    """A request to join that no owner answers ends after this time: two weeks of holidays."""
    expire_approvals: Duration = timedelta(days=7)
    """A decision that waits for a second person, or for an administrator's word, ends after this time without one."""
    delete_retired: bool = False
    """Whether the room of a retired group is deleted from the homeserver, through Synapse's admin API
    (``admin_token``); else it is emptied and left. Deleted is deleted, so this is asked for."""


class Hidden(Section):
    """What leaves hidden groups, and could be put together by whoever watches."""

    spread: Span = timedelta()
    """Invitations to hidden groups come at moments of their own within this time, drawn at random: eight in the same
    second tell every homeserver that gets one who belongs together. Owners are invited at once. Not unless asked for:
    who is made a member expects to be in within seconds."""
    redact_links: bool = False
    """Whether the bot redacts what a member of a hidden group posts elsewhere with the link of its room. Not unless
    asked for: a message that the bot takes away tells those who read it before that there was something to it."""


class Retention(Section):
    """How long what names people is kept. What has an owner elsewhere, such as a group's members, is as long there."""

    names: Duration = timedelta(days=1096)
    """For how long records of the audit log, and of what was applied, name people: three years, in which contracts are
    still disputed and access must be explained. What was done to which group stays; ``docs/privacy.md``."""
    set_aside: Duration = timedelta(days=14)
    """For how long events that could not be handled are kept, sealed: to find out why, holidays included."""
    activity: Duration = timedelta(weeks=26)
    """For how long it is known who wrote when in which room of a group, without a word of it: what ranking looks back
    on. After that, weekly sums name nobody."""
    answered: Duration = timedelta(days=30)
    """For how long ids of events, claims of sent messages and answered questions are kept, so that nothing that comes
    again is done twice: longer than a homeserver repeats anything."""


class Creating(Section):
    """Who may create groups by command, for each visibility. Whoever may not can ask for one."""

    public: Creator = Creator.EMPLOYEES
    """Groups that every employee finds and may join."""
    invite_only: Creator = Creator.EMPLOYEES
    """Groups that every employee finds."""
    hidden: Creator = Creator.ADMINS
    """Groups that nobody else finds, so that nobody else would notice what they are used for."""


class BotSettings(Section):
    """One bot to run."""

    module: Annotated[str, BeforeValidator(text(values.dotted_path))]
    """The bot's class, by dotted path."""
    config: dict[str, Any] = Field(default_factory=dict, repr=False)
    """Whatever that bot understands, every value as text; the bot checks it."""


class ConfigFile(Section):
    """The whole of config.yaml."""

    company: Annotated[str, Field(max_length=100)] = ""
    """The company's name, which its space carries; the server name when absent."""
    homeserver: Homeserver
    appservice: Appservice
    database: Annotated[Database, Field(default_factory=dict, validate_default=True)]
    directory: DirectoriesSettings
    identities: Identities = Identities()
    """How accounts are found, where the directory says only by what people sign in."""
    policies: FilePath | None = None
    """A file of policies that chat commands cannot change."""
    admins: tuple[str, ...] = ()
    """User ids, of our own server, who may use the commands of administrators."""
    admin_room: Annotated[str, Field(pattern=r"^(auto|!\S+)$")] = "auto"
    """Where the bridge tells administrators what concerns them all: in a room of theirs that it keeps, or in this one,
    which the bot has to be in."""
    secrets: Keys
    language: Literal["fr", "en"] = "fr"
    """Of whoever has not chosen one."""
    timezone: Annotated[str, BeforeValidator(text(values.timezone))] = "Europe/Paris"
    """Of whoever has none in the directory."""
    safety: Safety = Safety()
    lifecycle: Lifecycle = Lifecycle()
    hidden: Hidden = Hidden()
    """What leaves hidden groups: when people are invited to them, and links to their rooms."""
    retention: Retention = Retention()
    creating: Creating = Creating()
    critical: tuple[Critical, ...] = ()
    """Decisions by command that wait for a second person with the same right. None unless the organisation says so: in
    a small company there may be nobody else."""
    mail: Mail | None = None
    """How letters are sent, such as the weekly digest; nobody gets any when absent."""
    secrecy: Secrecy = Secrecy()
    """As whom the secrecy check asks."""
    bots: tuple[BotSettings, ...] = ()

    @field_validator("identities")
    @classmethod
    def _can_be_found(cls, identities: Identities, info: ValidationInfo) -> Identities:
        homeserver: Homeserver | None = info.data.get("homeserver")
        if identities.strategies and homeserver and homeserver.admin_token is None:
            raise Wrong(say("Accounts are found with what the homeserver tells administrators: set"
                            " homeserver.admin_token."))  # fmt: skip
        return identities

    @field_validator("admins")
    @classmethod
    def _are_ours(cls, admins: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        homeserver: Homeserver | None = info.data.get("homeserver")
        server = homeserver.server_name if homeserver else ""
        for admin in admins:
            if not is_user_id(admin) or (server and server_of(admin) != server):
                raise Wrong(_no_admin(admin, server or "corp.example"))
        return admins

    @field_validator("secrecy")
    @classmethod
    def _lends_another(cls, secrecy: Secrecy, info: ValidationInfo) -> Secrecy:
        homeserver: Homeserver | None = info.data.get("homeserver")
        if secrecy.federation and homeserver and secrecy.federation.server == homeserver.server_name:
            raise Wrong(say("federation is our own homeserver: one of a partner's is needed, in whose name it asks."))
        return secrecy


def _no_admin(user: str, server: str) -> Message:
    return say("{user} is not a user id of our own server, such as @ines:{server}.", user=shown(user), server=server)


class Config(ConfigFile):
    """The configuration as the program uses it: the file's settings, and where they come from."""

    file: Path
    """The file that was read."""
    warnings: tuple[Problem, ...] = ()
    """What ``check`` should mention although it stops nothing."""

    @property
    def sources(self) -> Mapping[str, DirectorySettings]:
        """Where people and groups come from, by name, from the one that counts most; one alone has no name."""
        written = self.directory
        return {name_of(one): one for one in written} if isinstance(written, tuple) else {"": written}
