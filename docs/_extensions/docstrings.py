"""Docstrings as they are written here, put as Sphinx reads them."""

from __future__ import annotations

import inspect
import re
from typing import Any

from sphinx.application import Sphinx

from timeline import errors

MADE = {
    "timeline.Situation", "timeline.Reading", "timeline.Entry", "timeline.projections.building.Mention",
    "timeline.answers.results.Diff", "timeline.answers.results.Why",
    "timeline.projections.facilities.Facilities", "timeline.projections.custody.Custody",
    "timeline.projections.agreements.Agreements", "timeline.projections.border.Border",
    "timeline.log.Follower", "timeline.log.Log", "timeline.testing.Story", "timeline.testing.StoryFailed",
    "timeline.testing.Told", "timeline.testing.Expectation",
}  # fmt: skip
"""What one is given, and never makes: how it is made is nobody's business."""
_LABEL = re.compile(r"(?:^|(?<=\. ))(Raises|Source): ", re.MULTILINE)
_ERROR = re.compile(
    r"(?<![`.\w])(?:[A-Z]\w+Error|StoryFailed|"
    rf"{'|'.join(name for name, _ in inspect.getmembers(errors, inspect.isclass))})\b"
)
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINKED = re.compile(r"[A-Z]\w+(\.\w+)?")
"""What may be a link: classes and their methods. Any other word is as likely a field, of several classes."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", put)
    app.connect("autodoc-process-signature", sign)
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True}


def put(_app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Paragraph by paragraph: what is indented is code, and labels begin a paragraph of their own."""
    text = _LABEL.sub(r"\n\n\g<0>", "\n".join(lines))
    lines[:] = [line for paragraph in re.split(r"\n\s*\n", text) for line in (*_put(paragraph).split("\n"), "")]


def _put(paragraph: str) -> str:
    paragraph = paragraph.strip("\n")
    if paragraph.startswith("    "):
        return f"::\n\n{paragraph}"
    if paragraph.lstrip().startswith(">>>"):
        return paragraph
    if label := _LABEL.match(paragraph):
        told = paragraph[label.end() :]
        linked = _ERROR.sub(lambda error: f"`{error[0]}`", told) if label[1] == "Raises" else told
        return f"**{label[1]}:** {_CODE.sub(_code, linked)}"
    return _CODE.sub(_code, paragraph)


def _code(found: re.Match[str]) -> str:
    word = found[1]
    if hasattr(errors, word):
        return f":py:exc:`~timeline.errors.{word}`"
    return found[0] if _LINKED.fullmatch(word) else f"``{word}``"


def sign(
    _app: Sphinx, _what: str, name: str, _obj: Any, _options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Write signatures in the words that users type."""
    return ("", None) if name in MADE else (_plain(signature), _plain(returns))


def _plain(text: str | None) -> str | None:
    if text is None:
        return None
    text = text.replace("Literal[_Nobody.NOBODY]", "NOBODY").replace("datetime.timezone.utc", "timezone.utc")
    text = re.sub(r"<function \S*<lambda>>", "...", text)
    return re.sub(r"<(?:function|class) '?([\w.]+)'?>", r"\1", text)


def skip(_app: Sphinx, _what: str, _name: str, obj: Any, _skip: bool, _options: Any) -> bool | None:  # noqa: FBT001
    """Leave out the fields of named tuples, which are in the signature."""
    return True if str(getattr(obj, "__doc__", "")).startswith("Alias for field number") else None
