"""What an exchange proves, and what it does not."""

import json
from dataclasses import replace
from typing import Final

import pytest

from bridge.domain.secrecy import BLANK, READ, Asker, Exchange, Outcome, Seen, Verdict
from bridge.rules.probing.channels import CHANNELS, LIMITS
from bridge.rules.probing.clients import PRESENCE
from bridge.rules.probing.judging import VERDICTS, judge, unasked
from bridge.rules.probing.shape import Channel, Proof

WORDS: Final = ("zephyr", "!secret")
TWINS: Final = [channel for channel in CHANNELS if channel.proof is Proof.TWIN]
LISTS: Final = [channel for channel in CHANNELS if channel.proof is Proof.LIST]
ABSENT: Final = Seen(status=404, errcode="M_NOT_FOUND", text="no such thing")
THERE: Final = Seen(status=200, text="the lobby")
OTHER: Final = Seen(status=418, errcode="M_TEAPOT", text="something else")


def verdict(channel: Channel, exchange: Exchange) -> tuple[Outcome, Verdict]:
    probed = judge(channel, Asker.STRANGER, exchange, words=WORDS, shows="lobby")
    return probed.outcome, probed.verdict


def named(channel: Channel) -> str:
    return channel.name


@pytest.mark.parametrize("channel", TWINS, ids=named)
def test_the_same_answer_as_about_nothing_held_if_the_control_was_found(channel: Channel) -> None:
    assert verdict(channel, Exchange(about=ABSENT, nothing=ABSENT, control=THERE)) == (Outcome.NOTHING, Verdict.HELD)


@pytest.mark.parametrize("channel", CHANNELS, ids=named)
@pytest.mark.parametrize("control", [None, ABSENT, Seen()], ids=["none", "refused", "silent"])
def test_a_probe_whose_control_finds_nothing_proves_nothing(channel: Channel, control: Seen | None) -> None:
    exchange = Exchange(about=ABSENT, nothing=ABSENT, control=control)
    assert verdict(channel, exchange) == (Outcome.BLIND, Verdict.UNPROVEN)


@pytest.mark.parametrize("channel", [one for one in CHANNELS if not one.carries], ids=named)
@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_group_in_an_answer_leaks_whatever_else_was_seen(channel: Channel, word: str) -> None:
    told = Seen(status=200, text=f"there is {word} here, and the lobby")
    for exchange in (Exchange(about=told), Exchange(about=told, nothing=told, control=told)):
        assert verdict(channel, exchange) == (Outcome.NAMED, Verdict.LEAKS)


@pytest.mark.parametrize("channel", [one for one in CHANNELS if one.carries], ids=named)
def test_what_the_homeserver_tells_about_those_inside_to_others_is_a_limit_and_told(channel: Channel) -> None:
    exchange = Exchange(about=Seen(status=200, text="zephyr!"))
    assert verdict(channel, exchange) == (Outcome.CARRIED, Verdict.LIMIT)


@pytest.mark.parametrize("channel", TWINS, ids=named)
def test_another_answer_than_about_nothing_leaks(channel: Channel) -> None:
    exchange = Exchange(about=OTHER, nothing=ABSENT, control=THERE)
    assert verdict(channel, exchange) == (Outcome.TOLD_APART, Verdict.LEAKS)


@pytest.mark.parametrize("channel", [one for one in TWINS if one.limit], ids=named)
def test_that_a_room_exists_for_who_knows_its_id_is_a_limit_and_that_it_opens_is_a_leak(channel: Channel) -> None:
    assert channel.limit is not None
    status, word = channel.limit
    known = Exchange(about=Seen(status=status, text=word), nothing=ABSENT, control=THERE)
    outcome = Outcome.HANDED if word == BLANK else Outcome.BY_ID  # a file is given whole
    assert verdict(channel, known) == (outcome, Verdict.LIMIT)
    opened = Exchange(about=Seen(status=200, text="come in"), nothing=ABSENT, control=THERE)
    assert verdict(channel, opened) == (Outcome.TOLD_APART, Verdict.LEAKS)


@pytest.mark.parametrize("channel", [one for one in TWINS if one.limit and one.limit[1] != BLANK], ids=named)
def test_that_no_other_homeserver_comes_in_is_told_with_it(channel: Channel) -> None:
    assert channel.limit is not None
    status, word = channel.limit
    closed = Seen(status=status, text=f"{word}: This room has been marked as unfederatable.")
    exchange = Exchange(about=closed, nothing=ABSENT, control=THERE)
    assert verdict(channel, exchange) == (Outcome.BY_ID_CLOSED, Verdict.LIMIT)


