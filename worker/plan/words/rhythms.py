"""How often: what `periodicity` and `watch` say, e.g. `Alespoň 1x za ½ roku informace o novinkách`, `průběžně`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum

from worker.messages import say
from worker.nearest import nearest
from worker.plan.model import Per, Watch
from worker.plan.words.nearest import nearest_first
from worker.plan.words.phrases import PhraseError, normalise

KNOWN = (
    "1x", "1x za rok", "1x za 2 roky", "1x za 3 roky", "2–3x ročně", "několikrát do roka", "1x za ½ roku",
    "Alespoň 1x za ½ roku", "pololetně", "čtvrtletně", "čtvrtletně po celou dobu realizace projektu", "1x za měsíc",
    "měsíčně", "1x týdně", "1–2x týdně", "několikrát týdně", "průběžně", "průběžně (několikrát týdně)",
    "dle plánu zasedání", "všechna řádně plánovaná zasedání", "k významným krokům", "dle potřeby", "po události",
    "při krizi", "na vyžádání",
)  # fmt: skip
"""What can be written, as a person would."""

SEVERAL = 2
"""How many `několikrát` is taken for."""


class RhythmKind(Enum):
    """What a periodicity is about: turns in each window, turns by the calendar, or days that people enter."""

    ONCE = "once"
    EVERY = "every"
    MEETINGS = "meetings"
    ON_CALL = "on_call"
    WATCHED = "watched"


@dataclass(frozen=True)
class Rhythm:
    """How often: `count` (up to `up_to`) times in every `every` periods `per`; `at_least` when it is only a floor.

    Of WATCHED it is what the words say to watch for (`told`), if they do.
    """

    kind: RhythmKind
    count: int = 1
    up_to: int = 1
    at_least: bool = False
    every: int = 1
    per: Per = Per.YEAR
    several: bool = field(default=False, compare=False)
    """`několikrát`: the number is ours."""
    told: bool = field(default=True, compare=False)
    remark: str = field(default="", compare=False)
    """The words behind the rhythm, as matched."""
    second: bool = field(default=False, compare=False)
    """Whether a rhythm of their own is among them."""

    def watch(self) -> Watch:
        """What it promises: the smaller number, in every so many periods."""
        return Watch(self.count, self.per, self.every)


_FLOOR = r"(?P<floor>(?:alespoň|aspoň|nejméně|minimálně|min\.) )?(?:(?:cca|asi|přibližně|zhruba)\.? )?"
_WORDS = {
    "jednou": 1, "jedenkrát": 1, "jednorázově": 1, "dvakrát": 2, "třikrát": 3, "čtyřikrát": 4, "pětkrát": 5,
    "několikrát": SEVERAL, "vícekrát": SEVERAL,
}  # fmt: skip
_SEVERAL_WORDS = ("několikrát", "vícekrát")
_TIMES = (
    rf"(?:(?P<count>[0-9]{{1,2}})(?:-(?P<up_to>[0-9]{{1,2}}))?(?: ?(?:x|×|krát)|-krát)|(?P<word>{'|'.join(_WORDS)}))"
)
_UNITS = {
    **dict.fromkeys(("rok", "roku", "roka", "roky", "roce", "let"), Per.YEAR),
    "pololetí": Per.HALF,
    **dict.fromkeys(("čtvrtletí", "kvartál", "kvartálu", "kvartály"), Per.QUARTER),
    **dict.fromkeys(("měsíc", "měsíce", "měsíců", "měsíci"), Per.MONTH),
    **dict.fromkeys(("týden", "týdne", "týdny", "týdnů", "týdnu"), Per.WEEK),
}
_ADVERBS = {
    "ročně": Per.YEAR, "každoročně": Per.YEAR, "pololetně": Per.HALF, "půlročně": Per.HALF,
    "čtvrtletně": Per.QUARTER, "kvartálně": Per.QUARTER, "měsíčně": Per.MONTH, "týdně": Per.WEEK,
}  # fmt: skip
_NUMERALS = {"jeden": 1, "dva": 2, "dvě": 2, "tři": 3, "čtyři": 4, "pět": 5}
_HALF_YEAR = re.compile(r"(?:½|1/2|půl|pol\.) ?(?:roku|roka|rok)\b|půlrok(?:u|a)?\b")
_QUARTER_YEAR = re.compile(r"(?:¼|1/4|čtvrt) ?(?:roku|roka|rok)\b|čtvrtrok(?:u|a)?\b")
_UP_TO = re.compile(r"(?<=[0-9])(?: ?(?:x|×|krát)?-| ?(?:x|×|krát)? až )(?=[0-9])")
_UP_TO_IN_WORDS = re.compile(rf"\b(?P<least>{'|'.join(_WORDS)})(?:-| až )(?P<most>{'|'.join(_WORDS)})\b")
_FORTNIGHT = re.compile(r"\b(?:14|čtrnáct) (?:dní|dnů)\b")


def _either(words: dict[str, Per] | dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_PER = re.compile(
    rf"(?:za|do|v|ve|každ(?:ý|é|ou)|/) ?(?:(?:(?P<every>[0-9]{{1,2}})|(?P<numeral>{_either(_NUMERALS)})) )?"
    rf"(?P<project>projektové )?(?P<unit>{_either(_UNITS)})\b"
)
_ADVERB = re.compile(rf"(?P<adverb>{_either(_ADVERBS)})\b")
_COUNTED = re.compile(rf"{_FLOOR}{_TIMES} ?")
_OF_PROJECT = re.compile(r" ?,?(?:(?:realizace )?projektu|po (?:celou )?dobu (?:realizace|trvání)(?: projektu)?)\b")
_MEETINGS = re.compile(
    r"(?:na )?(?:všechna|každé|každém)(?: řádně)?(?: plánovan\w+)? (?:zasedání|jednání)\b|"
    r"(?:dle|podle) (?:plánu|termínů|harmonogramu|kalendáře) (?:zasedání|jednání|schůzí|schůzek)\b"
)
_ON_CALL = re.compile(
    r"(?:k|při) významn(?:ým|ému|é|ých|ém)\b|(?:dle|podle|v případě) potřeby\b|"
    r"po (?:každé |významné )?(?:události|akci)\b|"
    r"při (?:krizi|krizové situaci|mimořádné události|mimořádných událostech)\b|"
    r"v případě (?:krize|krizové situace|mimořádné události)\b|na (?:vyžádání|výzvu|požádání)\b|"
    r"(?:ad hoc|příležitostně)\b"
)
_WATCHED = re.compile(r"(?:(?:budou|bude|jsou|je) )?průběžn(?:ě|é|ý|á)\b")
_LEADING = " (,;-:)"
_TRIES_A_PERIOD = re.compile(r"(?:za|do|v|ve|každ\w+|/) ?")


def parse_rhythm(text: str) -> Rhythm:
    """Read the plan's periodicity. Words behind the rhythm are kept; whether one more is among them is noted."""
    plain = _FORTNIGHT.sub("2 týdny", _HALF_YEAR.sub("pololetí", normalise(text)))
    plain = _UP_TO.sub("-", _UP_TO_IN_WORDS.sub(_in_numbers, _QUARTER_YEAR.sub("čtvrtletí", plain)))
    for pattern, kind in ((_MEETINGS, RhythmKind.MEETINGS), (_ON_CALL, RhythmKind.ON_CALL)):
        if found := pattern.match(plain):
            return _with_remark(Rhythm(kind), plain[found.end() :])
    if watched := _WATCHED.match(plain):
        return _watched(plain[watched.end() :], text)
    return _counted(plain, text)


