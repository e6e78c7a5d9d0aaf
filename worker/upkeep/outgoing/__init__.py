"""What the world can look up about mail that leaves: SPF, DKIM, DMARC, PTR, and the relay's TLS."""

from __future__ import annotations
