"""``!find``: people and groups by a few words of what they are called."""

from typing import Final
from urllib.parse import quote

from bots.admin.commands.groups import group_row
from bots.kit.commands import Call, Command, Reply, argument, option
from bridge.domain.document import Block, Code, Document, Inline, Items, Link, Paragraph, Strong, document, paragraph
from bridge.domain.messages import Language, say, say_n
from bridge.services.finding import LAST_PAGE, PAGE, Finding, Found, FoundPerson

FIND: Final = {"en": "!find", "fr": "!trouver"}
SHARED: Final = 3
"""Groups in common that are named."""
NOTHING: Final = document(paragraph(say("I find nobody and nothing of this name that I can show here.")))


def find_command(finding: Finding) -> Command:
    """The command, for everybody; what it finds is for those who read along."""

    async def find(call: Call) -> Reply:
        text, page = " ".join(call.arguments["text"]), min(max(call.arguments["page"], 1), LAST_PAGE)
        found = await finding.find(call.viewer, text, page=page)
        if not found.people_in_all and not found.groups_in_all:
            return Reply(NOTHING)
        return Reply(_document(found, call, f"{FIND[call.language]} {text} --page {page + 1}", page))

    return Command(
        path=("find",),
        french=("trouver",),
        aliases=(("search",), ("chercher",)),
        summary=say("People and groups, by a few words."),
        details=say("Names, titles, departments and purposes count; capitals, accents and small mistakes do not."),
        run=find,
        parameters=(
            argument("text", label=say("words"), help=say("Of a name, a title, a department, a purpose."), nargs=-1),
            option("--page", "page", label=say("number"), help=say("Further ones."), type=int, default=1),
        ),
    )


def _document(found: Found, call: Call, further: str, page: int) -> Document:
    blocks: list[Block] = []
    if found.instead:
        blocks.append(paragraph(say("Nothing has exactly this name. This is near it:"), " ", Strong(found.instead)))
    if found.groups_in_all:
        blocks.append(paragraph(Strong(say_n("{count} group", "{count} groups", found.groups_in_all))))
        blocks.append(Items(tuple(group_row(view, personal=call.direct) for view in found.groups)))
    if found.people_in_all:
        blocks.append(paragraph(Strong(say_n("{count} person", "{count} people", found.people_in_all))))
        blocks.append(Items(tuple(_person(one, call.language) for one in found.people)))
    more = sum(max(0, in_all - page * PAGE) for in_all in (found.groups_in_all, found.people_in_all))
    if more and page < LAST_PAGE:
        rest = say_n("There is {count} more:", "There are {count} more:", more)
        blocks.append(Paragraph((rest, " ", Code(further))))
    return Document(tuple(block for block in blocks if not isinstance(block, Items) or block.items))


def _person(person: FoundPerson, language: Language) -> tuple[Inline, ...]:
    row: list[Inline] = [Link(person.name or person.user, f"https://matrix.to/#/{quote(person.user, safe='@:')}")]
    for fact in (person.title, person.department):
        row += [", ", fact] if fact else []
    if person.shared:
        names = tuple(text.in_language(language) for text in person.shared[:SHARED])
        more = ("…",) if len(person.shared) > SHARED else ()
        row += [" – ", say("with you in {groups}", groups=(*names, *more))]
    return tuple(row)
