"""A page on Facebook: what is posted, and which remedy each answer of the Graph API has."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.fixtures.graph_server import PAGE, RIGHTS, TOKEN, GraphServer, Trouble, graph_server
from worker.channels.base import ChannelError, Enclosure, Message, OutcomeUnknown, Permanent, RetryLater, StopChannel
from worker.channels.facebook import Facebook, FacebookChannel
from worker.outbound import graph as graph_module

TEXT = "Kraj otevřel poradnu.\n\nJe v Liberci, přijďte."
CHANNEL = FacebookChannel()
NOW = datetime.now(UTC)
"""The server's clock is the real one."""


@pytest.fixture
def page() -> Iterator[GraphServer]:
    with graph_server() as running:
        yield running


@pytest.fixture
def options(page: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Facebook:
    monkeypatch.setenv("HLASATEL_FACEBOOK_TOKEN", TOKEN)
    return Facebook(page=PAGE, graph=page.address)


def message(**fields: str) -> Message:
    return Message(
        key="a/2026-12/facebook-text/kraj", occurrence_id="a/2026-12", kind="facebook-text", title="Poradna", text=TEXT,
        html="", page="", person="", begun_at=NOW, since=NOW, fields={"text": TEXT, **fields},
    )  # fmt: skip


def test_a_text_with_a_link_is_posted_once_and_its_address_kept(page: GraphServer, options: Facebook) -> None:
    receipt = CHANNEL.send(message(link="https://www.example.org/poradna"), options)
    (post,) = page.posts
    assert (post["message"], post["link"]) == (TEXT, "https://www.example.org/poradna")
    assert (receipt.reference, receipt.address) == (post["id"], post["permalink_url"])


def test_a_photo_is_uploaded_unpublished_with_its_description_and_then_attached(
    page: GraphServer, options: Facebook
) -> None:
    page.images["/poradna.jpg"] = ("image/jpeg", b"\xff\xd8\xff picture")
    CHANNEL.send(message(image=f"{page.address}/poradna.jpg", description="Dveře poradny"), options)
    (photo,), (post,) = page.photos, page.posts
    assert (photo["source"], photo["alt_text_custom"]) == (b"\xff\xd8\xff picture", "Dveře poradny")
    assert json.loads(post["attached_media[0]"]) == {"media_fbid": "771"}


def test_a_post_whose_address_cannot_be_read_is_out_all_the_same(page: GraphServer, options: Facebook) -> None:
    page.troubles[f"{PAGE}_1"] = [Trouble(code=190, status=401)]
    assert CHANNEL.send(message(), options).address == f"https://www.facebook.com/{PAGE}_1"


HTML = "<html><body>Sorry, something went wrong.</body></html>"
DEEP = "[" * 100_000
LOOK, STOP = OutcomeUnknown, StopChannel
AGAIN_HOURS, AGAIN_MINUTES = timedelta(hours=6), timedelta(minutes=15)
REMEDIES = [
    # the answer, what it means, and: after what time it is tried again with everything else of the page, or which part
    # of the text has to be another one
    pytest.param(Trouble(done=True), LOOK, None, id="no answer"),
    pytest.param(Trouble(code=1, status=500, done=True), LOOK, None, id="1"),
    pytest.param(Trouble(code=2, status=400), LOOK, None, id="2"),
    pytest.param(Trouble(code=100, status=503), LOOK, None, id="100, 503"),
    pytest.param(Trouble(body=HTML, status=502, done=True), LOOK, None, id="HTML, 502"),
    pytest.param(Trouble(body=HTML, status=200, done=True), LOOK, None, id="HTML, 200"),
    pytest.param(Trouble(body="{", status=200), LOOK, None, id="half a JSON"),
    pytest.param(Trouble(body=DEEP, status=200), LOOK, None, id="deep JSON"),
    pytest.param(Trouble(body='{"id": "<script>"}', status=200), LOOK, None, id="no post's number"),
    pytest.param(Trouble(body="{}", status=302), LOOK, None, id="elsewhere"),
    pytest.param(Trouble(code=506), LOOK, None, id="506"),
    *[
        pytest.param(Trouble(code=code), RetryLater, AGAIN_MINUTES, id=str(code))
        for code in (4, 17, 32, 341, 613, 80001)
    ],
    pytest.param(Trouble(code=999, status=429), RetryLater, AGAIN_MINUTES, id="429"),
    pytest.param(Trouble(code=368), RetryLater, AGAIN_HOURS, id="368"),
    *[pytest.param(Trouble(code=code, status=401), STOP, None, id=str(code)) for code in (102, 190, 10, 200, 299, 3)],
    pytest.param(Trouble(code=100, subcode=1609005), Permanent, "link", id="1609005"),
    pytest.param(Trouble(code=1609005), Permanent, "link", id="1609005 alone"),
    pytest.param(Trouble(code=100), Permanent, "", id="100"),
]


@pytest.mark.parametrize(("trouble", "remedy", "detail"), REMEDIES)
def test_each_answer_has_its_remedy_said_in_a_sentence(
    page: GraphServer,
    options: Facebook,
    trouble: Trouble,
    remedy: type[ChannelError],
    detail: timedelta | str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    page.troubles["feed"] = [trouble]
    with caplog.at_level("DEBUG"), pytest.raises(ChannelError) as raised:
        CHANNEL.send(message(link="https://www.example.org"), options)
    error = raised.value
    assert type(error) is remedy
    assert str(error).endswith(".")
    assert TOKEN not in f"{caplog.text}{''.join(traceback.format_exception(error))}"
    assert [what for _, what in page.calls] == ["feed"], "nothing is repeated here"
    if isinstance(error, RetryLater):
        assert (error.after, error.whole) == (detail, True)
    if isinstance(error, Permanent):
        assert error.part == detail


def test_a_server_that_hangs_is_waited_for_no_longer_than_was_said(
    page: GraphServer, options: Facebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_module, "SECONDS", 0.3)
    page.troubles["feed"] = [Trouble(hang=2.0, done=True)]
    with pytest.raises(OutcomeUnknown):
        CHANNEL.send(message(), options)


def test_a_server_that_is_not_there_got_nothing(options: Facebook) -> None:
    with pytest.raises(RetryLater):
        CHANNEL.send(message(), options.model_copy(update={"graph": "http://127.0.0.1:9"}))


ESTIMATE = {"call_count": 100, "estimated_time_to_regain_access": 42}


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"X-Business-Use-Case-Usage": json.dumps({PAGE: [{"type": "pages"}, ESTIMATE]})}, timedelta(minutes=42)),
        ({"X-App-Usage": json.dumps(ESTIMATE)}, timedelta(minutes=42)),
        ({"X-Page-Usage": json.dumps(ESTIMATE), "X-App-Usage": "{"}, timedelta(minutes=42)),
        ({"X-App-Usage": json.dumps(ESTIMATE | {"estimated_time_to_regain_access": 10**9})}, timedelta(days=1)),
        ({"X-App-Usage": json.dumps(ESTIMATE | {"estimated_time_to_regain_access": "soon"})}, AGAIN_MINUTES),
        ({"X-App-Usage": "[" * 30_000}, AGAIN_MINUTES),
        ({"X-App-Usage": "[" * 400 + "]" * 400}, AGAIN_MINUTES),
    ],
    ids=["page", "app", "another", "too long", "no number", "unfinished", "deep"],
)
def test_it_waits_as_long_as_the_usage_header_says(
    page: GraphServer, options: Facebook, headers: dict[str, str], after: timedelta
) -> None:
    page.troubles["feed"] = [Trouble(code=32, headers=headers)]
    with pytest.raises(RetryLater) as raised:
        CHANNEL.send(message(), options)
    assert raised.value.after == after


