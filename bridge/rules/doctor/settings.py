"""The settings of Synapse that decide what outsiders learn and whether the bridge works; where a default shows too
much, it is said, too. Called by ``homeserver`` beside.

Read from Synapse 1.163's configuration manual; which of them leak was seen on running servers (``docs/homeserver.md``).
"""

from typing import Final

from bridge.domain.diagnosis import Verdict
from bridge.domain.messages import say
from bridge.rules.doctor.setting import Setting, Switch

OLDEST_VERSION: Final = 11
"""Of rooms."""


def _supported(version: object) -> bool:
    return str(version).isdecimal() and int(str(version)) >= OLDEST_VERSION


SETTINGS: Final[tuple[Setting | Switch, ...]] = (
    Switch(
        path="allow_public_rooms_without_auth",
        default=False,
        wanted=False,
        verdict=Verdict.FAULT,
        found=say("Anybody reads the room directory, without an account."),
        why=say("Listed groups are for employees."),
        remedy="allow_public_rooms_without_auth: false",
    ),
    Switch(
        path="allow_public_rooms_over_federation",
        default=False,
        wanted=False,
        verdict=Verdict.FAULT,
        found=say("Every other homeserver reads the room directory."),
        why=say("Partners would learn of groups that were not opened to them."),
        remedy="allow_public_rooms_over_federation: false",
    ),
    Switch(
        path="allow_guest_access",
        default=False,
        wanted=False,
        verdict=Verdict.FAULT,
        found=say("Guests come in without an account."),
        why=say("A guest counts as somebody of ours and is in no directory."),
        remedy="allow_guest_access: false",
    ),
    Switch(
        path="enable_registration",
        default=False,
        wanted=False,
        words=True,
        found=say("People make accounts for themselves."),
        why=say("Whoever has an account here reads the room directory, without being in the company's directory."),
        remedy="enable_registration: false",
    ),
    Switch(
        path="enable_registration_without_verification",
        default=False,
        wanted=False,
        words=True,
        verdict=Verdict.FAULT,
        found=say("Accounts are made without any check."),
        why=say("Anybody, and any program, becomes somebody of ours."),
        remedy="enable_registration_without_verification: false",
    ),
    Switch(
        path="require_auth_for_profile_requests",
        default=False,
        wanted=True,
        found=say("Anybody asks, without an account, who has one here."),
        why=say("Names of employees can be tried one after the other."),
        remedy="require_auth_for_profile_requests: true",
    ),
    Switch(
        path="limit_profile_requests_to_users_who_share_rooms",
        default=False,
        wanted=True,
        found=say("Profiles are shown to people who share no room with their owner."),
        why=say("Who asks learns who has an account, and their name."),
        remedy="limit_profile_requests_to_users_who_share_rooms: true",
    ),
    Switch(
        path="allow_profile_lookup_over_federation",
        default=True,
        wanted=False,
        found=say("Every other homeserver asks for the profiles of our people."),
        why=say("Who has an account here can be tried from outside; in rooms that they share, names are seen anyway."),
        remedy="allow_profile_lookup_over_federation: false",
    ),
    Switch(
        path="user_directory.search_all_users",
        default=False,
        wanted=False,
        found=say("Everybody finds everybody in the user directory."),
        why=say("Employees would find the people of partners whom they share no room with."),
        remedy="user_directory: {search_all_users: false}",
    ),
    Switch(
        path="presence.enabled",
        default=True,
        wanted=False,
        found=say("Whoever shares any room with somebody sees when they are active."),
        why=say("Who writes in a hidden group is seen to be active in every other room, too: who watches"
                " several people notices that they are so at the same moments. Homeservers of partners are told, too."),
        remedy="presence: {enabled: false}",
        once="use_presence",
    ),
    Switch(
        path="push.include_content",
        default=True,
        wanted=False,
        found=say("Notifications carry messages and the names of rooms."),
        why=say("They pass through the servers of phone makers, those of hidden groups, too."),
        remedy="push: {include_content: false}",
    ),
    Switch(
        path="email.enable_notifs",
        default=False,
        wanted=False,
        found=say("The homeserver sends e-mails about missed messages, with the names of rooms."),
        why=say("They pass through mail servers and stay in mailboxes, those of hidden groups, too."),
        remedy="email: {enable_notifs: false}",
    ),
    Switch(
        path="enable_authenticated_media",
        default=True,
        wanted=True,
        verdict=Verdict.FAULT,
        found=say("Images and files are handed out without an account."),
        why=say("Whoever knows or guesses an address sees photos of profile cards, and files of closed rooms."),
        remedy="enable_authenticated_media: true",
    ),
    Switch(
        path="block_non_admin_invites",
        default=False,
        wanted=False,
        verdict=Verdict.FAULT,
        found=say("The homeserver lets nobody but its administrators invite."),
        why=say("The bot is none: nobody gets into a group."),
        remedy="block_non_admin_invites: false",
    ),
    Switch(
        path="federation_verify_certificates",
        default=True,
        wanted=True,
        verdict=Verdict.FAULT,
        found=say("The homeserver does not ask other homeservers for a valid certificate."),
        why=say("Somebody on the way can stand in for a partner's homeserver, and read what goes there."),
        remedy="federation_verify_certificates: true",
    ),
    Switch(
        path="use_appservice_legacy_authorization",
        default=False,
        wanted=False,
        found=say("The homeserver also writes its token for the bridge into addresses."),
        why=say("Addresses stand in logs: whoever reads them can feign events."),
        remedy="use_appservice_legacy_authorization: false",
    ),
    Setting(
        path="encryption_enabled_by_default_for_room_type",
        default="off",
        good=lambda value: value in ("off", False),
        verdict=Verdict.FAULT,
        found=say("The homeserver encrypts new rooms by itself."),
        why=say("Bots read no encrypted rooms: conversations with them would be deaf, and groups encrypted that"
                " should not be."),
        remedy='encryption_enabled_by_default_for_room_type: "off"',
    ),
    Setting(
        path="default_room_version",
        default="12",
        good=_supported,
        found=say("New rooms get a version that is too old."),
        why=say("What keeps groups closed is proven in versions 11 and 12 alone."),
        remedy='default_room_version: "12"',
    ),
    Switch(
        path="enable_room_list_search",
        default=True,
        wanted=True,
        found=say("Nobody can search the room directory."),
        why=say("Employees find listed groups through the company's space alone."),
        remedy="enable_room_list_search: true",
    ),
)  # fmt: skip
