"""Times of events: an instant, or an honest lack of one.

Sources say *on 21 January*, *in January*, *by 18 December*, *in the spring*. A `When` holds exactly
that: two bounds, either of which may be open, and whether the source itself called the date
approximate or uncertain. A time never gains precision: `2026-01` is some time in January, not the 1st.

The text is EDTF (`timeline.values.edtf` parses it). Only `span` turns times into numbers, in the zone of
the question: microseconds since 1970 UTC, half-open, so that a day is `[00:00, next 00:00)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from timeline.errors import InvalidWhen
from timeline.values import edtf
from timeline.values.instants import FUTURE, PAST, Span, microseconds, midnight, zone

if TYPE_CHECKING:  # takes a tenth of a second to import
    import pendulum


class When:
    """A time, as precise as its source and no more, written in EDTF.

    1. `earliest` and `latest` are pendulum dates (the last day included), or date-times where the
       text gives an instant; None is open. A date has no zone until somebody asks with one.
    2. `approximate` (`~`) and `uncertain` (`?`) say so and widen nothing.
    3. `When.parse(str(w)) == w`, and equality is sameness of text. Sameness in time has its own
       names: `definitely_before`, `possibly_before`, `overlaps`.

    Raises: InvalidWhen for a text that leaves something to guess; the message says what to write.
    Source: ISO 8601-2:2019, EDTF level 0 and 1, and its sets of one or all.

    >>> w = When("2026-01~")
    >>> w.earliest, w.latest, w.approximate
    (Date(2026, 1, 1), Date(2026, 1, 31), True)
    >>> When("../2026-01-21").definitely_before("2026-01-25")
    True
    """

    __slots__ = ("_utc", "approximate", "earliest", "latest", "text", "uncertain")

    text: str
    earliest: pendulum.Date | None
    latest: pendulum.Date | None
    approximate: bool
    uncertain: bool

    def __init__(self, text: str) -> None:
        reading = edtf.read(text)
        put = object.__setattr__
        put(self, "text", reading.text)
        put(self, "earliest", reading.earliest)
        put(self, "latest", reading.latest)
        put(self, "approximate", reading.approximate)
        put(self, "uncertain", reading.uncertain)
        put(self, "_utc", _span(reading.earliest, reading.latest, timezone.utc))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a When never changes; build another")

    __delattr__ = __setattr__  # type: ignore[assignment]

    @staticmethod
    def parse(text: str) -> When:
        """Parse an EDTF text; `str(when)` is the inverse.

        >>> str(When.parse("2026-01-21T09:00:00+03:00"))
        '2026-01-21T09:00:00+03:00'
        """
        return _parse(text) if isinstance(text, str) else When(text)

    @staticmethod
    def of(value: WhenLike) -> When:
        """Return the When of a text, a pendulum or standard date, an aware date-time, or a When.

        >>> from datetime import date
        >>> When.of(date(2026, 1, 21))
        When('2026-01-21')
        """
        if isinstance(value, When):
            return value
        if isinstance(value, str):
            return _parse(value)
        if isinstance(value, datetime):
            return _parse(_instant_text(value))
        if isinstance(value, date):
            return _parse(value.isoformat())
        raise InvalidWhen(
            f"{value!r} is not a time: expected EDTF text (YYYY, YYYY-MM, YYYY-MM-DD …), a date, an aware datetime, "
            "or None where the source gives none.",
            value=value,
        )

    def span(self, tz: str | tzinfo = timezone.utc) -> Span:
        """Return the span from the earliest to just after the latest moment, reading dates in `tz`.

        >>> span = When("2026-01-21").span()
        >>> (span.end - span.start) // 3_600_000_000
        24
        """
        return self._utc if tz is timezone.utc else _span(self.earliest, self.latest, tz)  # type: ignore[attr-defined]

    def definitely_before(self, other: WhenLike, tz: str | tzinfo = timezone.utc) -> bool:
        """Tell whether every moment of this time lies before every moment of the other."""
        return self.span(tz).end <= When.of(other).span(tz).start

    def possibly_before(self, other: WhenLike, tz: str | tzinfo = timezone.utc) -> bool:
        """Tell whether some moment of this time lies before some moment of the other."""
        return self.span(tz).start < When.of(other).span(tz).end - 1

    def overlaps(self, other: WhenLike, tz: str | tzinfo = timezone.utc) -> bool:
        """Tell whether both times could be the same moment."""
        mine, its = self.span(tz), When.of(other).span(tz)
        return mine.start < its.end and its.start < mine.end

    def format(self) -> str:
        """Return the canonical EDTF text, as `str` does."""
        return self.text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"When({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, When) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        return _parse, (self.text,)


def in_common(times: Sequence[When], tz: str | tzinfo = timezone.utc) -> When | None:
    """Return the time that lies within all others, as written; else the one from the latest start to the earliest end.

    Of equal times the first counts. None: the times do not overlap. An interval that ends at the instant at which
    another begins only touches it.

    >>> print(in_common([When("2026-01-20/2026-02-12"), When("2026-01-20~")]))
    2026-01-20~
    >>> print(in_common([When("2026-01-15/2026-01-25~"), When("2026-01-20?/2026-02")]))
    2026-01-20?/2026-01-25~
    """
    spans = [time.span(tz) for time in times]
    start, end = max(span.start for span in spans), min(span.end for span in spans)
    if start >= end:
        return None
    within = next((time for time, span in zip(times, spans, strict=True) if span == (start, end)), None)
    if within is not None:
        return within
    if end - start == 1:
        return None
    first = next(time for time, span in zip(times, spans, strict=True) if span.start == start)
    last = next(time for time, span in zip(times, spans, strict=True) if span.end == end)
    begin, close = _end(first, 0), _end(last, -1)
    return _parse(begin if begin == close else f"{begin}/{close}")


def _end(time: When, which: int) -> str:
    """Return the text of the start (0) or the end (-1) of a time, with its qualifier."""
    if not time.text.startswith("["):
        return time.text.split("/")[which]
    bound = time.latest if which else time.earliest
    assert bound is not None
    qualifier = {(True, True): "%", (True, False): "~", (False, True): "?"}.get((time.approximate, time.uncertain), "")
    return bound.isoformat() + ("" if isinstance(bound, datetime) else qualifier)


WhenLike = When | str | date
"""Every value accepted as a time. A datetime is a date too; it must be aware."""


def when_or_none(value: WhenLike | None) -> When | None:
    """Return `When.of` a value, or None for a source that gives no time."""
    return None if value is None else When.of(value)


@lru_cache(maxsize=1 << 16)
def _parse(text: str) -> When:
    return When(text)


def _instant_text(moment: datetime) -> str:
    if moment != moment:  # noqa: PLR0124  # pandas' NaT, which calls itself a datetime
        raise InvalidWhen(f"{moment!r} says that there is no time. Give None.", value=moment)
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InvalidWhen(
            f"{moment.isoformat()} has no offset: a clock without a zone is not an instant. Give it the zone it was "
            f"read off in, as tzinfo, or give the date {moment.date().isoformat()} alone.",
            value=moment,
        )
    offset = moment.utcoffset()
    if offset is not None and offset % timedelta(minutes=1):
        try:
            moment = moment.astimezone(timezone.utc)
        except OverflowError as error:
            raise InvalidWhen(
                f"{moment.isoformat()} lies outside the years 0001 to 9999 in UTC. Write an instant within them.",
                value=moment,
            ) from error
    return moment.isoformat()


def _span(earliest: date | None, latest: date | None, tz: str | tzinfo) -> Span:
    """Return the span between two bounds; never empty: if an instant follows a day in this zone, the instant."""
    if not isinstance(tz, tzinfo):
        tz = zone(tz)
    start = PAST if earliest is None else _first(earliest, tz, 0)
    return Span(start, FUTURE if latest is None else max(_first(latest, tz, 1), start + 1))


def _first(bound: date, tz: tzinfo, later: int) -> int:
    """Return the first moment of a bound, or (`later` 1) the first moment after it."""
    return microseconds(bound) + later if isinstance(bound, datetime) else midnight(bound, tz, later=later)
