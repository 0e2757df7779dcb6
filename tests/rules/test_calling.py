"""By what people are greeted."""

import pytest

from bridge.domain.directory import Person
from bridge.rules.calling import greeted


@pytest.mark.parametrize(
    ("name", "given", "greeting"),
    [
        ("Claire Martin", "Claire", "Claire"),
        ("Martin, Claire", "Claire", "Claire"),
        ("MARTIN Claire", "claire ", "Claire"),
        ("Anne Marie Petit", "Anne Marie", "Anne Marie"),
        ("Nguyễn Thị Hoa", "Hoa", "Hoa"),
        ("Suharto", "Suharto", "Suharto"),
    ],
)
def test_a_given_name_greets_where_the_directory_tells_it_apart(name: str, given: str, greeting: str) -> None:
    assert greeted(Person(id="1", user="@one:corp.example", name=name, given=given)) == greeting


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Claire Martin", ""),
        ("Martin, Claire", ""),
        ("Bill Gates", "William"),
        ("Annemarie Petit", "Anne"),
        ("", "Ann"),
    ],
)
def test_in_doubt_the_whole_name_does(name: str, given: str) -> None:
    assert greeted(Person(id="1", user="@one:corp.example", name=name, given=given)) == name
