"""Text as programs export it: UTF-8, UTF-16 or Windows-1252, found and named, or else refused. For tables of people
and exports of LDAP servers.

Files that people write by hand are read by ``reading.text_of``, which wants UTF-8.
"""

import codecs
import re
from typing import Final

from bridge.domain.messages import say
from bridge.files.reading import UTF16_WITHOUT_MARK, refuse

UTF8: Final = "UTF-8"
WINDOWS: Final = "Windows-1252"
MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
    (codecs.BOM_UTF8, UTF8, "utf-8"),
)
"""UTF-32 first: its little-endian mark begins with that of UTF-16."""

SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""A letter beyond ASCII in UTF-8; in Windows-1252 a large letter with an accent before a sign, which no word has."""

CONTROLS: Final = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1a"})
"""What no text has, but a stray one. One byte in ten of what a program packed is such."""
STRAY: Final = 100
"""One in so many bytes is a slip."""


def decoded(content: bytes, file: str) -> tuple[str, str]:
    """The text of ``content`` without a byte order mark, and the name of its encoding.

    Raises ``InvalidInput`` when it is empty, no text, or of two encodings at once.
    """
    name, codec = UTF8, "utf-8"
    for mark, found, by in MARKS:
        if content.startswith(mark):
            content, name, codec = content[len(mark) :], found, by
            break
    else:
        if UTF16_WITHOUT_MARK.match(content):
            name, codec = "UTF-16", "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        if name != UTF8:
            refuse(file, say("This file begins as {encoding} and does not go on so; is it truncated?", encoding=name))
        text, name = _windows(content, file, error.start), WINDOWS
    if not text.strip():
        refuse(file, say("This file is empty."))
    if "\0" in text:
        refuse(file, say("This is not a text file: it contains zero bytes."), _line(text, text.index("\0")))
    return text, name


def _windows(content: bytes, file: str, start: int) -> str:
    """What is not UTF-8, unless some of its letters are: then somebody has put two files together."""
    if (len(content) - len(content.translate(None, CONTROLS))) * STRAY > len(content):
        refuse(file, say("This is not a text file: a workbook has to be exported as a table, an archive unpacked."))
    line = content.count(b"\n", 0, start) + 1
    if SEQUENCE.search(content):
        refuse(file, say("This line is not in UTF-8, as the rest of the file is."), line)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        refuse(file, say("This file is neither in UTF-8 nor in Windows-1252: save it again as UTF-8."), line)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
