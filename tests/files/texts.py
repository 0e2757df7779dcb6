"""How the tests of this folder say what a text should answer."""

from collections.abc import Callable

import pytest

from bridge.domain.problems import InvalidInput
from bridge.files.trees import Plain, Tree, plain


def values(read: Callable[[str, str], Tree], text: str) -> Plain:
    return plain(read(text, "file"))


def complaints(read: Callable[[str, str], Tree], text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(text, "file")
    return [str(problem) for problem in caught.value.problems]
