"""Repeatable measurements. Each prints its numbers with how much they varied; none is part of the tests."""
