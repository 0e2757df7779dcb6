"""Time that runs out: who is asked when, how they answer, and what becomes of it, over months."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bridge.domain.directory import Directory
from bridge.domain.partners import Farewell, Guest, Standing
from tests.bots.admin.asking import Asking, body, status
from tests.fakes.clock import START
from tests.world import directory, group, partner, user

BOB, KIM = user("bob:acme.example"), user("kim:acme.example")
END = date(2027, 3, 31)
NOTHING: Mapping[str, Any] = {}


def company(**agreed: Any) -> Directory:
    """Sam answers for Acme, Dora is the deputy, Mia leads Sam; the board is hidden, and admits it, too."""
    acme = replace(partner("acme", sponsor="sam"), **{"deputy": "dora", **agreed})
    known = directory(
        group("deal").called("Project Zephyr").owners("ann").members("ann", "bob:acme.example", "kim:acme.example")
        .admits("acme"),
        group("board").hidden().owners("claire").members("claire", "bob:acme.example").admits("acme"),
        partners=[acme],
        people=("ines", "dora", "mia"),
    )  # fmt: skip
    return replace(known, people={**known.people, "sam": replace(known.people["sam"], manager="mia")})


@dataclass
class Year:
    """The bot in a company through the months."""

    asking: Asking

    @classmethod
    async def of(cls, source: Directory, **until: date | None) -> "Year":
        asking = await Asking.of(source)
        async with asking.house.store.work() as work:
            for name, day in until.items():
                at = START - timedelta(days=100)
                guest = Guest(user=user(f"{name}:acme.example"), partner="acme", until=day, invited_by=user("sam"),
                              since=at, at=at)  # fmt: skip
                await work.partners.put_guest(guest)
        for who in ("sam", "dora", "mia", "ines", "ann"):
            asking.messenger.direct[user(who)] = asking.messenger.room(f"!{who}", user(who))
            await asking.house.society.choose_language(user(who), "en")
        year = cls(asking)
        await year.look()
        return year

    async def look(self) -> None:
        await self.asking.house.settle()
        for room in self.asking.house.homeserver.synapse.rooms.values():
            for who in (BOB, KIM):
                if room.membership(who) == "invite":
                    room.join(who)
        await self.asking.house.hear()
        await self.asking.house.settle()
        assert await self.asking.house.rounds.go()
        await self.asking.house.settle()

    async def day(self, day: date) -> dict[str, list[str]]:
        """That day in the morning: what people are told, by person."""
        self.asking.house.clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
        return await self.said()

    async def said(self) -> dict[str, list[str]]:
        """What people are told in one round."""
        sent = self.asking.messenger.sent
        before = len(sent)
        await self.look()
        told: dict[str, list[str]] = {}
        for room, content in sent[before:]:
            if "m.new_content" not in content:
                told.setdefault(room.removeprefix("!"), []).append(str(content["body"]))
        return told

    async def guest(self, name: str) -> Guest:
        async with self.asking.house.store.view() as view:
            guest = await view.partners.guest(user(f"{name}:acme.example"))
        assert guest is not None
        return guest

    def card_of(self, who: str) -> str:
        """The last question in somebody's conversation."""
        shown = self.asking.house.store.data.pending_events.items()
        return [event for event, (key, room) in shown if room == f"!{who}" and key.startswith("renewal:")][-1]

    async def tap(self, emoji: str, who: str) -> Mapping[str, Any]:
        """What somebody is answered who taps under the last question that they were asked."""
        card = self.card_of(who)
        content = self.asking.messenger.events.pop(card)
        self.asking.messenger.events[card] = content
        return await self.asking.tap(emoji, by=who)

    def inside(self, name: str) -> bool:
        return self.asking.house.members("deal").get(user(f"{name}:acme.example")) is not None


