"""``!language``: each person chooses theirs. Every bot that talks with people has it."""

from collections.abc import Awaitable, Callable
from typing import Final

from bots.kit.commands import Call, Command, Reply, Status, argument
from bridge.domain.document import Code, document, paragraph
from bridge.domain.messages import Language, say

COMMAND: Final = {"en": "!language", "fr": "!langue"}
WORDS: Final = {
    "fr": "fr", "français": "fr", "francais": "fr", "french": "fr",
    "en": "en", "english": "en", "anglais": "en",
}  # fmt: skip


def language_command(chosen: Callable[[str, Language], Awaitable[None]]) -> Command:
    """The command by which one chooses; ``chosen`` keeps it for a user id."""

    async def choose(call: Call) -> Reply:
        wanted = call.arguments["language"]
        if wanted is None:
            now = say("I speak English with you.") if call.language == "en" else say("I speak French with you.")
            other = f"{COMMAND[call.language]} {'fr' if call.language == 'en' else 'en'}"
            return Reply(document(paragraph(now, " ", say("To change: "), Code(other))))
        language = WORDS.get(wanted.casefold())
        if language is None:
            known = document(paragraph(say("I speak French and English: "), Code("fr"), ", ", Code("en")))
            return Reply(known, Status.USAGE)
        await chosen(call.sender, language)
        # Said in the new language whatever the old one was, so it is no sentence of the catalogue.
        return Reply(document(paragraph("Entendu, en français." if language == "fr" else "All right, in English.")))

    return Command(
        path=("language",),
        french=("langue",),
        aliases=(("lang",),),
        summary=say("The language in which I answer you."),
        run=choose,
        parameters=(argument("language", label=say("language"), help=say("fr or en."), required=False),),
    )
