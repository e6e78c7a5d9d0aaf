"""The office's logo and a funder's emblem: where they stand, and what is said where they cannot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.drafting.test_funder import PROJECT, framed
from worker.drafting.left_over import left_over
from worker.drafting.make import DraftContext, Rendered, draft, redraft, templates_now
from worker.drafting.pictures import LARGEST, NO_EMBLEM, doubts
from worker.forms import all_forms
from worker.kinds import all_kinds
from worker.template_folder import TemplateFolder

SHIPPED = TemplateFolder(Path(__file__).parents[3] / "templates")
EMBLEM, LOGO = "emblem-kpss.png", "logo.png"
SHOWS = "Znak Evropské unie"


def png(width: int = 120, height: int = 60) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "#003399").save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The office's own pictures: both."""
    for name in (EMBLEM, LOGO):
        put(tmp_path, name, png())
    return tmp_path


def put(own: Path, name: str, content: bytes) -> None:
    (own / "pictures").mkdir(exist_ok=True)
    (own / "pictures" / name).write_bytes(content)


def context(kind: str, own: Path) -> DraftContext:
    usual = framed(kind)
    project = PROJECT.model_copy(update={"emblem": SHOWS})
    return replace(usual, project=project, templates_dir=TemplateFolder(SHIPPED.shipped, own))


def errors(rendered: Rendered) -> list[str]:
    return [finding.message for finding in rendered.findings if finding.code == NO_EMBLEM]


def test_every_mail_shows_both(own: Path) -> None:
    for kind in ("consultation-reminder", "invitation"):
        made = draft(kind, context(kind, own))
        assert errors(made) == []
        shown = {file.form: file for file in made.files if file.use == "inline"}
        for form, alt in (("logo", ""), ("emblem", SHOWS)):
            assert f'src="cid:{shown[form].content_id}"' in made.html
            assert f'alt="{alt}"' in made.html
        assert 'width="128" height="64"' in " ".join(made.html.replace(" style", "\n").split("\n"))


@pytest.mark.usefixtures("documents")
def test_every_document_and_poster_shows_them(own: Path) -> None:
    release = {file.form: file for file in draft("press-release", context("press-release", own)).files}
    with zipfile.ZipFile(io.BytesIO(release["docx"].content)) as parts:
        assert SHOWS in parts.read("word/document.xml").decode()
        assert sum(name.startswith("word/media/") for name in parts.namelist()) in (1, 2)
        assert "<pic:pic" in parts.read("word/header1.xml").decode()
    assert release["pdf"].content.count(b"/Subtype /Image") == 1
    poster = draft("poster", context("poster", own))
    assert all(b"/Subtype /Image" in file.content for file in poster.files)
    assert errors(poster) == []


def test_a_text_that_shows_no_picture_takes_the_emblem_along(own: Path) -> None:
    for kind in all_kinds().values():
        forms = [all_forms()[each].shows_pictures for each in (*kind.forms, *kind.attached)]
        if kind.has_html or any(forms):
            continue
        [emblem] = [file for file in draft(kind.id, context(kind.id, own)).files if file.form == "emblem"]
        assert (emblem.use, emblem.content) == ("offered", png())


def test_without_the_emblem_nothing_of_the_project_is_approved(own: Path) -> None:
    (own / "pictures" / EMBLEM).unlink()
    for kind in ("consultation-reminder", "facebook-text", "magazine-article"):
        [message] = errors(draft(kind, context(kind, own)))
        assert str(own / "pictures" / EMBLEM) in message
    assert errors(draft("facebook-text", replace(context("facebook-text", own), project=None))) == []


def test_a_template_that_leaves_it_out_is_told(own: Path) -> None:
    (own / "email").mkdir()
    base = (SHIPPED.shipped / "email" / "base.html").read_text(encoding="utf-8")
    (own / "email" / "base.html").write_text(base.replace("pictures.emblem %}", "false %}"), encoding="utf-8")
    [message] = errors(draft("consultation-reminder", context("consultation-reminder", own)))
    assert "nezobrazuje" in message


def spoilt() -> Iterator[tuple[bytes, str]]:
    yield b"GIF89a", "není to obrázek PNG"
    yield png()[:60], "není to obrázek PNG"
    yield png() + b"\0" * LARGEST, "příliš velký"
    yield png(2001, 10), "na nejvýš 2000 bodů"


@pytest.mark.parametrize(("content", "says"), list(spoilt()))
def test_a_file_that_cannot_be_shown_is_told_and_stops_no_draft(own: Path, content: bytes, says: str) -> None:
    put(own, LOGO, content)
    made = draft("consultation-reminder", context("consultation-reminder", own))
    [remark] = [finding for finding in made.findings if finding.code == "bad-picture"]
    assert remark.level == "warning" and says in remark.message
    assert "logo" not in {file.form for file in made.files}
    assert any(says in doubt for doubt in doubts(TemplateFolder(SHIPPED.shipped, own), ["kpss"]))


def test_another_emblem_makes_anew_what_waits_and_nothing_else(own: Path) -> None:
    folder = TemplateFolder(SHIPPED.shipped, own)
    ours, other = (
        draft("consultation-reminder", each)
        for each in (context("consultation-reminder", own), framed("consultation-reminder"))
    )
    before = [
        templates_now("consultation-reminder", each, folder)
        for each in (ours.material, {**other.material, "project": None})
    ]
    put(own, EMBLEM, png(90, 60))
    after = [
        templates_now("consultation-reminder", each, folder)
        for each in (ours.material, {**other.material, "project": None})
    ]
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)
    assert redraft("consultation-reminder", ours.fields, ours.material, folder).digest != ours.digest


def test_a_name_that_no_draft_would_look_for_is_told(own: Path) -> None:
    folder = TemplateFolder(SHIPPED.shipped, own)
    assert list(left_over(folder)) == []
    put(own, "znak.png", png())
    assert len(list(left_over(folder))) == 1


def test_a_project_without_its_emblem_is_a_doubt(own: Path) -> None:
    folder = TemplateFolder(SHIPPED.shipped, own)
    assert list(doubts(folder, ["kpss"])) == []
    [doubt] = doubts(folder, ["kpss", "jiny"])
    assert "emblem-jiny.png" in doubt
