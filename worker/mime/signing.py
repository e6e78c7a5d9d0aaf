"""Signs finished messages (DKIM, RFC 6376), for relays that do not.

`dkimpy` reads and canonicalises the message and writes the field. Its own RSA is plain Python and takes 7 ms for a key
of 2048 bits, twenty times what the library `cryptography` takes, so that alone is done there. A signature bears no date
(`t=`, which is optional): dkimpy takes the real clock's, and a repeat would differ from the mail that it repeats.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from worker.messages import say
from worker.mime.headers import UnsafeHeader

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SIGNED = frozenset({
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"in-reply-to", b"references", b"auto-submitted", b"precedence",
    b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"hlasatel-occurrence",
})  # fmt: skip
"""What a signature covers where it is there. Without List-Unsubscribe and List-Unsubscribe-Post under it, one-click
unsubscribing is not offered (RFC 8058 §4)."""
SEALED = frozenset({
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post",
})  # fmt: skip
"""Covered once more than they are there, so that nobody adds a second one on the way (RFC 6376 §5.4.2)."""
_NAME = b"DKIM-Signature"
LEAST_BITS = 1024
"""RFC 8301 §3.2: shorter keys are taken for no signature."""


class BadKey(Exception):
    """This is no RSA key in PEM without a passphrase, or it is shorter than anybody accepts."""


@dataclass(frozen=True)
class Signer:
    """Signs for one domain, with the key whose public half stands in the DNS under the selector.

    `pem`: an RSA private key, PKCS#1 or PKCS#8, without a passphrase. Raises BadKey.
    """

    domain: str
    selector: str
    pem: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _key(self.pem)  # one that cannot sign is refused before the first mail, not by it

    @cached_property
    def _key(self) -> RSAPrivateKey:
        return _key(self.pem)

    def signature(self, data: bytes, sender: str) -> bytes:
        """The field that goes before the message `data` (whole, with CRLF), the same for the same message.

        `sender` is the address in its From; for one of another domain the signature would count for nothing (RFC 7489
        §3.1.1), and it is b"".
        """
        if not self.signs_for(sender):
            return b""
        import dkim
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
        from cryptography.hazmat.primitives.hashes import SHA256
        from dkim.canonicalization import Relaxed, Simple

        head, _, body = data.partition(b"\r\n\r\n")
        fields, _ = dkim.rfc822_parse(head + b"\r\n\r\n")
        covered = _covered([bytes(name).lower() for name, _ in fields])
        digest = hashlib.sha256(Simple.canonicalize_body(body)).digest()
        value = dkim.fold(self._tags(covered, digest), namelen=len(_NAME), linesep=b"\r\n")
        hashed = hashlib.sha256()
        dkim.hash_headers(hashed, Relaxed, Relaxed.canonicalize_headers(fields), covered, (_NAME, b" " + value), {})
        signed = self._key.sign(hashed.digest(), PKCS1v15(), Prehashed(SHA256()))
        folded: bytes = dkim.fold(value + base64.b64encode(signed) + b"\r\n", namelen=len(_NAME), linesep=b"\r\n")
        return _NAME + b": " + folded

    def signs_for(self, sender: str) -> bool:
        """Whether `sender` is of the domain or of one below it."""
        return f".{sender.rpartition('@')[2].lower()}".endswith(f".{self.domain}")

    def prove(self, data: bytes) -> None:
        """Read a signed message as its recipient's server will, with the public half of the key; UnsafeHeader if it
        would take it for forged.
        """
        import dkim

        if not dkim.verify(data, dnsfunc=lambda name, timeout=5: self.record.encode()):
            raise UnsafeHeader(say("signing.differs"))

    @cached_property
    def record(self) -> str:
        """The TXT record (RFC 6376 §3.6.1) that belongs under `selector`._domainkey.`domain`."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    def _tags(self, covered: Sequence[bytes], digest: bytes) -> bytes:
        tags = {
            "v": "1",
            "a": "rsa-sha256",
            "c": "relaxed/simple",
            "d": self.domain,
            "s": self.selector,
            "h": " : ".join(name.decode() for name in covered),
            "bh": base64.b64encode(digest).decode(),
            "b": "",
        }
        return "; ".join(f"{name}={value}" for name, value in tags.items()).encode()


def _covered(names: Sequence[bytes]) -> list[bytes]:
    """What the signature covers of a message with these fields, each as often as it is there, the sealed once more."""
    there = [name for name in names if name in SIGNED]
    return there + sorted(SEALED)


def _key(pem: bytes) -> RSAPrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise BadKey
    return key
