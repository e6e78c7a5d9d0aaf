"""Accounting for the plan: what was promised, what became of it, and the list behind every number."""
