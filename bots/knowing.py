"""What the conversations of all our bots must know about people, from the bridge's services. Each bot asks once."""

from bots.kit.people import People
from bridge.services.botapi import BotApi
from bridge.services.finding import Finding


def people_of(api: BotApi, finding: Finding | None = None) -> People:
    """With ``finding`` where the bot has one, for it is asked who or what is called nearly so."""
    society = api.society
    found = finding or Finding(society, api.groups)
    return People(
        viewer_of=society.viewer_of,
        broken_by=api.glass.broken_by,
        roles_of=society.roles_of,
        language_of=society.language_of,
        admits=society.admits,
        is_own=society.is_own,
        nearest=found.nearest,
        names_group=society.names_group,
        named=found.named,
    )
