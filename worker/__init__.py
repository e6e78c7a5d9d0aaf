"""Hlasatel: carries out a public authority's communication plan."""

__version__ = "0.1.0"
