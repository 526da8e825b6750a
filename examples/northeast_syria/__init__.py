"""Northeast Syria, 2025 to May 2026: who held the prisons and camps, and who was moved to Iraq.

`load` puts 306 rows from 165 public sources on a timeline. Sources contradict one another; the timeline keeps every
version and counts nobody twice. See README.md for how to read the rows.

>>> from timeline import Timeline
>>> line = Timeline()
>>> print(load(line))
306 rows, 165 sources, 417 entries
>>> print(line.at("2026-01-22").custody.operations["centcom-transfer-2026"].moved)
150
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from examples.northeast_syria.drafts import Telling, entities, facilities
from examples.northeast_syria.links import in_order, read_links
from examples.northeast_syria.rows import Problem, Row, read_rows, read_sources, read_subjects
from timeline import Draft, Entry, Timeline

__all__ = ["LoadReport", "Problem", "load"]

HERE = Path(__file__).parent


class LoadReport(NamedTuple):
    """The result of loading: the entries of all good rows, and the problems of the others."""

    rows: int
    sources: int
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        counts = f"{self.rows} rows, {self.sources} sources, {len(self.entries)} entries"
        return "\n".join([counts, *map(str, self.problems)])


def load(line: Timeline, folder: Path = HERE) -> LoadReport:
    """Record the chronicle, all of it or nothing; loading it again changes nothing.

    A row that cannot be read is reported and left out, with the links to it.
    """
    problems: list[Problem] = []
    sources = read_sources(folder, problems)
    subjects = read_subjects(folder, problems)
    rows = read_rows(folder, subjects, sources, problems)
    links = read_links(folder, rows, problems)
    telling = Telling(links)
    loaded: list[Row] = []
    drafts: list[Draft] = []
    for row in (rows[name] for name in in_order(tuple(rows), links)):
        try:
            drafts += telling.tell(row)
            loaded.append(row)
        except ValueError as error:
            problems.append(Problem("chronicle.csv", row.line, "event", str(error)))
    entries = line.record_all([*facilities(drafts, loaded, subjects), *drafts, *entities(drafts, subjects)])
    return LoadReport(len(loaded), len({row.source.id for row in loaded}), entries, tuple(problems))
