"""A photo that somebody sent, made into one that can be kept and shown: looked at, turned upright, encoded anew.

Only its pixels survive. What cameras write beside them (the place, the owner, the device, a smaller picture of what was
cut off: Exif, IPTC, XMP) stays behind, and so does whatever else a file may hold that calls itself a photo.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from worker.approval.cases import Unfinished
from worker.messages import say

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 32 * 1024 * 1024
"""What a good camera writes; larger ones are rarely meant for a mail."""
MOST_PIXELS = 120_000_000
"""Of a JPEG, which is decoded at a smaller scale at once, whatever it would unfold to."""
MOST_PIXELS_UNFOLDED = 30_000_000
"""Of a PNG or WebP, which can only be decoded whole: 120 MB of memory."""
LEAST_SIDE = 300
"""Pixels of the shorter side below which a picture is of no use anywhere; counting pictures are 1 × 1."""
LONGEST_SIDE = 2400
"""Pixels: enough for half a page of print at 300 dpi."""
QUALITY = 88

_FORMATS = ("JPEG", "PNG", "WEBP")
_APPLE = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")
"""How the files of newer phones begin, from their fifth byte (ISO/IEC 23008-12)."""
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""How the camera was held → the `PIL.Image.Transpose` that sets its picture upright."""
_DAMAGED = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error,
)  # fmt: skip
"""What Pillow raises at files that are damaged, cut off or something else."""
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Photo:
    """A photo as it is kept: JPEG in sRGB without metadata, with its size in pixels."""

    content: bytes
    width: int
    height: int


def prepared(file: BinaryIO) -> Photo:
    """The photo in `file`, read from where it stands. Raises Unfinished in `photo`, with what to do, when it is none.

    One at a time: several large ones together would take more memory than a small server has.
    """
    from PIL import Image  # the pages start quicker without, and most of them show no photo

    start = file.read(12)
    if start[4:] in _APPLE:
        raise _unfit("photo_apple")
    file.seek(-len(start), io.SEEK_CUR)
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        # Of damaged notes, which are not kept, and of sizes: those below are smaller than Pillow's.
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=_FORMATS) as opened:
                _refuse_size(opened)
                opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
                opened.load()
                upright = _upright(opened)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return _encoded(_in_srgb(upright))
        except Image.DecompressionBombError as bomb:
            raise _unfit("photo_too_many_pixels", most=MOST_PIXELS // 1_000_000) from bomb
        except _DAMAGED as broken:
            raise _unfit("photo_unreadable") from broken


def _upright(image: Image) -> Image:
    """The picture as the camera was held (Exif 2.32, tag 0112). Notes that nobody can read stop no good photo.

    Not by Pillow's own `exif_transpose`: that writes the notes anew and fails at what some cameras write into them.
    """
    try:
        held = image.getexif().get(0x0112, 1)
    except _DAMAGED:
        return image
    turn = _TURNS.get(held) if isinstance(held, int) else None
    return image if turn is None else image.transpose(turn)  # type: ignore[arg-type]


def _refuse_size(image: Image) -> None:
    pixels = image.width * image.height
    most = MOST_PIXELS if image.format in ("JPEG", "MPO") else MOST_PIXELS_UNFOLDED
    if pixels > most:
        raise _unfit("photo_too_many_pixels", most=most // 1_000_000)
    if min(image.size) < LEAST_SIDE:
        raise _unfit("photo_too_small", width=image.width, height=image.height, least=LEAST_SIDE)


def _in_srgb(image: Image) -> Image:
    """The colours as every program shows them; phones write wider ones. What is transparent becomes white."""
    from PIL import Image, ImageCms

    if image.mode in ("P", "PA", "LA", "RGBA", "RGBa") or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(paper, seen).convert("RGB")
    profile = image.info.get("icc_profile")
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):  # a profile of another kind of picture, or a broken one
            return image.convert("RGB")
        return converted if converted is not None else image.convert("RGB")
    return image.convert("RGB")


def _encoded(image: Image) -> Photo:
    out = io.BytesIO()
    bare = image.copy()
    bare.info.clear()  # a comment or a profile would be written again
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(out.getvalue(), bare.width, bare.height)


def _unfit(key: str, **values: object) -> Unfinished:
    return Unfinished(say(f"contributions.{key}", **values), "photo")
