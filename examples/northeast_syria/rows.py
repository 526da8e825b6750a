"""The tables: what each cell must hold, and the problem if it does not.

A bad row is reported with file, line, column and reason, and the other rows are read.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from attrs import frozen

from timeline import Place, When
from timeline.values.place import precision_given

T = TypeVar("T")
STATUSES = frozenset({"confirmed", "claimed", "planned", "denied"})
UNITS = frozenset({
    "days", "months", "clauses", "nationalities", "families", "km-of-wall", "percent-of-wall", "perimeter-breaches",
    "drones", "brigades", "prisons", "places", "barriers", "soldiers-killed", "sdf-killed",
})  # fmt: skip
"""The units that the column `cohort` names if the number does not count people."""
_FACILITY_KINDS = frozenset({"prison", "detention_centre", "camp", "crossing", "base", "place", "collective"})


class Problem(NamedTuple):
    """A cell that could not be read, or a link that could not be followed."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}: {self.reason}"


@frozen
class Source:
    """A page: who published it, where and when."""

    id: str
    outlet: str
    url: str | None
    published: When
    language: str
    title: str


@frozen
class Subject:
    """A subject of rows: a facility, an operation, an agreement, a stretch of border, a topic.

    `cohort` is whom a facility holds as a whole; `members` are those of a collective. `coordinates` is where a
    facility lies, as `places.csv` has it.
    """

    slug: str
    kind: str
    names: Mapping[str, str]
    place: str | None = None
    cohort: str | None = None
    members: tuple[str, ...] = ()
    coordinates: Place | None = None

    @property
    def is_facility(self) -> bool:
        return self.kind in _FACILITY_KINDS

    @property
    def tag(self) -> str:
        return f"{'facility' if self.is_facility else self.kind}:{self.slug}"


@frozen
class Row:
    """One row of the chronicle, its cells read; None and () where a cell is empty."""

    id: str
    line: int
    event: str
    occurred: When
    subject: Subject
    from_authority: str | None
    to_authority: str | None
    origin: Subject | None
    destination: Subject | None
    low: int | None
    best: int | None
    high: int | None
    text: str
    counted: str | None
    status: str
    attributed_to: str | None
    source: Source

    @property
    def cohort(self) -> str | None:
        """The kind of people counted; None where the number counts something else."""
        return None if self.counted in UNITS else self.counted

    @property
    def unit(self) -> str | None:
        """The unit of the number, if it does not count people."""
        return self.counted if self.counted in UNITS else None

    @property
    def numbered(self) -> bool:
        return (self.low, self.best, self.high) != (None, None, None)

    @property
    def facilities(self) -> tuple[Subject, ...]:
        return tuple(s for s in (self.subject, self.origin, self.destination) if s is not None and s.is_facility)

    @property
    def authorities(self) -> tuple[str, ...]:
        """Those named, in the order of the columns; `none` is nobody."""
        return tuple(a for a in (self.from_authority, self.to_authority) if a not in (None, "none"))


class Cells:
    """The cells of one line; each is read by a function that refuses with a ValueError."""

    def __init__(self, file: str, line: int, values: Mapping[str, str | None], problems: list[Problem]) -> None:
        self.file, self.line = file, line
        self._values, self._problems = values, problems
        self.sound = True

    def read(self, column: str, parse: Callable[[str], T]) -> T:
        """Parse a cell; if that fails, note a problem and mark the line as unsound."""
        value = self._values.get(column)
        try:
            return parse(_present(value).strip())
        except ValueError as error:
            self.refuse(column, str(error))
            return cast(T, None)

    def refuse(self, column: str, reason: str) -> None:
        self._problems.append(Problem(self.file, self.line, column, reason))
        self.sound = False


