"""``parvis digest``: weeks, what scripts get, and configurations without the bot."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.app.digesting import digest_as_json, week_named
from bridge.domain.activity import Reason, Why
from bridge.domain.digest import Digest, Item, Kind, Section, Sponsored, Week
from bridge.domain.errors import InputError
from bridge.domain.messages import Text, say
from tests.app.lines import DONE, MISUSED, call, project

WEEK = Week.parse("2026-W47")


def test_a_week_is_named_as_calendars_do() -> None:
    assert week_named("2026-W47") == WEEK
    assert week_named(None) is None
    with pytest.raises(InputError, match="like 2026-W47"):
        week_named("last week")


def test_scripts_get_all_of_a_digest() -> None:
    item = Item(number=1, kind=Kind.QUESTION, thread="$t", group="it", url="https://matrix.to/#/!it/$t",
                reason=Reason(Why.CALLED, ("@luc:x",)), last=datetime(2026, 11, 20, tzinfo=UTC))  # fmt: skip
    digest = Digest(
        reader="@ann:x",
        week=WEEK,
        sections=(Section(group="it", name=Text(en="IT", fr="Informatique"), items=(item,)),),
        sponsored=(Sponsored(partner="acme", name=Text.same("Acme"), people=2, due=(say("{n} due", n=1),)),),
        names={"@luc:x": "Luc"},
    )
    found = json.loads(json.dumps(digest_as_json(digest)))
    assert found["week"] == "2026-W47"
    assert found["sections"][0]["name"] == {"en": "IT", "fr": "Informatique"}
    assert found["sections"][0]["items"][0]["reason"] == {"why": "called", "people": ["@luc:x"]}
    assert found["sections"][0]["items"][0]["last"] == "2026-11-20T00:00:00+00:00"
    assert found["sponsored"][0]["due"] == ["1 due"]


@pytest.mark.terminal
async def test_wrong_questions_get_one_sentence(tmp_path: Path) -> None:
    folder = project(tmp_path)
    who = await call(folder, "digest", "preview", "claire")
    week = await call(folder, "digest", "preview", "@ann:corp.example", "--week", "47")
    assert (who.code, week.code) == (MISUSED, MISUSED)
    assert "is not a user id" in who.err
    assert "A week is written like 2026-W47." in week.err


@pytest.mark.terminal
async def test_without_the_bot_there_are_no_digests(tmp_path: Path) -> None:
    folder = project(tmp_path, bots=[{"module": "bots.admin.bot.AdminBot"}])
    outcome = await call(folder, "digest", "preview", "@ann:corp.example")
    assert outcome.code == MISUSED
    assert "names no bot that sends digests" in outcome.err


@pytest.mark.terminal
async def test_nothing_is_previewed_where_nothing_was_said(tmp_path: Path) -> None:
    folder = project(tmp_path)
    outcome = await call(folder, "digest", "preview", "@nobody:corp.example", "--json")
    assert (outcome.code, outcome.out.strip()) == (DONE, "null")
