"""The account that the demo prints: stops where something did not come true, and says what."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from bridge.domain.messages import Text
from deploy.demo.errors import DemoError, Unmet
from deploy.demo.scene import Scene
from deploy.demo.story import Step, tell
from deploy.demo.telling import Teller

NOBODY = cast(Scene, None)


async def comes_true(_scene: Scene) -> Text:
    return Text(en="Ann reads it.", fr="Ann le lit : « bonjour » !")


async def does_not(_scene: Scene) -> Text:
    raise Unmet(Text(en="Ann is not in.", fr="Ann n'y est pas."))


async def breaks(_scene: Scene) -> Text:
    raise DemoError("the bridge ended")


class Patient:
    """Somebody who waits for the doorbell."""

    awaits = Text(en="nobody has rung", fr="personne n'a sonné")


async def takes_long(_scene: Scene) -> Text:
    for _ in range(20):
        await asyncio.sleep(0)  # a turn of the loop for whoever tells of it, and no time
    return Text.same("There.")


GOOD, BAD, BROKEN = (Step(Text.same(title), play) for title, play in
                     (("first", comes_true), ("second", does_not), ("third", breaks)))  # fmt: skip


async def test_a_step_that_does_not_come_true_ends_the_story_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not await tell(NOBODY, [GOOD, BAD, BROKEN], Teller("en"))

    said = capsys.readouterr().out
    assert "✔ first" in said
    assert "✘ second\n  Ann is not in." in said
    assert "third" not in said


async def test_a_server_or_bridge_that_fails_is_told_as_a_sentence_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert not await tell(NOBODY, [BROKEN], Teller("en"))

    assert "✘ third\n  DemoError: the bridge ended" in capsys.readouterr().out


async def test_whoever_watches_hears_what_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    scene = cast(Scene, SimpleNamespace(awaits=None, people=[SimpleNamespace(awaits=None), Patient()]))
    assert await tell(scene, [Step(Text(en="Ann comes", fr="Ann vient"), takes_long)], Teller("fr"), every=0)

    said = capsys.readouterr().out
    assert "Ann vient, pour l’instant personne n’a sonné (0 s) …" in said.replace("'", "’")
    assert "There." in said


async def test_french_is_set_with_its_spaces_that_do_not_break(capsys: pytest.CaptureFixture[str]) -> None:
    assert await tell(NOBODY, [GOOD], Teller("fr"))

    assert "Ann le lit\u00a0: «\u00a0bonjour\u00a0»\u00a0!" in capsys.readouterr().out
