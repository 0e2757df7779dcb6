"""The pictures port on Pillow: photos upright, small, in the colours that they had, without anything else.

Made by wiring. Decoding runs in a thread, one picture at a time: a large one takes memory.
"""

import asyncio
import io
import struct
import warnings
from typing import Final

from PIL import Image, ImageCms, ImageOps

from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.ports.media import Portrait

KINDS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS: Final = {"JPEG": 50_000_000}
"""What the largest cameras of telephones make; such a JPEG is decoded at a quarter of its sides."""
MOST_OF_OTHERS: Final = 16_000_000
"""Other kinds can only be decoded whole: in 250 MB at most (WebP)."""
SIDE: Final = 640
"""Pixels of the longer side."""
LONGEST: Final = 4 / 3
"""How much longer than the other a side may be; more is cut off."""
FACE: Final = (0.5, 0.3)
"""What stays when a picture is cut: the middle of a broad one, the upper part of a high one."""
QUALITY: Final = 85
WHITE: Final = (255, 255, 255)
FAULTS: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)
"""What Pillow raises for files that are damaged, cut off, or none of these kinds (seen with altered bytes)."""


class PillowPictures:
    """``bridge.ports.media.Pictures``."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def portrait(self, data: bytes) -> Portrait:
        async with self._turn:
            return await asyncio.to_thread(portrait_of, data)


def portrait_of(data: bytes) -> Portrait:
    """The same without waiting for a turn. Raises ``InputError``."""
    try:
        with warnings.catch_warnings():
            # Of odd metadata and of many pixels: the one is thrown away, the other is measured below.
            warnings.simplefilter("ignore")
            small = _small(data)
    except FAULTS as error:
        raise InputError(
            say("I cannot read this picture. Send it as JPEG, PNG or WebP."), detail=type(error).__name__
        ) from error
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Portrait(data=out.getvalue(), width=small.width, height=small.height)


def _small(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=KINDS) as picture:
        most = MOST_PIXELS.get(picture.format or "", MOST_OF_OTHERS)
        if picture.width * picture.height > most:
            raise InputError(say("This picture is too large: {count} million pixels at most.", count=most // 1_000_000))
        # Decodes a large JPEG at half or a quarter of its size, which is still larger than what is wanted.
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        return _cut(_plain(ImageOps.exif_transpose(_reduced(picture))))


def _reduced(picture: Image.Image) -> Image.Image:
    """Near the size that is wanted, before copies of it are made."""
    factor = min(picture.size) // (2 * SIDE)
    if factor < 2:
        return picture
    picture.load()
    exif = picture.getexif().tobytes()
    if picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    small = picture.reduce(factor)
    small.info |= {"exif": exif}
    return small


def _plain(picture: Image.Image) -> Image.Image:
    """Pixels alone, as sRGB; what is transparent becomes white."""
    profile = picture.info.get("icc_profile")
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, WHITE)
        picture.paste(clear, mask=clear)
    elif picture.mode not in ("RGB", "CMYK", "L"):
        picture = picture.convert("RGB")
    if profile:
        picture = _in_srgb(picture, profile)
    plain = Image.new("RGB", picture.size)
    plain.paste(picture.convert("RGB"))
    return plain


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Without its profile a photo of a telephone would look pale; a profile that is none of its own is passed over."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    return changed or picture


def _cut(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    width, height = min(width, round(height * LONGEST)), min(height, round(width * LONGEST))
    scale = min(1.0, SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=FACE)
