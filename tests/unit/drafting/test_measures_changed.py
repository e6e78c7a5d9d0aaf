"""What the newsletter says of the measures since the last one: from the rows kept with that one, never guessed."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.drafting.sample import CONFIG, NEWSLETTER, ROOT, context, organisation, people, plan, sources_context
from worker.drafting.make import Rendered, draft
from worker.drafting.proof import ProofOffice, template_faults
from worker.kinds import all_kinds
from worker.kinds.checks import stale_measures
from worker.office import TEMPLATES
from worker.sources import gather
from worker.template_folder import TemplateFolder

BEFORE: dict[str, Any] = gather(("measures",), sources_context(NEWSLETTER))["measures"]


def edited(folder: Path, changes: dict[str, tuple[str, str]], *, without: str = "") -> Path:
    """A config folder whose measures have another status and day: `I/6` → both."""
    shutil.copytree(CONFIG, folder, dirs_exist_ok=True)
    file = folder / "measures.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    for row in rows:
        row["status"], row["status_date"] = changes.get(
            f"{row['area']}/{row['number']}", (row["status"], row["status_date"])
        )
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(row for row in rows if f"{row['area']}/{row['number']}" != without)
    return folder


def newsletter(config: Path, before: dict[str, Any] | None) -> Rendered:
    reads = replace(sources_context(NEWSLETTER), config_dir=config, measures_before=lambda: before)
    material = gather(all_kinds()["newsletter"].sources, reads)
    return draft("newsletter", replace(context("newsletter", NEWSLETTER), material=material))


def told(made: Rendered) -> str:
    return " ".join(made.fields["measures"].replace("\u00a0", " ").split())


def test_what_changed_is_told_with_its_date_and_the_former_state(tmp_path: Path) -> None:
    config = edited(tmp_path, {"I/6": ("částečně", "2026-06-30"), "XIII/1": ("plněno", "2026-06-30")})
    made = newsletter(config, BEFORE)
    assert "Od minulé pravidelné informace (stav k 31. prosinci 2023) se změnilo hodnocení těchto opatření:" in told(
        made
    )
    assert "**I/6** z „neplněno“ na „částečně plněno“ (k 30. červnu 2026): Potencionálnímu vzniku" in told(made)
    assert "I/5" not in told(made)
    assert "I/6 z" in made.text.replace("\u00a0", " ") and "„částečně" in made.html


def test_where_nothing_changed_it_says_so_and_whether_anything_was_looked_at(tmp_path: Path) -> None:
    assert "nezměnilo, novější vyhodnocení zatím není k dispozici." in told(newsletter(CONFIG, BEFORE))
    again = newsletter(edited(tmp_path, {"I/6": ("neplněno", "2026-06-30")}), BEFORE)
    assert "se hodnocení žádného opatření nezměnilo." in told(again)


def test_the_first_issue_and_one_after_an_older_draft_tell_of_no_change() -> None:
    for before in (None, {name: value for name, value in BEFORE.items() if name != "states"}):
        assert "Od minulé" not in told(newsletter(CONFIG, before))


def test_many_changes_are_cut_and_counted(tmp_path: Path) -> None:
    before = {**BEFORE, "states": dict.fromkeys(BEFORE["states"], "splněno")}
    said = told(newsletter(CONFIG, before))
    assert said.count(" z „splněno“ na ") == 12
    assert "Změnilo se i hodnocení 96 dalších opatření" in said


def test_measures_that_came_and_went_are_counted(tmp_path: Path) -> None:
    config = edited(tmp_path, {}, without="XIII/4")
    assert "1 opatření už v ní není." in told(newsletter(config, BEFORE))
    states = {name: value for name, value in BEFORE["states"].items() if name != "I/1"}
    assert "přibylo do strategie 1 opatření." in told(newsletter(CONFIG, {**BEFORE, "states": states}))


def test_an_office_that_keeps_no_measures_any_more_has_a_whole_newsletter_without_them() -> None:
    made = newsletter(ROOT / "examples" / "pracovni-skupina" / "config", BEFORE)
    assert [finding for finding in made.findings if finding.level == "error"] == []
    assert "left-out-measures" in {finding.code for finding in made.findings}
    assert made.fields["measures"] == "" and "opatřen" not in made.text + made.html and made.files == ()


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "[x](javascript:alert(1))", "<script>alert(1)</script>", "**silně**"])
def test_a_measure_is_printed_as_it_stands(tmp_path: Path, text: str) -> None:
    config = edited(tmp_path, {"I/6": ("plněno", "2026-06-30")})
    file = config / "measures.csv"
    old = "Potencionálnímu vzniku krajského kontaktního místa"
    file.write_text(file.read_text(encoding="utf-8").replace(old, text), encoding="utf-8")
    made = newsletter(config, BEFORE)
    assert text in " ".join(made.text.replace("\u00a0", " ").split())
    assert "<script>" not in made.html and 'href="javascript' not in made.html


def test_the_warning_names_the_oldest_date_and_whether_it_is_that_of_all(tmp_path: Path) -> None:
    def warned(config: Path) -> str:
        reads = replace(sources_context(NEWSLETTER), config_dir=config)
        material = {"sources": {"measures": gather(("measures",), reads)["measures"]}}
        return next(stale_measures({"measures": "opatření strategie"}, material)).message

    assert warned(CONFIG).startswith("Stav opatření je k 31. 12. 2023, tedy starší")
    mixed = edited(tmp_path, {"I/6": ("plněno", "2026-06-30")})
    assert warned(mixed).startswith("Stav některých opatření je k 31. 12. 2023, tedy starší")


def test_a_template_of_the_section_is_proved_with_changes(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    file = own / "email/newsletter/fields/measures.md"
    file.parent.mkdir(parents=True)
    file.write_text('{% for item in sources.measures.changes["items"] %}\n{{ item.nazev }}\n{% endfor %}\n', "utf-8")
    office = ProofOffice(organisation(), people()["koordinator"], CONFIG, TemplateFolder(TEMPLATES, own))
    faults = template_faults(office, plan(), sources_context(NEWSLETTER).now)
    assert (str(file), 2) in {(fault.file, fault.line) for fault in faults}
