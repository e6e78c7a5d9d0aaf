"""What is attached to the PDF for a program: the exact wordings, the decisions, and the lines of the record as JSON."""

from __future__ import annotations

import json
from datetime import datetime

from worker import __version__
from worker.dossier.marks import Marks
from worker.dossier.model import Contents
from worker.record.seals import Seal
from worker.times import rfc3339

NAME = "spis.json"


def attachment(found: Contents, marks: Marks, seal: Seal | None, now: datetime) -> bytes:
    """UTF-8 JSON. Like the dossier it holds no recipient, no token, and in what people wrote no address."""
    row = found.occurrence
    whole = {
        "occurrence": row.id,
        "title": row.title,
        "state": row.state,
        "reference": marks.reference,
        "file_mark": marks.file_mark,
        "retention": marks.retention,
        "made_at": rfc3339(now),
        "made_by": f"Hlasatel {__version__}",
        "seal": str(seal) if seal is not None else None,
        "versions": [
            {
                "version": version.number,
                "digest": version.row.digest,
                "exact": version.exact,
                "drafts": [
                    {
                        "kind": draft.kind,
                        "digest": draft.digest,
                        "exact": draft.exact,
                        "files": [{"name": name, "sha256": digest} for name, digest in draft.files],
                    }
                    for draft in version.drafts
                ],
            }
            for version in found.versions
        ],
        "decisions": [
            {
                "decision": each.kind,
                "version": each.version,
                "digest": each.digest,
                "who": each.who,
                "role": each.role,
                "on_behalf_of": each.on_behalf_of,
                "at": rfc3339(each.at),
                "comment": each.comment,
                "valid": each.valid,
            }
            for each in found.decisions
        ],
        "record": [
            {
                "seq": line.event.seq,
                "at": rfc3339(line.event.at),
                "kind": line.event.kind,
                "person": line.event.person,
                "text": line.text,
                "hash": line.event.hash,
            }
            for line in found.lines
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()
