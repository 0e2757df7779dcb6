"""Files of our bots: on the fake, and on real Synapses that federate."""

import pytest

from bridge.adapters.matrix.media import MatrixMedia
from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from tests.contracts.homeservers import World
from tests.support.synapse import BOT, CORP

JPEG = b"\xff\xd8\xff" + bytes(range(256)) * 40


@pytest.fixture
def version() -> str:
    """Rooms do not matter here."""
    return "12"


@pytest.fixture
async def media(world: World) -> MatrixMedia:
    await world.homeserver.check_admin(frozenset())
    return MatrixMedia(world.calls, BOT, admin_token=world.admin_token)


async def test_a_reserved_file_is_filled_once_and_read(media: MatrixMedia) -> None:
    uri = await media.reserve()
    for _ in range(2):
        await media.fill(uri, JPEG, mimetype="image/jpeg", name="photo.jpg")
    assert await media.fetch(uri, most=len(JPEG)) == JPEG


async def test_a_file_is_not_read_beyond_what_is_wanted(media: MatrixMedia) -> None:
    uri = await media.reserve()
    await media.fill(uri, JPEG, mimetype="image/jpeg", name="photo.jpg")
    with pytest.raises(InputError):
        await media.fetch(uri, most=len(JPEG) - 1)


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_harmless(media: MatrixMedia) -> None:
    uri = await media.reserve()
    await media.fill(uri, JPEG, mimetype="image/jpeg", name="photo.jpg")
    for _ in range(2):
        await media.delete(uri)
    with pytest.raises(HomeserverError) as caught:
        await media.fetch(uri, most=len(JPEG))
    assert caught.value.errcode == "M_NOT_FOUND"


async def test_a_reservation_is_deleted_and_filled_no_more(media: MatrixMedia) -> None:
    uri = await media.reserve()
    await media.delete(uri)
    with pytest.raises(HomeserverError) as caught:
        await media.fill(uri, JPEG, mimetype="image/jpeg", name="photo.jpg")
    assert caught.value.errcode == "M_NOT_FOUND"


async def test_a_file_that_never_was_is_not_found(media: MatrixMedia) -> None:
    with pytest.raises(HomeserverError) as caught:
        await media.fetch(f"mxc://{CORP}/nothing", most=10)
    assert (caught.value.errcode, caught.value.kind) == ("M_NOT_FOUND", ErrorKind.REFUSED)


@pytest.mark.parametrize(
    "uri", ["", "https://corp.test/x", "mxc://corp.test/../admin", "mxc://corp.test/a b", "mxc:///x"]
)
async def test_what_is_no_address_is_never_asked_for(media: MatrixMedia, uri: str) -> None:
    with pytest.raises(InputError):
        await media.fetch(uri, most=10)


async def test_without_an_admin_token_nothing_is_deleted(world: World) -> None:
    media = MatrixMedia(world.calls, BOT)
    assert not media.deletes
    with pytest.raises(HomeserverError):
        await media.delete(f"mxc://{CORP}/anything")
