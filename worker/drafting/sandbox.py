"""The Jinja environment of templates that the office may edit: a sandbox whose work is counted.

What a template does is counted, not timed, so that one that is refused here is refused on every machine and one that
is fit never fails by chance. A turn of a loop and a macro's call cost `TURN`, an included file `FILE`, text that is
written, joined or handed to a filter a unit per character, a list a unit per entry. Operators and filters that could
make much out of little are checked before they work.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2 import BaseLoader, BytecodeCache, StrictUndefined, TemplateRuntimeError, UndefinedError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from worker.messages import say
from worker.nearest import nearest

MOST = 5_000_000
"""Units of one template. The largest that came with Hlasatel needs 25,000, and 240,000 where there is much to tell."""
TURN = 50
FILE = 5_000
WIDEST = 200
"""Columns that a filter may fill, and the exponent of a power."""
_STRING = re.compile(
    r"capitalize|casefold|count|endswith|find|index|isalpha|isdigit|islower|isspace|isupper|lower|lstrip|"
    r"partition|removeprefix|removesuffix|rfind|rpartition|rsplit|rstrip|split|splitlines|startswith|strip|"
    r"title|upper"
)
"""What of a text may be used; others make much of little, or are filters (`join`, `replace`, `format`)."""
_FILTERS = re.compile(
    r"abs|attr|capitalize|count|d|default|dictsort|e|escape|first|float|forceescape|format|groupby|indent|"
    r"int|items|join|last|length|list|lower|map|max|min|reject|rejectattr|replace|reverse|round|safe|"
    r"select|selectattr|sort|string|striptags|sum|title|tojson|trim|truncate|unique|upper|urlencode|"
    r"wordcount"
)
_GLOBALS = ("range", "dict", "namespace", "joiner", "cycler")
_WIDTH = re.compile(r"%[^%a-zA-Z]*?(\*|\d{4,})")

_left: ContextVar[list[int] | None] = ContextVar("left", default=None)


class TooMuch(TemplateRuntimeError):
    """The template asks for more than `MOST` or `WIDEST` allow."""


@contextmanager
def counted() -> Iterator[None]:
    """What is rendered inside the block may cost `MOST` altogether; TooMuch when it costs more."""
    before = _left.set([MOST])
    try:
        yield
    finally:
        _left.reset(before)


def _charge(units: int) -> None:
    left = _left.get()
    if left is None:
        return  # a constant, put in while the template is compiled; the file's size is its limit
    left[0] -= units
    if left[0] < 0:
        raise TooMuch(say("templates.too_much"))


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | list | tuple | dict | range) else 1


def _measured(value: object) -> object:
    _charge(_size(value))
    return value


class Missing(StrictUndefined):
    """A value that is not there; an error that names it and what was probably meant."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> None:
        forbidden = issubclass(exc, SecurityError)
        told = say("templates.forbidden", name=name) if forbidden else hint or _told(obj, name)
        super().__init__(told, obj, name, exc)


def _told(obj: object, name: object) -> str:
    known = [str(each) for each in obj] if isinstance(obj, Mapping) else []
    meant = nearest(str(name), known)
    if meant is not None:
        return say("templates.undefined_but", name=name, meant=meant)
    return (
        say("templates.undefined_of", name=name, known=", ".join(known))
        if known
        else say("templates.undefined", name=name)
    )


