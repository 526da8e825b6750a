"""Answers that are tables: each shows itself, and makes a data frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from timeline.displayable import Displayable, frame_of
from timeline.values.names import EntityNames

Kind = Literal[
    "text", "number", "decimal", "flag", "texts", "when", "moment", "duration", "quantity", "event", "entry", "value"
]
"""What a column holds: plain values, times (fuzzy or exact), timedeltas, quantities, events, entries, and values of
projections. In a frame a quantity, or a value that is one, has the columns `_low`, `_best` and `_high` too."""


class Tabular(Displayable):
    """An answer of several rows, each a mapping by column."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]]

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield each row: its values by column; None where it has none."""
        raise NotImplementedError

    def entity_names(self) -> EntityNames:
        """Return what people call the entities on the log of its first entry; empty if it has none."""
        columns = [name for name, kind in self.columns.items() if kind == "entry"]
        entries = (row[name] for row in self.rows() for name in columns)
        return next((entry.entity_names() for entry in entries if entry is not None), {})

    def to_arrow(self) -> Any:
        """Make a `pyarrow.Table`.

        Raises: MissingExtra without the extra `frames`.
        """
        return frame_of(self, "arrow")

    def to_polars(self) -> Any:
        """Make a `polars.DataFrame`.

        Raises: MissingExtra without the extra `frames`.
        """
        return frame_of(self, "polars")

    def to_pandas(self) -> Any:
        """Make a `pandas.DataFrame`.

        Raises: MissingExtra without the extra `frames`.
        """
        return frame_of(self, "pandas")