def test_what_came_out_without_an_answer_is_found_by_its_text(page: GraphServer, options: Facebook) -> None:
    page.troubles["feed"] = [Trouble(done=True)]
    with pytest.raises(OutcomeUnknown):
        CHANNEL.send(message(), options)
    page.posts[0]["message"] = TEXT.replace("\n\n", "\r\n \r\n").replace("á", "a\u0301") + " "
    page.posts.insert(0, {**page.posts[0], "id": f"{PAGE}_9", "message": "Něco jiného."})
    found = CHANNEL.find(message(), options)
    assert found is not None and found.reference == f"{PAGE}_1"


def test_what_is_not_there_was_not_posted(page: GraphServer, options: Facebook) -> None:
    assert CHANNEL.find(message(), options) is None


def test_the_same_words_of_an_earlier_day_are_another_post(page: GraphServer, options: Facebook) -> None:
    CHANNEL.send(message(), options)
    page.posts[0]["created_time"] = "2026-01-05T10:00:00+0000"
    assert CHANNEL.find(message(), options) is None


def test_a_made_up_time_says_nothing_of_when_a_post_came_out(page: GraphServer, options: Facebook) -> None:
    CHANNEL.send(message(), options)
    ahead = replace(message(), since=datetime(2090, 1, 1, tzinfo=UTC))
    assert CHANNEL.find(ahead, options) is None
    assert CHANNEL.find(replace(ahead, made_up=True), options) is not None


