"""The account of a mailing in words: the lines that the command prints, and single values that the page shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.record.mailing_account import Domain, MailingAccount, Reason
from worker.record.progress import left_out
from worker.times import to_the_second


def told(office: Office, account: MailingAccount) -> Iterator[str]:
    """One mailing as lines of text, its heading first."""
    yield say("mailing_account.heading", kind=kind_name(account.progress.kind), state=say(account.progress.state_key))
    yield "  " + say("mailing_account.lists", lists=", ".join(office.list_name(each) for each in account.lists))
    yield "  " + say("mailing_account.addressed", number=account.addressed, excluded=sum(account.excluded.values()))
    if account.excluded:
        yield "    " + left_out(account.excluded)
    yield "  " + say("mailing_account.audience", number=account.audience, final=account.final, open=account.open)
    for name, number in account.progress.in_words():
        yield f"    {name}: {number}"
    yield from _reasons("reasons", account.reasons)
    yield from _reasons("expired", () if account.progress.is_cancelled else account.expired)
    yield "  " + say("mailing_account.returned", number=sum(account.returned.values()))
    for sort, number in account.returned.items():
        yield "    " + say(f"progress.back_{sort}", number=number)
    yield "  " + say("mailing_account.left", number=account.left)
    yield "  " + say("mailing_account.replies", number=account.replies)
    for sentence in times(account):
        yield "  " + sentence
    if account.domains:
        yield "  " + say("mailing_account.domains")
        for domain in account.domains:
            yield "    " + domain_words(domain)
    if account.counted_at is None and account.audience:
        yield "  " + say("mailing_account.not_counted")
    if account.progress.mailing.emptied_at is not None:
        yield "  " + say("mailing_account.emptied", at=to_the_second(account.progress.mailing.emptied_at))


def times(account: MailingAccount) -> Iterator[str]:
    """When it was approved, when the last message was accepted, and how long that took."""
    if account.approved_at is not None:
        yield say("mailing_account.approved_at", at=to_the_second(account.approved_at))
    yield say("mailing_account.began_at", at=to_the_second(account.progress.mailing.frozen_at))
    if account.last_sent_at is not None:
        yield say("mailing_account.last_sent_at", at=to_the_second(account.last_sent_at))
        since = account.last_sent_at - account.progress.mailing.frozen_at
        if account.took is not None:
            yield say("mailing_account.took", approval=span(account.took), sending=span(since))


def reason_words(word: str, code: int | None, status: str) -> str:
    """`adresa neexistuje (550 5.1.1)`."""
    said = " ".join(str(each) for each in (code, status) if each)
    return say(f"mailing_account.reason_{word}") + (f" ({said})" if said else "")


def domain_name(domain: Domain) -> str:
    """Its name, or what all the small ones are called together."""
    return domain.name or say("mailing_account.other_domains")


def domain_words(domain: Domain) -> str:
    """One domain on a line; only what there is of it."""
    numbers = [f"{say(f'states.delivery_{state}')} {number}" for state, number in sorted(domain.states.items())]
    if domain.returned:
        numbers.append(say("mailing_account.came_back", number=domain.returned))
    return f"{domain_name(domain)}: {domain.audience} – {', '.join(numbers)}"


def span(length: timedelta) -> str:
    """A span of time by its two greatest units: `2 d 3 h`, `4 min 5 s`."""
    seconds = round(abs(length.total_seconds()))
    sizes = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for unit, size in sizes:
        number, seconds = divmod(seconds, size)
        if number or (unit == "s" and not parts):
            parts.append(f"{number}\u00a0{unit}")
    sign = "−" if length < timedelta(0) else ""
    return sign + " ".join(parts[:2])


def _reasons(key: str, found: tuple[Reason, ...]) -> Iterator[str]:
    if found:
        yield "  " + say(f"mailing_account.{key}")
    for each in found:
        yield f"    {reason_words(each.word, each.code, each.status)}: {each.number}"
