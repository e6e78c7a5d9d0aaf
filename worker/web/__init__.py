"""Thin pages over the parts below: they read, show, and hand a person's words on. No rule lives here."""
