"""Reading a file that a person wrote: whole, of bearable size, in UTF-8, or else one clear sentence."""

import codecs
import re
from pathlib import Path
from typing import Final, NoReturn

from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.refusals import reason_of

MIB: Final = 1 << 20

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
"""UTF-32 first: its little-endian mark begins with that of UTF-16."""

UTF16_WITHOUT_MARK: Final = re.compile(rb"(?:[\t\n\r\x20-\x7e]\x00){4}|(?:\x00[\t\n\r\x20-\x7e]){4}")


def refuse(file: str, message: Message, line: int = 0, path: str = "", column: int = 0) -> NoReturn:
    """Raise ``InvalidInput`` for one problem in ``file``."""
    raise InvalidInput([Problem(Spot(file, line, path, column), message)])


def read_bytes(path: Path, *, limit_mib: int, remedy: Message | None = None) -> bytes:
    """The whole content of the file at ``path``.

    ``remedy`` is said when the file is larger than ``limit_mib`` MiB. Raises ``InvalidInput`` with one problem.
    """
    file = str(path)
    try:
        if path.is_dir():
            refuse(file, say("This is a folder; the name of a file is needed."))
        with path.open("rb") as stream:
            content = stream.read(limit_mib * MIB + 1)
    except FileNotFoundError:
        refuse(file, say("This file does not exist."))
    except PermissionError:
        refuse(file, say("This file may not be read by the user that runs Parvis."))
    except (OSError, ValueError) as error:
        refuse(file, say("This file cannot be read: {reason}.", reason=reason_of(error)))
    if len(content) > limit_mib * MIB:
        too_large = say("This file is larger than {limit} MiB.", limit=limit_mib)
        refuse(file, remedy or too_large)
    return content


def text_of(content: bytes, file: str) -> str:
    """``content`` as text, without a byte order mark. Raises ``InvalidInput`` when it is empty or not UTF-8."""
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            _refuse_encoding(file, name)
    content = content.removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        refuse(file, say("This file is empty."))
    if b"\0" in content:
        if UTF16_WITHOUT_MARK.match(content):
            _refuse_encoding(file, "UTF-16")
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        refuse(file, say("This is not a text file: it contains zero bytes."), line)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        _refuse_encoding(file, "Windows-1252", content.count(b"\n", 0, error.start) + 1)


def _refuse_encoding(file: str, name: str, line: int = 0) -> NoReturn:
    refuse(
        file, say("This file is not in UTF-8; it looks like {encoding}: save it again as UTF-8.", encoding=name), line
    )
