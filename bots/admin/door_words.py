"""What somebody hears who invited a person of another server in a client: why that is undone, and how it is done.

Pure; called by the porter, for a reader who may know of the group.
"""

from datetime import date
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.document import Block, Code, Document, paragraph
from bridge.domain.messages import Language, say
from bridge.domain.partners import Standing
from bridge.domain.viewers import alone
from bridge.rules.access import Access
from bridge.rules.inviting import NotInvitable, check_groups, partner_for, terms_for
from bridge.services.doorstep import Notice

INVITE: Final = {"en": "!invite", "fr": "!inviter"}


def from_elsewhere(notice: Notice, group: Group, access: Access, *, today: date, language: Language) -> Document:
    """For whoever invited; the reason is that of now, and the way that is open to them, or to whom they can turn."""
    user, facts = notice.about, access.facts
    lead = say("Your invitation of {user} to {group} does not count: nobody is let in from another server by an "
               "invitation in a client.", user=user, group=group.name)  # fmt: skip
    blocks: tuple[Block, ...] = (paragraph(lead),)
    viewer = alone(notice.to)
    try:
        partner = partner_for(access, viewer, user, today)
        check_groups(access, viewer, partner, [group])
    except NotInvitable as error:
        return Document((*blocks, paragraph(error.message)))
    guest = facts.directory.guests.get(user)
    asked = user in group.members or (guest is not None and guest.standing is not Standing.OUT)
    if asked and terms_for(facts, partner, guest) is not None:
        missing = say("{user} has not accepted the terms of {partner} yet. As soon as they do, I let them in.",
                      user=user, partner=partner.name)  # fmt: skip
        return Document((*blocks, paragraph(missing)))
    way = say("I invite people of {partner} for you if you write: ", partner=partner.name)
    return Document((*blocks, paragraph(way, Code(f"{INVITE[language]} {user} {group.id}"))))
