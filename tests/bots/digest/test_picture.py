"""The picture of a week: when there is one, what it shows, and that it says so in words."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from bots.digest.picture import PNG, Pictures, rows_of
from bridge.adapters.charts import PillowCharts, capitals, plain, week_chart
from bridge.adapters.language import Catalogues
from bridge.domain.digest import Digest, Section, Week
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Text, say
from bridge.ports.media import Row
from bridge.services.cards.files import Files
from tests.fakes.clock import FakeClock
from tests.fakes.media import FakeMedia
from tests.fakes.store import FakeStore

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def section(name: str, *days: int, secret: bool = False) -> Section:
    return Section(group=name, name=Text(en=name, fr=f"{name} fr"), days=days, secret=secret)


BUSY = (
    section("sales", 3, 8, 12, 5, 9, 0, 1),
    section("deal", 1, 2, 0, 0, 4, 0, 0),
    section("garden", 0, 0, 1, 0, 0, 0, 6),
    section("quartz", 90, 90, 90, 90, 90, 90, 90, secret=True),
)
DIGEST = Digest(reader="@ann:corp.example", week=Week.parse("2026-W47"), sections=BUSY)


def pictures(media: FakeMedia) -> Pictures:
    files = Files(store=FakeStore(), media=media, clock=FakeClock())
    return Pictures(charts=PillowCharts(), files=files, translator=Catalogues.load())


def test_the_busiest_groups_come_first_and_hidden_ones_never() -> None:
    assert [row.name for row in rows_of(DIGEST, "fr")] == ["sales fr", "deal fr", "garden fr"]


@pytest.mark.parametrize(
    "sections", [BUSY[:2], tuple(section(name, 1, 2) for name in "abcd"), ()], ids=["two", "quiet", "none"]
)
def test_where_words_say_it_better_there_is_no_picture(sections: tuple[Section, ...]) -> None:
    assert not rows_of(replace(DIGEST, sections=sections), "en")


async def test_the_picture_is_a_small_png_that_says_in_words_what_it_shows() -> None:
    media = FakeMedia()
    asked = pictures(media)
    content = await asked.content(DIGEST, "fr", origin="digest-1")
    assert content is not None
    assert (
        content["body"]
        == "Messages dans vos groupes cette semaine\N{NO-BREAK SPACE}: sales fr 38, deal fr 7 et garden fr 7."
    )
    assert (content["info"]["mimetype"], content["info"]["size"] < 10_000) == (PNG, True)
    again = await asked.content(DIGEST, "fr", origin="digest-1")
    assert again == content


async def test_a_homeserver_that_takes_no_files_takes_the_digest_all_the_same() -> None:
    class Refusing(FakeMedia):
        async def reserve(self) -> str:
            raise HomeserverError(say("No."), kind=ErrorKind.REFUSED)

    assert await pictures(Refusing()).content(DIGEST, "en", origin="digest-1") is None


def test_each_day_has_its_bar() -> None:
    chart = week_chart([Row("Équipe", (0, 9, 0, 0, 0, 0, 0))], DAYS)
    with Image.open(io.BytesIO(chart.data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (chart.width, chart.height))


def test_names_are_drawn_with_the_letters_that_there_are() -> None:
    assert plain("Équipe d’œuvre ß") == "EQUIPE D'OEUVRE SS"
    assert plain("日本") == ""


def test_accents_are_drawn_over_the_letters_that_have_none() -> None:
    assert capitals("Équipe") == "E\N{COMBINING ACUTE ACCENT}QUIPE"
    names = ("Comite", "Comité", "Comitè", "Comitê")
    drawn = {week_chart([Row(name, (1, 2, 3, 4, 5, 6, 7))], DAYS).data for name in names}
    assert len(drawn) == len(names)
