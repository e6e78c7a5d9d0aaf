"""SMTP (RFC 5321) driven by ourselves, so that the phase of every failure is known. No database."""
