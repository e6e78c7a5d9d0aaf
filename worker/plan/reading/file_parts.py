"""The small maps inside a row of `schedules.yaml`, and what single values of it look like."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_DASH = "[-\u2010-\u2015\u2212]"
_ISO_DAY = rf"[0-9]{{4}}{_DASH}[0-9]{{2}}{_DASH}[0-9]{{2}}"
_CZECH_DAY = r"[0-9]{1,2}\.\s*([0-9]{1,2}\.|[^\s0-9]+)\s*[0-9]{4}"

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Ids = list[Id] | Id | None
KindId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(--?[a-z0-9]+)*$", max_length=120)]
KindIds = list[KindId] | KindId | None
Day = Annotated[str, StringConstraints(pattern=rf"^\s*({_ISO_DAY}|{_CZECH_DAY})\s*$")]
Clock = Annotated[str, StringConstraints(pattern=r"^\s*[0-9]{1,2}[:.][0-9]{2}\s*$")]
Amount = Annotated[str, StringConstraints(pattern=r"^\s*[0-9]{1,4}\s+[^\s0-9]+(\s+[^\s0-9]+)?\s*$")]
PeriodLabel = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}(-(H[12]|Q[1-4]|W[0-9]{2}|[0-9]{2}(-[0-9]{2})?))?(\.[0-9]{1,2})?$")
]
Words = Annotated[str, StringConstraints(max_length=2000)]
Text = Words | None


def key(title: str, description: str, *examples: Any, **more: Any) -> Any:
    """What an editor says about one key: its name, its meaning and how its value may look, in Czech.

    An hour has no examples: editors would put them in without the quotes it needs.
    """
    return Field(title=title, description=description, examples=list(examples) or None, **more)


class Part(BaseModel):
    """A map of the file. A key left empty means the same as a key left out."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Lead(Part):
    """How long before the send time each stage comes."""

    call: Annotated[
        Amount | None,
        key(
            "Výzva k dodání podkladů",
            "Jak dlouho před odesláním jsou přispěvatelé požádáni o podklady.",
            "21 dní",
            "3 týdny",
        ),
    ] = None
    draft: Annotated[
        Amount | None, key("Příprava textů", "Jak dlouho před odesláním se připraví texty.", "7 pracovních dní")
    ] = None
    comment: Annotated[
        Amount | None,
        key(
            "Konec připomínek",
            "Jak dlouho před odesláním končí připomínky; začínají, jakmile jsou texty připraveny.",
            "6 pracovních dní",
        ),
    ] = None
    ask: Annotated[
        Amount | None,
        key(
            "Žádost o schválení",
            "Jak dlouho před odesláním dostane schvalovatel odkaz ke schválení.",
            "5 pracovních dní",
        ),
    ] = None
    remind: Annotated[
        Amount | None,
        key("Připomenutí", "Jak dlouho před odesláním se nerozhodnuté schválení připomene.", "2 pracovní dny"),
    ] = None
    deputy: Annotated[
        Amount | None,
        key("Zástupce", "Jak dlouho před odesláním je místo schvalovatele požádán jeho zástupce.", "1 pracovní den"),
    ] = None
    escalate: Annotated[
        Amount | None,
        key("Upozornění koordinátora", "Jak dlouho před odesláním se o chybějícím schválení dozví.", "4 hodiny"),
    ] = None


class Send(Part):
    """When a communication leaves."""

    day: Annotated[
        Words | float | None,
        key(
            "Den odeslání",
            "Den v posledním měsíci období. Den v měsíci se píše s tečkou („15.“), den v týdnu slovem. "
            "Bez tohoto údaje se předpokládá druhé úterý. U týdenního řádku je to den v týdnu, bez údaje úterý.",
            *("2. úterý", "pondělí", "poslední pracovní den", "15.", "8. prosince"),
        ),
    ] = None
    time: Annotated[
        Clock | None,
        key(
            "Hodina odeslání",
            'Pražský čas, vždy v uvozovkách: "10:00". Bez tohoto údaje se předpokládá 10:00.',
        ),
    ] = None
    holidays: Annotated[
        Literal["next", "previous", "skip", "keep"] | None,
        key(
            "Když v ten den nejde posílat",
            "Neposílá se o víkendu, ve svátek, v pátek od poledne a od 23. prosince do 2. ledna. "
            "next = další vhodný den, previous = předchozí vhodný den, skip = termín odpadne, "
            "keep = pošle se v ten den, ať je jakýkoli.",
        ),
    ] = None


class Exemption(Part):
    """What is decided about one occurrence in the plan itself."""

    move: Annotated[
        Day | None,
        key(
            "Přesunout na den",
            "Termín se koná v tento den, jak je napsán. Patří k němu „why“.",
            *("17. 12. 2026", "2026-12-17"),
        ),
    ] = None
    time: Annotated[
        Clock | None,
        key("Hodina", 'Hodina přesunutého termínu, v uvozovkách: "9:00". Bez ní platí hodina aktivity.'),
    ] = None
    why: Annotated[Text, key("Důvod přesunu", "Zůstane v záznamu.", "Rada jedná až 15. prosince")] = None
    drop: Annotated[
        Text, key("Vynechat, s důvodem", "Termín se nekoná. Napište sem důvod; zůstane v záznamu.", "plánují se volby")
    ] = None