def table(path: Path, build: Callable[[Cells], T], problems: list[Problem]) -> Iterator[T]:
    """Yield the result of `build` for every line whose cells are sound."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for values in reader:
            cells = Cells(path.name, reader.line_num, values, problems)
            made = build(cells)
            if cells.sound:
                yield made


def _present(value: str | None) -> str:
    if value is None:
        raise ValueError("the cell is missing")
    return value


def text(value: str) -> str:
    if not value:
        raise ValueError("it is empty")
    return value


def maybe(value: str) -> str | None:
    return value or None


def one_of(known: Mapping[str, T]) -> Callable[[str], T]:
    """Make a parser for a cell that names one of these."""

    def parse(value: str) -> T:
        if value not in known:
            raise ValueError(f"{value!r} is not known")
        return known[value]

    return parse


def number(value: str) -> int | None:
    if value and not value.isdecimal():
        raise ValueError(f"{value!r} is not a whole number")
    return int(value) if value else None


def read_sources(folder: Path, problems: list[Problem]) -> dict[str, Source]:
    return {source.id: source for source in table(folder / "sources.csv", _source, problems)}


def _source(cells: Cells) -> Source:
    return Source(
        cells.read("source_id", text),
        cells.read("outlet", text),
        cells.read("url", maybe),
        cells.read("published", When.parse),
        cells.read("language", text),
        cells.read("title_in_own_words", lambda title: title.removeprefix("(date inferred) ")),
    )


def read_subjects(folder: Path, problems: list[Problem]) -> dict[str, Subject]:
    places = dict(table(folder / "places.csv", _located, problems))
    return {subject.slug: subject for subject in table(folder / "subjects.csv", partial(_subject, places), problems)}


def _located(cells: Cells) -> tuple[str, Place | None]:
    degrees = cells.read("latitude", float), cells.read("longitude", float)
    place = cells.read("precision", lambda precision: Place(*degrees, precision=precision_given(precision)))
    return cells.read("slug", text), place


def _subject(places: Mapping[str, Place | None], cells: Cells) -> Subject:
    names = {"en": cells.read("en", text), "ar": cells.read("ar", text)}
    return Subject(
        slug := cells.read("slug", text),
        cells.read("kind", text),
        names,
        cells.read("place", maybe),
        cells.read("cohort", maybe),
        tuple(filter(None, cells.read("members", str).split(";"))),
        places.get(slug),
    )


def read_rows(
    folder: Path, subjects: Mapping[str, Subject], sources: Mapping[str, Source], problems: list[Problem]
) -> dict[str, Row]:
    rows: dict[str, Row] = {}

    def build(cells: Cells) -> Row:
        row = _row(cells, subjects, sources)
        if row.id in rows:
            cells.refuse("row_id", f"{row.id!r} is the id of an earlier row too")
        return row

    for row in table(folder / "chronicle.csv", build, problems):
        rows[row.id] = row
    return rows


def _row(cells: Cells, subjects: Mapping[str, Subject], sources: Mapping[str, Source]) -> Row:
    place = _places(subjects)
    row = Row(
        cells.read("row_id", text),
        cells.line,
        cells.read("event", text),
        cells.read("occurred", When.parse),
        cells.read("subject", one_of(subjects)),
        cells.read("from_authority", maybe),
        cells.read("to_authority", maybe),
        cells.read("origin_facility", place),
        cells.read("destination_facility", place),
        cells.read("count_low", number),
        cells.read("count_best", number),
        cells.read("count_high", number),
        cells.read("count_text", str),
        cells.read("cohort", maybe),
        cells.read("status", one_of({status: status for status in STATUSES})),
        cells.read("attributed_to", maybe),
        cells.read("source_id", one_of(sources)),
    )
    given = [n for n in (row.low, row.best, row.high) if n is not None]
    if given != sorted(given):
        cells.refuse("count_low", f"{given} does not rise from low through best to high")
    return row


def _places(subjects: Mapping[str, Subject]) -> Callable[[str], Subject | None]:
    """Make a parser for a cell that names facilities: none, one, or several (`a;b`), which become a collective."""

    def parse(value: str) -> Subject | None:
        found = [one_of(subjects)(slug) for slug in value.split(";") if slug]
        return found[0] if len(found) == 1 else _together(found) if found else None

    return parse


def _together(parts: list[Subject]) -> Subject:
    slugs = tuple(part.slug for part in parts)
    names = {"en": " and ".join(p.names["en"] for p in parts), "ar": " و".join(p.names["ar"] for p in parts)}
    return Subject("+".join(slugs), "collective", names, members=slugs)