class _Counting(CodeGenerator):
    """Puts the counting before every turn and every file taken in, and round what is joined with `~`."""

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        node.body.insert(0, self._toll(node, node.body))
        super().visit_For(node, frame)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        self.visit(self._toll(node, [], FILE), frame)
        super().visit_Include(node, frame)

    def visit_Import(self, node: nodes.Import, frame: Frame) -> None:
        self.visit(self._toll(node, [], FILE), frame)
        super().visit_Import(node, frame)

    def visit_FromImport(self, node: nodes.FromImport, frame: Frame) -> None:
        self.visit(self._toll(node, [], FILE), frame)
        super().visit_FromImport(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.measured(")
        super().visit_Concat(node, frame)
        self.write(")")

    def _toll(self, node: nodes.Node, body: list[nodes.Node], price: int = TURN) -> nodes.ExprStmt:
        """The statement that pays for one turn of `body`, with the text that stands in it."""
        words = sum(len(text.data) for each in body for text in _texts(each))
        where = {"lineno": node.lineno, "environment": self.environment}
        pay = nodes.EnvironmentAttribute("charge", **where)
        return nodes.ExprStmt(nodes.Call(pay, [nodes.Const(price + words, **where)], [], None, None, **where), **where)


def _texts(node: nodes.Node) -> Iterator[nodes.TemplateData]:
    if isinstance(node, nodes.TemplateData):
        yield node
    yield from node.find_all(nodes.TemplateData)


class Sandbox(ImmutableSandboxedEnvironment):
    """Compiles templates so that their work is counted, within `counted()`."""

    code_generator_class = _Counting
    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def __init__(
        self,
        loader: BaseLoader,
        put: Callable[[Any], Any],
        filters: Mapping[str, Callable[..., Any]],
        compiled: BytecodeCache | None = None,
    ) -> None:
        """`put` is asked for what a value becomes where a template puts it; `filters` come besides Jinja's.

        `compiled` is shared by environments of the same filters.
        """
        super().__init__(
            loader=loader,
            bytecode_cache=compiled,
            undefined=Missing,
            autoescape=lambda name: bool(name and name.endswith(".html")),
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=lambda value: _measured(put(value)),
            auto_reload=True,
        )
        self.charge, self.measured = _charge, _measured
        self.globals = {name: self.globals[name] for name in _GLOBALS}
        usual = {name: each for name, each in FILTERS.items() if _FILTERS.fullmatch(name)}
        self.filters = {name: _guarded(name, each) for name, each in {**usual, **filters}.items()}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Of texts what `_STRING` names, of numbers nothing; of others what the sandbox allows."""
        if isinstance(obj, str):
            return _STRING.fullmatch(attr) is not None
        return not isinstance(obj, bytes | int | float) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """None: `format` is a text's method like others that a template may not use."""

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """A call, also of a macro, paid for by what it works on and what comes out."""
        own = getattr(obj, "__self__", None)
        _charge(TURN + (sum(map(_size, (own, *args))) if isinstance(own, str | list | tuple | dict) else 0))
        return _measured(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """TooMuch for what would be large, before it is."""
        if operator == "*":
            repeated = [
                _size(one) * abs(other) for one, other in ((left, right), (right, left)) if isinstance(other, int)
            ]
            _charge(max(repeated, default=1) if not (isinstance(left, int) and isinstance(right, int)) else 1)
        elif operator == "%" and isinstance(left, str):
            raise TooMuch(say("templates.use_format"))
        elif operator == "**" and not (abs(left) <= WIDEST and abs(right) <= WIDEST):
            raise TooMuch(say("templates.too_much"))
        return _measured(super().call_binop(context, operator, left, right))


def _guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, paid for by what goes in; what comes out is paid for where it is used."""
    check = _CHECKS.get(name)

    @functools.wraps(function)
    def paid(*args: Any, **kwargs: Any) -> Any:
        _charge(sum(map(_size, args)))
        if check is not None:
            check(*(each for each in args if not _is_context(each)), **kwargs)
        return function(*args, **kwargs)

    return paid


def _is_context(value: object) -> bool:
    return type(value).__module__.startswith("jinja2.")


def _check_format(text: str, *args: object, **kwargs: object) -> None:
    if _WIDTH.search(text):
        raise TooMuch(say("templates.too_much"))


def _check_indent(text: str, width: object = 4, *args: object, **kwargs: object) -> None:
    if (isinstance(width, int) and width > WIDEST) or _size(width) > WIDEST:
        raise TooMuch(say("templates.too_much"))


def _check_join(items: Any, d: str = "", attribute: object = None) -> None:
    _charge(_size(items) * len(d))


def _check_replace(text: str, old: str, new: str, count: int | None = None) -> None:
    _charge(str(text).count(str(old)) * len(str(new)))


def _check_round(value: object, precision: int = 0, method: str = "common") -> None:
    if abs(precision) > WIDEST:
        raise TooMuch(say("templates.too_much"))


_CHECKS: Mapping[str, Callable[..., None]] = {
    "format": _check_format,
    "indent": _check_indent,
    "join": _check_join,
    "replace": _check_replace,
    "round": _check_round,
}
