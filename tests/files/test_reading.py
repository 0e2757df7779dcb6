from pathlib import Path
from typing import NoReturn

import pytest

from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.files.reading import read_bytes, text_of


def complaint(content: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        text_of(content, "file")
    (problem,) = caught.value.problems
    return str(problem)


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_bytes(path, limit_mib=1)
    (problem,) = caught.value.problems
    return str(problem.message)


def test_a_byte_order_mark_of_utf_8_is_no_part_of_the_text() -> None:
    assert text_of(b"\xef\xbb\xbfid: \xc3\xa9", "file") == "id: é"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "file: This file is empty."),
        (b"\xef\xbb\xbf \n", "file: This file is empty."),
        ("name: é".encode("utf-16"), "file: This file is not in UTF-8; it looks like UTF-16: save it again as UTF-8."),
        (
            "name: é\n".encode("utf-16-le"),
            "file: This file is not in UTF-8; it looks like UTF-16: save it again as UTF-8.",
        ),
        ("name: é".encode("utf-32"), "file: This file is not in UTF-8; it looks like UTF-32: save it again as UTF-8."),
        (
            "a: b\nname: Zoé".encode("cp1252"),
            "file:2: This file is not in UTF-8; it looks like Windows-1252: save it again as UTF-8.",
        ),
        (b"a: b\nc: \0\0\0", "file:2: This is not a text file: it contains zero bytes."),
    ],
)
def test_what_is_no_utf_8_text_is_named_for_what_it_is(content: bytes, sentence: str) -> None:
    assert complaint(content) == sentence


def test_a_file_that_is_missing_says_so(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere.yaml") == "This file does not exist."


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "This is a folder; the name of a file is needed."


class ClosedFile(type(Path())):  # type: ignore[misc]
    """A file that may not be read: file modes do not stop root, who may be running the tests."""

    def open(self, *arguments: object, **options: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    assert refusal(ClosedFile(tmp_path / "closed.yaml")) == "This file may not be read by the user that runs Parvis."


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / ("x" * 300)) == "This file cannot be read: the name is too long."


def test_a_huge_file_names_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate((1 << 20) + 1)
    assert refusal(path) == "This file is larger than 1 MiB."
    with pytest.raises(InvalidInput, match="Write it as JSON"):
        read_bytes(path, limit_mib=1, remedy=say("Write it as JSON."))
