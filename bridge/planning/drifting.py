"""Settings of one room that are not as they should be: one write each, or two when it closes here and opens there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bridge.domain.desired import DesiredRoom, JoinRule, RoomSettings, Setting
from bridge.domain.messages import Message, say
from bridge.domain.rooms import ActualRoom, RoomKind
from bridge.planning.actions import Phase, SetState
from bridge.planning.ending import reason_of
from bridge.planning.world import World
from bridge.rules.comparing import COMPARED, LEAVING, differs, shown_entrance, wanted_entrance
from bridge.rules.openness import Entrance, entrance_of, fence_of, history_tightens, narrower_entrance
from bridge.rules.powers import powers_tighten
from bridge.rules.state import Frame, acl_content, content_of

REASONS: Final[dict[Setting, Message]] = {
    Setting.NAME: say("The room bears the name of its group or space."),
    Setting.TOPIC: say("The topic says what the room is for."),
    Setting.JOIN_RULE: say("The group's visibility decides who may join."),
    Setting.HISTORY: say("The group's visibility decides who may read what was said before."),
    Setting.GUESTS: say("Guests without an account never take part."),
    Setting.POWERS: say("What decides visibility is the bridge's alone; owners of the group moderate."),
    Setting.ACL: say("Only our server and those of the partners admitted take part."),
    Setting.ENCRYPTION: say("Hidden groups talk encrypted, and others that chose to."),
    Setting.RETENTION: say("The group decides how long is kept what is said in its room."),
    Setting.MARKER: say("The group is not hidden any more, so its room tells whose it is."),
    Setting.ALIAS: say("Only public groups that are listed stand in the room directory and have an alias."),
    Setting.AVATAR: say("The room of a hidden group has no picture."),
    Setting.SUCCESSOR: say("Its members are shown the way to the group's new room."),
}
KNOCKED: Final = say(
    "People of its audience may knock; so anyone who knows the room's id can read its name, topic and member count."
)
ARCHIVED: Final = say("The group is archived: its room can be read by those in it, and nothing else.")
CLOSING: Final = (Setting.JOIN_RULE, Setting.POWERS, Setting.ALIAS)
HEIRS: Final = say("All owners of the group are gone, so it has others until the directory names some.")
COVERED: Final = say("The room of a hidden group has a cover name and no topic.")


def drift(world: World, room: DesiredRoom, actual: ActualRoom) -> Iterator[SetState]:
    """All writes that the room's settings need."""
    frame = world.frame(room, actual)
    for setting in LEAVING if room.let_go else COMPARED:
        difference = differs(room.settings, setting, actual, frame)
        if difference is not None:
            yield from _writes(room, setting, actual, frame, difference)


def main_alias(room: DesiredRoom) -> Iterator[SetState]:
    """What a new room lacks that is created whole otherwise: it can call an alias its own once there is one."""
    if room.settings.alias:
        yield SetState(
            ref=room.ref,
            setting=Setting.ALIAS,
            settings=room.settings,
            before=None,
            after=room.settings.alias,
            reason=REASONS[Setting.ALIAS],
            phase=Phase.LOOSEN,
        )


def _writes(
    room: DesiredRoom, setting: Setting, actual: ActualRoom, frame: Frame, difference: tuple[object, object]
) -> Iterator[SetState]:
    if setting is Setting.JOIN_RULE:
        steps = _entrance_steps(room.settings, actual, frame)
    elif setting is Setting.ACL:
        steps = _acl_steps(room.settings, actual, frame)
    else:
        steps = [(_phase(room, setting, actual, frame), room.settings)]
    before, last = difference
    for phase, settings in steps:
        after = last if settings is room.settings else _value(settings, setting, frame)
        yield SetState(
            ref=room.ref,
            setting=setting,
            settings=settings,
            before=before,
            after=after,
            reason=_reason(room, setting),
            phase=phase,
        )
        before = after


def _reason(room: DesiredRoom, setting: Setting) -> Message:
    if room.let_go:
        return REASONS[setting] if setting is Setting.SUCCESSOR else reason_of(room.ref)
    if room.hidden and setting in (Setting.NAME, Setting.TOPIC):
        return COVERED
    if room.ended and room.ref.kind is RoomKind.GROUP and setting in CLOSING:
        return ARCHIVED
    if setting is Setting.POWERS and room.heirs:
        return HEIRS
    knocked = setting is Setting.JOIN_RULE and room.settings.join_rule is JoinRule.KNOCK
    return KNOCKED if knocked else REASONS[setting]


def _value(settings: RoomSettings, setting: Setting, frame: Frame) -> object:
    if setting is Setting.ACL:
        return content_of(settings, setting, frame)[2]["allow"]
    return shown_entrance(wanted_entrance(settings, frame), settings, frame)


def _phase(room: DesiredRoom, setting: Setting, actual: ActualRoom, frame: Frame) -> Phase:
    event_type, state_key, wanted = content_of(room.settings, setting, frame)
    was = actual.content(event_type, state_key)
    match setting:
        case Setting.NAME | Setting.TOPIC:
            return Phase.TIGHTEN if room.hidden else Phase.SET
        case Setting.HISTORY:
            return Phase.TIGHTEN if history_tightens(was, room.settings.history) else Phase.LOOSEN
        case Setting.POWERS:
            return Phase.TIGHTEN if powers_tighten(was, wanted) else Phase.SET
        case Setting.ALIAS:
            return Phase.LOOSEN if room.settings.alias else Phase.TIGHTEN
        case Setting.MARKER | Setting.SUCCESSOR | Setting.RETENTION:
            return Phase.SET
        case _:
            return Phase.TIGHTEN


def _entrance_steps(settings: RoomSettings, actual: ActualRoom, frame: Frame) -> list[tuple[Phase, RoomSettings]]:
    was = entrance_of(actual.content("m.room.join_rules"))
    wanted = wanted_entrance(settings, frame)
    between = narrower_entrance(was, wanted)
    if between == wanted:
        return [(Phase.TIGHTEN, settings)]
    if between == was:
        return [(Phase.LOOSEN, settings)]
    return [(Phase.TIGHTEN, _entered_by(settings, between, frame)), (Phase.LOOSEN, settings)]


def _entered_by(settings: RoomSettings, entrance: Entrance, frame: Frame) -> RoomSettings:
    allow = tuple(ref for ref in settings.allow if (frame.room_ids.get(ref) or str(ref)) in entrance.allow)
    return replace(settings, join_rule=JoinRule(entrance.rule), allow=allow)


def _acl_steps(settings: RoomSettings, actual: ActualRoom, frame: Frame) -> list[tuple[Phase, RoomSettings]]:
    """Widening comes before inviting: an invitation from a server that is still shut out could not be accepted."""
    was = fence_of(actual.state.get(("m.room.server_acl", "")))
    wanted = acl_content(settings.servers or (), frame.bot)["allow"]
    between = [server for server in wanted if was.lets_in(server)]
    if between == wanted:
        return [(Phase.SHRINK, settings)]
    if was.within(wanted):
        return [(Phase.SET, settings)]
    return [(Phase.SHRINK, replace(settings, servers=tuple(between))), (Phase.SET, settings)]
