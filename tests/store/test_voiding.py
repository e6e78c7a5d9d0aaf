"""What changes between asking and sending voids the approval: she is asked anew, sees what changed, and nothing goes
out on the old one.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from tests.fixtures.smtp_server import Received, ScriptedRelay
from tests.store.conftest import open_office
from tests.store.desk import (
    ASKED,
    SEND,
    approve,
    asked,
    at_work,
    body_of,
    deliver,
    read,
    rows,
    state,
    token,
    told,
    work_at,
)
from tests.store.sample import PRESS, add_people, address
from worker.approval import decide, edit, rework
from worker.approval.cases import NotThisVersion
from worker.approval.decide import Choice
from worker.drafting import differences, packages
from worker.drafting.digest import package_digest
from worker.jobs.renew_changed import RenewChanged
from worker.jobs.start_sending import StartSending
from worker.notices.links import Purpose
from worker.office import TEMPLATES, Office
from worker.settings import MailingList
from worker.store.database import Database
from worker.store.tables import decisions, drafts, mailings, notices, occurrences, publications
from worker.store.tables import packages as packages_kept
from worker.template_folder import TemplateFolder

pytestmark = pytest.mark.usefixtures("already_asked")

LATER = ASKED + timedelta(minutes=5)
HER_TURN = LATER + timedelta(minutes=16)
"""By then she has a mail of her own edit as well."""
LAYOUT, PEREX = "email/press-release/body.txt", "email/press-release/fields/perex.txt"
Voids = Callable[[Office, Path], Office]
"""Makes something else of what was approved; the office as it is then."""


@pytest.fixture
def office(asked_office: Office) -> Office:
    """Where the database makes no difference to what is tried; the press release waits for its approval."""
    return asked_office


@pytest.fixture
def either(database: Database, relay: ScriptedRelay, tmp_path: Path) -> Office:
    """An office on a database of each sort, in which nothing has happened."""
    return open_office(database, relay, tmp_path)


def _edit(office: Office, folder: Path) -> Office:
    """An approver takes her approval back, and corrects the text herself."""
    link = token(office, "tiskovy-mluvci")
    decide.take_back(office, link, LATER)
    edit.edit(office, link, {"press-release": {"perex": "Perex opravený na stránce."}}, LATER, version=1)
    return office


def _rework(office: Office, folder: Path) -> Office:
    link = token(office, "tiskovy-mluvci")
    decide.take_back(office, link, LATER)
    decide.decide(office, link, Choice.RETURN, "Prosím kratší perex.", LATER)
    fields = {"press-release": {"perex": "Kratší perex."}}
    rework.resubmit(office, token(office, "koordinator", purpose=Purpose.EDIT), fields, LATER, version=1)
    return office


def with_templates(office: Office, folder: Path, **files: str) -> Office:
    """The same office with templates of its own; of `layout` and `perex` what is given is added to the file."""
    own = folder / "templates"
    if not own.exists():
        shutil.copytree(TEMPLATES, own)
    for name, more in files.items():
        file = own / {"layout": LAYOUT, "perex": PEREX}[name]
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    return replace(office, templates=TemplateFolder(own))


def _template(office: Office, folder: Path) -> Office:
    return with_templates(office, folder, layout="\nŘádek navíc.\n")


def _list(office: Office, folder: Path) -> Office:
    media = office.lists["media"]
    wider = media.model_copy(update={"includes": (*media.includes, "obce")})
    return replace(office, lists={**office.lists, "media": wider})


def _topics(office: Office, folder: Path) -> Office:
    """Of those who chose topics fewer get it; `media` offers none, so it is another list that has them."""
    media = office.lists["media"].model_copy(update={"topics": True})
    return _set(replace(office, lists={**office.lists, "media": media}), topics=["dluhy"])


def _send_time(office: Office, folder: Path) -> Office:
    return _set(office, send_at=SEND - timedelta(hours=1))


def _set(office: Office, **values: Any) -> Office:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(**values))
    return office


def _plan(office: Office, folder: Path) -> Office:
    """An edit of the plan asks for the director's approval as well."""
    before, id_line, row = office.settings.plan.read_text(encoding="utf-8").partition("  - id: tiskova-zprava\n")
    alone = "    approvers: [tiskovy-mluvci]\n"
    assert alone in row
    both = row.replace(alone, "    approvers: [tiskovy-mluvci, reditel]\n    approval: all\n", 1)
    file = folder / "schedules.yaml"
    file.write_text(before + id_line + both, encoding="utf-8")
    return replace(office, settings=replace(office.settings, plan=file))


