"""Numbers in addresses: `{id:int}` is one of nine digits at most, whatever a page asks for by it.

Starlette's own takes any number of digits, and neither Python nor a database takes a number of five thousand.
"""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class Number(Convertor[int]):
    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


def known_to_routes() -> None:
    """Have every route that is made from now on read its numbers so."""
    register_url_convertor("int", Number())
