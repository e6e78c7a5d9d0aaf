"""Plays the demo: for a person who clicks, or with every part played by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event
from urllib.parse import quote

import requests
from sqlalchemy import select

from worker.demo.mailbox import Mail
from worker.demo.mailbox_pages import RECIPIENTS_BOX
from worker.demo.stage import PACKAGES, Stage, stage
from worker.errors import HlasatelError
from worker.messages import LANGUAGES, say
from worker.notices.links import PATHS, Purpose
from worker.record.events import count
from worker.record.why import story
from worker.store.states import OccurrenceState
from worker.store.tables import deliveries, mailings, notices, occurrences
from worker.times import format_instant

DECIDED = (OccurrenceState.APPROVED, OccurrenceState.MISSED, OccurrenceState.DROPPED)
SEND_SECONDS = 60
QUIET_SECONDS, TOO_LONG_SECONDS = 2.5, 60
"""The clock ticks every second, so what stays the same for longer has nothing left to do."""


def with_a_person(stopping: Event) -> None:
    """Set the stage, say what to click, and wait until both packages are decided; ends on `stopping`."""
    with stage() as here:
        for package in PACKAGES:
            here.wait_for_mail(_asks_for(here, package))
        boxes = _boxes(here)
        for lang in LANGUAGES:
            print(say("demo.what_to_click", lang, **boxes), flush=True)
        while not stopping.wait(0.3) and not all(_state(here, package) in DECIDED for package in PACKAGES):
            pass
        if not stopping.is_set():
            _jump(here)
            _until(lambda: _all_sent(here), SEND_SECONDS, "demo.not_sent")
            number = len(_recipients_mails(here))
            for lang in LANGUAGES:
                print(say("demo.all_sent", lang, recipients=boxes["recipients"], number=number), flush=True)
        stopping.wait()
    print("\n" + say("demo.ended"))


def _boxes(here: Stage) -> dict[str, str]:
    """The addresses to open: the whole mailbox, what came for the spokesperson and for the recipients, and the pages of
    the coordinator with the `address` she signs in by.
    """
    spokesperson = quote(here.office.people["tiskovy-mluvci"].email)
    settings = here.office.settings
    return {
        "mailbox": f"{here.mailbox_url}/",
        "spokesperson": f"{here.mailbox_url}/?schranka={spokesperson}",
        "recipients": f"{here.mailbox_url}/?schranka={RECIPIENTS_BOX}",
        "coordinator": f"{settings.base_url}/koordinator",
        "address": here.office.people[settings.coordinator].email,
    }


def by_itself() -> None:
    """Every part played over real SMTP and HTTP, with an account of each step; HlasatelError says what failed."""
    with stage() as here:
        tell = _teller()
        press, newsletter = (here.wait_for_mail(_asks_for(here, package)) for package in PACKAGES)
        tell(
            "demo.step_asked",
            person=here.office.person_name("tiskovy-mluvci"),
            press=press.subject,
            newsletter=newsletter.subject,
        )
        _look_only(here, [_link(press, Purpose.APPROVE), _link(newsletter, Purpose.APPROVE)])
        tell("demo.step_looked")
        _post(_link(press, Purpose.APPROVE), {"decision": "approve", "comment": ""})
        tell("demo.step_approved", occurrence=PACKAGES[0])
        _second_decision(_link(press, Purpose.APPROVE))
        tell("demo.step_second")
        newer = _return_and_rework(here, newsletter, tell)
        _post(_link(newer, Purpose.APPROVE), {"decision": "approve", "comment": ""})
        tell("demo.step_approved", occurrence=PACKAGES[1])
        tell("demo.step_jump", at=_jump(here))
        _until(lambda: _all_sent(here), SEND_SECONDS, "demo.not_sent")
        _each_once(here)
        tell("demo.step_sent", number=len(_recipients_mails(here)))
        _facebook(here)
        tell("demo.step_facebook", person=here.office.person_name(here.office.settings.facebook))
        _leave(here)
        tell("demo.step_left")
        before = len(_recipients_mails(here))
        here.clock.jump_to(here.clock.clock.now() + timedelta(days=1))
        time.sleep(3)
        _check(len(_recipients_mails(here)) == before, "demo.sent_again")
        tell("demo.step_not_again")
        with here.office.database.read() as tx:
            print("\n" + "\n".join(story(tx, here.office, PACKAGES[1], here.clock.clock.now()) or []))
        print("\n" + say("demo.auto_done"))


def _teller() -> Callable[..., None]:
    number = 0

    def tell(key: str, **values: object) -> None:
        nonlocal number
        number += 1
        print(f"{number:>2}. {say(key, **values)}", flush=True)

    return tell


def _asks_for(here: Stage, occurrence: str, notice: str = "approval") -> Callable[[Mail], bool]:
    """Whether a mail is the one that asks; others have a link to the same page, as the thanks for a decision do."""
    found = select(notices.c.message_id).where(notices.c.kind == notice, notices.c.occurrence_id == occurrence)

    def asks(mail: Mail) -> bool:
        with here.office.database.read() as tx:
            return mail.message["Message-ID"] in tx.execute(found).scalars().all()

    return asks


def _link(mail: Mail, purpose: Purpose) -> str:
    found = re.search(rf"https?://\S+/{PATHS[purpose]}/\S+", mail.text)
    _check(found is not None, "demo.no_link")
    assert found is not None
    return found[0]


def _look_only(here: Stage, links: list[str]) -> None:
    """What a mail scanner does: GET and HEAD, many times. Nothing may change by it."""
    before = _quiet(here)
    for link in links:
        for _ in range(10):
            _check(requests.get(link, timeout=10).status_code == 200, "demo.page_failed")
            _check(requests.head(link, timeout=10).status_code == 200, "demo.page_failed")
    _check(_standing(here) == before, "demo.look_changed")


def _quiet(here: Stage) -> tuple[object, ...]:
    """How everything stands once the first tasks and mails of the day are out of the way."""
    seen, since = _standing(here), time.monotonic()
    end = since + TOO_LONG_SECONDS
    while (now := time.monotonic()) - since < QUIET_SECONDS:
        _check(now < end, "demo.not_quiet")
        time.sleep(0.2)
        if (standing := _standing(here)) != seen:
            seen, since = standing, time.monotonic()
    return seen


def _standing(here: Stage) -> tuple[object, ...]:
    with here.office.database.read() as tx:
        rows = tx.execute(select(occurrences.c.id, occurrences.c.state).order_by(occurrences.c.id))
        return (count(tx), [tuple(row) for row in rows])


def _post(link: str, fields: dict[str, str]) -> None:
    """Send the page's own form, hidden fields and all."""
    page = requests.get(link, timeout=10).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = requests.post(link, data=hidden | fields, timeout=20)
    _check(answer.status_code == 200, "demo.page_failed")


