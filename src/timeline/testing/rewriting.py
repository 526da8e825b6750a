"""Writing a text into the call that asked for it, where the call stands in its file."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from inspect import getframeinfo
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from attrs import field, frozen

from timeline.errors import InvalidValue


class Location(NamedTuple):
    """A stretch of a file: lines from 1, columns in bytes from 0."""

    line: int
    end_line: int
    column: int
    end_column: int


@frozen
class Rewriting:
    """The texts that are to be written into files, until `write` is called."""

    calls: dict[Path, dict[Location, str]] = field(factory=lambda: defaultdict(dict))
    files: dict[Path, str] = field(factory=dict)

    def replace(self, frame: FrameType, function: Callable[..., Any], text: str) -> None:
        """Give a call of a function, at which a frame stands, this text as its second argument.

        Raises: InvalidValue where the file has no such call, or where its second argument is not a text in the call.
        Also where the call was given another text before.
        """
        __tracebackhide__ = True
        path, place = Path(frame.f_code.co_filename), _place(frame)
        call = _call_at(path, place, frame, function)
        if call is None:
            raise InvalidValue(f"{path}:{place.line} is not a call of {function.__name__}: expected one, by its name.")
        if isinstance(_text_in(call), ast.expr) and not isinstance(_text_in(call), ast.Constant):
            raise InvalidValue(
                f"{path}:{place.line}: the approved answers are not a text in the call: expected one. Leave them out."
            )
        if self.calls[path].setdefault(place, text) != text:
            raise InvalidValue(
                f"{path}:{place.line} has other answers each time it runs: expected one answer for each call. Write a "
                "call for each, or limit it by under=."
            )

    def put(self, path: Path, text: str) -> None:
        """Write a file of its own."""
        self.files[path] = text

    def write(self) -> None:
        """Write everything."""
        for path, texts in self.calls.items():
            source = path.read_bytes()
            calls = {_of(node): node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}
            for place in sorted(texts, reverse=True):
                source = _rewritten(source, calls[place], texts[place])
            path.write_bytes(source)
        for path, text in self.files.items():
            path.write_text(text, "utf-8")

    def counts(self) -> dict[Path, int]:
        """Return how many answers each file is given."""
        return {path: len(texts) for path, texts in self.calls.items()} | dict.fromkeys(self.files, 1)


def _place(frame: FrameType) -> Location:
    found = getframeinfo(frame, context=0).positions
    assert found is not None, "Python 3.11 knows where a frame stands"
    return Location(found.lineno or 0, found.end_lineno or 0, found.col_offset or 0, found.end_col_offset or 0)


def _of(node: ast.expr) -> Location:
    return Location(node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0)


def _call_at(path: Path, place: Location, frame: FrameType, function: Callable[..., Any]) -> ast.Call | None:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call) and _of(node) == place:
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            known = {**frame.f_globals, **frame.f_locals}
            return node if name == function.__name__ or known.get(name) is function else None
    return None


def _text_in(call: ast.Call) -> ast.expr | None:
    """Return the second argument of a call; None where it has none."""
    given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "answers")]
    return given[0] if given else None


def _rewritten(source: bytes, call: ast.Call, text: str) -> bytes:
    lines = source.split(b"\n")
    first = lines[call.lineno - 1]
    literal = _literal(text, len(first) - len(first.lstrip())).encode()
    old = _text_in(call)
    if old is not None:
        start, end = _offset(lines, old.lineno, old.col_offset), _offset(lines, old.end_lineno, old.end_col_offset)
        return source[:start] + literal + source[end:]
    after = call.args[0]
    end = _offset(lines, after.end_lineno, after.end_col_offset)
    return source[:end] + b", " + literal + source[end:]


def _offset(lines: list[bytes], line: int | None, column: int | None) -> int:
    assert line is not None, "what is parsed has an end"
    assert column is not None, "what is parsed has an end"
    return sum(len(before) + 1 for before in lines[: line - 1]) + column


def _literal(text: str, indent: int) -> str:
    """Write a text in triple quotes, its lines one step deeper than the statement."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    margin = " " * indent
    return '"""\n' + "".join(f"{margin}    {line}\n" for line in escaped.splitlines()) + margin + '"""'
