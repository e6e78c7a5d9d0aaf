"""A page on Facebook, by the Graph API's Pages endpoint. We schedule; Facebook does not.

A post may be out although no answer came. It is then looked for among the page's posts before anything is repeated
(`find`), and the API's own refusal of a duplicate (506) is settled in the same way.
"""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from worker.channels.base import (
    Channel,
    ChannelError,
    Enclosure,
    Message,
    Options,
    OutcomeUnknown,
    Permanent,
    Receipt,
    RetryLater,
    StopChannel,
)
from worker.messages import say
from worker.outbound.exchange import Broken, NotSent, exchange
from worker.outbound.graph import Graph, GraphError, NoAnswer, guard_of
from worker.outbound.guard import Guard

LONGEST_POST = 60_000
MOST_IMAGE_BYTES = 4_000_000
_IMAGES = {"image/jpeg", "image/png"}
_SKEW = timedelta(minutes=5)
_POSTS_READ = 100
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_UNSURE = frozenset({1, 2})
_BUSY = frozenset({4, 17, 32, 341, 613, 80001})
_TOKEN = frozenset({102, 190})
_RIGHTS = frozenset({3, 10, *range(200, 300)})
_BLOCKED, _DUPLICATE, _LINK = 368, 506, 1609005
_BUSY_WAIT, _BLOCKED_WAIT = timedelta(minutes=15), timedelta(hours=6)
_RIGHTS_NEEDED = frozenset({"pages_manage_posts", "pages_read_engagement"})
_WARNED_BEFORE = timedelta(days=7)


class Facebook(Options):
    """`page` is the page's number, `token` the environment variable with its page token, or with `_FILE` behind it.

    `graph` is where the API is, `version` which one of its versions is spoken.
    """

    page: str = Field(pattern=r"^[0-9]{5,30}$")
    token: str = Field(default="HLASATEL_FACEBOOK_TOKEN", pattern=r"^[A-Z][A-Z0-9_]{2,60}$")
    graph: str = Field(default="https://graph.facebook.com", pattern=r"^(https://|http://127\.0\.0\.1:)")
    version: str = Field(default="v23.0", pattern=r"^v[0-9]{1,3}\.[0-9]$")


class FacebookChannel(Channel[Facebook]):
    """A photo is uploaded unpublished first and then attached, so that post and picture appear together."""

    id = "facebook"
    options: ClassVar[type[Options]] = Facebook
    beside = True

    def refuse(self, message: Message, options: Facebook) -> None:
        text = message.fields.get("text", "")
        if not text.strip():
            raise Permanent(say("facebook.no_text"))
        if len(text) > LONGEST_POST:
            raise Permanent(say("facebook.too_long", length=len(text), most=LONGEST_POST))
        image = message.fields.get("image", "").strip()
        if image and urlsplit(image).scheme not in ("http", "https"):
            raise Permanent(say("facebook.no_image_address", image=image[:100]))

    def send(self, message: Message, options: Facebook) -> Receipt:
        graph = _graph(options)
        photo = self._photo(graph, message, options)
        parameters = {"message": message.fields["text"].strip()}
        if photo:
            parameters["attached_media[0]"] = f'{{"media_fbid":"{photo}"}}'
        elif link := message.fields.get("link", "").strip():
            parameters["link"] = link
        try:
            posted = graph.post(f"{options.page}/feed", **parameters)
        except NotSent as error:
            raise RetryLater(say("facebook.unreachable", why=str(error))) from None
        except (Broken, NoAnswer) as error:
            raise OutcomeUnknown(say("facebook.no_answer", why=str(error))) from None
        except GraphError as error:
            if error.code in _UNSURE or error.status >= 500:
                raise OutcomeUnknown(say("facebook.unsure", code=error.code)) from None
            if error.code == _DUPLICATE:
                raise OutcomeUnknown(say("facebook.duplicate")) from None
            raise _remedy(error) from None
        reference = str(posted.get("id", ""))
        if not re.fullmatch(r"[0-9]+_[0-9]+|[0-9]+", reference):
            raise OutcomeUnknown(say("facebook.no_answer", why="id"))
        return Receipt(_permalink(graph, reference), reference)

    def find(self, message: Message, options: Facebook) -> Receipt | None:
        since = _NEVER if message.made_up else message.begun_at - _SKEW
        graph = _graph(options)
        try:
            found = graph.get(
                f"{options.page}/posts", fields="id,message,created_time,permalink_url", limit=str(_POSTS_READ),
                since=str(int(since.timestamp())),
            )  # fmt: skip
        except (NotSent, Broken, NoAnswer) as error:
            raise RetryLater(say("facebook.unreachable", why=str(error))) from None
        except GraphError as error:
            if error.code in _UNSURE or error.status >= 500:
                raise RetryLater(say("facebook.unsure", code=error.code)) from None
            raise _remedy(error) from None
        wanted = _plain(message.fields["text"])
        posts = found.get("data")
        if not isinstance(posts, list):
            raise RetryLater(say("facebook.unreachable", why="data"))
        for post in posts:
            reference = str(post.get("id", "")) if isinstance(post, dict) else ""
            if not reference or reference in message.others or _created(post) < since:
                continue
            if _plain(str(post.get("message", ""))) == wanted:
                return Receipt(str(post.get("permalink_url") or _address(reference)), reference)
        if len(posts) >= _POSTS_READ:
            raise OutcomeUnknown(say("facebook.too_many_posts", most=_POSTS_READ))
        return None

    def check(self, options: Facebook, now: datetime) -> tuple[str, ...]:
        graph = _graph(options)
        try:
            data = graph.get("debug_token", input_token=graph.token).get("data")
        except (NotSent, Broken, NoAnswer):
            return ()
        except GraphError as error:
            return (str(_remedy(error)),) if error.code in _TOKEN else ()
        known: dict[str, Any] = data if isinstance(data, dict) else {}
        if known.get("is_valid") is False:
            return (say("facebook.token_invalid", variable=options.token),)
        told = []
        if missing := _RIGHTS_NEEDED - set(known.get("scopes") or ()):
            told.append(say("facebook.rights_missing", rights=", ".join(sorted(missing))))
        ends = [each for each in (known.get("expires_at"), known.get("data_access_expires_at")) if each]
        if ends and (left := datetime.fromtimestamp(min(ends), UTC) - now) < _WARNED_BEFORE:
            told.append(say("facebook.token_ends", days=max(left.days, 0), variable=options.token))
        return tuple(told)

    def _photo(self, graph: Graph, message: Message, options: Facebook) -> str:
        """The number of the unpublished photo; empty without one. Nothing of it can be seen yet, whatever happens."""
        address = message.fields.get("image", "").strip()
        if not address:
            return ""
        image = _download(address, guard_of(options.graph))
        try:
            kept = graph.upload(
                f"{options.page}/photos", image.name, image.media_type, image.content, published="false",
                alt_text_custom=message.fields.get("description", "").strip(),
            )  # fmt: skip
        except (NotSent, Broken, NoAnswer) as error:
            raise RetryLater(say("facebook.unreachable", why=str(error))) from None
        except GraphError as error:
            if error.code in _UNSURE or error.status >= 500:
                raise RetryLater(say("facebook.unsure", code=error.code)) from None
            raise _remedy(error) from None
        return str(kept.get("id", ""))


