"""The base of all cases of the log contract: opening a log, and looking into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import pytest

from timeline.entry import Draft, Entry
from timeline.errors import TimelineError
from timeline.events import border, custody
from timeline.log.base import BaseLog
from timeline.log.stored import Stored
from timeline.testing.concurrency import Opener, after_insert, opened
from timeline.values.quantity import about, exactly

Make = Callable[..., BaseLog]
"""Opens an empty log, with the options given (`clock=`), and closes it in the end."""
Places = Callable[[], str]
"""Names a place where no log is yet."""


class LogCases:
    """The ways to open a log, and to disturb it.

    `open(place, *, clock=...)` opens the log at a place, and makes it there if there is none. A place
    is a text; the fixture `places` says which: by default paths in a temporary directory.
    """

    open: ClassVar[Opener]
    interrupt: ClassVar[Callable[[BaseLog, Callable[[], None]], None]] = staticmethod(after_insert)
    """Makes every later `append` call a function in the middle of writing."""

    @pytest.fixture
    def places(self, tmp_path: Path) -> Places:
        """Names places, each a new one; override it where they are not paths."""
        numbers = iter(range(1_000_000))
        return lambda: str(tmp_path / f"{next(numbers)}.log")

    @pytest.fixture
    def make(self, places: Places) -> Iterator[Make]:
        """Makes logs, each an empty one, and closes them in the end."""
        made: list[BaseLog] = []

        def make(**options: Any) -> BaseLog:
            made.append(type(self).open(places(), **options))
            return made[-1]

        yield make
        for log in made:
            log.close()

    @pytest.fixture
    def log(self, make: Make) -> BaseLog:
        """One empty log."""
        return make()

    def rewrite(self, log: BaseLog, rows: Sequence[Stored]) -> None:
        """Put these rows in place of what the log has stored, behind its back.

        By default only the log is made to see them so; override it to change the store itself.
        """
        log.select = lambda query: list(islice(filter(query.matches, rows), query.limit))  # type: ignore[method-assign]


def escaped(prison: str = "shaddadi", number: int | None = None, **given: Any) -> Draft:
    """Draft an escape."""
    quantity = about(5) if number is None else exactly(number)
    return Draft(custody.DetaineesEscaped(facility=prison, quantity=quantity), **given)


def prolong(log: BaseLog, size: int) -> None:
    """Make a log so long, in batches that any store takes as a whole."""
    for first in range(0, size, 500):
        log.append([opened() for _ in range(first, min(first + 500, size))])


def positions(entries: Iterable[Entry]) -> list[int]:
    """Return the position of each entry."""
    return [entry.position for entry in entries]


def ids(entries: Iterable[Entry]) -> list[str]:
    """Return the id of each entry."""
    return [entry.id for entry in entries]


def rejected(log: BaseLog, drafts: Any, error: type[TimelineError], match: str | None = None, **given: Any) -> Any:
    """Return the error with which a batch is refused, and check that nothing of it is kept."""
    before, kept = log.head(), ids(log.read())
    with pytest.raises(error, match=match) as caught:
        log.append(drafts, **given)
    assert log.head() == before
    assert ids(log.read()) == kept
    return caught.value


FILLED = [
    opened("a", id="e1"),
    escaped("p", id="e2"),
    Draft(border.CrossingClosed(crossing="a", about=("authority:sdf",)), id="e3"),
    Draft(custody.DetaineesTransferred(origin="p", destination="a"), id="e4"),
    opened("b", id="e5", after=["e2"]),
    opened("a", id="e6"),
]
"""Six entries to ask for by range, tags and types."""