def parse_watch(text: str) -> Rhythm:
    """Read what `watch` says: a rhythm by the calendar, such as `1x za měsíc`."""
    rhythm = parse_rhythm(text)
    if rhythm.kind is not RhythmKind.EVERY:
        raise PhraseError(say("plan.bad_watch", value=text))
    return rhythm


def _in_numbers(found: re.Match[str]) -> str:
    return f"{_WORDS[found['least']]}-{_WORDS[found['most']]}x"


def _watched(rest: str, text: str) -> Rhythm:
    """`průběžně`, and the rhythm that may follow it: `(několikrát týdně)`, `– několikrát do týdne`."""
    following = rest.lstrip(_LEADING)
    if not (_COUNTED.match(following) or _ADVERB.match(following)):
        # What is done as needed goes on all the time too, and is no second rhythm.
        return _with_remark(Rhythm(RhythmKind.WATCHED, per=Per.QUARTER, told=False), rest, as_needed=True)
    inner = _counted(following.rstrip(")"), text)
    if inner.kind is not RhythmKind.EVERY:
        return _with_remark(Rhythm(RhythmKind.WATCHED, per=Per.QUARTER, told=False), rest)
    return replace(inner, kind=RhythmKind.WATCHED)


def _counted(plain: str, text: str) -> Rhythm:
    counted = _COUNTED.match(plain)
    rest = plain[counted.end() :] if counted else plain
    period = _PER.match(rest) or _ADVERB.match(rest)
    if counted is None and (period is None or rest.startswith(("za ", "do ", "v ", "ve ", "/"))):
        raise _unknown(plain, text)
    count, up_to = _times(counted)
    if count < 1 or up_to < count:
        raise PhraseError(say("plan.rhythm_count", value=text))
    at_least = bool(counted and counted["floor"])
    several = bool(counted and counted["word"] in _SEVERAL_WORDS)
    if period is None:
        if several or _TRIES_A_PERIOD.match(rest) or nearest(rest.split(" ")[0], _ADVERBS):
            raise _unknown(rest or plain, text)
        return _with_remark(Rhythm(RhythmKind.ONCE, count, up_to, at_least), rest)
    named = period.groupdict()
    per = _UNITS[named["unit"]] if "unit" in named else _ADVERBS[named["adverb"]]
    every = int(named.get("every") or _NUMERALS.get(named.get("numeral") or "", 1))
    if every < 1:
        raise PhraseError(say("plan.rhythm_count", value=text))
    rest = rest[period.end() :]
    if per is Per.QUARTER and ((of_project := _OF_PROJECT.match(rest)) or named.get("project")):
        per, rest = Per.PROJECT_QUARTER, rest[of_project.end() :] if of_project else rest
    return _with_remark(Rhythm(RhythmKind.EVERY, count, up_to, at_least, every, per, several=several), rest)


