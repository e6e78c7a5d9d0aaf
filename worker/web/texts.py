"""The texts of a package as fields to edit, and how they would look: what the two pages that edit share.

A preview needs no script: a button of the form sends the fields to a frame beside them, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from worker.approval import wording
from worker.approval.cases import Case, LinkExpired, NoSuchLink, case
from worker.drafting.files import self_contained
from worker.drafting.publishers import length
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.errors import HlasatelError
from worker.kinds import Field, find, kind_name
from worker.kinds.checks import MISSING
from worker.messages import say
from worker.notices.links import Purpose
from worker.web.approval import PREVIEW_POLICY, refusal
from worker.web.pages import desk, form_of, show

Texts = dict[str, dict[str, str]]


def fields_of(current: Case, typed: Mapping[str, str], missing: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each draft's fields with what was typed, so that a refused form loses nothing, and what is `missing` in which."""
    kinds = {draft.kind: find(draft.kind) for draft in current.drafts}
    return [
        {
            "kind": draft.kind,
            "name": kind_name(draft.kind),
            "html": bool(draft.html),
            "fields": [_field(draft.kind, field, draft.fields, typed, missing) for field in kind.fields],
        }
        for draft in current.drafts
        if (kind := kinds[draft.kind]) is not None
    ]


def _field(
    kind: str, field: Field, kept: Mapping[str, str], typed: Mapping[str, str], missing: Mapping[str, str]
) -> dict[str, Any]:
    name = f"{kind}.{field.id}"
    value = typed.get(name, kept.get(field.id, ""))
    return {
        "id": name,
        "label": say(field.label_key),
        "value": value,
        "multiline": field.multiline,
        "markdown": field.markdown,
        "required": field.required,
        "missing": missing.get(name, ""),
        "rows": _rows(value) if field.multiline else 1 + len(value) // 70,
    }


def lost_of(current: Case, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was typed and is not what stands, where there is no form any more that could hold it: to be copied."""
    kept = {f"{draft.kind}.{name}": value for draft in current.drafts for name, value in draft.fields.items()}
    return [
        {**field, "draft": draft["name"]}
        for draft in fields_of(current, typed, {})
        for field in draft["fields"]
        if _bare(field["value"]) != _bare(kept.get(field["id"], ""))
    ]


def _bare(text: str) -> str:
    """The words alone: a browser sends line ends of its own."""
    return " ".join(text.split())


def _rows(text: str) -> int:
    """Lines a text area needs so that its text can be read without scrolling, within reason."""
    return min(3 + sum(1 + len(line) // 70 for line in text.splitlines()), 30)


def texts_of(form: Mapping[str, str]) -> Texts:
    """The form's texts by kind and field; its other fields have no dot in their names."""
    texts: Texts = {}
    for name, value in form.items():
        kind, dot, field = name.partition(".")
        if dot:
            texts.setdefault(kind, {})[field] = value
    return texts


def problem_of(error: HlasatelError) -> str:
    """A refusal in words for the page, with every part that is missing."""
    if isinstance(error, wording.Incomplete):
        return " ".join([str(error), *(each.message for found in error.findings.values() for each in found)])
    return str(error)


def missing_in(error: HlasatelError) -> dict[str, str]:
    """What a refusal says of single fields, by their names on the page."""
    if not isinstance(error, wording.Incomplete):
        return {}
    return {
        f"{kind}.{each.code.removeprefix(MISSING)}": each.message
        for kind, found in error.findings.items()
        for each in found
        if each.code.startswith(MISSING)
    }


async def preview(request: Request, purpose: Purpose) -> Response:
    """One draft for the frame: as it stands on GET, with the form's texts on POST; it may run and load nothing."""
    form = await form_of(request) if request.method == "POST" else {}
    return await run_in_threadpool(_previewed, request, purpose, form)


def _previewed(request: Request, purpose: Purpose, form: Mapping[str, str]) -> Response:
    here, kind = desk(request), request.path_params["kind"]
    try:
        with here.office.database.read() as tx:
            current = case(tx, here.office, purpose, request.path_params["token"], here.now())
        made = wording.preview(here.office, current, kind, texts_of(form).get(kind, {}))
    except (NoSuchLink, LinkExpired) as error:
        return _framed(refusal(request, error))
    except HlasatelError as error:
        return _framed(show(request, "preview.html", 400, problem=str(error), text="", length="", findings=()))
    if made.html:
        look = self_contained(made.html, made.files)
        return _framed(HTMLResponse(fill(look, greeting=NEUTRAL_GREETING, unsubscribe="about:blank", html=True)))
    shown = {"text": made.text.strip(), "length": length(kind, made.fields), "findings": made.findings}
    return _framed(show(request, "preview.html", problem="", **shown))


def _framed(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return answer
