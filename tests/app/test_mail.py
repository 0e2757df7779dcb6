"""``parvis mail``: the way to the mail server tried by hand, and reports of failure taken in."""

from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.sql.store import open_store
from bridge.domain.mail import MailOutcome
from bridge.services.mailing import MESSAGE_ID
from tests.adapters.mail.test_bouncing import LETTER, report
from tests.app.lines import DONE, FAILED, MISUSED, call, project
from tests.fakes.clock import START
from tests.support.mailhost import MailHost, mail_host

pytestmark = pytest.mark.terminal

ANN, WEEK = "@ann:corp.example", "2026-W47"


def section(port: int) -> dict[str, str]:
    return {
        "server": f"127.0.0.1:{port}",
        "security": "none",
        "sender": "Parvis <parvis@corp.example>",
        "links": "https://parvis.corp.example",
    }


async def test_a_letter_is_tried_and_what_the_server_has_against_it_is_one_sentence(tmp_path: Path) -> None:
    async with mail_host(MailHost(said_to={"nobody@corp.example": "550 5.1.1 who?"})) as host:
        folder = project(tmp_path, mail=section(host.port))
        sent = await call(folder, "mail", "test", "ann@corp.example", language="fr")
        refused = await call(folder, "mail", "test", "nobody@corp.example")
        wrong = await call(folder, "mail", "test", "nobody")
    assert (sent.code, refused.code, wrong.code) == (DONE, FAILED, MISUSED)
    ((_, to, letter),) = host.taken
    assert to == ["ann@corp.example"]
    assert letter["Content-Language"] == "fr"
    assert "refuses an address" in refused.err


async def test_without_the_section_nothing_is_tried(tmp_path: Path) -> None:
    outcome = await call(project(tmp_path), "mail", "test", "ann@corp.example")
    assert outcome.code == MISUSED
    assert "no section mail" in outcome.err


async def bounced(folder: Path, raw: bytes) -> str:
    (folder / "report.eml").write_bytes(raw)
    outcome = await call(folder, "mail", "bounced", str(folder / "report.eml"))
    assert outcome.code == DONE
    return outcome.err


async def test_a_report_is_believed_only_about_a_letter_of_ours(tmp_path: Path) -> None:
    folder = project(tmp_path, mail=section(25))
    sealer = DataKeySealer(key_from_text((folder / "keys/data.key").read_text()))
    store = await open_store(f"sqlite:///{folder}/parvis.db", sealer)
    async with store.work() as work:
        await work.letters.begin(ANN, WEEK, now=START)
        await work.letters.conclude(ANN, WEEK, MailOutcome.SENT, at=START)
    ours = f"{WEEK}.{sealer.index(f'{ANN} {WEEK}', MESSAGE_ID).hex()[:32]}"
    assert "nothing was done" in await bounced(folder, report())
    assert "nothing was done" in await bounced(folder, b"See you on Monday.")
    assert "Noted." in await bounced(folder, report().replace(LETTER.encode(), ours.encode()))
    async with store.view() as view:
        assert await view.letters.counts(WEEK) == {MailOutcome.REFUSED: 1}
        assert await view.letters.refused(ANN, "ann@corp.example")
    await store.close()
