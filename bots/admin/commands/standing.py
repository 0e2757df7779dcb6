"""The policies of a group in ``!group show``: what each means, where it comes from, the line that changes it."""

from typing import Final

from bots.admin.commands.fields import forgetting_line, setting_line
from bridge.domain.document import Block, Code, Inline, Items, Strong, paragraph
from bridge.domain.messages import Language, Message, say
from bridge.rules.sources import Source, Standing
from bridge.services.standings import Standings

SOURCES: Final[dict[Source, Message]] = {
    Source.DIRECTORY: say("says the directory"),
    Source.POLICY_FILE: say("says the policy file"),
    Source.COMMAND: say("decided by command"),
    Source.TEMPLATE: say("by the template"),
    Source.DEFAULTS: say("by default of the policy file"),
    Source.ITSELF: say("by default"),
}


def standing_blocks(found: Standings, group_id: str, language: Language) -> tuple[Block, ...]:
    """A row for each policy."""
    rows = tuple(_row(found, one, group_id, language) for one in found.policies)
    return paragraph(Strong(say("What is decided about it"))), Items(rows)


def _row(found: Standings, one: Standing, group_id: str, language: Language) -> tuple[Inline, ...]:
    name = f'"{group_id}"' if " " in group_id else group_id
    row: tuple[Inline, ...] = (one.effect, " – ", _source(found, one))
    if one.source in (Source.DIRECTORY, Source.POLICY_FILE):
        return row
    undo = one.source is Source.COMMAND
    line = forgetting_line(one.field, name, language) if undo else setting_line(one.field, name, language)
    return (*row, " – ", Code(line))


def _source(found: Standings, one: Standing) -> Message:
    file = found.files.get(one.source is Source.POLICY_FILE)
    if one.source in (Source.DIRECTORY, Source.POLICY_FILE) and file:
        return say("says {file}, where it is changed", file=file)
    if one.source is Source.TEMPLATE and found.template:
        return say("by the template {template}", template=found.template)
    return SOURCES[one.source]
