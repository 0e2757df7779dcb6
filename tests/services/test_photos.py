"""Photos of profile cards: one file for one picture, whatever dies; what is replaced is deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.messages import say
from bridge.services.cards.files import Files
from bridge.services.cards.photos import MOST, Photos, Sent, sent_in
from tests.fakes.clock import FakeChance, FakeClock
from tests.fakes.media import FakeMedia, FakePictures
from tests.services.household import Fuse, Killed, MortalStore

BOB = "@bob:acme.example"
SENT = Sent(uri="mxc://acme.example/holiday", mimetype="image/png", size=20)


class MortalMedia(FakeMedia):
    """May be killed before and after every call."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self.fuse = fuse

    async def reserve(self) -> str:
        self.fuse.step()
        uri = await super().reserve()
        self.fuse.step()
        return uri

    async def fill(self, uri: str, data: bytes, *, mimetype: str, name: str) -> None:
        self.fuse.step()
        await super().fill(uri, data, mimetype=mimetype, name=name)
        self.fuse.step()


class Studio:
    def __init__(self, *, deletes: bool = True) -> None:
        self.fuse = Fuse()
        self.store, self.clock = MortalStore(self.fuse), FakeClock(eager=True)
        self.media = MortalMedia(self.fuse) if deletes else FakeMedia(deletes=False)
        self.media.elsewhere |= {SENT.uri: b"picture of a beach", "mxc://acme.example/other": b"picture of a hill"}
        self.files = Files(store=self.store, media=self.media, clock=self.clock)
        self.photos = Photos(
            store=self.store, files=self.files, pictures=FakePictures(), clock=self.clock, chance=FakeChance()
        )

    async def tidy(self) -> None:
        """Long enough for whatever is not kept."""
        await self.clock.advance(timedelta(days=2).total_seconds())
        await self.files.go()

    @property
    def filled(self) -> list[bytes]:
        return [data for data in self.media.files.values() if data]


async def test_a_picture_becomes_the_photo_of_the_card_and_stays() -> None:
    studio = Studio()
    photo = await studio.photos.take(BOB, SENT, origin="$one")
    assert (photo.width, photo.height, photo.mimetype) == (640, 480, "image/jpeg")
    await studio.tidy()
    assert studio.media.files == {photo.uri: b"portrait of picture of a beach"}
    assert await studio.photos.of(BOB) == photo


async def test_another_picture_takes_the_place_of_the_first_which_is_deleted() -> None:
    studio = Studio()
    first = await studio.photos.take(BOB, SENT, origin="$one")
    second = await studio.photos.take(BOB, replace(SENT, uri="mxc://acme.example/other"), origin="$two")
    await studio.tidy()
    assert studio.media.deleted == [first.uri]
    assert list(studio.media.files) == [second.uri]


async def test_a_photo_that_is_taken_off_is_deleted_once() -> None:
    studio = Studio()
    photo = await studio.photos.take(BOB, SENT, origin="$one")
    assert await studio.photos.remove(BOB, origin="$two")
    assert not await studio.photos.remove(BOB, origin="$three")
    for _ in range(2):
        await studio.tidy()
    assert studio.media.deleted == [photo.uri]
    assert await studio.photos.of(BOB) is None


@pytest.mark.parametrize("step", range(1, 12))
async def test_killed_anywhere_there_is_one_file_and_one_photo(step: int) -> None:
    studio = Studio()
    studio.fuse.at = step
    try:
        await studio.photos.take(BOB, SENT, origin="$one")
    except Killed:
        studio.fuse.at = 0
        await studio.photos.take(BOB, SENT, origin="$one")
    studio.fuse.at = 0
    photo = await studio.photos.of(BOB)
    await studio.tidy()
    assert photo is not None
    assert studio.filled == [b"portrait of picture of a beach"]
    assert studio.media.files[photo.uri]
    changes = [entry for entry in studio.store.data.audit.values() if entry.kind == "card-changed"]
    assert [(entry.actor, entry.detail["part"]) for entry in changes] == [(BOB, "photo")]


async def test_a_file_that_nobody_kept_is_deleted_after_a_day_and_not_before() -> None:
    studio = Studio()
    uri = await studio.files.make("$one", "export", b"{}", mimetype="application/json", name="card.json")
    await studio.clock.advance(timedelta(hours=23).total_seconds())
    await studio.files.go()
    assert uri in studio.media.files
    await studio.tidy()
    assert studio.media.deleted == [uri]


async def test_without_an_admin_token_files_stay_and_are_forgotten() -> None:
    studio = Studio(deletes=False)
    await studio.photos.take(BOB, SENT, origin="$one")
    await studio.photos.remove(BOB, origin="$two")
    await studio.tidy()
    assert studio.media.deleted == []
    assert all(item.settled for item in studio.store.data.pending.values())


async def test_a_file_that_may_not_be_deleted_is_not_tried_for_ever() -> None:
    studio = Studio()
    await studio.photos.take(BOB, SENT, origin="$one")
    await studio.photos.remove(BOB, origin="$two")
    studio.media.faults.append(HomeserverError(say("The homeserver finds this too large."), kind=ErrorKind.REFUSED))
    await studio.tidy()
    await studio.tidy()
    assert studio.media.deleted == []


async def test_while_the_homeserver_is_down_files_wait() -> None:
    studio = Studio()
    photo = await studio.photos.take(BOB, SENT, origin="$one")
    await studio.photos.remove(BOB, origin="$two")
    studio.media.faults.append(HomeserverError(say("The homeserver finds this too large."), kind=ErrorKind.TEMPORARY))
    with pytest.raises(HomeserverError):
        await studio.tidy()
    await studio.tidy()
    assert studio.media.deleted == [photo.uri]


@pytest.mark.parametrize(
    "sent",
    [
        replace(SENT, mimetype="image/svg+xml"),
        replace(SENT, size=MOST + 1),
        replace(SENT, uri="mxc://acme.example/nothing"),
        replace(SENT, uri="https://acme.example/x.png"),
    ],
)
async def test_what_cannot_be_a_photo_is_refused_and_leaves_nothing(sent: Sent) -> None:
    studio = Studio()
    with pytest.raises(InputError):
        await studio.photos.take(BOB, sent, origin="$one")
    assert studio.media.files == {}
    assert await studio.photos.of(BOB) is None


def test_pictures_are_read_from_whatever_a_client_sends() -> None:
    assert sent_in({"url": "mxc://a/b"}) == Sent(uri="mxc://a/b")
    assert sent_in({"url": "mxc://a/b", "info": {"mimetype": 3, "size": "x"}}) == Sent(uri="mxc://a/b")
    assert sent_in({"url": "mxc://a/b", "info": []}) == Sent(uri="mxc://a/b")
    with pytest.raises(InputError):
        sent_in({"file": {"url": "mxc://a/b", "key": {}}})