def test_a_text_that_is_out_as_another_occurrences_is_not_this_one(page: GraphServer, options: Facebook) -> None:
    other = CHANNEL.send(message(), options)
    assert CHANNEL.find(replace(message(), others=frozenset({other.reference})), options) is None


@pytest.mark.parametrize(
    ("trouble", "remedy"),
    [
        pytest.param(Trouble(), RetryLater, id="no answer"),
        pytest.param(Trouble(code=2, status=500), RetryLater, id="2"),
        pytest.param(Trouble(code=190, status=401), StopChannel, id="190"),
        pytest.param(Trouble(body='{"data": 1}', status=200), RetryLater, id="no list"),
        pytest.param(Trouble(code=100), OutcomeUnknown, id="100"),
        pytest.param(Trouble(code=4), RetryLater, id="4"),
    ],
)
def test_while_it_cannot_be_looked_for_nothing_is_taken_for_missing(
    page: GraphServer, options: Facebook, trouble: Trouble, remedy: type[ChannelError]
) -> None:
    page.troubles["posts"] = [trouble]
    with pytest.raises(ChannelError) as raised:
        CHANNEL.find(message(), options)
    assert type(raised.value) is remedy


def test_what_stands_behind_many_others_is_found(page: GraphServer, options: Facebook) -> None:
    sent = CHANNEL.send(message(), options)
    page.posts[:0] = [{**page.posts[0], "id": f"{PAGE}_{number}", "message": "Jiný."} for number in range(10, 260)]
    found = CHANNEL.find(message(), options)
    assert found is not None and found.reference == sent.reference
    assert CHANNEL.find(message(text="Co nevyšlo."), options) is None


def test_of_too_many_posts_a_person_has_to_tell(page: GraphServer, options: Facebook) -> None:
    CHANNEL.send(message(), options)
    page.posts[:0] = [{**page.posts[0], "id": f"{PAGE}_{number}", "message": "Jiný."} for number in range(10, 510)]
    with pytest.raises(OutcomeUnknown, match="500"):
        CHANNEL.find(message(), options)


@pytest.mark.parametrize(
    "fields", [{"text": " "}, {"text": "x" * 60_001}, {"image": "radnice.jpg"}], ids=["no text", "too long", "a name"]
)
def test_what_it_cannot_express_is_refused(options: Facebook, fields: dict[str, str]) -> None:
    with pytest.raises(Permanent):
        CHANNEL.refuse(message(**fields), options)


@pytest.mark.parametrize(
    ("path", "answer", "remedy"),
    [
        pytest.param("/gone.jpg", None, Permanent, id="it disappeared"),
        pytest.param("/page.jpg", ("text/html", b"<html>"), Permanent, id="a page"),
        pytest.param("/big.jpg", ("image/jpeg", b"x" * 4_000_001), Permanent, id="too big"),
    ],
)
def test_an_image_that_cannot_be_taken_keeps_the_post_from_going_out(
    page: GraphServer, options: Facebook, path: str, answer: tuple[str, bytes] | None, remedy: type[ChannelError]
) -> None:
    if answer is not None:
        page.images[path] = answer
    with pytest.raises(ChannelError) as raised:
        CHANNEL.send(message(image=page.address + path), options)
    assert type(raised.value) is remedy
    assert page.posts == [] and page.photos == []


