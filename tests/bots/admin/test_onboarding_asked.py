"""``!onboarding`` at the administrators' bot: it answers for the bot that welcomes people, as far as it can."""

import pytest

from bots.admin.commands.onboarding import onboarding_command
from bots.kit.commands import Call
from bots.kit.rendering import Renderer
from bridge.domain.document import Document, document, paragraph
from bridge.domain.messages import Language, say
from bridge.domain.viewers import Viewer, alone
from bridge.services.welcoming import Welcoming
from tests.services.household import GUIDE
from tests.services.talking import CATALOGUES
from tests.world import user

SAM = user("sam")
TOGETHER = Viewer(asker=SAM, readers=frozenset({SAM, user("ann")}))


async def _standings(viewer: Viewer, page: int, language: Language) -> Document:
    return document(paragraph(say("{user}, page {page}, {language}", user=viewer.asker, page=page, language=language)))


async def _said(viewer: Viewer, *words: str, page: int = 1, welcoming: Welcoming | None = None) -> str:
    command = onboarding_command(GUIDE, welcoming or Welcoming(_standings))
    call = Call(viewer=viewer, sender=SAM, room_id="!room", event_id="$e", language="en",
                arguments={"words": words, "page": page})  # fmt: skip
    reply = await command.run(call)
    return "\n".join(one.body for one in Renderer(CATALOGUES).pages(reply.document, "en"))


@pytest.mark.parametrize("word", ["status", "état", "Statut"])
async def test_who_is_where_is_told_without_going_to_the_other_bot(word: str) -> None:
    assert await _said(alone(SAM), word, page=2) == f"{SAM}, page 2, en"


async def test_where_others_read_along_and_for_all_else_it_names_the_other_bot() -> None:
    for said in (
        await _said(TOGETHER, "status"),
        await _said(alone(SAM)),
        await _said(alone(SAM), "later"),
        await _said(alone(SAM), "status", welcoming=Welcoming()),
    ):
        assert "Another bot welcomes people, step by step." in said
        assert GUIDE in said