def _renamed(office: Office, folder: Path) -> Office:
    """The mails of press releases leave under another name and from another address."""
    return _headed(office, from_name="Jiný odesílatel", from_address="jiny@urad.example.org")


def _answers_to(office: Office, folder: Path) -> Office:
    """Somebody else gets the answers."""
    return _headed(office, reply_to="koordinator")


def _headed(office: Office, **heading: str) -> Office:
    settings = office.settings
    headed = settings.mail.kinds["press-release"].model_copy(update=heading)
    kinds = {**settings.mail.kinds, "press-release": headed}
    return replace(office, settings=replace(settings, mail=settings.mail.model_copy(update={"kinds": kinds})))


def _answers(office: Office, folder: Path) -> Office:
    """Whoever gets the answers has another address."""
    person = office.people["tiskovy-mluvci"].model_copy(update={"email": "odpovedi@urad.example.org"})
    return replace(office, people={**office.people, "tiskovy-mluvci": person})


def package(office: Office) -> Row[Any]:
    with office.database.read() as tx:
        found = packages.latest(tx, PRESS)
    assert found is not None
    return found


def draft(office: Office, kind: str = "press-release") -> Row[Any]:
    """One draft of the newest version."""
    newest = package(office).id
    with office.database.read() as tx:
        return next(each for each in packages.drafts_of(tx, newest) if each.kind == kind)


def _drafts(office: Office) -> Sequence[Row[Any]]:
    newest = package(office).id
    with office.database.read() as tx:
        return packages.drafts_of(tx, newest)


def changed(office: Office) -> dict[str, str]:
    """What the approver is told has changed: its name → what stands there now."""
    with office.database.read() as tx:
        newest = packages.latest(tx, PRESS)
        before = differences.shown_before(tx, newest) if newest is not None else None
        assert newest is not None and before is not None
        found = differences.between(tx, office, before, newest)
    return {each.what: "\n".join(line for place in each.places for line in place.now) for each in found}


def nothing_went_out(office: Office) -> bool:
    with office.database.read() as tx:
        return tx.execute(select(mailings)).first() is None


def approved(office: Office) -> Office:
    """The December press release is approved, and has somebody to go to."""
    with office.database.write() as tx:
        add_people(tx, "media", [1])
    approve(office, asked(office) if state(office) != "asked" else token(office, "tiskovy-mluvci"))
    return office


