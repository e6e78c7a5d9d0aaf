"""Looks at everything that goes out: numbers on the terminal, pictures in `build/look`. Exits 1 past a bound.

The mails and PDFs of every kind, of the region's plan and of the project in Strakonice (which has an emblem to show),
and every page in the states a visitor may find it in. What a program was missing for is said, and counts as a fault.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.look import browser, nu, pdf, spam
from tools.look.material import Mail, mails, pages
from worker.errors import HlasatelError
from worker.times import parse_instant

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "look"
PLANS = {
    "kraj": (ROOT / "schedules.yaml", parse_instant("2026-11-21T12:00")),
    "strakonice": (ROOT / "examples" / "strakonice" / "schedules.yaml", parse_instant("2018-03-01T12:00")),
}
LARGEST = 80_000
"""Bytes of a mail's HTML after inlining: some programs cut what is longer than 102 KB."""


@dataclass
class Row:
    """What was found of one mail; points are SpamAssassin's, None where it did not run."""

    name: str
    size: int
    points: float | None = None
    faults: list[str] = field(default_factory=list)


def look(plan: str, found: Sequence[Mail], say: Callable[[str], None]) -> list[Row]:
    """Every mail of one plan against every bound; `say` is told once what could not be run."""
    rows = [Row(f"{plan}/{mail.name}", mail.page.stat().st_size) for mail in found]
    pictures = FOLDER / "pictures" / plan
    pictures.mkdir(parents=True)
    with browser.chromium() as chromium:
        for row, mail in zip(rows, found, strict=True):
            row.faults += [f"{row.size} bytes"] if row.size > LARGEST else []
            row.faults += browser.faults(chromium, mail.page, pictures)
    try:
        checked = nu.errors(nu.checker(FOLDER.parent / "nu"), [mail.page for mail in found], mail=True)
        for row, mail in zip(rows, found, strict=True):
            row.faults += [f"Nu {each}" for each in checked[mail.page]]
    except HlasatelError as error:
        say(str(error))
    try:
        for row, mail in zip(rows, found, strict=True):
            given = spam.points(mail.message)
            row.points = sum(given.values())
            row.faults += [f"SpamAssassin {given}"] if row.points > spam.MOST else []
    except HlasatelError as error:
        say(str(error))
    return rows


def look_at_pages(say: Callable[[str], None]) -> list[Row]:
    """Every page against the Nu checker; axe looks at them in `make test`."""
    with pages(FOLDER / "pages") as written:
        rows = [Row(f"page {file.stem}", file.stat().st_size) for file in written]
        try:
            checked = nu.errors(nu.checker(FOLDER.parent / "nu"), written, mail=False)
        except HlasatelError as error:
            say(str(error))
            return rows
        for row, file in zip(rows, written, strict=True):
            row.faults += [f"Nu {each}" for each in checked[file]]
    return rows


def look_at_pdfs(say: Callable[[str], None]) -> list[Row]:
    """Every PDF of the galleries against PDF/UA-1."""
    found = sorted(file for plan in PLANS for file in (FOLDER / plan).glob("*/*.pdf"))
    rows = [Row(f"PDF {file.relative_to(FOLDER)}", file.stat().st_size) for file in found]
    try:
        failed = pdf.failing(pdf.checker(FOLDER.parent / "verapdf"), found)
    except HlasatelError as error:
        say(str(error))
        return rows
    for row, file in zip(rows, found, strict=True):
        row.faults += [failed[file]] if file in failed else []
    return rows


def main() -> int:
    """0 when every bound is kept and everything could be run."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    missing: dict[str, None] = {}
    rows: list[Row] = []
    for plan, (file, now) in PLANS.items():
        rows += look(plan, list(mails(FOLDER / plan, file, now)), missing.setdefault)
    for row in rows:
        points = "      –" if row.points is None else f"{row.points + 0:7.1f}"
        print(f"{row.name:45} {row.size / 1000:6.1f} kB {points} points  {'; '.join(row.faults) or 'clean'}")
    of_pages, of_pdfs = look_at_pages(missing.setdefault), look_at_pdfs(missing.setdefault)
    for what, looked_at in (("pages", of_pages), ("PDFs", of_pdfs)):
        print(f"{len(looked_at)} {what}, {sum(bool(row.faults) for row in looked_at)} with faults")
    for row in [*of_pages, *of_pdfs]:
        for fault in row.faults:
            print(f"{row.name}: {fault}")
    for each in missing:
        print(f"NOT LOOKED AT: {each}")
    print(f"Look at the pictures in {FOLDER.relative_to(ROOT)}/pictures.")
    return 1 if missing or any(row.faults for row in [*rows, *of_pages, *of_pdfs]) else 0


if __name__ == "__main__":
    sys.exit(main())