def _times(counted: re.Match[str] | None) -> tuple[int, int]:
    if counted is None:
        return 1, 1
    if counted["word"]:
        return _WORDS[counted["word"]], _WORDS[counted["word"]]
    return int(counted["count"]), int(counted["up_to"] or counted["count"])


_ANOTHER = re.compile(rf"[0-9] ?(?:x|×|krát)(?!\w)|\b(?:{_either(_WORDS)}|{_either(_ADVERBS)}|častěji|průběžně)\b")
_AS_NEEDED = re.compile(r"\b(?:dle|podle|v případě) potřeby\b")


def _with_remark(rhythm: Rhythm, rest: str, *, as_needed: bool = False) -> Rhythm:
    """`as_needed`: "as needed" among the words is no rhythm of its own."""
    remark = rest.strip(_LEADING)
    if not remark:
        return rhythm
    second = _ANOTHER.search(remark) or (not as_needed and _AS_NEEDED.search(remark))
    return replace(rhythm, remark=remark, second=bool(second))


def _unknown(rest: str, text: str) -> PhraseError:
    word = next((part for part in re.findall(r"[^\W\d_]+", rest) if part not in ("za", "x", "krát")), rest)
    meant = nearest(word, {*_UNITS, *_ADVERBS})
    hint = say("config.did_you_mean", word=meant) + " " if meant else ""
    return PhraseError(say("plan.unknown_rhythm", value=text, hint=hint, known=nearest_first(text, KNOWN)))
