"""A page on Facebook, by the Graph API's Pages endpoint. We schedule; Facebook does not.

A post may be out although no answer came. It is then looked for among the page's posts before anything is repeated
(`find`), and the API's own refusal of a duplicate (506) is settled in the same way. What each answer of the API asks
for: `worker/outbound/graph.py` and `_remedy`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
    Outlook,
    Permanent,
    Receipt,
    RetryLater,
    StopChannel,
)
from worker.messages import say
from worker.outbound import picture
from worker.outbound.exchange import Broken, NotSent
from worker.outbound.graph import Graph, GraphError, NoAnswer, TooMany, guard_of
from worker.outbound.kept_secret import kept_secret
from worker.times import format_day_at, local_day

LONGEST_POST = 60_000
_SKEW = timedelta(hours=6)
"""How far our clock may be from theirs. The same words within it are this post, whoever posted them."""
_POSTS_READ, _PAGES_READ = 100, 5
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

    `app_token` is in the same way that of the app (`number|secret`), which alone may ask how long the other lasts.
    `graph` is where the API is, `version` which one of its versions is spoken.
    """

    page: str = Field(pattern=r"^[0-9]{5,30}$")
    token: str = Field(default="HLASATEL_FACEBOOK_TOKEN", pattern=r"^[A-Z][A-Z0-9_]{2,60}$")
    app_token: str = Field(default="HLASATEL_FACEBOOK_APP_TOKEN", pattern=r"^[A-Z][A-Z0-9_]{2,60}$")
    graph: str = Field(
        default="https://graph.facebook.com",
        pattern=r"^(https://[a-z0-9.-]+|http://127\.0\.0\.1)(:[0-9]{1,5})?/?$",
    )
    version: str = Field(default="v23.0", pattern=r"^v[0-9]{1,3}\.[0-9]$")


