"""The page that shows the local mailbox: everybody's mails, and each as its reader would see it."""

from __future__ import annotations

from collections import Counter

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from worker.demo.mailbox import Mail, Mailbox
from worker.drafting.shipped_pages import shipped_pages
from worker.messages import language, say
from worker.office import TEMPLATES

RECIPIENTS_BOX = "adresati"
"""The box of everybody who has no role."""
FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'"


def mailbox_app(mailbox: Mailbox, people: dict[str, str]) -> Starlette:
    """Pages over `mailbox`; `people` gives the names of the addresses that belong to a role."""
    templates = shipped_pages()
    templates.globals.update(lang=language(), recipients_box=RECIPIENTS_BOX)

    def render(name: str, **values: object) -> Response:
        return HTMLResponse(templates.get_template(f"demo/{name}").render(**values))

    def index(request: Request) -> Response:
        mails = mailbox.mails()
        chosen = request.query_params.get("schranka", "")
        counts = Counter(mail.recipient for mail in mails)
        boxes = [(address, people[address], counts[address]) for address in people if counts[address]]
        others = sum(number for address, number in counts.items() if address not in people)
        names = people | {RECIPIENTS_BOX: say("demo.recipients_box")}
        return render(
            "mailbox.html", boxes=boxes, others=others, chosen=chosen, total=len(mails),
            heading=names.get(chosen, say("demo.all_boxes")),
            mails=[mail for mail in reversed(mails) if _belongs(mail, chosen, people)],
        )  # fmt: skip

    def one(request: Request) -> Response:
        return render("mail.html", mail=_mail(mailbox, request))

    def frame(request: Request) -> Response:
        html = _mail(mailbox, request).html.replace("<head>", '<head><base target="_blank">', 1)
        return HTMLResponse(html, headers={"Content-Security-Policy": FRAME_POLICY})

    def file(request: Request) -> Response:
        files, name = _mail(mailbox, request).files, request.path_params["name"]
        if name not in files:
            raise HTTPException(404)
        media_type, content = files[name]
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": FRAME_POLICY}
        return Response(content, media_type=media_type, headers=headers)

    def style(request: Request) -> Response:
        return FileResponse(TEMPLATES / "web" / "hlasatel.css", media_type="text/css")

    return Starlette(
        routes=[
            Route("/", index),
            Route("/zprava/{number:int}", one),
            Route("/zprava/{number:int}/html", frame),
            Route("/zprava/{number:int}/soubor/{name}", file),
            Route("/hlasatel.css", style),
        ]
    )


def _belongs(mail: Mail, chosen: str, people: dict[str, str]) -> bool:
    if chosen == RECIPIENTS_BOX:
        return mail.recipient not in people
    return not chosen or mail.recipient == chosen


def _mail(mailbox: Mailbox, request: Request) -> Mail:
    number = int(request.path_params["number"])
    mails = mailbox.mails()
    if not 1 <= number <= len(mails):
        raise HTTPException(404)
    return mails[number - 1]
