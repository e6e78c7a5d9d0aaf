"""An approver's own edit: a version she may approve, asked of everybody else at once; and what it is refused for."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from sqlalchemy import Row, func, select, update

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import open_office
from tests.store.desk import (
    ASKED,
    approve,
    asked,
    at_work,
    body_of,
    end_hold,
    hold,
    notices_to,
    read,
    recorded,
    state,
    token,
    work_at,
)
from tests.store.sample import PRESS
from worker.approval import codes, decide, rework
from worker.approval.cases import AlreadyDecided, NoSuchLink, NotNow, Unfinished, case
from worker.approval.edit import edit
from worker.approval.seats import Choice
from worker.approval.wording import Incomplete, preview
from worker.drafting import packages
from worker.drafting.fields import DraftingError
from worker.jobs.renew_changed import RenewChanged
from worker.messages import speaking
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import why
from worker.settings import Project
from worker.store.columns import metadata
from worker.store.database import Database
from worker.store.tables import decisions, events, notices, occurrences
from worker.store.tables import packages as versions
from worker.template_folder import TemplateFolder

pytestmark = pytest.mark.usefixtures("already_asked")

HERS, DIRECTOR = "tiskovy-mluvci", "reditel"
LATER = ASKED + timedelta(minutes=5)
PEREX = {"press-release": {"perex": "Perex opravený při schvalování."}}


@pytest.fixture
def office(asked_office: Office) -> Office:
    """The December press release waits for the spokeswoman."""
    return asked_office


@pytest.fixture
def either(database: Database, relay: ScriptedRelay, tmp_path: Path) -> Office:
    """An office on a database of each sort, in which nothing has happened."""
    return open_office(database, relay, tmp_path)


@pytest.fixture
def link(asked_file: tuple[Path, str]) -> str:
    """A token of hers."""
    return asked_file[1]


def newest(office: Office) -> Row[Any]:
    with office.database.read() as tx:
        found = packages.latest(tx, PRESS)
    assert found is not None
    return found


def both(office: Office) -> None:
    """From now on the director must approve as well."""
    with office.database.write() as tx:
        tx.execute(
            update(occurrences).where(occurrences.c.id == PRESS).values(approvers=[HERS, DIRECTOR], approval="all")
        )
    with at_work(office, ASKED) as current:
        assert RenewChanged().do_one(current, ASKED)


def waiting_mails(office: Office, person: str, version: int) -> list[datetime]:
    """When the mails that ask `person` about a version are due."""
    asking = notices.c.kind == "approval_again", notices.c.person == person, notices.c.state == "queued"
    joined = select(notices.c.due_at).join(versions, versions.c.id == notices.c.package_id)
    found = joined.where(*asking, versions.c.version == version)
    with office.database.read() as tx:
        return list(tx.execute(found).scalars())


def test_she_may_approve_what_she_edited_and_is_not_its_author(office: Office, link: str) -> None:
    after = edit(office, link, PEREX, LATER, version=1, whence="page 192.0.2.7")
    made = newest(office)
    assert (made.version, made.author, made.edited_by) == (2, None, HERS)
    assert "Perex opravený" in after.drafts[0].text
    assert waiting_mails(office, HERS, 2) == [LATER + timedelta(minutes=15)]
    decide.decide(office, link, Choice.APPROVE, "", LATER, version=2)
    assert state(office) == "approved"
    assert waiting_mails(office, HERS, 2) == [], "she is not asked for what she has decided"
    with office.database.read() as tx:
        told = tx.execute(select(events.c.data).where(events.c.kind == "package.made")).scalars().all()[-1]
        story = "\n".join(why.story(tx, office, PRESS, ASKED) or ())
    assert '"edited_by":"tiskovy-mluvci"' in told
    assert '"whence":"page 192.0.2.7"' in told
    assert story.count("upravuje Tisková mluvčí") == 1


def test_an_edit_keeps_the_author_it_had(office: Office, link: str) -> None:
    decide.decide(office, link, Choice.RETURN, "Prosím kratší.", ASKED)
    again = token(office, "koordinator", purpose=Purpose.EDIT)
    rework.resubmit(office, again, {"press-release": {"perex": "Kratší."}}, ASKED, version=1)
    edit(office, link, PEREX, LATER, version=2)
    assert (newest(office).author, newest(office).edited_by) == ("koordinator", HERS)


def test_what_the_other_approved_is_void_and_she_is_asked_at_once(office: Office, link: str) -> None:
    both(office)
    approve(office, token(office, DIRECTOR), LATER)
    edit(office, link, PEREX, LATER, version=2)
    with office.database.read() as tx:
        assert tx.execute(select(decisions).where(decisions.c.live == 1)).all() == []
    assert "approval.voided" in recorded(office)[-4:]
    assert waiting_mails(office, DIRECTOR, 3) == [LATER]
    decide.decide(office, link, Choice.APPROVE, "", LATER, version=3)
    assert state(office) == "asked", "the director must see the edit"
    decide.decide(office, token(office, DIRECTOR), Choice.APPROVE, "", LATER, version=3)
    assert state(office) == "approved"


def test_no_mail_about_the_edited_version_leaves_after_the_next_edit(office: Office, link: str) -> None:
    edit(office, link, PEREX, LATER, version=1)
    edit(office, link, {"press-release": {"perex": "Ještě jinak."}}, LATER + timedelta(minutes=2), version=2)
    assert waiting_mails(office, HERS, 2) == []
    assert waiting_mails(office, HERS, 3) == [LATER + timedelta(minutes=17)]
    work_at(office, LATER + timedelta(minutes=18))
    sent = [each.package_id for each in notices_to(office, HERS, "approval_again") if each.state == "sent"]
    assert sent == [newest(office).id]


def _refused(office: Office, link: str, error: type[Exception], **wanted: Any) -> str:
    before = newest(office).version
    with pytest.raises(error) as refused:
        edit(office, link, wanted.get("fields", PEREX), wanted.get("at", LATER), version=wanted.get("version", before))
    assert newest(office).version == before
    return str(refused.value)


def test_it_is_refused_when_it_is_not_hers_to_give(office: Office, link: str) -> None:
    _refused(office, token(office, DIRECTOR), NotNow)
    _refused(office, token(office, "koordinator", purpose=Purpose.EDIT), NoSuchLink)
    _refused(office, link, NotNow, version=7)
    assert "beze změny" in _refused(office, link, Unfinished, fields={})
    hold(office, LATER, LATER + timedelta(days=1))
    assert "státní smutek" in _refused(office, link, NotNow)
    end_hold(office, LATER)
    work_at(office, LATER)
    approve(office, token(office, HERS), LATER)
    _refused(office, link, AlreadyDecided)


def test_it_is_refused_when_the_text_is_none(office: Office, link: str) -> None:
    missing = {"press-release": {"headline": " "}}
    with pytest.raises(Incomplete) as refused:
        edit(office, link, missing, LATER, version=1)
    assert set(refused.value.findings) == {"press-release"}
    _refused(office, link, DraftingError, fields={"press-release": {"perex": "a\0b"}})
    _refused(office, link, DraftingError, fields={"press-release": {"neznámé": "x"}})


def test_who_submitted_a_version_does_not_edit_it_as_its_approver(office: Office, link: str) -> None:
    decide.decide(office, link, Choice.RETURN, "Přepracuji sama.", ASKED)
    own = token(office, HERS, purpose=Purpose.EDIT)
    rework.resubmit(office, own, {"press-release": {"perex": "Kratší."}}, ASKED, version=1)
    assert "předložili sami" in _refused(office, link, NotNow)
    assert _refused(office, link, NotNow).endswith("Úprava se neuložila.")


def test_a_list_that_changed_meanwhile_is_asked_about_first(office: Office, link: str) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(lists=["media", "obce"]))
    with pytest.raises(NotNow):
        edit(office, link, PEREX, LATER, version=1)
    made = newest(office)
    assert (made.version, made.edited_by, sorted(made.lists)) == (2, None, ["media", "obce"])


def test_what_is_kept_is_said_in_the_offices_language_whoever_reads(office: Office, link: str) -> None:
    with speaking("en"):
        assert "unchanged" in _refused(office, link, Unfinished, fields={})
        edit(office, link, PEREX, LATER, version=1)
        assert newest(office).reason == "Text při schvalování upravuje Tisková mluvčí."
        with office.database.write() as tx:
            tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(lists=["obce"]))
        with pytest.raises(NotNow):
            edit(office, link, {"press-release": {"perex": "Jinak."}}, LATER, version=2)
    assert newest(office).reason == "Změnilo se, komu zpráva půjde (seznamy adresátů)."


def test_of_many_edits_at_one_moment_one_is_kept(either: Office) -> None:
    link = asked(either)

    def one(number: int) -> bool:
        try:
            edit(either, link, {"press-release": {"perex": f"Perex {number}."}}, LATER, version=1)
        except NotNow:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]
    assert (newest(either).version, state(either)) == (2, "asked")


def test_an_activity_with_codes_asks_for_one(office: Office, link: str, relay: ScriptedRelay) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(code=True))
    _refused(office, link, Unfinished)
    with office.database.write() as tx:
        assert codes.ask_for(tx, office, case(tx, office, Purpose.APPROVE, link, LATER), LATER)
    work_at(office, LATER)
    (mail,) = [body_of(read(each)) for each in relay.received if "Kód" in str(read(each)["Subject"])]
    (code,) = re.findall(r"^(\d{6})\r?$", mail, re.MULTILINE)
    with pytest.raises(Unfinished):
        edit(office, link, PEREX, LATER, version=1, code=f"{(int(code) + 1) % 1_000_000:06}")
    assert "code.failed" in recorded(office), "a wrong try counts although the edit was refused"
    edit(office, link, PEREX, LATER, version=1, code=code)
    assert newest(office).edited_by == HERS


def test_after_the_comments_a_new_version_waits_for_its_time(office: Office, link: str) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(state="preparing"))
    own = token(office, "koordinator", purpose=Purpose.EDIT)
    before = len(notices_to(office, HERS, "approval", "approval_again"))
    rework.resubmit(office, own, PEREX, LATER, version=1)
    made = newest(office)
    assert (state(office), made.version, made.author, made.submitted_at) == ("preparing", 2, "koordinator", None)
    assert len(notices_to(office, HERS, "approval", "approval_again")) == before


def _everything(office: Office) -> dict[str, int]:
    with office.database.read() as tx:
        return {
            each.name: tx.execute(select(func.count()).select_from(each)).scalar_one()
            for each in metadata.sorted_tables
        }


def test_a_preview_shows_the_edit_and_stores_nothing(office: Office, link: str) -> None:
    with pages(office, LATER) as reached:
        base = f"{reached.settings.base_url}/schvaleni"
        before = _everything(office)
        page = requests.get(f"{base}/uprava/{link}", timeout=10)
        assert page.status_code == 200
        assert f'formaction="{base}/nahled-upravy/press-release/{link}"' in page.text
        form = {"version": "1", "press-release.perex": "Perex <script>alert(1)</script> **tučně**."}
        shown = requests.post(f"{base}/nahled-upravy/press-release/{link}", data=form, timeout=10)
        assert shown.status_code == 200
        assert "&lt;script&gt;" in shown.text
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        post = requests.post(
            f"{base}/nahled-upravy/facebook-text/{link}", data={"facebook-text.text": "Ahoj"}, timeout=10
        )
        assert "Počet znaků: 4." in post.text
        for kind, begins in (
            ("press-release", "V roce 2027 uplyne termín"),
            ("facebook-text", "<pre>V roce 2027 uplyne"),
        ):
            present = requests.get(f"{base}/nahled-upravy/{kind}/{link}", timeout=10)
            assert (present.status_code, begins in present.text.replace("\xa0", " ")) == (200, True)
        bad = requests.post(
            f"{base}/nahled-upravy/press-release/{link}", data={"press-release.perex": "a\0b"}, timeout=10
        )
        assert bad.status_code == 400
        assert requests.post(f"{base}/nahled-upravy/newsletter/{link}", data=form, timeout=10).status_code == 400
        assert requests.post(f"{base}/nahled-upravy/press-release/{link}x", data=form, timeout=10).status_code == 404
        assert _everything(office) == before
        assert state(office) == "asked"


def test_an_edit_brings_the_emblem_of_a_project_that_the_plan_named_since(
    office: Office, link: str, tmp_path: Path
) -> None:
    own = tmp_path / "templates"
    (own / "pictures").mkdir(parents=True)
    Image.new("RGB", (90, 60), "#003399").save(own / "pictures" / "emblem-kpss.png")
    project = Project(id="kpss", name="KPSS", number="1/2026", sentence="Spolufinancuje Evropská unie.")
    templates = TemplateFolder(office.templates.shipped, own)
    funded = replace(office, projects={"kpss": project}, templates=templates)
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(project="kpss"))
    with office.database.read() as tx:
        current = case(tx, office, Purpose.APPROVE, link, LATER)
    said = {"further": f"{project.sentence} Číslo projektu: {project.number}."}
    made = preview(funded, current, "press-release", said)
    assert [finding.message for finding in made.findings if finding.level == "error"] == []
    assert "emblem" in {file.form for file in made.files}


def test_the_page_keeps_what_was_typed_until_it_is_right(office: Office, link: str) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(code=True))
    with pages(office, LATER) as reached:
        at = f"{reached.settings.base_url}/schvaleni/uprava/{link}"
        form = {"version": "1", "press-release.perex": "Rozepsaný perex."}
        for extra, status in (({}, 400), ({"send_code": "1"}, 200), ({"code": "000000"}, 400), ({"version": "7"}, 409)):
            answer = requests.post(at, data=form | extra, timeout=10, allow_redirects=False)
            assert (answer.status_code, "Rozepsaný perex." in answer.text) == (status, True), extra
        assert newest(office).version == 1
        with office.database.write() as tx:
            tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(code=False))
        kept = requests.post(at, data=form, timeout=10, allow_redirects=False)
        assert (kept.status_code, kept.headers["Location"]) == (303, at.replace("/uprava/", "/"))
    assert newest(office).edited_by == HERS


def test_the_part_that_is_missing_is_marked(office: Office, link: str) -> None:
    with pages(office, LATER) as reached:
        at = f"{reached.settings.base_url}/schvaleni/uprava/{link}"
        form = {"version": "1", "press-release.headline": " ", "press-release.perex": "Perex."}
        page = requests.post(at, data=form, timeout=10).text.replace("\xa0", " ")
    [marked] = re.findall(r"<textarea[^>]*aria-invalid[^>]*>", page)
    assert 'id="press-release.headline"' in marked
    [described] = re.findall(r'aria-describedby="([^ "]+)', marked)
    [told] = re.findall(f'id="{re.escape(described)}">([^<]*)<', page)
    assert told.startswith("Chybí část „")
    assert told in page.split("<h2")[0], "the page begins with what to do"


def test_a_headline_is_one_line_however_it_was_typed(office: Office, link: str) -> None:
    edit(office, link, {"press-release": {"headline": "Kraj otevřel\r\nporadnu\r\n"}}, LATER, version=1)
    with office.database.read() as tx:
        [draft] = [each for each in packages.drafts_of(tx, newest(office).id) if each.kind == "press-release"]
    assert draft.fields["headline"] == "Kraj otevřel poradnu"


def test_who_came_too_late_with_a_reworked_text_can_copy_it(office: Office, link: str) -> None:
    decide.decide(office, link, Choice.RETURN, "Prosím kratší.", ASKED)
    again = token(office, "koordinator", purpose=Purpose.EDIT)
    hers = {"version": "1", "press-release.perex": "První řádek.\r\nDruhý <b>řádek</b>."}
    with pages(office, LATER) as reached:
        at = f"{reached.settings.base_url}/uprava/{again}"
        decide.take_back(office, link, LATER)
        late = requests.post(at, data=hers, timeout=10, allow_redirects=False)
        assert late.status_code == 409
        assert "Druhý &lt;b&gt;řádek&lt;/b&gt;." in late.text
        assert late.text.count("<textarea") == 1, "only what she changed"
        assert requests.get(at, timeout=10).text.count("<textarea") == 0
        decide.decide(office, link, Choice.RETURN, "Prosím přece kratší.", LATER)
        first = requests.post(at, data={"version": "1", "press-release.perex": "Jinak."}, timeout=10)
        assert (first.status_code, "Ke schválení je předložená" in first.text.replace("\xa0", " ")) == (200, True)
        second = requests.post(at, data=hers, timeout=10, allow_redirects=False)
        assert (second.status_code, "První řádek." in second.text) == (409, True)
        assert "předložená verze" not in second.text.replace("\xa0", " "), "it is not her text that was submitted"


def test_who_came_too_late_with_an_own_edit_can_copy_it(office: Office, link: str) -> None:
    with pages(office, LATER) as reached:
        decide.decide(office, link, Choice.RETURN, "Prosím kratší.", ASKED)
        at = f"{reached.settings.base_url}/schvaleni/uprava/{link}"
        late = requests.post(at, data={"version": "1", "press-release.perex": "Rozepsané."}, timeout=10)
        assert (late.status_code, "Rozepsané." in late.text) == (409, True)


def test_whoever_reworks_has_the_same_preview(office: Office, link: str) -> None:
    decide.decide(office, link, Choice.RETURN, "Prosím kratší.", ASKED)
    again = token(office, "koordinator", purpose=Purpose.EDIT)
    with pages(office, LATER) as reached:
        base, before = f"{reached.settings.base_url}/uprava", _everything(office)
        page = requests.get(f"{base}/{again}", timeout=10).text
        assert f'formaction="{base}/nahled/press-release/{again}"' in page
        assert 'formtarget="preview-press-release"' in page
        form = {"version": "1", "press-release.headline": "Kratší titulek"}
        shown = requests.post(f"{base}/nahled/press-release/{again}", data=form, timeout=10)
        assert "Kratší titulek" in shown.text.replace("\xa0", " ")
        assert requests.post(f"{base}/nahled/press-release/{link}", data=form, timeout=10).status_code == 404
        assert _everything(office) == before