class FacebookChannel(Channel[Facebook]):
    """A photo is uploaded unpublished first and then attached, so that post and picture appear together."""

    id = "facebook"
    options: ClassVar[type[Options]] = Facebook
    beside = True
    posts = True

    def refuse(self, message: Message, options: Facebook) -> None:
        text = _text(message)
        if not text:
            raise Permanent(say("facebook.no_text"))
        if len(text) > LONGEST_POST:
            raise Permanent(say("facebook.too_long", length=len(text), most=LONGEST_POST))
        image = message.fields.get("image", "").strip()
        if image and not _is_address(image) and _enclosed(message) is None:
            raise Permanent(say("facebook.no_image_address", image=image[:100]))

    def send(self, message: Message, options: Facebook) -> Receipt:
        graph = _graph(options)
        photo = self._photo(graph, message, options)
        parameters = {"message": _text(message)}
        if photo:
            parameters["attached_media[0]"] = json.dumps({"media_fbid": photo}, separators=(",", ":"))
        elif link := message.fields.get("link", "").strip():
            parameters["link"] = link
        try:
            posted = graph.post(f"{options.page}/feed", **parameters)
        except NotSent as error:
            raise RetryLater(say("facebook.unreachable", why=str(error))) from None
        except (Broken, NoAnswer) as error:
            raise OutcomeUnknown(say("facebook.no_answer", why=str(error))) from None
        except GraphError as error:
            if error.code == _DUPLICATE:
                raise OutcomeUnknown(say("facebook.duplicate")) from None
            if _is_unsure(error):
                raise OutcomeUnknown(say("facebook.unsure", code=error.code)) from None
            raise _remedy(error) from None
        reference = str(posted.get("id", ""))
        if not re.fullmatch(r"[0-9]+_[0-9]+|[0-9]+", reference):
            raise OutcomeUnknown(say("facebook.no_answer", why="id"))
        return Receipt(_permalink(graph, reference), reference)

    def find(self, message: Message, options: Facebook) -> Receipt | None:
        since = _NEVER if message.made_up else message.since - _SKEW
        wanted = _plain(_text(message))
        for post in _posts(_graph(options), options.page, since):
            reference = str(post.get("id", ""))
            if not reference or reference in message.others or _created(post) < since:
                continue
            if _plain(str(post.get("message", ""))) == wanted:
                return Receipt(_shown_at(post.get("permalink_url"), reference), reference)
        return None

    def check(self, options: Facebook, now: datetime) -> Outlook:
        try:
            graph = _graph(options)
            asking = kept_secret(options.app_token)
            asked = replace(graph, token=asking) if _is_token(asking) else graph
            data = asked.get("debug_token", input_token=graph.token).get("data")
        except StopChannel as error:
            return Outlook((str(error),))
        except (NotSent, Broken, NoAnswer):
            return Outlook()
        except GraphError as error:
            return Outlook() if _is_unsure(error) else Outlook(_still_reads(graph, options))
        known: dict[str, Any] = data if isinstance(data, dict) else {}
        if known.get("is_valid") is False:
            return Outlook((say("facebook.token_invalid", variable=options.token),))
        told, scopes = [], known.get("scopes")
        if isinstance(scopes, list) and (missing := _RIGHTS_NEEDED.difference(map(str, scopes))):
            told.append(say("facebook.rights_missing", rights=", ".join(sorted(missing))))
        ends = [_moment(known.get(name)) for name in ("expires_at", "data_access_expires_at")]
        end = min((each for each in ends if each is not None), default=None)
        if end is not None and end - now < _WARNED_BEFORE:
            told.append(say("facebook.token_ends", day=format_day_at(local_day(end)), variable=options.token))
        return Outlook(tuple(told), end)

    def _photo(self, graph: Graph, message: Message, options: Facebook) -> str:
        """The number of the unpublished photo; empty without one. Nothing of it can be seen yet, whatever happens."""
        image = message.fields.get("image", "").strip()
        if not image:
            return ""
        file = _enclosed(message) or _download(image, options)
        try:
            kept = graph.upload(
                f"{options.page}/photos", file.name, file.media_type, file.content, published="false",
                alt_text_custom=message.fields.get("description", "").strip() or file.description,
            )  # fmt: skip
        except (NotSent, Broken, NoAnswer) as error:
            raise RetryLater(say("facebook.unreachable", why=str(error))) from None
        except GraphError as error:
            if _is_unsure(error):
                raise RetryLater(say("facebook.unavailable", code=error.code)) from None
            raise _remedy(error) from None
        number = str(kept.get("id", ""))
        if not re.fullmatch(r"[0-9]{1,30}", number):
            raise RetryLater(say("facebook.unreachable", why="id"))
        return number


def _graph(options: Facebook) -> Graph:
    return Graph(options.graph, options.version, _token(options.token))


def _token(variable: str) -> str:
    token = kept_secret(variable)
    if not _is_token(token):
        raise StopChannel(say("facebook.no_token", variable=variable))
    return token


def _is_token(text: str) -> bool:
    """Whether it can stand in a header."""
    return re.fullmatch(r"[!-~]+", text) is not None


def _is_unsure(error: GraphError) -> bool:
    """Whether the API says of itself that it failed: then what it answers says nothing of what it did."""
    return error.code in _UNSURE or error.status >= 500


def _remedy(error: GraphError) -> ChannelError:
    """What a refusal of the API asks for; it did nothing."""
    code = error.code
    if code in _TOKEN:
        return StopChannel(say("facebook.token_refused", code=code))
    if code in _RIGHTS:
        return StopChannel(say("facebook.rights_refused", code=code))
    if code in _BUSY or error.status == 429:
        return RetryLater(say("facebook.busy", code=code), error.wait or _BUSY_WAIT, whole=True)
    if code == _BLOCKED:
        return RetryLater(say("facebook.blocked"), max(error.wait or _BLOCKED_WAIT, _BLOCKED_WAIT), whole=True)
    if _LINK in (code, error.subcode):
        return Permanent(say("facebook.bad_link"), part="link")
    return Permanent(say("facebook.refused", code=code, subcode=error.subcode))


