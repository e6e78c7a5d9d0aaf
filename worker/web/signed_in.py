"""Who the visitor of a coordinator's page is: a browser with a session, or a user named by the office's own sign-on.

The sign-on's header counts only on connections that come from the configured proxies themselves; from anybody else it
is ignored, as are all headers about forwarding.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from starlette.requests import Request

from worker.notices import sign_ins
from worker.notices.sign_ins import Purpose
from worker.record import acting
from worker.web.pages import Desk, desk
from worker.web.whence import is_proxy, peer, whence

COOKIE = "hlasatel"


class NotSignedIn(Exception):
    """Nobody is signed in; the application shows the way in."""


@dataclass(frozen=True)
class Visitor:
    """Who is signed in. `proof` is the hidden field of every form on the pages, so that no other site can post it.

    `whence` is where she is, for the record.
    """

    person: str
    proof: str
    by_proxy: bool
    whence: str


def coordinator(request: Request) -> Visitor:
    """The signed-in coordinator; raises NotSignedIn for everybody else."""
    here = desk(request)
    found = _by_proxy(request, here) or _by_session(request, here)
    if found is None or found.person != here.office.settings.coordinator:
        raise NotSignedIn
    return found


def proven(visitor: Visitor, form: dict[str, str]) -> bool:
    """Whether a form was shown to this very visitor. What it orders is then recorded as coming from where she is."""
    if not hmac.compare_digest(visitor.proof.encode(), form.get("proof", "").encode()):
        return False
    acting.comes_from(visitor.whence)
    return True


def _by_proxy(request: Request, here: Desk) -> Visitor | None:
    rules = here.office.settings.sign_on
    if rules is None or not is_proxy(peer(request), here.office.settings.web):
        return None
    named = request.headers.getlist(rules.header)
    if len(named) != 1:  # a second one was smuggled in past the proxy
        return None
    person = rules.people.get(named[0].strip())
    if person is None:
        return None
    return Visitor(
        person, _proof(here, f"proxy/{named[0].strip()}"), by_proxy=True, whence=whence(request)
    )  # fmt: skip


def _by_session(request: Request, here: Desk) -> Visitor | None:
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    with here.office.database.read() as tx:
        person = sign_ins.find(tx, Purpose.SESSION, token, here.now())
    if person is None:
        return None
    return Visitor(person, _proof(here, f"session/{token}"), by_proxy=False, whence=whence(request))


def _proof(here: Desk, identity: str) -> str:
    key = here.office.settings.secret_keys[0]
    return hmac.new(key, f"hlasatel/form/{identity}".encode(), hashlib.sha256).hexdigest()