async def test_the_sponsor_is_asked_a_month_before_a_persons_last_day_and_a_tap_renews_for_a_year() -> None:
    year = await Year.of(company(), bob=END, kim=None)
    assert await year.day(END - timedelta(days=31)) == {}
    told = await year.day(END - timedelta(days=30))
    assert list(told) == ["sam"]
    [card] = told["sam"]
    for words in ("people of Acme ends on 31 Mar 2027", BOB, "Project Zephyr", "!partner stop acme 1", "2028-03-31"):
        assert words in card
    assert KIM not in card
    assert "Board" not in card
    assert await year.said() == {}
    answer = await year.tap("✅", "sam")
    assert (status(answer), "@bob:acme.example until 31 Mar 2028" in body(answer)) == ("ok", True)
    assert (await year.guest("bob")).until == date(2028, 3, 31)
    for days in (7, 1, 0, -1):
        assert await year.day(END - timedelta(days=days)) == {}
    assert year.inside("bob")


async def test_silence_brings_the_deputy_then_everybody_then_the_end() -> None:
    year = await Year.of(company(), bob=END)
    assert list(await year.day(END - timedelta(days=30))) == ["sam"]
    week = await year.day(END - timedelta(days=7))
    assert sorted(week) == ["dora", "sam"]
    assert "because sam" not in week["sam"][0]
    assert "has not answered" in week["dora"][0]
    assert sorted(await year.day(END - timedelta(days=1))) == ["dora", "ines", "mia", "sam"]
    assert await year.day(END) == {}
    assert year.inside("bob")
    over = await year.day(END + timedelta(days=1))
    assert list(over) == ["sam"]
    assert "31 Mar 2027, is over: they are out" in over["sam"][0]
    guest = await year.guest("bob")
    assert (guest.standing, guest.farewell) == (Standing.OUT, Farewell.EXPIRED)
    assert not year.inside("bob")
    assert year.inside("kim")
    assert await year.day(END + timedelta(days=2)) == {}
    answer = await year.asking.ask("!partner renew acme bob --until 2027-12-31", by="sam")
    assert status(answer) == "ok", body(answer)
    await year.look()
    assert year.inside("bob")


async def test_the_manager_answers_whom_silence_brought_in_and_everybodys_card_says_so() -> None:
    year = await Year.of(company(deputy=""), bob=END)
    await year.day(END - timedelta(days=30))
    assert sorted(await year.day(END - timedelta(days=7))) == ["mia", "sam"]
    assert status(await year.tap("✅", "mia")) == "ok"
    await year.look()
    edits = [
        content["m.new_content"]["body"] for _, content in year.asking.messenger.sent if "m.new_content" in content
    ]
    assert any("renewed" in one for one in edits)
    assert await year.tap("❌", "sam") == NOTHING
    assert (await year.guest("bob")).until == date(2028, 3, 31)


async def test_whom_silence_brought_in_may_type_the_command_too_and_nobody_else() -> None:
    year = await Year.of(company(deputy=""), bob=END)
    await year.day(END - timedelta(days=30))
    assert status(await year.asking.ask("!partner renew acme bob", by="mia")) == "error"
    await year.day(END - timedelta(days=7))
    assert status(await year.asking.ask("!partner renew acme bob", by="mia")) == "ok"
    assert status(await year.asking.ask("!partner renew acme bob", by="ann")) == "error"


@pytest.mark.parametrize("inside", [True, False])
async def test_a_hidden_group_is_named_to_those_alone_who_are_in_it(inside: bool) -> None:
    source = company()
    board = replace(source.groups["board"], members=(*source.groups["board"].members, *(["sam"] if inside else [])))
    year = await Year.of(replace(source, groups={**source.groups, "board": board}), bob=END)
    await year.day(END - timedelta(days=30))
    told = await year.day(END - timedelta(days=7))
    assert ("Board" in told["sam"][0]) is inside
    assert "Board" not in told["dora"][0]


async def test_no_lets_it_end_and_nobody_is_asked_again() -> None:
    year = await Year.of(company(), bob=END)
    await year.day(END - timedelta(days=30))
    assert "the last day is 31 Mar 2027" in body(await year.tap("❌", "sam"))
    for days in (7, 1, 0):
        assert await year.day(END - timedelta(days=days)) == {}
    assert year.inside("bob")
    assert list(await year.day(END + timedelta(days=1))) == ["sam"]
    assert not year.inside("bob")


