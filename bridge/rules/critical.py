"""Which decisions are critical, if the organisation marks them as such: a second person has to say yes, too. Pure."""

from collections.abc import Iterator

from bridge.domain.directory import Group, GroupState, Visibility
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.policy import Critical


def critical_in(was: Group, now: Group) -> frozenset[Critical]:
    """All that is critical about a group becoming as it is ``now``."""
    return frozenset(_found(was, now))


def critical_of_partner(was: Partner, now: Partner) -> frozenset[Critical]:
    """The same about a partner. To refuse one that is only proposed ends nothing."""
    over = (PartnerState.PROPOSED, PartnerState.ENDED)
    ends = now.state is PartnerState.ENDED and was.state not in over
    return frozenset({Critical.END_PARTNER}) if ends else frozenset()


def _found(was: Group, now: Group) -> Iterator[Critical]:
    if now.state is not was.state and now.state is GroupState.RETIRED:
        yield Critical.RETIRE
    if now.state is not was.state and now.state is GroupState.ARCHIVED:
        yield Critical.ARCHIVE
    opened = now.visibility is not Visibility.HIDDEN or set(now.partners) - set(was.partners)
    if was.visibility is Visibility.HIDDEN and opened:
        yield Critical.LOOSEN_HIDDEN
    # To take a right away must not wait for anybody.
    if set(now.delegates) - set(was.delegates):
        yield Critical.DELEGATE
