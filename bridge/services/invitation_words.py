"""What follows from an invitation, in words: the same in chat and on the terminal."""

from bridge.domain.document import Block, Inline, Items, Strong, paragraph
from bridge.domain.ids import server_of
from bridge.domain.messages import Message, say
from bridge.ports.homeserver import Reach
from bridge.rules.facts import Facts
from bridge.services.inviting import Invitation


def invitation_blocks(invitation: Invitation, facts: Facts) -> tuple[Block, ...]:
    """Who is invited, and what happens then."""
    title = say("{user} of {partner}", user=invitation.coming.user, partner=invitation.partner.name)
    return paragraph(Strong(title)), Items(tuple((row,) for row in _rows(invitation, facts)))


def _rows(invitation: Invitation, facts: Facts) -> list[Inline]:
    """What follows, in the order in which it happens."""
    coming, partner, rows = invitation.coming, invitation.partner, list[Inline]()
    if invitation.asks:
        names = tuple(facts.accounts[user].name or user for user in invitation.asks)
        rows.append(
            say("first agrees a second person, one of these: {names}", names=names)
            if invitation.two
            else say("first agrees one of those who answer for {partner}: {names}", partner=partner.name, names=names)
        )
    if invitation.terms:
        rows.append(say("then they accept the terms, version {version}", version=invitation.terms.version))
    rows.append(say("they come into the space of {partner}", partner=partner.name))
    rows += [say("they come into {group}", group=group.name) for group in coming.groups]
    if last := coming.until or partner.until:
        rows.append(say("their last day is {day}", day=last))
    return [*rows, *_reached(invitation)]


def _reached(invitation: Invitation) -> list[Message]:
    server = server_of(invitation.coming.user)
    match invitation.reach:
        case Reach.NO:
            return [say("{server} does not answer at the moment: the invitation waits, and goes out when it is back",
                        server=server)]  # fmt: skip
        case Reach.FORBIDDEN:
            return [say("{server} and our homeserver do not speak with each other: who looks after one of them has to"
                        " allow it, until then the invitation waits", server=server)]  # fmt: skip
        case Reach.UNKNOWN:
            return [say("whether {server} can be reached is not known; the invitation goes out as soon as it can",
                        server=server)]  # fmt: skip
        case Reach.NOBODY:
            return [say("careful: {server} knows nobody of the name {user}; look whether it is written as it should be",
                        server=server, user=invitation.coming.user)]  # fmt: skip
        case Reach.UNSEEN:
            return [say("nobody can tell before they answer whether {user} exists: look whether it is written as it"
                        " should be", user=invitation.coming.user)]  # fmt: skip
        case Reach.YES:
            return []
