"""A page on Facebook: what is posted, and which remedy each answer of the Graph API has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fixtures.graph_server import PAGE, TOKEN, GraphServer, Trouble, graph_server
from worker.channels.base import ChannelError, Message, OutcomeUnknown, Permanent, RetryLater, StopChannel
from worker.channels.facebook import Facebook, FacebookChannel
from worker.outbound import graph as graph_module

TEXT = "Kraj otevřel poradnu.\n\nJe v Liberci, přijďte."
CHANNEL = FacebookChannel()


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
        html="", page="", person="", begun_at=datetime.now(UTC), fields={"text": TEXT, **fields},
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
REMEDIES = [
    pytest.param(Trouble(done=True), OutcomeUnknown, id="no answer"),
    pytest.param(Trouble(code=1, status=500, done=True), OutcomeUnknown, id="1"),
    pytest.param(Trouble(code=2, status=400), OutcomeUnknown, id="2"),
    pytest.param(Trouble(body=HTML, status=502, done=True), OutcomeUnknown, id="HTML, 502"),
    pytest.param(Trouble(body=HTML, status=200, done=True), OutcomeUnknown, id="HTML, 200"),
    pytest.param(Trouble(body="{", status=200), OutcomeUnknown, id="half a JSON"),
    pytest.param(Trouble(body='{"id": "<script>"}', status=200), OutcomeUnknown, id="no post's number"),
    pytest.param(Trouble(code=506), OutcomeUnknown, id="506"),
    *[pytest.param(Trouble(code=code), RetryLater, id=str(code)) for code in (4, 17, 32, 341, 613, 80001, 368)],
    *[pytest.param(Trouble(code=code, status=401), StopChannel, id=str(code)) for code in (102, 190, 10, 200)],
    pytest.param(Trouble(code=100, subcode=1609005), Permanent, id="1609005"),
    pytest.param(Trouble(code=1609005), Permanent, id="1609005 alone"),
    pytest.param(Trouble(code=100), Permanent, id="100"),
]


@pytest.mark.parametrize(("trouble", "remedy"), REMEDIES)
def test_each_answer_has_its_remedy_said_in_a_sentence(
    page: GraphServer, options: Facebook, trouble: Trouble, remedy: type[ChannelError]
) -> None:
    page.troubles["feed"] = [trouble]
    with pytest.raises(ChannelError) as raised:
        CHANNEL.send(message(), options)
    assert type(raised.value) is remedy
    assert str(raised.value).endswith(".") and TOKEN not in str(raised.value)
    assert [what for _, what in page.calls] == ["feed"], "nothing is repeated here"


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


def test_it_waits_as_long_as_the_usage_header_says(page: GraphServer, options: Facebook) -> None:
    usage = {PAGE: [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 42}]}
    page.troubles["feed"] = [Trouble(code=32, headers={"X-Business-Use-Case-Usage": json.dumps(usage)})]
    with pytest.raises(RetryLater) as raised:
        CHANNEL.send(message(), options)
    assert raised.value.after == timedelta(minutes=42)


def test_a_blocked_page_is_left_alone_for_hours(page: GraphServer, options: Facebook) -> None:
    page.troubles["feed"] = [Trouble(code=368)]
    with pytest.raises(RetryLater) as raised:
        CHANNEL.send(message(), options)
    assert raised.value.after is not None and raised.value.after >= timedelta(hours=6)


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
    ahead = replace(message(), begun_at=datetime(2090, 1, 1, tzinfo=UTC))
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
    ],
)
def test_while_it_cannot_be_looked_for_nothing_is_taken_for_missing(
    page: GraphServer, options: Facebook, trouble: Trouble, remedy: type[ChannelError]
) -> None:
    page.troubles["posts"] = [trouble]
    with pytest.raises(ChannelError) as raised:
        CHANNEL.find(message(), options)
    assert type(raised.value) is remedy


def test_of_too_many_posts_a_person_has_to_tell(page: GraphServer, options: Facebook) -> None:
    for number in range(100):
        CHANNEL.send(message(text=f"Příspěvek {number}."), options)
    with pytest.raises(OutcomeUnknown):
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
        pytest.param("/big.jpg", ("image/jpeg", b"x" * 4_000_001), RetryLater, id="too big"),
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


def test_a_token_that_ends_or_lacks_a_right_is_told_a_week_ahead(page: GraphServer, options: Facebook) -> None:
    now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    assert CHANNEL.check(options, now) == ()
    page.debug["expires_at"] = int((now + timedelta(days=3)).timestamp())
    page.debug["scopes"] = ["pages_manage_posts"]
    rights, ends = CHANNEL.check(options, now)
    assert "pages_read_engagement" in rights and "dnů: 3" in ends
    page.debug["is_valid"] = False
    (invalid,) = CHANNEL.check(options, now)
    assert "už neplatí" in invalid
    page.token = "another"
    (refused,) = CHANNEL.check(options, now)
    assert "190" in refused
    assert CHANNEL.check(replace_graph(options), now) == ()


def replace_graph(options: Facebook) -> Facebook:
    return options.model_copy(update={"graph": "http://127.0.0.1:9"})
