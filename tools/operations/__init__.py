"""Tries docs/operations.md word for word on bare machines: `make operations-check`."""
