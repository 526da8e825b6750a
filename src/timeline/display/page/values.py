"""PageValues of projections as JSON for the page: names and words by key, numbers and times as numbers.

`null` nothing · `{"n": slug}` a name · `{"w": key}` a word · `{"f": key}` a word that should catch the eye ·
`{"q": [low, best, high, unit]}` a number · `{"d": [from, to, text]}` a time · `{"c": n}` a number of mentions ·
`{"l": key, "v": value}` a value under the name of its field · `{"r": {field: value}}` a record · a list of these ·
a text or a whole number as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from timeline.answers.records import fields_of
from timeline.display import rows
from timeline.display.cells import Flag, Labelled, Name, Word, is_empty
from timeline.display.page.numbering import span_of
from timeline.display.telling import Leaving
from timeline.projections.projection import Path
from timeline.values.containers import PersistentList
from timeline.values.entities import NOBODY
from timeline.values.place import Place
from timeline.values.quantity import Quantity
from timeline.values.visible import visible
from timeline.values.when import When

_LONG = 40
"""The most items of a list in a value; of a longer one, the last are shown."""
_WORDS = frozenset({"status", "kind", "ending"})
_NAMES = frozenset({"control", "administration", "guarding", "by", "members", "claimants"})
_OURS = frozenset({"facilities", "custody", "agreements", "border"})


class PageValues:
    """The values of a timeline as a page has them: only what may leave, small numbers as a range."""

    def __init__(self, told: Leaving, tz: tzinfo) -> None:
        self._told = told
        self._tz = tz

    def of(self, path: Path, value: Any) -> Any:
        """Return the value of a path as JSON."""
        if path[0] not in _OURS:
            return self._own(self._told.exported.value(value))
        if isinstance(value, PersistentList):
            return {"c": len(value)}
        return self.json(self._cell(path, value))

    def _cell(self, path: Path, value: Any) -> Any:
        """Return a value of the library's own projections as a cell."""
        name = path[2] if path[0] == "facilities" else path[-1]
        if name == "parties" and value is not None:
            return tuple(Labelled(Word(stage), Name(party)) for party, stage in value.items())
        if isinstance(value, tuple | frozenset):
            return tuple(self._cell(path, item) for item in value)
        if isinstance(value, str):
            return Word(value) if name in _WORDS else Name(value) if name in _NAMES else value
        if isinstance(value, Place):
            return rows.value(self._told.exported.place(value))
        if value is None and name in ("by", "measures"):
            return rows.NOT_KNOWN
        return rows.value(value) if not isinstance(value, bool) else (Word("yes") if value else None)

    def _own(self, value: Any) -> Any:
        """Return a value of a user's own projection: a record where it is of a class of the user."""
        fields = fields_of(value)
        if fields:
            return {"r": {name: self.json(rows.value(inner)) for name, inner in fields.items()}}
        return self.json(rows.value(value))

    def json(self, cell: Any) -> Any:
        """Return a cell as JSON."""
        match cell:
            case Flag():
                return {"f": cell.key}
            case Word():
                return {"w": cell.key}
            case Name():
                return {"n": cell.slug}
            case When():
                return {"d": span_of(cell, self._tz)}
            case Quantity():
                return self.number(cell)
            case Labelled(label, value):
                return {"l": label.key, "v": self.json(value)}
            case tuple():
                return [self.json(part) for part in cell[-_LONG:] if not is_empty(part)]
        return cell if cell is None or isinstance(cell, int) else visible(str(cell))

    def number(self, found: Quantity) -> Any:
        """Return a number as JSON, as it may leave."""
        shown = self._told.quantity(found)
        return {"q": [shown.low, shown.best, shown.high, shown.unit]}


def holder(value: Any) -> str | None:
    """Return the slug in a value of control as a page has it; None where it is not known.

    >>> holder({"n": "sdf"}), holder({"f": "nobody"}), holder(None)
    ('sdf', 'NOBODY', None)
    """
    if not isinstance(value, Mapping):
        return None
    return value.get("n") or (str(NOBODY) if value.get("f") == "nobody" else None)
