"""The charts port on Pillow: a week in bars, small enough to be read on a telephone. Made by wiring.

Pillow's own letters have no accents, and machines need not have others: names stand in capitals, as on signs. What the
picture says is said beside it in full.
"""

import asyncio
import io
import unicodedata
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from bridge.ports.media import Chart, Row

SCALE: Final = 2
"""Pixels for each of ours: telephones show two or three."""
WIDTH, ROW, TOP, EDGE = 320, 34, 26, 14
NAMES: Final = 118
"""How wide names are; longer ones are cut."""
BAR: Final = 16
GAP: Final = 6
TALLEST: Final = 24
PAPER, INK, FAINT, COLOUR = "#ffffff", "#1f2933", "#9aa5b1", "#2f6f9f"
LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'"})


class PillowCharts:
    """``bridge.ports.media.Charts``."""

    async def week(self, rows: Sequence[Row], days: Sequence[str]) -> Chart:
        return await asyncio.to_thread(week_chart, rows, days)


def week_chart(rows: Sequence[Row], days: Sequence[str]) -> Chart:
    """The same, at once."""
    size = WIDTH * SCALE, (TOP + ROW * len(rows) + EDGE) * SCALE
    picture = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(picture)
    font, small = (ImageFont.load_default(points * SCALE) for points in (11, 9))
    for place, day in enumerate(days):
        _text(pen, (_left(place) + BAR / 2, TOP / 2), plain(day)[:1], small, FAINT, "mm")
    most = max((count for row in rows for count in row.days), default=0) or 1
    for number, row in enumerate(rows):
        ground = TOP + ROW * (number + 1) - 6
        _text(pen, (EDGE, ground), _cut(plain(row.name), font), font, INK, "ls")
        for place, count in enumerate(row.days):
            height = max(TALLEST * count / most, 1.5 if count else 0.5)
            colour = COLOUR if count else FAINT
            left = _left(place)
            corners = [left * SCALE, (ground - height) * SCALE, (left + BAR) * SCALE, ground * SCALE]
            pen.rectangle(corners, fill=colour)
        _text(pen, (WIDTH - EDGE, ground), str(sum(row.days)), font, INK, "rs")
    out = io.BytesIO()
    picture.quantize(32).save(out, "PNG", optimize=True)
    return Chart(data=out.getvalue(), width=size[0], height=size[1])


def plain(name: str) -> str:
    """In capitals without accents; what is left of a name in other letters may be nothing."""
    letters = unicodedata.normalize("NFKD", name.translate(LIGATURES)).encode("ascii", "ignore").decode()
    return " ".join(letters.upper().split())


def _left(place: int) -> float:
    return EDGE + NAMES + place * (BAR + GAP)


def _text(  # noqa: PLR0917 - where, what and how
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    colour: str,
    anchor: str,
) -> None:
    pen.text((at[0] * SCALE, at[1] * SCALE), text, fill=colour, font=font, anchor=anchor)


def _cut(name: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont) -> str:
    room = (NAMES - 8) * SCALE
    if font.getlength(name) <= room:
        return name
    while name and font.getlength(f"{name}...") > room:
        name = name[:-1]
    return f"{name.rstrip()}..."