async def test_each_person_is_answered_for_by_their_number() -> None:
    year = await Year.of(company(), bob=END, kim=END)
    await year.day(END - timedelta(days=30))
    assert f"{KIM} of Acme: the last day" in body(await year.asking.ask("!partner stop acme 2", by="sam"))
    assert BOB in body(await year.asking.ask("!partner renew acme 1 --until 2027-06-30", by="sam"))
    assert await year.day(END - timedelta(days=7)) == {}
    await year.day(END + timedelta(days=1))
    assert (year.inside("bob"), year.inside("kim")) == (True, False)


async def test_what_was_decided_otherwise_since_is_not_undone_by_a_late_tap() -> None:
    year = await Year.of(company(), bob=END, kim=END)
    await year.day(END - timedelta(days=30))
    await year.asking.ask("!partner stop acme kim", by="dora")
    await year.look()
    await year.tap("✅", "sam")
    assert ((await year.guest("bob")).until, (await year.guest("kim")).until) == (date(2028, 3, 31), END)


async def test_the_agreement_is_renewed_with_everybody_whose_time_ends_with_it() -> None:
    year = await Year.of(company(until=END), bob=END, kim=None)
    [card] = (await year.day(END - timedelta(days=30)))["sam"]
    assert "The agreement with Acme ends on 31 Mar 2027" in card
    assert BOB in card
    assert KIM in card
    assert "runs until 31 Mar 2028" in body(await year.tap("✅", "sam"))
    assert ((await year.guest("bob")).until, (await year.guest("kim")).until) == (date(2028, 3, 31), None)
    assert await year.day(END + timedelta(days=1)) == {}
    assert year.inside("bob")
    assert year.inside("kim")


async def test_after_its_last_day_everybody_is_out_and_a_renewal_brings_them_back() -> None:
    year = await Year.of(company(until=END), bob=None)
    over = await year.day(END + timedelta(days=1))
    assert "everybody of it is out" in over["sam"][0]
    assert not year.inside("bob")
    assert status(await year.asking.ask("!partner renew acme", by="sam")) == "ok"
    await year.look()
    assert year.inside("bob")


async def test_an_agreement_that_nobody_was_asked_about_is_renewed_by_its_new_day_alone_and_back_again() -> None:
    year = await Year.of(company(until=END), bob=None)
    answer = await year.asking.ask("!partner renew acme", by="sam")
    later = END.replace(year=END.year + 1).isoformat()
    assert status(answer) == "error"
    assert f"nothing was changed. For another last day: !partner renew acme --until {later}" in body(answer)
    renewed = body(await year.asking.ask(f"!partner renew acme --until {later}", by="sam"))
    assert "To take it back: !partner unset acme until" in renewed, renewed


async def test_who_goes_stays_gone_when_the_agreement_goes_on() -> None:
    year = await Year.of(company(until=END), bob=None, kim=None)
    await year.day(END - timedelta(days=30))
    await year.asking.ask("!partner stop acme kim", by="sam")
    await year.look()
    assert "runs until" in body(await year.tap("✅", "sam"))
    await year.day(END + timedelta(days=1))
    assert (year.inside("bob"), year.inside("kim")) == (True, False)


async def test_who_was_let_go_comes_back_by_name_alone() -> None:
    year = await Year.of(company(until=END), bob=None, kim=None)
    await year.day(END - timedelta(days=30))
    await year.asking.ask("!partner stop acme kim", by="sam")
    await year.look()
    await year.asking.ask("!partner renew acme", by="sam")
    assert (await year.guest("kim")).until == END
    over = (await year.day(END + timedelta(days=1)))["sam"][0]
    assert f"!partner renew acme {KIM}" in over
    assert status(await year.asking.ask(f"!partner renew acme {KIM}", by="sam")) == "ok"
    await year.look()
    assert year.inside("kim")


