"""The file `schedules.yaml` as a form: which keys stand where, what each means in Czech, and what it may look like.

The one source of the keys: the loader takes its own from `keys`, editors take theirs from the JSON Schema
(`schema.py`). What the words mean is the loader's to say; here a closed choice has its values, all else is text with
examples.
"""

from __future__ import annotations

from typing import Annotated, Literal

from worker.plan.reading.file_parts import (
    Amount,
    Day,
    Exemption,
    Id,
    Ids,
    KindIds,
    Lead,
    Part,
    PeriodLabel,
    Send,
    Text,
    Words,
    key,
)

__all__ = ["Defaults", "Exemption", "Lead", "Part", "PlanFile", "PlanHead", "Row", "Send", "keys"]

Topic = Literal["bydleni", "dluhy", "vzdelavani", "socialni-sluzby", "bezpecnost", "zdravi"]
_LEADS = "Jak dlouho před odesláním přijde která fáze"
_LATE = "Jak dlouho po čase odeslání se ještě smí odeslat, když schválení přijde pozdě"
_SEND_EXAMPLE = {"day": "3. úterý", "holidays": "next"}


class PlanHead(Part):
    """The plan as a whole."""

    title: Annotated[Words, key("Název plánu", "Jak se plán jmenuje.", "Komunikační plán Libereckého kraje")]
    place: Annotated[
        Text, key("Odkud plán je", "Dokument a jeho část, ze které jsou řádky opsány.", "Časový harmonogram, příloha 2")
    ] = None
    start: Annotated[Day, key("Od", "První den platnosti plánu.", "2024-01-01", "1. 1. 2024", alias="from")]
    end: Annotated[
        Day,
        key(
            "Do",
            "Poslední den platnosti plánu. Půl roku předtím na to koordinátora upozorní e-mail.",
            *("2027-12-31", "31. 12. 2027"),
            alias="to",
        ),
    ]


class Defaults(Part):
    """What holds for every activity that does not say otherwise."""

    in_charge: Annotated[
        Id | None,
        key("Odpovědná osoba", "Označení role z people.yaml; platí pro aktivity, které neuvedou svou.", "koordinator"),
    ] = None
    lead: Annotated[Lead | None, key("Předstihy", f"{_LEADS}.", {"ask": "5 pracovních dní"})] = None
    max_lateness: Annotated[
        Amount | None,
        key(
            "Nejvyšší zpoždění",
            f"{_LATE}. Bez tohoto údaje rozhoduje druh sdělení (tisková zpráva 2 hodiny, newsletter 24 hodin).",
            *("90 minut", "2 hodiny", "1 den"),
        ),
    ] = None
    send: Annotated[
        Send | None, key("Den a hodina odeslání", "Kdy se posílá, neřekne-li aktivita něco jiného.", _SEND_EXAMPLE)
    ] = None


