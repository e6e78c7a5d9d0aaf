"""Leaving lists, wholly or in part: with one click, for a while, or all but some topics."""
