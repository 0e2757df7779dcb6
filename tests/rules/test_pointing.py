"""Room ids are found in what people write and in what their clients make of it."""

from typing import Any, Final

import pytest

from bridge.rules.pointing import pointed_to

OLD: Final = "!abcdefGHIJ:corp.example"
NEW: Final = "!SmG8_hObQySh-kPqbuY7tg94L5k92r4bKM6jFcTApQM"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"body": f"come to {OLD}."}, OLD),
        ({"body": f"({OLD}),"}, OLD),
        ({"body": f"https://matrix.to/#/{NEW}?via=corp.example"}, NEW),
        ({"body": "https://matrix.to/#/%21abcdefGHIJ%3Acorp.example/$event?via=x"}, OLD),
        ({"body": "x", "formatted_body": f'<a href="https://matrix.to/#/{NEW}/$event">here</a>'}, NEW),
        ({"body": f"{OLD}:8448 and so on"}, f"{OLD}:8448"),
        ({"body": "* x", "m.new_content": {"body": f"matrix:roomid/{NEW[1:]} {NEW}"}}, NEW),
    ],
)
def test_an_id_is_found_however_it_is_written(content: dict[str, Any], found: str) -> None:
    assert found in pointed_to(content)


@pytest.mark.parametrize(
    "content",
    [{}, {"body": "Hello! How are you?"}, {"body": 7}, {"body": "!group list"}, {"m.new_content": "odd"}],
)
def test_other_words_point_nowhere(content: dict[str, Any]) -> None:
    assert not pointed_to(content)
