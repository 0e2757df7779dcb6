"""The 32 ways in which something may betray what it should not, and who shows that none betrays it to a partner.

For each: the test that asks as a partner's person, the one that asks as the partner's homeserver, and the positive
control, which finds what may be seen; or, where one cannot apply, a sentence that says why. What is not to be known are
hidden groups, the other partner and its groups. ``tests/house/test_leaks.py`` misses rows and tests that do not exist.
"""

from dataclasses import dataclass
from typing import Final

ROWS: Final = range(1, 33)
"""The channels as they are numbered where they are described."""

TWO: Final = "tests/e2e/test_two_partners.py::"
ANSWERED: Final = TWO + "test_what_the_bot_answers_a_partner_is_the_same_with_another_one"
ANSWERS: Final = TWO + "test_the_same_line_shows_it_to_who_may_know"
SHOWN: Final = TWO + "test_what_a_partner_and_its_homeserver_are_shown_is_the_same_with_another_one"
SHOWS: Final = TWO + "test_the_same_requests_show_the_other_partner_its_own"
STATE: Final = TWO + "test_no_room_of_one_partner_lets_the_others_server_in_or_names_it"

HIDDEN: Final = "tests/e2e/test_with_and_without.py::"
ELSEWHERE: Final = HIDDEN + "test_what_others_are_shown_elsewhere_is_the_same_to_the_last_byte"
FOUND: Final = HIDDEN + "test_the_same_request_does_find_what_may_be_seen"
BY_ID: Final = HIDDEN + "test_who_knows_the_id_of_a_hidden_room_learns_that_it_is_there_and_who_is_in_it"
ASKED: Final = (
    "tests/e2e/test_secrecy_check.py::test_real_clients_find_what_may_be_seen_and_a_hidden_group_where_they_are_let_in"
)
INSIDE: Final = "tests/e2e/test_inside.py::test_whoever_has_no_place_is_out_within_seconds_and_the_inviter_hears_why"
FIRST: Final = "tests/e2e/test_first_journey.py::"
NEVER_LISTED: Final = "tests/rules/test_settings.py::test_a_group_with_partners_is_never_listed"
LISTED: Final = FIRST + "test_only_the_listed_room_is_in_the_directory_and_has_an_alias"
NEW_ROOM: Final = "tests/rules/test_state.py::test_a_new_room_starts_with_all_that_decides_visibility"
REPLACED: Final = (
    "tests/planning/test_acl_steps.py::test_when_one_partner_replaces_another_there_is_a_moment_in_which_neither_is_in"
)

UNASKED: Final = (
    "tests/services/test_secrecy_unasked.py::test_no_question_reminder_or_end_tells_others_of_a_hidden_group_by_a_byte"
)
UNASKED_SHOWS: Final = (
    "tests/services/test_secrecy_unasked.py::test_who_answers_for_the_partner_and_is_a_member_is_shown_it"
)
AND: Final = " and "
"""Between several tests in one cell."""

NO_ACCOUNT: Final = "No partner has an account on our homeserver, and only accounts of ours can ask this."
NO_CHAT: Final = "A homeserver gives no commands; its person does."


@dataclass(frozen=True, slots=True)
class Leak:
    """One channel. ``person``, ``server`` and ``control`` are each ``path::test``, maybe several, or a sentence."""

    row: int
    channel: str
    person: str
    server: str
    control: str


