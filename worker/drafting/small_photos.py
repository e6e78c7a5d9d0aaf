"""Photos that were sent in, made small enough for every mail of a mailing to carry them."""

from __future__ import annotations

import io
from functools import lru_cache

from sqlalchemy import Connection

from worker.record import contributions
from worker.sources.base import SmallPhoto

LONGEST_SIDE = 480
"""Pixels: as wide as a telephone shows it, and three quarters of a mail's sheet."""
QUALITY = 78


def small_photo(tx: Connection, contribution_id: int) -> SmallPhoto | None:
    """The photo of a contribution, small; None for one that has none any more."""
    content = contributions.photo(tx, contribution_id)
    return None if content is None else made_small(bytes(content))


@lru_cache(maxsize=20)
def made_small(content: bytes) -> SmallPhoto:
    """`content`, a JPEG of ours, with its longer side `LONGEST_SIDE` pixels at most; the same bytes every time."""
    from PIL import Image  # most drafts have no photo

    with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        small = picture.convert("RGB")
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True)
    return SmallPhoto(out.getvalue(), small.width, small.height)
