"""Asking, deciding, returning, reminding, expiring. No HTTP: pages and commands call in here."""