LEAKS: Final = (
    Leak(1, "children of a space", SHOWN, SHOWN, SHOWS),
    Leak(2, "inaccessible children in the federation's hierarchy", ELSEWHERE, SHOWN, FOUND),
    Leak(3, "rooms named in another room's join rule", SHOWN, STATE, SHOWS),
    Leak(4, "aliases, with the servers in the room", SHOWN, NEVER_LISTED, LISTED),
    Leak(5, "an alias that is taken", NO_ACCOUNT, NO_ACCOUNT, LISTED),
    Leak(6, "the bridge's answer about aliases", ELSEWHERE,
         "tests/adapters/appservice/test_inbound_server.py::test_users_and_rooms_are_unknown_whoever_they_are", FOUND),
    Leak(7, "whether a room id is in the directory", BY_ID, BY_ID, FOUND),
    Leak(8, "how joining by id is refused", BY_ID, BY_ID, FOUND),
    Leak(9, "publication, and rooms that tell their summary", SHOWN, SHOWN, SHOWS),
    Leak(10, "summaries of restricted rooms, told to a server", SHOWN, SHOWN, SHOWS),
    Leak(11, "what an invitation tells", FIRST + "test_the_real_name_of_a_hidden_group_is_told_inside_and_nowhere_else",
         SHOWN, SHOWS),
    Leak(12, "what a knock tells", BY_ID, BY_ID, FOUND),
    Leak(13, "push and mail", "tests/rules/test_settings.py::test_a_hidden_group_says_nothing_outside_its_room",
         "It pushes to its own people what it has: the rooms in which they are.",
         FIRST + "test_the_real_name_of_a_hidden_group_is_told_inside_and_nowhere_else"),
    Leak(14, "predecessors and tombstones",
         "tests/e2e/test_visibility_changes.py::test_public_to_hidden_makes_a_new_room_without_a_trace", STATE, SHOWS),
    Leak(15, "what presets of rooms leave open", NEW_ROOM, NEW_ROOM,
         FIRST + "test_every_room_is_exactly_what_the_table_of_visibilities_says"),
    Leak(16, "whatever a server in the room sees", STATE, STATE, SHOWS),
    Leak(17, "an ACL does not stop what we send", REPLACED,
         "tests/e2e/test_parting.py::test_a_partner_is_suspended_in_the_middle_of_a_conversation",
         FIRST + "test_the_partner_reads_and_writes_from_a_homeserver_of_its_own"),
    Leak(18, "members who open the room or let others in", INSIDE, INSIDE,
         "tests/e2e/test_drift.py::test_power_that_somebody_gave_themselves_is_taken_back"),
    Leak(19, "invitees who become creators", "tests/rules/test_powers.py::test_no_human_reaches_the_bots_level",
         "Power is given to users, never to servers.",
         "tests/rules/test_powers.py::test_creators_are_not_named_where_they_are_above_all_levels"),
    Leak(20, "answers, suggestions and help of the bot", ANSWERED, NO_CHAT, ANSWERS),
    Leak(21, "lists, search and reasons", ANSWERED, NO_CHAT, ANSWERS),
    Leak(22, "notices of what changed, questions and reminders", SHOWN + AND + UNASKED, SHOWN,
         SHOWS + AND + UNASKED_SHOWS),
    Leak(23, "sums, gaps in numbers, names of measures", ANSWERED,
         "tests/adapters/appservice/test_inbound_server.py::test_metrics_count_and_name_nobody", ANSWERS),
    Leak(24, "directory, logs, backups and plans", HIDDEN + "test_neither_files_of_the_bridge_tell_of_it",
         "Files of the company are on machines of the company.",
         "tests/services/test_secrecy.py::test_its_members_and_the_command_line_do_see_it"),
    Leak(25, "the administrators' room and the audit log",
         "tests/services/test_secrecy.py::"
         "test_what_concerns_everybody_is_shown_to_nobody_with_a_partner_reading_along",
         "The administrators' room does not federate.", FOUND),
    Leak(26, "keys of the bot",
         "tests/e2e/test_keyless.py::test_whoever_logs_in_as_the_bot_is_thrown_out_and_those_inside_are_told",
         "The bot has no device, so it is sent no keys by anybody.",
         FIRST + "test_the_real_name_of_a_hidden_group_is_told_inside_and_nowhere_else"),
    Leak(27, "administrators of a homeserver list its rooms",
         "Only an administrator of the partner's homeserver sees its list.", STATE, SHOWS),
    Leak(28, "people found, rooms in common, presence", SHOWN, SHOWN, SHOWS),
    Leak(29, "pictures and files by their link",
         ASKED + AND + "tests/mutations/test_settings_are_noticed.py::"
         "test_what_a_setting_opens_is_seen_by_an_outsider_and_found_by_the_doctor",
         STATE + AND + ASKED, SHOWS),
    Leak(30, "ids of rooms that people pass on",
         BY_ID + AND + "tests/e2e/test_pointing.py::test_whoever_posts_the_link_of_a_hidden_room_is_told_alone",
         BY_ID, FOUND),
    Leak(31, "what happens at the same minute",
         "tests/services/test_spreading.py::"
         "test_the_owner_is_invited_at_once_and_the_others_at_their_moments_within_the_time",
         "Nothing is sent to one partner because of another one; invitations to hidden groups come at moments"
         " of their own.",
         SHOWS),
    Leak(32, "what a newcomer is shown", ANSWERED, SHOWN, ANSWERS),
)  # fmt: skip
