"""Inputs that broke programs before ours, made by hand; each entry point takes what can reach it."""

from __future__ import annotations

import os

FUZZ = int(os.environ.get("FUZZ", "1"))
"""How many times as many made-up examples as in `make test`; `make test-faults` sets more."""

WORDS = (
    "", " ", "0", "-1", "²", "٣٤", "9" * 30, "9" * 5000, "1e309", "nan", "0x1f", "true", "null", "None",
    "\x01\x1b[31m", "\u202eobrácené\u202c", "\u200b\u200d\ufeff", "\u2028\u2029\x85", "\ufffe\uffff\U0010ffff",
    "a\u0301" * 300, "e" + "\u0301" * 3000, "👩‍👩‍👧‍👦" * 50, "\r\nBcc: x@zlo.example.net", "řádek\nřádek\r\n\r\n.\r\n",
    "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{ 7*7 }}{% raw %}", "${7*7}#{7}%(x)s{x}{0}",
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "'; DROP TABLE events; --", "%' OR '1'='1", "_%\\", "../../../etc/passwd",
    "..\\..\\config", "/etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "http://169.254.169.254/",
    "http://[", "http://[::1]:99999/", "//zlo.example.net", "https://zlo.example.net\\@urad.example.org/", "a@b",
    "a@b@c","x" * 400 + "@example.org",
    "ž@háčky.example.org", "a@" + "b." * 200 + "cz", '"a b"@example.org', "<a@example.org>",
    "2026-02-30", "31. 2. 2026", "0000-00-00", "9999-12-31", "10000-01-01", "25:61", "2026-12-08T10:00",
    "[" * 2000, "a" * 60_000, "á" * 20_001, "x;" * 3000, "approve", "return", "press-release",
)  # fmt: skip
"""Texts that fit into UTF-8 and hold no zero character."""

PATHS = (
    "x", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cconfig", "%00", "%ff%fe", "%c0%ae%c0%ae", "%u0041", "%", "0",
    "-1", "9" * 30, "9" * 5000, "%C2%B2", "a" * 5000, "%F0%9F%92%A5", "%E2%80%AE", "%0d%0aSet-Cookie:%20a=b",
    "%7B%7B7*7%7D%7D",
    "tiskova-zprava%2F2026-12", "__class__", "None", "%3Cscript%3E", "a%20b", "%25%32%66", ";a=b", "~root", ".git",
)  # fmt: skip
"""What may stand where an address of ours has a token, a name or a number; percent-encoded."""

QUERIES = (
    "", "?q=%00", "?q=" + "a" * 3000, "?rok=9" + "9" * 5000, "?q=%ff%fe&q=%ed%a0%80", "?rok=%D9%A3&rok",
    "?" + "a&" * 900,
    "?q=%22%27%3E%3Cscript%3E&zkouska&ulozeno", "?%C2%85=%E2%80%A8", "?q=" + "(" * 200, "?next=//zlo.example.net",
)  # fmt: skip

_PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n%s\r\n%s\r\n'

BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/x-www-form-urlencoded", b""),
    ("application/x-www-form-urlencoded", b"decision=approve&decision=return&version=1&proof=x"),
    ("application/x-www-form-urlencoded", b"a=%00&%00=a"),
    ("application/x-www-form-urlencoded", b"comment=%ed%a0%80%ff%c0%ae&version=%D9%A3"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % each for each in range(500))),
    ("application/x-www-form-urlencoded", b"=&=;&&;;%&%%=%zz"),
    ("application/x-www-form-urlencoded; charset=unicode_escape", rb"comment=\ud800"),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=x", b""),
    ("multipart/form-data; boundary=x", b"--x"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\na\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", _PART % (b"a", b'; filename="../../../etc/x"', b"", b"MZ") + b"--x--\r\n"),
    ("multipart/form-data; boundary=x", _PART % (b"file", b'; filename="a\0b.csv"', b"", b"a") + b"--x--\r\n"),
    ("multipart/form-data; boundary=x", (_PART % (b"a", b'; filename="b"', b"", b"c")) * 200 + b"--x--\r\n"),
    ("multipart/form-data; boundary=x", _PART % (b"n" * 3000, b"", b"", b"a") + b"--x--\r\n"),
    ("multipart/form-data; boundary=x", _PART % (b"a", b"", b"X: y\r\n" * 2000, b"b") + b"--x--\r\n"),
    (
        "multipart/form-data; boundary=x; charset=unicode_escape",
        _PART % (b"comment", b"", b"", rb"\ud800") + b"--x--\r\n",
    ),
    ("multipart/form-data; boundary=x; charset=utf-7", _PART % (b"comment", b"", b"", b"+2AA-") + b"--x--\r\n"),
    ("multipart/form-data; boundary=x; charset=undefined", _PART % (b"comment", b"", b"", b"a") + b"--x--\r\n"),
    ("multipart/form-data; boundary=x; charset=punycode", _PART % (b"comment", b"", b"", b"-99999999") + b"--x--\r\n"),
    ("multipart/form-data; boundary=" + "y" * 2000, b"--y"),
    ("multipart/mixed; boundary=x", _PART % (b"a", b"", b"", b"b") + b"--x--\r\n"),
    ("application/json", b"[" * 50_000),
    ("application/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("text/plain", b"decision=approve"),
    ("", b"decision=approve"),
    ("\xff;;;=", b"\0" * 100),
)
"""Content type and body of a POST."""
