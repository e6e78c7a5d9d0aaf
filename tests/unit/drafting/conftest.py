"""Drafts are made without their files unless a test asks for them."""

from tests.fixtures.documents import documents, spared

__all__ = ["documents", "spared"]
