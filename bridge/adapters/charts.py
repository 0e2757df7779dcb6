"""The charts port on Pillow: a week in bars, small enough to be read on a telephone. Made by wiring.

Pillow's own letters have no accents, and machines need not have others: names stand in capitals, as on signs, and their
accents are drawn. What the picture says is said beside it in full.
"""

import asyncio
import io
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from PIL import Image, ImageDraw, ImageFont

from bridge.ports.media import Chart, Row

Font: TypeAlias = ImageFont.ImageFont | ImageFont.FreeTypeFont

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
ACCENTS: Final[Mapping[str, Sequence[Sequence[tuple[float, float]]]]] = {
    "\N{COMBINING GRAVE ACCENT}": [((-0.12, -0.14), (0.06, 0))],
    "\N{COMBINING ACUTE ACCENT}": [((-0.06, 0), (0.12, -0.14))],
    "\N{COMBINING CIRCUMFLEX ACCENT}": [((-0.14, 0), (0, -0.13), (0.14, 0))],
    "\N{COMBINING CARON}": [((-0.14, -0.13), (0, 0), (0.14, -0.13))],
    "\N{COMBINING TILDE}": [((-0.16, -0.02), (-0.06, -0.1), (0.06, -0.02), (0.16, -0.1))],
    "\N{COMBINING DIAERESIS}": [((-0.13, -0.1), (-0.13, 0)), ((0.13, -0.1), (0.13, 0))],
    "\N{COMBINING RING ABOVE}": [((-0.08, -0.06), (0, -0.14), (0.08, -0.06), (0, 0.02), (-0.08, -0.06))],
    "\N{COMBINING CEDILLA}": [((0.02, 0.78), (0.08, 0.88), (-0.06, 0.94))],
}
"""How they are drawn: lines over the middle of the top of a capital, in heights of the letters."""


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
        _name(pen, (EDGE, ground), _cut(capitals(row.name), font), font)
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
    return _bare(capitals(name))


def capitals(name: str) -> str:
    """In capitals, each followed by its accents; without what can be neither written nor drawn."""
    letters = unicodedata.normalize("NFKD", name.translate(LIGATURES).upper())
    return " ".join("".join(one for one in letters if one.isascii() or one in ACCENTS).split())


def _left(place: int) -> float:
    return EDGE + NAMES + place * (BAR + GAP)


def _text(  # noqa: PLR0917 - where, what and how
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    font: Font,
    colour: str,
    anchor: str,
) -> None:
    pen.text((at[0] * SCALE, at[1] * SCALE), text, fill=colour, font=font, anchor=anchor)


def _name(pen: ImageDraw.ImageDraw, at: tuple[float, float], name: str, font: Font) -> None:
    """Its letters from ``at`` on, the left end of their ground line, and then their accents."""
    letters = _bare(name)
    _text(pen, at, letters, font, INK, "ls")
    size = font.getbbox("E", anchor="ls")[1] * -1.0
    drawn = 0
    for mark in name:
        if mark not in ACCENTS:
            drawn += 1
        elif drawn:
            middle = at[0] * SCALE + (font.getlength(letters[: drawn - 1]) + font.getlength(letters[:drawn])) / 2
            top = at[1] * SCALE - size * 1.18
            for line in ACCENTS[mark]:
                pen.line([(middle + x * size, top + y * size * 1.3) for x, y in line], fill=INK, width=SCALE)


def _bare(name: str) -> str:
    return "".join(letter for letter in name if letter not in ACCENTS)


def _cut(name: str, font: Font) -> str:
    room = (NAMES - 8) * SCALE
    if font.getlength(_bare(name)) <= room:
        return name
    while name and font.getlength(f"{_bare(name)}...") > room:
        name = name[:-1]
    return f"{name.rstrip()}..."