@pytest.mark.parametrize("channel", [one for one in TWINS if one.beside], ids=named)
def test_who_is_in_a_room_is_told_with_its_existence_where_others_are_answered_otherwise(channel: Channel) -> None:
    assert channel.limit is not None
    status, word = channel.limit
    inside, outside = (Seen(status=status, errcode=word, text=f"{word} {one}") for one in ("in", "out"))
    for nothing in (ABSENT, inside):
        exchange = Exchange(about=inside, nothing=nothing, control=THERE, beside=outside)
        assert verdict(channel, exchange) == (Outcome.BY_ID_PEOPLE, Verdict.LIMIT)
        probed = judge(channel, Asker.STRANGER, exchange, words=WORDS, shows="lobby")
        assert probed.seen == f"{inside.short}: “{word} in” / “{word} out”"
    for beside in (inside, Seen(), Seen(status=502, text="Bad Gateway")):
        exchange = Exchange(about=inside, nothing=ABSENT, control=THERE, beside=beside)
        assert verdict(channel, exchange) == (Outcome.BY_ID, Verdict.LIMIT)


def test_two_refusals_of_one_kind_are_shown_by_what_they_say() -> None:
    channel = next(one for one in TWINS if one.name == "open-file")
    about = Seen(status=404, errcode="M_NOT_FOUND", text='{"errcode": "M_NOT_FOUND", "error": "Not found"}')
    longer = "Not found '/_matrix/media/v3/download/corp.example/<…>', nor anything that is like it in any way"
    nothing = replace(about, text=json.dumps({"errcode": "M_NOT_FOUND", "error": longer}))
    probed = judge(channel, Asker.ANYBODY, Exchange(about=about, nothing=nothing), words=WORDS)
    told = "“Not found '/_matrix/media/v3/download/corp.example/<…>', nor anything that is li…”"
    assert (probed.outcome, probed.seen) == (Outcome.BY_ID, f"404 M_NOT_FOUND: “Not found” / {told}")
    bare = judge(channel, Asker.ANYBODY, Exchange(about=replace(about, text="gone"), nothing=about), words=WORDS)
    assert bare.seen == "404 M_NOT_FOUND: “gone” / “Not found”"


def test_of_two_answers_that_were_given_nothing_is_shown() -> None:
    """A list of a member may name other groups."""
    about, nothing = (Seen(status=200, errcode="ok", text=f"{name} group") for name in ("Deal", "no"))
    probed = judge(TWINS[0], Asker.COLLEAGUE, Exchange(about=about, nothing=nothing), words=WORDS)
    assert (probed.outcome, probed.seen) == (Outcome.TOLD_APART, "200 ok")


@pytest.mark.parametrize("channel", [one for one in LISTS if one.steady], ids=named)
def test_a_list_that_was_longer_while_the_group_existed_leaks_and_one_that_stays_so_proves_nothing(
    channel: Channel,
) -> None:
    longer = Seen(status=200, text="the lobby, 28 rooms")
    counted = Exchange(about=longer, nothing=THERE, control=longer, after=THERE)
    assert verdict(channel, counted) == (Outcome.COUNTED, Verdict.LEAKS)
    moved = Exchange(about=longer, nothing=THERE, control=longer, after=longer)
    assert verdict(channel, moved) == (Outcome.MOVED, Verdict.UNPROVEN)


@pytest.mark.parametrize("channel", CHANNELS, ids=named)
def test_what_nobody_answered_is_not_proven(channel: Channel) -> None:
    asked = unasked(channel, Asker.PARTNER)
    assert (asked.outcome, asked.verdict) == (Outcome.UNASKED, Verdict.UNPROVEN)
    silent = Exchange(about=Seen(), nothing=Seen(), control=THERE)
    outcome = Outcome.UNREAD if channel.question.method == READ else Outcome.UNANSWERED
    assert verdict(channel, silent) == (outcome, Verdict.UNPROVEN)


def test_a_homeserver_that_keeps_no_presence_is_told_from_one_that_does_not_show_it() -> None:
    def told(about: str, control: str, status: int = 200) -> tuple[Outcome, Verdict]:
        seen = Seen(status=200, text=about)
        return verdict(PRESENCE, Exchange(about=seen, nothing=seen, control=Seen(status=status, text=control)))

    offline, away = '{"presence": "offline"}', '{"last_active_ago": 3, "presence": "offline"}'
    assert told(offline, offline) == (Outcome.UNKEPT, Verdict.ABSENT)
    for control, status in ((away, 200), ("M_FORBIDDEN", 403), (offline, 403), ("", 0)):
        assert told(offline, control, status) == (Outcome.BLIND, Verdict.UNPROVEN)
    assert told("zephyr", offline) == (Outcome.NAMED, Verdict.LEAKS)


def test_every_outcome_has_a_verdict_and_two_alone_are_held() -> None:
    assert VERDICTS.keys() == set(Outcome)
    held = {one for one, what in VERDICTS.items() if what is Verdict.HELD}
    assert held == {Outcome.NOTHING, Outcome.AS_LONG}


def test_every_channel_has_a_name_of_its_own_and_somebody_who_asks() -> None:
    assert len({*(channel.name for channel in CHANNELS), *LIMITS}) == len(CHANNELS) + len(LIMITS)
    assert all(channel.askers for channel in CHANNELS)
    assert all(channel.shows for channel in LISTS)
