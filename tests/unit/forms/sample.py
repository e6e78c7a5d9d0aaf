"""What a form is given in its tests."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from worker.forms import FormSource

BODY = """<h1>Kraj otevřel poradnu</h1>
<p><strong>Perex</strong> s <a href="https://www.example.org/a">odkazem</a><br>a druhým řádkem.</p>
<h2>Kontakt</h2>
<ul><li>první<ul><li>vnořený</li></ul></li><li>druhý</li></ul>
<ol start="3"><li>třetí</li><li>čtvrtý</li></ol>
<p>Mezi seznamy.</p>
<ol><li>znovu první</li></ol>
<blockquote><p>Řekla to.</p></blockquote>"""

SOURCE = FormSource(
    title="Tisková zpráva: Kraj otevřel poradnu",
    laid_out=BODY,
    page=f'<html lang="cs"><head><title>Poradna</title></head><body>{BODY}</body></html>',
    office=("Liberecký kraj", "Krajský úřad"),
    contact=("www.example.org",),
    colour="#1f4e79",
    day=date(2026, 12, 8),
    uid="tiskova-zprava/2026-12/press-release@example.org",
)


def of(laid_out: str, page: str = "") -> FormSource:
    """The sample with another text."""
    return replace(SOURCE, laid_out=laid_out, page=page)


class _NoPango(MetaPathFinder):
    """As WeasyPrint is imported where Pango's library is not found."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return None


def lose_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on WeasyPrint is imported anew, and finds no library that sets type."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_NoPango(), *sys.meta_path])
