"""Who let Luc in, and taking it back, on a real homeserver: in chat and from the command line."""

import re
from typing import Final

import pytest

from deploy.demo.bot import Conversation
from tests.e2e.journeys import at_work, seen, staffed
from tests.e2e.test_confirming import replies, tap
from tests.localnet.talk import eventually
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

RUN: Final = re.compile(r"\b[a-z2-7]{12}\b")


async def said(owner: Conversation, line: str) -> bool:
    """Whether the bot did as it was told: what was decided a moment ago counts from the next look on."""
    return (await owner.ask(line)).status == "ok"


async def test_a_decision_is_explained_undone_by_one_tap_and_does_not_come_back(park: Park) -> None:
    company = await staffed(park, service=True)
    claire, ines, luc = (company.people[name] for name in ("claire", "ines", "luc"))
    async with at_work(company, "claire", "ines", "luc"):
        owner = await Conversation.open(claire, company.bot)
        admin = await Conversation.open(ines, company.bot)
        assert (await owner.ask("!group set deal membership both --yes")).status == "ok"
        await eventually(lambda: said(owner, f"!group add deal {luc.user_id} --yes"), bool)
        await seen(luc, "the deal", lambda: luc.room("deal"))

        why = await admin.ask(f"!why {luc.user_id} deal")
        assert why.status == "ok"
        assert "Luc was added to the group. (by Claire on " in why.text

        run, *_ = RUN.findall((await admin.ask("!undo")).text)
        shown = await admin.ask(f"!undo {run}")
        assert (shown.status, "Luc" in shown.text) == ("confirm", True)
        [asked] = [
            one for one in replies(ines, admin.room_id, "undo") if one["content"]["io.parvis.reply"]["reference"]
        ]
        await tap(ines, admin.room_id, asked["event_id"], "✅")
        await seen(luc, "that the deal is gone", lambda: not luc.room("deal"))
        await seen(ines, "that it is undone", lambda: len(replies(ines, admin.room_id, "undo")) == 3)

        # The next looks ask for nothing of it again, and the command line tells the same.
        assert (await admin.ask("!plan")).status == "ok"
        told = await company.parvis("why", luc.user_id, "deal")
        assert (told.code, told.err) == (0, "")
        assert "is not in the room" in told.out
        unknown = await company.parvis("why", luc.user_id, "xomec", "--as", luc.user_id)
        hidden = await company.parvis("why", luc.user_id, "comex", "--as", luc.user_id)
        assert (unknown.code, hidden.code, hidden.err.replace("comex", "xomec")) == (2, 2, unknown.err)
        assert (await company.parvis("why", claire.user_id, "comex")).code == 0

        listed = await company.parvis("undo")
        newest, *_ = RUN.findall(listed.out)
        again = await company.parvis("undo", newest)
        fingerprint = re.findall(rf"parvis undo {newest} ([a-z2-7]+)", again.out)[-1]
        done = await company.parvis("undo", newest, fingerprint)
        assert (done.code, done.err) == (0, "")
        await seen(luc, "the deal again", lambda: luc.room("deal"))
        assert (await company.parvis("undo", "nosuchrun")).code == 2
