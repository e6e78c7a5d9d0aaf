"""Files that were made to break whoever opens them."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<x:worksheet xmlns:x="{_SPACE}" xmlns="{_SPACE}"><sheetData>{{}}</sheetData></x:worksheet>'
_BOOK = (
    f'<x:workbook xmlns:x="{_SPACE}" xmlns="{_SPACE}"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="List1" sheetId="1" r:id="rId1"/></sheets></x:workbook>'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_SHEETS = "/" + "worksheet"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(sheet: str, before: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """An XLSX whose only sheet is `sheet`; `before` stands in front of its root, `more` beside its parts."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MAIN}.worksheet+xml"/></Types>',
        "_rels/.rels": _LINKS.format(
            f'<Relationship Id="rId1" Type="{_KIND}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _LINKS.format(
            f'<Relationship Id="rId1" Type="{_KIND}{_SHEETS}" Target="worksheets/sheet1.xml"/>'
        ),
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{before}{sheet}',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
        for name, content in (more or {}).items():
            packed.writestr(name, content)
    return made.getvalue()


def cell(text: str, place: str = "A1") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def laughs() -> str:
    """Ten entities that each say the one before ten times."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'


def bomb(size: int = 300_000_000) -> bytes:
    """A workbook with a part that unpacks to `size` bytes of nothing."""
    made = io.BytesIO(workbook(SHEET.format("")))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/sharedStrings.xml", "w") as part:
        for _ in range(size // 10_000_000):
            part.write(bytes(10_000_000))
    return made.getvalue()


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that says how large it is, with whatever pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def nested_mail(depth: int) -> bytes:
    """A mail in a mail, `depth` times."""
    mail = b"Subject: x\r\n\r\ntext\r\n"
    for _ in range(depth):
        mail = b"Content-Type: message/rfc822\r\n\r\n" + mail
    return b"From: a@example.org\r\n" + mail


def nested_parts(depth: int) -> bytes:
    return b"From: a@example.org\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(depth)
    )


def packed(data: bytes) -> bytes:
    return gzip.compress(data)
