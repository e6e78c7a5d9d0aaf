"""An address as a QR code (ISO/IEC 18004) for what is printed."""

from __future__ import annotations

_QUIET = 4  # modules of white round it, as the standard wants


def qr(address: str) -> str:
    """A picture of `address` as a `data:` address of an SVG, for `<img src>`; empty for an empty one.

    Level Q: a quarter of it may be torn or rained on.
    """
    if not address:
        return ""
    import segno  # few templates print one

    return str(segno.make_qr(address, error="q").svg_data_uri(border=_QUIET, omitsize=True, xmldecl=False))