def _posts(graph: Graph, page: str, since: datetime) -> Iterator[dict[str, Any]]:
    """What the page has posted since then, newest first; OutcomeUnknown beyond what is gone through."""
    asked = {
        "fields": "id,message,created_time,permalink_url", "limit": str(_POSTS_READ),
        "since": str(int(since.timestamp())),
    }  # fmt: skip
    try:
        yield from graph.items(f"{page}/posts", _PAGES_READ, **asked)
    except TooMany:
        raise OutcomeUnknown(say("facebook.too_many_posts", most=_POSTS_READ * _PAGES_READ)) from None
    except (NotSent, Broken, NoAnswer) as error:
        raise RetryLater(say("facebook.unreachable", why=str(error))) from None
    except GraphError as error:
        remedy = RetryLater(say("facebook.unavailable", code=error.code)) if _is_unsure(error) else _remedy(error)
        if isinstance(remedy, Permanent):  # that nothing can be read says nothing of what is out
            raise OutcomeUnknown(say("facebook.unreadable", code=error.code)) from None
        raise remedy from None


def _still_reads(graph: Graph, options: Facebook) -> tuple[str, ...]:
    """Of a token that may not be asked about, whether the page's posts can be read with it at least."""
    try:
        graph.get(f"{options.page}/posts", fields="id", limit="1")
    except GraphError as error:
        if error.code in _TOKEN | _RIGHTS:
            return (str(_remedy(error)),)
    except (NotSent, Broken, NoAnswer):
        return ()
    return (say("facebook.cannot_ask", variable=options.app_token),)


def _permalink(graph: Graph, reference: str) -> str:
    """Where the post can be seen. It is out, so nothing here fails any more."""
    try:
        found = graph.get(reference, fields="permalink_url").get("permalink_url")
    except (NotSent, Broken, NoAnswer, GraphError):
        found = None
    return _shown_at(found, reference)


def _shown_at(said: object, reference: str) -> str:
    is_usable = isinstance(said, str) and re.fullmatch(r"https://[!-~]{3,1000}", said)
    return str(said) if is_usable else f"https://www.facebook.com/{reference}"


def _text(message: Message) -> str:
    """What is posted. With a picture a link has no place of its own: it then stands below the text."""
    text, link = message.fields.get("text", "").strip(), message.fields.get("link", "").strip()
    beside = link and message.fields.get("image", "").strip() and link not in text
    return f"{text}\n\n{link}" if text and beside else text


def _plain(text: str) -> str:
    """A text without what Facebook changes of it: blanks, line ends and the way to write accents."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _created(post: dict[str, Any]) -> datetime:
    try:
        return datetime.strptime(str(post.get("created_time")), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)  # of a post without a readable time the text decides


def _moment(said: object) -> datetime | None:
    """A Unix time of the API; None for 0, which means never, and for anything else."""
    if not isinstance(said, int) or not 0 < said < 2**35:
        return None
    return datetime.fromtimestamp(said, UTC)


def _is_address(image: str) -> bool:
    try:
        return urlsplit(image).scheme in ("http", "https")
    except ValueError:
        return False


def _enclosed(message: Message) -> Enclosure | None:
    """The picture among the message's own files, where it names one."""
    image = message.fields.get("image", "").strip()
    fit = (each for each in message.enclosures if each.name == image and each.media_type in picture.TYPES)
    return next(fit, None)


def _download(address: str, options: Facebook) -> Enclosure:
    """The picture that the text names. It is fetched from public addresses alone."""
    try:
        media_type, content = picture.fetch(address, guard_of(options.graph))
    except (NotSent, Broken) as error:
        raise RetryLater(say("facebook.image_unreachable", address=address[:200], why=str(error))) from None
    except picture.NoPicture as error:
        raise Permanent(say("facebook.image_gone", address=address[:200], why=str(error)), part="image") from None
    return Enclosure("obrazek." + media_type.rpartition("/")[2], media_type, content)
