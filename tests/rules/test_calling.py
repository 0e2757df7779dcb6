"""What people are called, and by what they are greeted."""

from dataclasses import replace

import pytest

from bridge.domain.directory import Directory, Person
from bridge.rules.calling import called, greeted
from bridge.rules.facts import gather
from tests.world import SERVER, TODAY, directory, user


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


def of_names(names: dict[str, str]) -> Directory:
    """A directory in which ann works and tom is switched off."""
    source = directory(people=["ann"], gone=["tom"])
    return replace(source, people={id_: replace(one, name=names[id_]) for id_, one in source.people.items()})


def test_who_is_switched_off_is_called_by_name_too_and_told_apart_from_who_works_here() -> None:
    apart = gather(of_names({"ann": "Ann Petit", "tom": "Tom Petit"}), today=TODAY, server_name=SERVER)
    assert [called(apart, one) for one in (user("tom"), "tom", "@x:y.example")] == ["Tom Petit"] * 2 + ["@x:y.example"]
    alike = gather(of_names({"ann": "Ann Petit", "tom": "Ann Petit"}), today=TODAY, server_name=SERVER)
    assert [called(alike, user(one)) for one in ("ann", "tom")] == [
        f"Ann Petit ({user('ann')})",
        f"Ann Petit ({user('tom')})",
    ]