CHANGES = {
    "edit": (_edit, "Tisková zpráva", "Perex opravený na stránce."),
    "rework": (_rework, "Tisková zpráva", "Kratší perex."),
    "template": (_template, "Tisková zpráva", "Řádek navíc."),
    "list": (_list, "Komu", "Obce"),
    "topics": (_topics, "Komu", "jen s některým z těchto: dluhy"),
    "send time": (_send_time, "Čas odeslání", "9:00"),
    "sender": (_renamed, "Tisková zpráva: odesílatel", "Jiný odesílatel <jiny@urad.example.org>"),
    "answers": (_answers_to, "Tisková zpráva: odpovědi dostane", "koordinator@"),
    "plan": (_plan, "Kdo schvaluje", "Ředitel krajského úřadu"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_before_the_sending_is_asked_again(
    office: Office, relay: ScriptedRelay, tmp_path: Path, change: str
) -> None:
    voids, what, now = CHANGES[change]
    first = token(approved(office), "tiskovy-mluvci")
    present = voids(office, tmp_path)
    at = HER_TURN if change == "edit" else LATER
    work_at(present, at)
    assert (state(present), package(present).version) == ("asked", 2)
    with present.database.read() as tx:
        held = decisions.c.live == 1, decisions.c.decision == Choice.APPROVE
        assert tx.execute(select(decisions).where(*held)).all() == []
    assert now in changed(present)[what]
    new = [found for each in relay.received if (found := _link(present, each))][-1]
    with pytest.raises(NotThisVersion):
        approve(present, first, at)
    work_at(present, SEND)
    assert nothing_went_out(present)
    approve(present, new, SEND)
    if change == "plan":
        approve(present, token(present, "reditel"), SEND)
    work_at(present, SEND)
    sent = [body_of(read(each)) for each in relay.received if each.recipient == address(1)]
    assert len(sent) == 1
    assert (now in sent[0]) == (what == "Tisková zpráva")


def _link(office: Office, received: Received) -> str:
    """The token of the page that a mail to the spokesperson leads to; empty for other mails."""
    found = re.search(r"/schvaleni/(\S+)", body_of(read(received)))
    return found[1] if found and received.recipient == office.person("tiskovy-mluvci").email else ""


def _old_bytes(office: Office, folder: Path) -> Office:
    """Somebody writes into the database behind our back."""
    with office.database.write() as tx:
        tx.execute(update(drafts).where(drafts.c.kind == "press-release").values(html=drafts.c.html + "<p>!</p>"))
    return office


def _rule(office: Office, folder: Path) -> Office:
    return _set(office, approval="all")


@pytest.mark.parametrize("voids", [_template, _list, _topics, _send_time, _rule, _old_bytes, _renamed, _answers])
def test_what_changes_in_the_last_moment_is_not_sent(office: Office, tmp_path: Path, voids: Voids) -> None:
    present = voids(approved(office), tmp_path)
    with at_work(present, SEND) as current:
        assert StartSending().do_one(current, SEND)
    assert nothing_went_out(present)
    assert (state(present), package(present).version) == ("asked", 2)
    approve(present, token(present, "tiskovy-mluvci"), SEND)
    with at_work(present, SEND) as current:
        assert StartSending().do_one(current, SEND)
    assert not nothing_went_out(present)
    assert "<p>!</p>" not in draft(present).html


def test_bytes_changed_while_they_are_sent_stop_the_mailing(office: Office, relay: ScriptedRelay) -> None:
    approved(office)
    with at_work(office, SEND) as current:
        assert StartSending().do_one(current, SEND)
    _old_bytes(office, Path())
    deliver(office, SEND)
    with office.database.read() as tx:
        stopped = tx.execute(select(mailings)).one()
    assert (stopped.state, [row.state for row in rows(office)]) == ("paused", ["queued"])
    assert "otisk" in stopped.reason
    assert [each for each in relay.received if each.recipient == address(1)] == []


def test_a_mailing_ends_under_the_heading_it_was_approved_with(office: Office, relay: ScriptedRelay) -> None:
    approved(office)
    with at_work(office, SEND) as current:
        assert StartSending().do_one(current, SEND)
    deliver(_answers(_renamed(office, Path()), Path()), SEND)
    [mail] = [each for each in relay.received if each.recipient == address(1)]
    before = office.settings.mail.kinds["press-release"]
    assert (mail.sender, before.from_name in str(read(mail)["From"])) == (before.from_address, True)
    assert office.people[before.reply_to].email in str(read(mail)["Reply-To"])


def test_a_heading_changed_behind_our_back_stops_the_mailing(office: Office, relay: ScriptedRelay) -> None:
    approved(office)
    with at_work(office, SEND) as current:
        assert StartSending().do_one(current, SEND)
    with office.database.write() as tx:
        tx.execute(update(packages_kept).values(headings={}))
    deliver(_renamed(office, Path()), SEND)
    assert [row.state for row in rows(office)] == ["queued"]
    assert [each for each in relay.received if each.recipient == address(1)] == []


def test_what_was_asked_before_versions_had_headings_still_holds(office: Office, tmp_path: Path) -> None:
    approved(office)
    newest = package(office)
    digest = package_digest([each.digest for each in _drafts(office)], newest.lists, newest.send_at, {})
    with office.database.write() as tx:
        old = update(packages_kept).where(packages_kept.c.id == newest.id)
        tx.execute(old.values(headings={}, digest=digest))
    assert not _renewed(office)
    assert _renewed(_list(office, tmp_path))
    assert list(changed(office)) == ["Komu"], "nothing is known of the heading it had"


def test_a_text_changed_before_it_is_handed_over_is_not(office: Office, relay: ScriptedRelay) -> None:
    approved(office)
    with at_work(office, SEND) as current:
        assert StartSending().do_one(current, SEND)
    with office.database.write() as tx:
        tx.execute(update(drafts).where(drafts.c.kind == "facebook-text").values(text="Něco jiného."))
    work_at(office, SEND)
    publisher = office.person(office.settings.facebook).email
    assert [each for each in relay.received if each.recipient == publisher] == []
    with office.database.read() as tx:
        kept = tx.execute(select(publications)).one()
        told = tx.execute(select(notices).where(notices.c.kind == "publication_failed")).one()
    assert (kept.state, "otisk" in kept.reason) == ("failed", True)
    assert (told.person, told.data["reason"]) == ("koordinator", kept.reason)


def _renewed(office: Office) -> bool:
    """Whether a round of the job that watches found anything to do."""
    with at_work(office, LATER) as current:
        return RenewChanged().do_one(current, LATER)


def test_templates_that_give_the_same_void_nothing(either: Office, tmp_path: Path) -> None:
    present = with_templates(approved(either), tmp_path, layout="{# poznámka #}", perex="{# poznámka #}")
    assert not _renewed(present)
    assert (state(present), package(present).version) == ("approved", 1)
    with_templates(present, tmp_path, perex=" Navíc.")
    assert _renewed(present)
    assert "Navíc." in changed(present)["Tisková zpráva"]
    assert not _renewed(present)


def test_a_template_changes_the_layout_of_a_persons_words_and_not_the_words(office: Office, tmp_path: Path) -> None:
    present = with_templates(office, tmp_path)
    link = token(present, "tiskovy-mluvci")
    edit.edit(present, link, {"press-release": {"perex": "Její slova."}}, LATER, version=1)
    with_templates(present, tmp_path, perex=" Navíc.")
    assert not _renewed(present)
    with_templates(present, tmp_path, layout="\nŘádek navíc.\n")
    assert _renewed(present)
    assert changed(present) == {"Tisková zpráva": "Řádek navíc."}
    assert "Její slova." in draft(present).text
    assert package(present).edited_by is None, "nobody edited this version"


def test_what_a_broken_template_leaves_unmade_waits_and_is_told_once(office: Office, tmp_path: Path) -> None:
    present = with_templates(approved(office), tmp_path, layout="{{ neznámé }}")
    assert _renewed(present)
    for _ in range(2):
        assert not _renewed(present)
        with at_work(present, SEND) as current:
            assert not StartSending().do_one(current, SEND)
    assert (state(present), package(present).version) == ("approved", 1)
    assert nothing_went_out(present)
    assert told(present).count("draft_failed") == 1
    layout = tmp_path / "templates" / LAYOUT
    layout.write_text(layout.read_text(encoding="utf-8").replace("{{ neznámé }}", "Řádek navíc."), encoding="utf-8")
    assert _renewed(present)
    assert (state(present), package(present).version) == ("asked", 2)


def test_html_that_alone_differs_is_shown_as_it_is_read(office: Office) -> None:
    _old_bytes(approved(office), Path())
    assert _renewed(office)
    with office.database.read() as tx:
        newest = packages.latest(tx, PRESS)
        before = differences.shown_before(tx, newest) if newest is not None else None
        assert newest is not None and before is not None
        found = differences.between(tx, office, before, newest)
    assert [(each.what, each.places[0].before) for each in found] == [("Tisková zpráva", ("!",))]


class _Fickle(dict[str, MailingList]):
    """Lists that are described in other words whenever they are looked at."""

    def __getitem__(self, key: str) -> MailingList:
        return super().__getitem__(key).model_copy(update={"description": f"Popis {next(_NUMBERS)}"})


_NUMBERS = count()


def test_a_version_that_would_not_hold_either_is_never_asked_for(office: Office) -> None:
    """Else there would be a new one, and a mail to everybody, in every round."""
    fickle = replace(approved(office), lists=_Fickle(office.lists))
    with pytest.raises(AssertionError, match="does not hold"):
        _renewed(fickle)
    assert (state(office), package(office).version) == ("approved", 1)
