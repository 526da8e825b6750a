"""The statements of a story: drafts with ids, and their dates of recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import count

from attrs import evolve, frozen

from timeline.entry import Draft
from timeline.errors import InvalidValue
from timeline.testing.clock import last_second
from timeline.values.containers import as_tuple
from timeline.values.instants import FUTURE
from timeline.values.report import Modality, Report
from timeline.values.when import When

By = str | Report | Iterable[str | Report]
"""Who says so: a source by name, a report, or several of them."""
_SOMEBODY = "a source"
_numbers = count(1)
GIVEN_ID = re.compile(r"\btold-\d+\b")
"""An id that `told_id` gave; an account shows the position instead."""


@frozen(eq=False)
class Told:
    """A statement in a story. It is one entry, however often it is given.

    Give it to `correct`, `retract`, `dispute`, `corroborate`, `merge` or `redact`, to `after=`, `part_of=` and
    `fulfils=`, and to what a story expects. `recorded` None: the story's clock decides.
    """

    draft: Draft
    recorded: When | None = None

    @property
    def id(self) -> str:
        """The id its entry gets."""
        return str(self.draft.id)


def told_id() -> str:
    """Make an id for a statement without one."""
    return f"told-{next(_numbers)}"


def reports_of(by: By, published: When | None) -> tuple[Report, ...]:
    """Return the sources as reports, published on this date unless a report has its own.

    Raises: InvalidValue.
    """
    sources = as_tuple(by, (str, Report))
    if not all(isinstance(source, str | Report) for source in sources):
        raise InvalidValue(f"by is {by!r}: expected a source, or a list of sources.", value=by)
    given = [Report(source) if isinstance(source, str) else source for source in sources]
    if published is None:
        return tuple(given)
    return tuple(evolve(report, published=report.published or published) for report in given or [Report(_SOMEBODY)])


def recorded_by_default(draft: Draft, tz: tzinfo) -> int:
    """Return the latest moment that a draft mentions as past: the earliest at which it can be recorded."""
    return max((last_second(when, tz) for when in _dates(draft) if when.span().end < FUTURE), default=0)


def _dates(draft: Draft) -> Iterator[When]:
    yield from (report.published for report in draft.reports if report.published is not None)
    foreseen = draft.modality is not Modality.ACTUAL
    occurred = draft.occurred or getattr(draft.event, "occurred", None)
    if isinstance(occurred, When) and not foreseen:
        yield occurred
