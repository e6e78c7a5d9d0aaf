"""Finds the files of templates, and says of an error in which of them and on which line it came up."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType

from jinja2 import BaseLoader, Environment, TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.exceptions import SecurityError

from worker.drafting.fields import DraftingError
from worker.drafting.sandbox import TooMuch
from worker.drafting.variants import variant_folder
from worker.kinds import Kind
from worker.messages import say
from worker.positions import reason_of
from worker.template_folder import LONGEST, TemplateFolder

UNFIT = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
"""What a template's filters and expressions raise at a value that they were not made for."""


class BrokenTemplate(DraftingError):
    """A template that cannot be rendered. `file` as a person finds it, `line` from 1, `cause` says what to do."""

    def __init__(self, file: str, line: int, cause: str) -> None:
        self.file, self.line, self.cause = file, line, cause
        super().__init__(say("templates.broken", template=file, line=line, cause=cause))


class Unusable(TemplateSyntaxError):
    """A file that is no template at all; its message is a sentence of the catalogue."""


class Loader(BaseLoader):
    """Looks for each of a kind's files in the variant's folder first, also for one that another file includes.

    In either folder the office's own file comes before the shipped one. Without a kind there is no variant either.
    """

    def __init__(self, folder: TemplateFolder, kind: Kind | None = None, variant: str | None = None) -> None:
        self._folder = folder
        self._usual = f"{kind.templates}/" if kind is not None else ""
        self._varied = None if kind is None or variant is None else f"{variant_folder(kind, variant)}/"
        self._shown: dict[str, str] = {}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text, its path, and whether that is what would be found still."""
        path = self._path(template)
        if path is None:
            raise TemplateNotFound(template)
        seen = _state(path)
        self._shown[str(path)] = str(path) if self._folder.is_own(self.file(template)) else self.file(template)
        try:
            content = path.read_bytes()
            if len(content) > LONGEST:
                cause = say("templates.too_long", size=len(content), limit=LONGEST)
                raise Unusable(cause, 1, template, str(path))
            text = content.decode("utf-8-sig")
        except OSError as error:
            raise Unusable(say("templates.unreadable_file", why=reason_of(error)), 1, template, str(path)) from None
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise Unusable(say("templates.not_utf8"), line, template, str(path)) from None
        return text, str(path), lambda: self._path(template) == path and _state(path) == seen

    def file(self, template: str) -> str:
        """The file that stands behind the name `template`, with `/` between parts."""
        if self._varied is not None and template.startswith(self._usual):
            varied = self._varied + template.removeprefix(self._usual)
            if _is_file(self._folder.find(varied)):
                return varied
        return template

    def broken(self, template: str, error: Exception) -> DraftingError:
        """What to tell of `error`, which came up while `template` was rendered."""
        if isinstance(error, TemplateNotFound) and not _is_file(self._folder.find(self.file(template))):
            return DraftingError(say("drafting.no_template", template=template))
        path, line = self._place(error)
        return BrokenTemplate(self._shown.get(path, self.file(template)), line, _cause(error))

    def _path(self, template: str) -> Path | None:
        path = self._folder.find(self.file(template))
        return path if _is_file(path) else None

    def _place(self, error: Exception) -> tuple[str, int]:
        """Path and line of the innermost template at work; that of a file that cannot be read as a template."""
        if isinstance(error, TemplateSyntaxError):
            return error.filename or "", error.lineno
        frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename in self._shown]
        return (frames[-1].filename, frames[-1].lineno or 1) if frames else ("", 1)


class Compiled(BytecodeCache):
    """Templates as they were last compiled, in memory, for the environments of all kinds: what many of them take in is
    compiled once. A file is known by its place and its content.
    """

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.checksum, bucket.code


def _cause(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return say("templates.no_file", name=error.name or error.message)
    if isinstance(error, Unusable | UndefinedError | SecurityError | TooMuch):
        return error.message or ""
    if isinstance(error, TemplateError):
        return say("templates.unreadable", cause=(error.message or "").rstrip("."))
    if isinstance(error, RecursionError):
        return say("templates.endless")
    return say("templates.unfit", cause=f"{type(error).__name__}: {error}")


def _is_file(path: Path | None) -> bool:
    return path is not None and path.is_file()


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