def _graph(options: Facebook) -> Graph:
    return Graph(options.graph, options.version, _token(options.token))


def _token(variable: str) -> str:
    """The page token, read at every use: whoever renews the file restarts nothing."""
    file = os.environ.get(f"{variable}_FILE")
    try:
        token = Path(file).read_text(encoding="ascii").strip() if file else os.environ.get(variable, "").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token or not token.isprintable() or not token.isascii() or " " in token:
        raise StopChannel(say("facebook.no_token", variable=variable))
    return token


def _remedy(error: GraphError) -> ChannelError:
    """What a refusal of the API asks for; it did nothing."""
    code = error.code
    if code in _TOKEN:
        return StopChannel(say("facebook.token_refused", code=code))
    if code in _RIGHTS:
        return StopChannel(say("facebook.rights_refused", code=code))
    if code in _BUSY or error.status == 429:
        return RetryLater(say("facebook.busy", code=code), error.wait or _BUSY_WAIT)
    if code == _BLOCKED:
        return RetryLater(say("facebook.blocked"), max(error.wait or _BLOCKED_WAIT, _BLOCKED_WAIT))
    if _LINK in (code, error.subcode):
        return Permanent(say("facebook.bad_link"))
    return Permanent(say("facebook.refused", code=code, subcode=error.subcode))


def _permalink(graph: Graph, reference: str) -> str:
    """Where the post can be seen. It is out, so nothing here fails any more."""
    try:
        found = graph.get(reference, fields="permalink_url").get("permalink_url")
    except (NotSent, Broken, NoAnswer, GraphError):
        found = None
    return found if isinstance(found, str) and urlsplit(found).scheme == "https" else _address(reference)


def _address(reference: str) -> str:
    return f"https://www.facebook.com/{reference}"


def _plain(text: str) -> str:
    """A text without what Facebook changes of it: blanks, line ends and the way to write accents."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _created(post: dict[str, Any]) -> datetime:
    try:
        return datetime.strptime(str(post.get("created_time")), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)  # of a post without a readable time the text decides


def _download(address: str, guard: Guard) -> Enclosure:
    """The picture that the text names. It is fetched from public addresses alone."""
    try:
        reply = exchange("GET", address, guard, 15.0, most=MOST_IMAGE_BYTES)
    except (NotSent, Broken) as error:
        raise RetryLater(say("facebook.image_unreachable", address=address[:200], why=str(error))) from None
    media_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if reply.status >= 500:
        raise RetryLater(say("facebook.image_unreachable", address=address[:200], why=f"HTTP {reply.status}"))
    if reply.status != 200 or media_type not in _IMAGES:
        raise Permanent(say("facebook.image_gone", address=address[:200], status=reply.status))
    return Enclosure("obrazek." + media_type.rpartition("/")[2], media_type, reply.body)
