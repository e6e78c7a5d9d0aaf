"""Files in a message: attachments behind its text, and pictures that its HTML shows (RFC 2183, RFC 2392)."""

from __future__ import annotations

import re
from base64 import encodebytes
from collections.abc import Iterator
from dataclasses import dataclass, field

from worker.messages import say
from worker.mime.headers import UnsafeHeader

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,150}", re.ASCII)
_CONTENT_ID = re.compile(r"[\w.-]{1,150}@[\w.-]{1,100}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True)
class Enclosed:
    """One file: `name` and `content_id` are plain ASCII; without a Content-ID it is an attachment.

    UnsafeHeader for a name, a type or an identifier that would need encoding in a header.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    content_id: str = ""

    def __post_init__(self) -> None:
        fit = _NAME.fullmatch(self.name) and _MEDIA_TYPE.fullmatch(self.media_type)
        if not fit or (self.content_id and not _CONTENT_ID.fullmatch(self.content_id)):
            raise UnsafeHeader(say("mail.bad_file", name=self.name))

    def lines(self) -> Iterator[bytes]:
        """Its headers and its content in base64, lines of 76 (RFC 2045 §6.8)."""
        disposition = "inline" if self.content_id else "attachment"
        kind = f'{self.media_type}; charset="utf-8"' if self.media_type.startswith("text/") else self.media_type
        yield f'Content-Type: {kind};\r\n name="{self.name}"\r\n'.encode("ascii")
        yield b"Content-Transfer-Encoding: base64\r\n"
        if self.content_id:
            yield f"Content-ID: <{self.content_id}>\r\n".encode("ascii")
        yield f'Content-Disposition: {disposition};\r\n filename="{self.name}"\r\n\r\n'.encode("ascii")
        yield encodebytes(self.content).replace(b"\n", b"\r\n")
