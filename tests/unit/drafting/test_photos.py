"""Photos that were sent in, in the mail itself: small, with their words, as long as a line of their part names them."""

from __future__ import annotations

import io
from base64 import b64decode
from dataclasses import replace

import pytest
from PIL import Image

from tests.unit.drafting.sample import NEWSLETTER, context, sources_context
from worker.drafting.make import Rendered, draft, redraft
from worker.drafting.small_photos import LONGEST_SIDE, made_small
from worker.kinds.photos import photo_number
from worker.sources import gather
from worker.sources.base import Contribution, SmallPhoto, SourceContext
from worker.sources.photos import MOST

SENT = Contribution("Komise", "", "Otevřeli jsme poradnu.", True, "Poradna v přízemí", "Petr Vzorný", 7)


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()


def drafted(*sent: Contribution) -> Rendered:
    small = {each.number: SmallPhoto(b"photo %d" % each.number, 480, 320) for each in sent}
    of = replace(sources_context(NEWSLETTER), contributions=lambda asked: sent, small_photo=small.get)
    made = context("newsletter", NEWSLETTER)
    return draft("newsletter", replace(made, material={**made.material, **gather(("contributions", "photos"), of)}))


def flat(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def photos(made: Rendered) -> list[tuple[str, bytes]]:
    return [(file.name, file.content) for file in made.files if file.media_type == "image/jpeg"]


def test_a_photo_stands_in_the_mail_with_its_words_and_in_the_text_part_by_them() -> None:
    made = drafted(SENT, replace(SENT, number=8, photo="Sál?"), replace(SENT, number=9, photo=""))
    assert made.fields["photos"] == "1. Poradna v přízemí\n2. Sál?"
    assert photos(made) == [("newsletter-2026-photo-7.jpg", b"photo 7"), ("newsletter-2026-photo-8.jpg", b"photo 8")]
    html, text = flat(made.html), flat(made.text)
    assert 'src="cid:newsletter-2026-photo-7.jpg@hlasatel"' in html and 'alt="Poradna v přízemí"' in html
    assert "Poradna v přízemí. Foto: Petr Vzorný</span>" in html and "Sál? Foto: Petr Vzorný</span>" in html
    assert "[Fotografie: Poradna v přízemí. Foto: Petr Vzorný] [Fotografie: Sál? Foto: Petr Vzorný]" in text
    assert "Autor: Petr Vzorný" not in text, "said once"
    assert not [each.code for each in made.findings if each.code.startswith("photos")]


def test_without_its_line_a_photo_is_not_in_the_mail_at_all() -> None:
    made = drafted(SENT, replace(SENT, number=8, photo="Sál"))
    without = redraft("newsletter", {**made.fields, "photos": "2) Sál plný lidí"}, made.material)
    assert photos(without) == [("newsletter-2026-photo-8.jpg", b"photo 8")]
    assert "Sál plný lidí. Foto: Petr Vzorný" in flat(without.html) and "Poradna v přízemí" not in flat(without.html)
    assert without.digest != made.digest


@pytest.mark.parametrize("line", ["Poradna", "3. Poradna", "0. Poradna", "1.", "1. Poradna\n1. Znovu"])
def test_a_line_that_shows_nothing_is_told(line: str) -> None:
    made = drafted(SENT)
    told = redraft("newsletter", {**made.fields, "photos": line}, made.material)
    assert "photos-unread" in {finding.code for finding in told.findings}


def test_what_a_mail_cannot_carry_is_told_and_keeps_its_words_in_the_text() -> None:
    made = drafted(*(replace(SENT, number=number, photo=f"Snímek {number}") for number in range(1, MOST + 3)))
    assert len(photos(made)) == MOST
    (told,) = [finding.message for finding in made.findings if finding.code == "photos-beyond"]
    assert "navíc jich je 2" in told
    assert f"Fotografie: Snímek {MOST + 1}. Autor: Petr Vzorný." in flat(made.text)


def test_only_what_is_included_and_still_there_is_shown() -> None:
    gone_and_left_out = [SENT, replace(SENT, number=8, included=False)]
    small = {8: SmallPhoto(b"left out", 48, 32)}
    of = replace(sources_context(NEWSLETTER), contributions=lambda asked: gone_and_left_out, small_photo=small.get)
    assert gather(("photos",), of)["photos"] == {"items": [], "beyond": 0}


@pytest.mark.parametrize(("width", "height"), [(2400, 1600), (1600, 2400), (300, 400)])
def test_a_photo_is_made_small_once_for_every_mail(width: int, height: int) -> None:
    content = jpeg(width, height)
    small = made_small(content)
    assert max(small.width, small.height) == min(LONGEST_SIDE, max(width, height))
    assert abs(small.width / small.height - width / height) < 0.01
    assert len(small.content) < 100_000 and made_small(content).content == small.content
    with Image.open(io.BytesIO(small.content)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (small.width, small.height))


def test_which_files_are_photos_that_were_sent_in() -> None:
    assert [photo_number(form) for form in ("photo-12", "photo-x", "chart", "photo-")] == [12, None, None, None]
    assert b64decode(gather(("photos",), _with_one())["photos"]["items"][0]["jpeg"]) == b"small"


def _with_one() -> SourceContext:
    of = sources_context(NEWSLETTER)
    return replace(of, contributions=lambda asked: [SENT], small_photo=lambda number: SmallPhoto(b"small", 48, 32))