async def test_what_a_file_says_is_changed_there() -> None:
    source = company(until=END)
    pinned = replace(source.partners["acme"], declared=frozenset({"until"}))
    year = await Year.of(replace(source, partners={"acme": pinned}), bob=None)
    told = await year.day(END - timedelta(days=30))
    assert "directory.yaml says so" in told["sam"][0]
    assert "✅" not in told["sam"][0]
    assert "directory" in body(await year.asking.ask("!partner renew acme", by="sam"))
    assert "directory" in (await year.day(END + timedelta(days=1)))["sam"][0]


async def test_days_on_which_the_bridge_was_off_are_made_good_once() -> None:
    year = await Year.of(company(), bob=END)
    told = await year.day(END - timedelta(days=3))
    assert {who: len(words) for who, words in told.items()} == {"sam": 1, "dora": 1}
    assert await year.said() == {}


async def test_nobody_stays_for_longer_than_the_agreement_runs() -> None:
    year = await Year.of(company(until=date(2027, 4, 15)), bob=END)
    await year.day(END - timedelta(days=30))
    refused = await year.asking.ask("!partner renew acme bob --until 2027-06-01", by="sam")
    assert "ends on 15 Apr 2027" in body(refused)
    await year.tap("✅", "sam")
    assert (await year.guest("bob")).until == date(2027, 4, 15)


@pytest.mark.parametrize(
    ("line", "by", "words"),
    [
        ("!partner renew acme eve", "sam", "I know nobody of Acme who is called so"),
        ("!partner renew acme 7", "sam", "I know nobody of Acme who is called so"),
        ("!partner renew acme bob --until 2026-01-01", "sam", "1 Jan 2026 is over"),
        ("!partner renew acme bob --until 2027-01-01", "sam", "is not later"),
        ("!partner renew acme bob --until soon", "sam", "is not a date"),
        ("!partner renew acme", "ann", "Its sponsor and administrators decide"),
        ("!partner renew globex", "sam", "I know nothing by this name"),
        ("!partner stop acme", "sam", "Nothing of this ends by itself"),
    ],
)
async def test_what_cannot_be_done_is_told(line: str, by: str, words: str) -> None:
    year = await Year.of(company(), bob=END)
    assert words in body(await year.asking.ask(line, by=by))
    assert (await year.guest("bob")).until == END


async def test_a_sponsor_who_leaves_is_asked_about_until_somebody_takes_over() -> None:
    year = await Year.of(company())
    house = year.asking.house
    sam = house.source.directory.people["sam"]
    people = {**house.source.directory.people, "sam": replace(sam, active=False)}
    house.source.directory = replace(house.source.directory, people=people)
    told = await year.said()
    assert list(told) == ["dora"]
    assert "does not work here any more" in told["dora"][0]
    today = house.clock.now().date()
    assert await year.day(today + timedelta(days=6)) == {}
    assert sorted(await year.day(today + timedelta(days=7))) == ["dora", "mia"]
    assert sorted(await year.day(today + timedelta(days=14))) == ["dora", "ines", "mia"]
    assert await year.day(today + timedelta(days=60)) == {}
    house.source.directory = replace(house.source.directory, people={**people, "sam": sam})
    await year.said()
    house.source.directory = replace(house.source.directory, people=people)
    assert list(await year.said()) == ["dora"]


async def test_who_is_here_by_a_file_alone_is_named_and_has_no_number() -> None:
    year = await Year.of(company(until=END), bob=None)
    [card] = (await year.day(END - timedelta(days=30)))["sam"]
    assert f"by what files say, as long as the agreement runs: {KIM}" in card
    assert "called so" in body(await year.asking.ask("!partner stop acme 2", by="sam"))


async def test_a_partner_for_which_nobody_answers_is_seen_in_the_list() -> None:
    source = company(deputy="")
    people = {**source.people, "sam": replace(source.people["sam"], active=False, manager="")}
    year = await Year.of(replace(source, people=people))
    assert "nobody here answers for it" in body(await year.asking.ask("!partner list", by="ann"))
    assert "nobody here answers for it" in body(await year.asking.ask("!partner show acme"))
    assert "nobody here" not in body(await (await Year.of(company())).asking.ask("!partner list", by="ann"))
