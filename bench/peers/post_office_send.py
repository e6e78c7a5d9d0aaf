"""`post_office_send.py MATERIAL DATABASE PORT`: the newsletter through django-post_office with its defaults.

DATABASE is the path of an SQLite file or a postgresql:// address. It runs in an environment of its own, from
requirements-post-office.txt. Queueing is not counted, sending is: `send_queued_mail`, as its documentation says.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command


def database(where: str) -> dict[str, Any]:
    """Django's own defaults for it."""
    if not where.startswith("postgresql://"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": where}
    parts = urlsplit(where)
    login = {"USER": parts.username, "PASSWORD": parts.password, "HOST": parts.hostname, "PORT": parts.port}
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), **login}


def peak() -> float:
    """MiB at most; the same reading as for ours."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def mails(material: dict[str, Any]) -> list[dict[str, Any]]:
    """What `send_many` takes: one mail per reader, rendered."""
    found = []
    for reader in material["readers"]:
        line = f"{reader['greeting']}," if reader["greeting"] else "Dobrý den,"
        slots = {"@@unsubscribe@@": reader["unsubscribe"], "@@greeting@@": line}
        message, html = material["text"], material["html"]
        for slot, value in slots.items():
            message, html = message.replace(slot, value), html.replace(slot, value)
        headers = {
            "Message-ID": reader["message_id"],
            "List-Unsubscribe": f"<{reader['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
        }
        found.append(
            {
                "recipients": [reader["address"]], "sender": material["sender"], "subject": material["subject"],
                "message": message, "html_message": html, "headers": headers,
            }
        )  # fmt: skip
    return found


def main() -> None:
    material, where, port = json.loads(Path(sys.argv[1]).read_text("utf-8")), sys.argv[2], int(sys.argv[3])
    settings.configure(
        INSTALLED_APPS=["post_office"], DATABASES={"default": database(where)}, EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port, EMAIL_BACKEND="post_office.EmailBackend", USE_TZ=True,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()
    from post_office import mail  # Django wants its settings first
    from post_office.models import STATUS, Email

    call_command("migrate", verbosity=0)
    mail.send_many(mails(material))
    began, used = time.monotonic(), time.process_time()
    call_command("send_queued_mail", lockfile=f"{sys.argv[1]}.lock")
    seconds, cpu = time.monotonic() - began, time.process_time() - used
    sent = Email.objects.filter(status=STATUS.sent).count()
    failed = len(material["readers"]) - sent
    print(json.dumps({"messages": sent, "failed": failed, "seconds": seconds, "cpu": cpu, "memory": peak()}))


if __name__ == "__main__":
    main()
