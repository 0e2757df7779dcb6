"""Photos as people send them, made here: what comes out is small, upright, and nothing but pixels."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base

from bridge.adapters.pictures import KINDS, MOST_OF_OTHERS, SIDE, PillowPictures, portrait_of
from bridge.domain.errors import InputError
from tests.support.proving import examples

RED, BLUE = (200, 20, 30), (20, 30, 200)


def picture(width: int = 300, height: int = 200, kind: str = "JPEG", mode: str = "RGB", **saving: Any) -> bytes:
    """Red on the left, blue on the right."""
    made = Image.new("RGB", (width, height), RED)
    made.paste(BLUE, (width // 2, 0, width, height))
    out = io.BytesIO()
    made.convert(mode).save(out, kind, **saving)
    return out.getvalue()


def seen(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(portrait_of(data).data))


def is_near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 25 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_each_kind_becomes_a_small_jpeg(kind: str) -> None:
    made = await PillowPictures().portrait(picture(2000, 1600, kind))
    shown = Image.open(io.BytesIO(made.data))
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (SIDE, 512))
    assert (made.width, made.height) == shown.size
    assert is_near(shown.getpixel((100, 100)), RED)
    assert is_near(shown.getpixel((600, 100)), BLUE)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "I;16", "CMYK"])
def test_each_mode_of_pixels_is_understood(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = Image.new(mode, (64, 64))
    out = io.BytesIO()
    made.save(out, kind)
    assert seen(out.getvalue()).size == (64, 64)


def test_a_picture_is_turned_upright_and_loses_place_camera_and_comments() -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Make] = "SECRET-CAMERA"
    exif.get_ifd(IFD.GPSInfo)[1] = "N"
    shown = seen(picture(400, 300, exif=exif, comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>"))
    assert shown.size == (300, 400)
    assert is_near(shown.getpixel((150, 50)), RED)
    assert is_near(shown.getpixel((150, 350)), BLUE)
    assert not shown.getexif()
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_no_byte_of_metadata_is_left() -> None:
    exif = Image.Exif()
    exif[Base.Artist] = "SECRET-ARTIST"
    sent = picture(exif=exif, comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>")
    assert b"SECRET" in sent
    assert b"SECRET" not in portrait_of(sent).data


def test_colours_of_a_profile_stay_as_they_looked() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = seen(picture(icc_profile=srgb))
    assert "icc_profile" not in made.info
    assert is_near(made.getpixel((50, 100)), RED)


def test_a_profile_that_is_none_is_passed_over() -> None:
    assert is_near(seen(picture(icc_profile=b"nonsense")).getpixel((50, 100)), RED)


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert is_near(seen(out.getvalue()).getpixel((25, 25)), (255, 255, 255))


def test_the_first_picture_of_a_moving_one_is_taken() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE)]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert is_near(seen(out.getvalue()).getpixel((20, 20)), RED)


@pytest.mark.parametrize(
    ("width", "height", "size"), [(4000, 400, (533, 400)), (400, 4000, (400, 533)), (9, 7, (9, 7))]
)
def test_a_long_picture_is_cut_and_a_small_one_stays_small(width: int, height: int, size: tuple[int, int]) -> None:
    assert seen(picture(width, height)).size == size


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xd8\xff\xe0nonsense",
        b"\x89PNG\r\n\x1a\n",
        picture()[:400],
        picture(kind="PNG")[:60],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(InputError, match="JPEG, PNG or WebP"):
        portrait_of(data)


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_unpacked(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    assert side * side > MOST_OF_OTHERS
    with pytest.raises(InputError):
        portrait_of(bomb)


@settings(deadline=None, max_examples=examples(60))
@given(changes=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=20), kind=st.sampled_from(KINDS))
def test_whatever_bytes_are_altered_it_is_read_or_refused(changes: list[tuple[int, int]], kind: str) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    sent = bytearray(picture(64, 48, kind, exif=exif))
    for place, value in changes:
        sent[place % len(sent)] = value
    try:
        portrait_of(bytes(sent))
    except InputError:
        return


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA"])
def test_a_large_picture_is_turned_and_kept_in_its_colours_whatever_its_pixels_are(mode: str) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    made = Image.new("RGB", (3000, 2700), RED)
    made.paste(BLUE, (1500, 0, 3000, 2700))
    out = io.BytesIO()
    made.convert(mode).save(out, "PNG", exif=exif)
    shown = seen(out.getvalue())
    assert shown.size == (576, 640)
    above, below = shown.getpixel((280, 100)), shown.getpixel((280, 540))
    assert above != below
    if mode in ("RGB", "RGBA"):
        assert is_near(above, RED)
        assert is_near(below, BLUE)