def _second_decision(link: str) -> None:
    answer = requests.post(link, data={"decision": "return", "comment": "pozdě"}, timeout=20)
    _check(answer.status_code == 409, "demo.second_won")


def _return_and_rework(here: Stage, newsletter: Mail, tell: Callable[..., None]) -> Mail:
    """The spokesperson returns it, the coordinator edits the subject, and a new version is asked for."""
    _post(_link(newsletter, Purpose.APPROVE), {"decision": "return", "comment": say("demo.comment")})
    returned = here.wait_for_mail(lambda mail: f"/{PATHS[Purpose.EDIT]}/" in mail.text)
    tell("demo.step_returned", person=here.office.person_name(here.office.settings.coordinator))
    link = _link(returned, Purpose.EDIT)
    page = requests.get(link, timeout=10).text
    name = re.search(r'<textarea id="(newsletter\.[^"]+)"[^>]*>\n([^<]*)</textarea>', page)
    _check(name is not None, "demo.page_failed")
    assert name is not None
    _post(link, {name[1]: name[2] + say("demo.edit")})
    newer = here.wait_for_mail(_asks_for(here, PACKAGES[1], "approval_again"))
    tell("demo.step_reworked", subject=newer.subject)
    return newer


def _jump(here: Stage) -> str:
    """Set the clock to the send time of the packages; the time in words."""
    with here.office.database.read() as tx:
        at = max(tx.execute(select(occurrences.c.send_at).where(occurrences.c.id.in_(PACKAGES))).scalars())
    for lang in LANGUAGES:
        print(say("demo.jump", lang, at=format_instant(at, lang)), flush=True)
    here.clock.jump_to(at)
    return format_instant(at)


def _state(here: Stage, occurrence: str) -> str:
    with here.office.database.read() as tx:
        found = tx.execute(select(occurrences.c.state).where(occurrences.c.id == occurrence)).scalar()
    return str(found)


def _all_sent(here: Stage) -> bool:
    return all(_state(here, package) not in (*DECIDED[:1], OccurrenceState.SENDING) for package in PACKAGES)


def _recipients_mails(here: Stage) -> list[Mail]:
    return [mail for mail in here.mailbox.mails() if mail.message["List-Id"]]


def _each_once(here: Stage) -> None:
    """Every row of both audiences has exactly one mail with a Message-ID of its own."""
    mails = _recipients_mails(here)
    arrived = sorted((mail.occurrence, mail.recipient) for mail in mails)
    with here.office.database.read() as tx:
        rows = tx.execute(
            select(mailings.c.occurrence_id, deliveries.c.address).join(
                mailings, mailings.c.id == deliveries.c.mailing_id
            )
        )
        meant = sorted((row.occurrence_id, row.address) for row in rows)
    _check(arrived == meant, "demo.not_each_once")
    _check(len({mail.message["Message-ID"] for mail in mails}) == len(mails), "demo.not_each_once")


def _facebook(here: Stage) -> None:
    person = here.office.people[here.office.settings.facebook].email
    for package in PACKAGES:
        here.wait_for_mail(partial(_is_to, person, package))


def _is_to(person: str, occurrence: str, mail: Mail) -> bool:
    return mail.recipient == person and mail.occurrence == occurrence


def _leave(here: Stage) -> None:
    """One click in a newsletter, as the mail provider sends it (RFC 8058)."""
    mail = next(mail for mail in _recipients_mails(here) if mail.occurrence == PACKAGES[1])
    link = str(mail.message["List-Unsubscribe"]).strip("<>")
    answer = requests.post(link, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=10)
    _check(answer.status_code == 200, "demo.page_failed")


def _until(done: Callable[[], bool], seconds: float, key: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise HlasatelError(say(key))
        time.sleep(0.2)


def _check(held: bool, key: str) -> None:
    if not held:
        raise HlasatelError(say(key))
