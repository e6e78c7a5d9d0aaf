"""Styles written into the elements, because mail programs drop style sheets; premailer behind one function."""

from __future__ import annotations

import logging

_QUIET = logging.getLogger(f"{__name__}.cssutils")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False  # premailer reports every property it does not know; our own style sheet is tested instead


def inline(html: str) -> str:
    """`html` with its style sheet inlined, without a look at the network.

    A `<style data-premailer="ignore">` stays as it is: it holds what cannot be inlined (dark scheme, narrow screens).
    """
    from premailer import Premailer  # a tenth of a second to import, and most ticks draft nothing

    premailer = Premailer(
        html,
        allow_network=False,
        allow_insecure_ssl=False,
        keep_style_tags=False,
        remove_classes=False,
        strip_important=False,
        disable_validation=True,
        disable_leftover_css=True,
        cssutils_logging_handler=logging.NullHandler(),
        cssutils_logging_level=logging.CRITICAL,
    )
    return str(premailer.transform())