def test_an_image_of_the_offices_own_network_is_not_fetched(options: Facebook, page: GraphServer) -> None:
    with pytest.raises(RetryLater, match="192"):
        CHANNEL.send(message(image="http://192.168.0.1/a.jpg"), options)
    assert page.calls == []


@pytest.mark.parametrize(
    ("location", "remedy"),
    [
        pytest.param("/there.jpg", None, id="there"),
        pytest.param("http://10.0.0.1/a.jpg", RetryLater, id="a private network"),
        pytest.param("file:///etc/passwd", Permanent, id="no web"),
        pytest.param("http://[", Permanent, id="no address"),
        pytest.param("/moved.jpg", Permanent, id="round and round"),
    ],
)
def test_an_image_that_has_moved_is_followed_to_public_addresses_alone(
    page: GraphServer, options: Facebook, location: str, remedy: type[ChannelError] | None
) -> None:
    page.images["/there.jpg"] = ("image/png", b"picture")
    page.troubles["moved.jpg"] = [Trouble(status=301, body="", headers={"Location": location}) for _ in range(9)]
    if remedy is None:
        CHANNEL.send(message(image=f"{page.address}/moved.jpg"), options)
        assert len(page.posts) == 1
        return
    with pytest.raises(ChannelError) as raised:
        CHANNEL.send(message(image=f"{page.address}/moved.jpg"), options)
    assert type(raised.value) is remedy
    assert page.photos == [] and len(page.calls) <= 4


def test_a_picture_of_the_press_kit_goes_with_the_message(page: GraphServer, options: Facebook) -> None:
    photo = Enclosure("dvere.jpg", "image/jpeg", b"picture", "Popis z podkladů")
    named = replace(message(image="dvere.jpg", description="Dveře poradny"), enclosures=(photo,))
    CHANNEL.refuse(named, options)
    CHANNEL.send(named, options)
    (kept,) = page.photos
    assert (kept["source"], kept["alt_text_custom"]) == (b"picture", "Dveře poradny")
    with pytest.raises(Permanent, match="podklady"):
        CHANNEL.refuse(replace(named, enclosures=()), options)


def test_a_link_beside_a_picture_stands_below_the_text_and_is_looked_for_there(
    page: GraphServer, options: Facebook
) -> None:
    page.images["/a.jpg"] = ("image/jpeg", b"picture")
    both = message(image=f"{page.address}/a.jpg", link="https://www.example.org/poradna")
    sent = CHANNEL.send(both, options)
    assert page.posts[0]["message"] == f"{TEXT}\n\nhttps://www.example.org/poradna" and "link" not in page.posts[0]
    found = CHANNEL.find(both, options)
    assert found is not None and found.reference == sent.reference


def test_a_photo_without_a_number_lets_no_text_go_out_without_its_picture(page: GraphServer, options: Facebook) -> None:
    page.images["/a.jpg"] = ("image/jpeg", b"picture")
    page.troubles["photos"] = [Trouble(status=200, body="{}")]
    with pytest.raises(RetryLater):
        CHANNEL.send(message(image=f"{page.address}/a.jpg"), options)
    assert page.posts == []


def test_a_clock_that_is_hours_ahead_of_facebooks_makes_no_second_post(page: GraphServer, options: Facebook) -> None:
    CHANNEL.send(message(), options)
    assert CHANNEL.find(replace(message(), since=NOW + timedelta(hours=5)), options) is not None