class Row(Part):
    """One row of the plan."""

    id: Annotated[
        Id,
        key(
            "Označení",
            "Malá písmena bez diakritiky, číslice a spojovníky. Nese ho každý termín (tiskova-zprava/2026-12), "
            "proto ho už neměňte: s jiným označením je to jiná aktivita.",
            "tiskova-zprava",
        ),
    ]
    when: Annotated[
        Words | int | None,
        key(
            "Kdy",
            "Měsíce a roky slovy plánu. Smí chybět, když „periodicity“ sama říká, jak často; "
            "pak platí po celou dobu plánu.",
            *("září, prosinec 2024–2027", "Červenec–prosinec 2024–2027", "5/2018", "1. pololetí 2024"),
            *("v průběhu roku 2024", "od 01/2024", "6/2018–01/2020 – 4 akce", "9.–26. ledna 2024"),
        ),
    ] = None
    activity: Annotated[Words, key("Aktivita", "Co se dělá, slovy plánu.", "Tiskové zprávy")]
    target: Annotated[Text, key("Cílová skupina", "Pro koho, slovy plánu.", "média", "široká veřejnost")] = None
    topic: Annotated[Text, key("Téma", "O čem, slovy plánu.", "Implementace strategie")] = None
    goals: Annotated[
        list[Words] | Text,
        key(
            "Dílčí cíle",
            "Dílčí cíle dokumentu, které u řádku stojí, jeho slovy; výkaz podle nich počítá. "
            "Cíl napsaný u dvou řádků stejně je tentýž.",
            ["Zvýšení informovanosti občanů a široké veřejnosti"],
        ),
    ] = None
    periodicity: Annotated[
        Text,
        key(
            "Periodicita",
            "Jak často, slovy plánu; co stojí za tím, se ponechá. „Alespoň …“ se hlídá i vedle vypsaných měsíců.",
            *("1x", "Alespoň 1x za ½ roku", "1x za 2 roky", "2–3x ročně", "čtvrtletně", "1–2x týdně"),
            *("průběžně", "dle plánu zasedání", "k významným krokům", "čtvrtletně po celou dobu realizace projektu"),
        ),
    ] = None
    resources: Annotated[Text, key("Zdroje", "Kdo se podílí, slovy plánu.", "garant SPSZ, ASZ")] = None
    place: Annotated[
        Words,
        key("Místo v dokumentu", "Část a řádek, aby se aktivita dala v plánu najít.", "Časový harmonogram, 2. řádek"),
    ]
    kinds: Annotated[
        KindIds,
        key(
            "Druhy sdělení",
            "Co se připraví a schválí společně; první druh je hlavní. "
            "Bez druhu je aktivita úkolem pro odpovědnou osobu. "
            "Tiskovou zprávu zvlášť za toho, kdo dodal podklady, přidá jeho označení za dvěma pomlčkami.",
            *(["press-release", "facebook-text"], ["newsletter"], ["press-release", "press-release--asz"]),
        ),
    ] = None
    template: Annotated[
        Id | None,
        key("Varianta šablon", "Název varianty šablon druhů této aktivity, nikdy cesta k souboru.", "krizove-sdeleni"),
    ] = None
    lists: Annotated[Ids, key("Seznamy adresátů", "Označení z lists.yaml: komu se posílá e-mailem.", ["media"])] = None
    topics: Annotated[
        list[Topic] | Id | None,
        key(
            "Témata",
            "Adresátům, kteří si vybrali témata, se sdělení pošle, jen když je mezi nimi některé z těchto. "
            "Bez tohoto údaje dostanou sdělení všichni; redakcí a úřadů se témata netýkají.",
            ["bydleni", "dluhy"],
        ),
    ] = None
    channels: Annotated[
        Ids,
        key(
            "Kam všude",
            "Označení z channels.yaml: kam text půjde kromě e-mailu. Bez tohoto údaje všude, kde takový druh berou.",
            ["facebook-kraje", "magazin-kraj"],
        ),
    ] = None
    channels_left_out: Annotated[
        dict[Id, str] | None,
        key("Kam tentokrát ne", "Kanály, které se vynechají, každý s důvodem.", {"magazin-kraj": "vyjde až v lednu"}),
    ] = None
    stezejni: Annotated[
        bool | None,
        key(
            "Stěžejní informace",
            "true = má se objevit na všech kanálech z channels.yaml; "
            "co chybí, musí být v „channels_left_out“ s důvodem.",
            True,
        ),
    ] = None
    approvers: Annotated[
        Ids,
        key(
            "Schvalovatelé",
            "Označení rolí z people.yaml. Bez schválení se nic neodešle.",
            ["tiskovy-mluvci"],
        ),
    ] = None
    approval: Annotated[
        Literal["one", "all", "in-order"] | None,
        key(
            "Kolik schválení je třeba",
            "one = stačí jedno a platí první rozhodnutí (tak je to i bez tohoto údaje), all = schválit musí všichni "
            "uvedení, v libovolném pořadí, in-order = všichni a jeden po druhém, jak jsou uvedeni.",
        ),
    ] = None
    commenters: Annotated[
        Ids,
        key(
            "Kdo připomínkuje",
            "Označení rolí z people.yaml: kdo dostane texty k připomínkám dřív, než se požádá o schválení. "
            "Připomínky nic neschvalují a na nikoho se nečeká.",
            ["reditel", "vedeni-kraje"],
        ),
    ] = None
    code: Annotated[
        bool | None,
        key("Jednorázový kód", "true = ke schválení je vedle odkazu třeba i kód, který přijde e-mailem.", True),
    ] = None
    stories: Annotated[
        bool | None,
        key(
            "Příběhy lidí",
            "true = texty vyprávějí o konkrétních lidech; bez jejich zaznamenaného souhlasu je nelze schválit.",
            True,
        ),
    ] = None
    project: Annotated[
        Id | None,
        key(
            "Projekt",
            "Označení z projects.yaml: každý text pak nese povinnou větu o financování a číslo projektu.",
            "komunitni-planovani",
        ),
    ] = None
    in_charge: Annotated[
        Id | None,
        key("Odpovědná osoba", "Označení role z people.yaml: komu se předá úkol.", "koordinator", "redakce-webu"),
    ] = None
    contributors: Annotated[
        Ids, key("Přispěvatelé", "Označení rolí z people.yaml: kdo může dodat podklady.", ["asz"])
    ] = None
    send: Annotated[
        Send | None,
        key(
            "Den a hodina odeslání",
            "Bez tohoto údaje platí „defaults“, jinak druhé úterý posledního měsíce období v 10:00.",
            _SEND_EXAMPLE,
        ),
    ] = None
    lead: Annotated[
        Lead | None,
        key("Předstihy", f"{_LEADS}; co tu není, platí podle „defaults“.", {"ask": "10 pracovních dní"}),
    ] = None
    max_lateness: Annotated[Amount | None, key("Nejvyšší zpoždění", f"{_LATE}.", "90 minut", "2 hodiny", "1 den")] = (
        None
    )
    dates: Annotated[
        list[Day] | Day | None,
        key(
            "Zadané termíny",
            "Dny, které plán sám neurčuje: zasedání, významné kroky. Vybral je člověk, proto se neposouvají. "
            "Dokud nejsou známy, nechte [].",
            ["2027-02-23", "27. 4. 2027"],
        ),
    ] = None
    anchor: Annotated[
        Text,
        key(
            "Odvozeno od",
            "Den se počítá od termínu jiné aktivity, od její uzávěrky, nebo od data.",
            *("7 dní po pk-rada", "3 pracovní dny před pk-rada", "10 pracovních dní před uzávěrkou magazin-kraj"),
            *("14 dní po 26. 1. 2024", "v den pk-rada"),
        ),
    ] = None
    deadlines: Annotated[
        dict[PeriodLabel, Day] | None,
        key(
            "Uzávěrky",
            "Známé uzávěrky této aktivity podle období; jiné aktivity se jich drží přes „anchor“.",
            {"2026-Q4": "5. 11. 2026"},
        ),
    ] = None
    exceptions: Annotated[
        dict[PeriodLabel, Exemption] | None,
        key(
            "Výjimky",
            "Jeden termín přesunutý nebo vynechaný; ostatních se to netýká. Klíčem je období.",
            {"2026-12": {"move": "17. 12. 2026", "why": "Rada jedná až 15. prosince"}},
        ),
    ] = None
    watch: Annotated[
        Text,
        key(
            "Co se hlídá",
            "U aktivit „průběžně“: jak často má být něco zaznamenáno, než přijde připomenutí. "
            "Bez tohoto údaje se předpokládá jednou za čtvrtletí.",
            *("1x za měsíc", "2x týdně"),
        ),
    ] = None
    counts_for: Annotated[
        Id | None,
        key(
            "Počítá se za",
            "Označení aktivity, jejíž „Alespoň …“ pomáhají plnit i termíny této aktivity.",
            "tiskova-zprava",
        ),
    ] = None
    crisis: Annotated[
        bool | None, key("Krizové sdělení", "true = odejde, i když je vše ostatní pozastaveno.", True)
    ] = None
    assumptions: Annotated[
        list[Words] | Text,
        key(
            "Předpoklady",
            "Co plán neříká a my předpokládáme, větu po větě; „hlasatel check“ je vypíše.",
            ["Den a hodinu plán neurčuje; předpokládá se druhé úterý v měsíci v 10:00."],
        ),
    ] = None


class PlanFile(Part):
    """The whole file."""

    plan: Annotated[
        PlanHead,
        key(
            "Plán jako celek",
            "Název a doba, po kterou plán platí.",
            {"title": "Komunikační plán", "from": "2024-01-01", "to": "2027-12-31"},
        ),
    ]
    defaults: Annotated[
        Defaults | None,
        key("Společné údaje", "Platí pro každou aktivitu, která neříká něco jiného.", {"in_charge": "koordinator"}),
    ] = None
    activities: Annotated[list[Row], key("Aktivity", "Řádky plánu; každý začíná pomlčkou.", min_length=1)]


def keys(part: type[Part]) -> tuple[str, ...]:
    """The keys of a map of the file as they are written, in their order."""
    return tuple(field.alias or name for name, field in part.model_fields.items())