def test_the_token_is_read_from_its_file_at_every_use(
    page: GraphServer, options: Facebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    monkeypatch.setenv("HLASATEL_FACEBOOK_TOKEN_FILE", str(file))
    with pytest.raises(StopChannel, match="HLASATEL_FACEBOOK_TOKEN"):
        CHANNEL.send(message(), options)
    file.write_text("an old one", encoding="ascii")
    with pytest.raises(StopChannel):
        CHANNEL.send(message(), options)
    file.write_text(TOKEN + "\n", encoding="ascii")
    CHANNEL.send(message(), options)
    assert TOKEN not in repr(options) and len(page.posts) == 1


CHECKED_AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def _in(days: int) -> int:
    return int((CHECKED_AT + timedelta(days=days)).timestamp())


@pytest.mark.parametrize(
    ("debug", "words"),
    [
        ({"is_valid": True, "scopes": RIGHTS, "expires_at": 0}, []),
        ({"is_valid": True, "scopes": RIGHTS, "expires_at": _in(8)}, []),
        ({"is_valid": True, "scopes": RIGHTS, "expires_at": _in(6)}, ["pondělí 7. prosince"]),
        (
            {"is_valid": True, "scopes": RIGHTS, "expires_at": 0, "data_access_expires_at": _in(3)},
            ["pátek 4. prosince"],
        ),
        (
            {"is_valid": True, "scopes": RIGHTS[:1], "expires_at": _in(3)},
            ["pages_read_engagement", "pátek 4. prosince"],
        ),
        ({"is_valid": False}, ["už neplatí"]),
        ({"is_valid": True, "scopes": 1, "expires_at": "soon", "data_access_expires_at": 10**30}, []),
        ([], []),
    ],
)
def test_a_token_that_ends_or_lacks_a_right_is_told_a_week_ahead(
    page: GraphServer, options: Facebook, debug: Any, words: list[str]
) -> None:
    page.debug = debug
    told = CHANNEL.check(options, CHECKED_AT).doubts
    assert len(told) == len(words)
    for sentence, word in zip(told, words, strict=True):
        assert word in sentence.replace("\N{NO-BREAK SPACE}", " ") and TOKEN not in sentence


def test_the_same_warning_is_the_same_sentence_every_day(page: GraphServer, options: Facebook) -> None:
    page.debug["expires_at"] = _in(5)
    assert CHANNEL.check(options, CHECKED_AT) == CHANNEL.check(options, CHECKED_AT + timedelta(days=2))
    assert CHANNEL.check(options, CHECKED_AT).good_until == CHECKED_AT + timedelta(days=5)


@pytest.mark.parametrize(
    ("troubles", "word"),
    [
        pytest.param({"debug_token": Trouble(code=190, status=401), "posts": Trouble(code=190)}, "190", id="190"),
        pytest.param({"debug_token": Trouble(code=100)}, "HLASATEL_FACEBOOK_APP_TOKEN", id="it may not be asked about"),
        pytest.param({"debug_token": Trouble(code=2, status=500)}, "", id="2"),
        pytest.param({"debug_token": Trouble(code=100), "posts": Trouble(code=10)}, "kód 10", id="10"),
        pytest.param({"debug_token": Trouble()}, "", id="no answer"),
        pytest.param({"debug_token": Trouble(body=DEEP)}, "", id="nonsense"),
    ],
)
def test_asking_never_raises(page: GraphServer, options: Facebook, troubles: dict[str, Trouble], word: str) -> None:
    page.troubles = {what: [trouble] for what, trouble in troubles.items()}
    told = CHANNEL.check(options, CHECKED_AT).doubts
    assert len(told) == bool(word) and word in "".join(told)


def test_asking_without_a_token_says_what_is_missing(options: Facebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HLASATEL_FACEBOOK_TOKEN")
    (told,) = CHANNEL.check(options, CHECKED_AT).doubts
    assert "HLASATEL_FACEBOOK_TOKEN" in told


@pytest.mark.parametrize("graph", ["http://graph.example.org", "http://127.0.0.1:80@evil.example", "https://a@b"])
def test_a_token_goes_to_no_other_server(graph: str) -> None:
    with pytest.raises(ValidationError):
        Facebook(page=PAGE, graph=graph)


def test_the_app_asks_about_the_pages_token_where_nobody_else_may(
    page: GraphServer, options: Facebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.app_token = "123|secret"
    page.debug["expires_at"] = _in(3)
    (told,) = CHANNEL.check(options, CHECKED_AT).doubts
    assert "HLASATEL_FACEBOOK_APP_TOKEN" in told
    monkeypatch.setenv("HLASATEL_FACEBOOK_APP_TOKEN", page.app_token)
    (told,) = CHANNEL.check(options, CHECKED_AT).doubts
    assert "přestane platit" in told
