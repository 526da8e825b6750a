"""Mappings for data sets of conflict that many use: ACLED, UCDP GED, and tables with HXL hashtags.

    table.load(line, "acled.csv", presets.acled())
    table.load(line, "ged251.csv", presets.ucdp(published="2025-06-01"))
    table.load(line, "camps.csv", presets.hxl("camps.csv"))

Each row becomes an `EventCoded`: what the data set says of an event, in its own terms. Codes of precision become EDTF
times. Fatalities are a number of people, with the bounds that the data set gives: both in UCDP GED, none in ACLED.
Coordinates are a `Place` of the precision that the row codes; HXL has no code for that, so its coordinates stay out.
For what the row means to a facility, write a mapping of your own beside it, for the rows of some `sub_event_type`.

Source: the codebooks of ACLED (2023) and UCDP GED 25.1, and HXL 1.1.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from attrs import frozen

from timeline.errors import InvalidValue, InvalidWhen
from timeline.events.declare import event
from timeline.events.fields import People
from timeline.exchange.cells import BadCellError, Cells, Column
from timeline.exchange.dates import dated, epoch
from timeline.exchange.delimited import ENCODING, hashtags
from timeline.exchange.mapping import RowMapping
from timeline.exchange.readers import slugged, whole
from timeline.values.entities import Authority
from timeline.values.place import ACLED_PRECISIONS, UCDP_PRECISIONS, Place, Precision
from timeline.values.quantity import PEOPLE, Quantity, about
from timeline.values.when import When, WhenLike


@event("conflict.event_coded")
class EventCoded:
    """A data set coded an event: its kind in the words of the data set, who took part, where, and who died.

    `place` says in words where it happened, `coordinates` where on the globe and how precisely that is known.

    Source: ACLED `event_type` and `sub_event_type`, UCDP GED `type_of_violence`, HXL `#event`.
    """

    kind: str
    subkind: str = ""
    actors: tuple[Authority, ...] = ()
    place: str = ""
    country: str = ""
    fatalities: People | None = None
    detail: str = ""
    about: tuple[str, ...] = ()
    coordinates: Place | None = None


def acled() -> RowMapping:
    """Return the mapping for an export of ACLED.

    `time_precision` 1 is a day, 2 the week around it, 3 the month, the last two approximate. `fatalities` is one number
    without bounds. `geo_precision` 1 is a town, 2 a town that represents the area around it, 3 a place that represents
    a region. A row is published at its `timestamp`, when ACLED last changed it.
    """
    return RowMapping(
        EventCoded,
        {
            "kind": Column("event_type"),
            "subkind": Column("sub_event_type"),
            "actors": _Slugs(("actor1", "actor2")),
            "place": _Joined(("location", "admin2", "admin1")),
            "country": Column("country"),
            "fatalities": Column("fatalities", lambda text: about(whole(text))),
            "detail": Column("notes"),
            "coordinates": _Located("geo_precision", ACLED_PRECISIONS),
        },
        occurred=_AcledTime(),
        report={"source": "ACLED", "published": Column("timestamp", epoch(1)), "attributed_to": Column("source")},
        id=Column("event_id_cnty"),
    )


def ucdp(*, published: WhenLike | None = None) -> RowMapping:
    """Return the mapping for a file of UCDP GED; `published` is the date of its release, which no column holds.

    `date_start` and `date_end` bound the time, as `date_prec` 2 to 5 mean. `low`, `best` and `high` are the bounds of
    the fatalities. `where_prec` 1 is a named place, taken for a town, 2 the area around one, 3 a district, 4 a region,
    5 a line or an area without borders, 6 a country, 7 waters or airspace outside all countries.
    """
    return RowMapping(
        EventCoded,
        {
            "kind": Column("type_of_violence", _violence),
            "subkind": Column("dyad_name"),
            "actors": _Slugs(("side_a", "side_b")),
            "place": _Joined(("where_coordinates", "adm_2", "adm_1")),
            "country": Column("country"),
            "fatalities": _Bounds("low", "best", "high"),
            "detail": Column("source_headline"),
            "coordinates": _Located("where_prec", UCDP_PRECISIONS),
        },
        occurred=_UcdpTime(),
        report={
            "source": "UCDP GED",
            "published": None if published is None else When.of(published),
            "attributed_to": Column("source_office"),
        },
        id=Column("id", lambda text: f"ucdp-{text}"),
    )


def hxl(path: str | os.PathLike[str], *, delimiter: str = ",", encoding: str = ENCODING) -> RowMapping:
    """Return the mapping for a table, by its row of hashtags: those of dates, events, places, people and sources.

    A mapping of your own may name a column by its hashtag too, as `Column("#affected +killed")`.

    Raises: InvalidValue for a table without hashtags, or without `#event` or `#date`; CannotRead.
    """
    tags = _Hashtags(hashtags(path, delimiter=delimiter, encoding=encoding))
    dead = ("#affected+killed", "#affected+deaths", "#affected+fatalities")
    low, high = (tags.first(*(f"{tag}{bound}" for tag in dead)) for bound in ("+low", "+high"))
    best = tags.first(*(f"{tag}+best" for tag in dead), *dead)
    start, end = tags.first("#date+start", "#date+occurred", "#date"), tags.first("#date+end")
    return RowMapping(
        EventCoded,
        {
            "kind": Column(tags.needed("#event+type", "#event")),
            "subkind": _column(tags.first("#event+subtype", "#event+subcategory")),
            "actors": _Slugs(tags.every("#group+name", "#org+name", "#org", "#group")),
            "place": _Joined(tags.every("#loc+name", "#adm3+name", "#adm2+name", "#adm1+name")),
            "country": _column(tags.first("#country+name", "#country")),
            "fatalities": None if best is None else _Bounds(low, best, high),
            "detail": _column(tags.first("#description")),
        },
        occurred=_Between(start or tags.needed("#date"), end),
        report={"source": _Source(tags.first("#meta+source", "#source"))},
        id=_column(tags.first("#event+code", "#event+id", "#meta+id")),
    )


_DAYS: Final = ("%Y-%m-%d", "%d %B %Y", "%Y-%m-%d 00:00:00.000", "%Y-%m-%d 00:00:00")
_VIOLENCE: Final = {"1": "state-based conflict", "2": "non-state conflict", "3": "one-sided violence"}
_day = dated(*_DAYS)


def _violence(text: str) -> str:
    if text not in _VIOLENCE:
        raise ValueError(f"{text!r} is not a type of violence: expected 1, 2 or 3")
    return _VIOLENCE[text]


def _column(name: str | None) -> Column | None:
    return None if name is None else Column(name)


@frozen
class _Slugs:
    """The slugs of the names in several columns; a blank one names nobody."""

    columns: tuple[str, ...]

    def __call__(self, cells: Cells) -> tuple[str, ...]:
        return tuple(dict.fromkeys(slug for name in self.columns if (slug := slugged(cells[name]))))


@frozen
class _Joined:
    """The texts of several columns, from the nearest place to the widest."""

    columns: tuple[str, ...]

    def __call__(self, cells: Cells) -> str:
        return ", ".join(dict.fromkeys(cells[name] for name in self.columns if cells[name]))


@frozen
class _Bounds:
    """A number of people out of the columns of its bounds and its best estimate."""

    low: str | None
    best: str
    high: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.low, self.best, self.high) if name is not None)

    def __call__(self, cells: Cells) -> Quantity | None:
        low, best, high = (
            whole(cells[n]) if n is not None and cells[n] else None for n in (self.low, self.best, self.high)
        )
        if (low, best, high) == (None, None, None):
            return None
        return Quantity(low or 0, best, high, unit=PEOPLE)


@frozen
class _Located:
    """The place of a row: its degrees, as precisely as a code says; None without degrees."""

    code: str
    precisions: Mapping[int, Precision]

    @property
    def columns(self) -> tuple[str, ...]:
        return ("latitude", "longitude", self.code)

    def __call__(self, cells: Cells) -> Place | None:
        latitude, longitude, code = (cells[name] for name in self.columns)
        if not (latitude or longitude):
            return None
        precision = self.precisions.get(int(code)) if code.isdecimal() else None
        if precision is None:
            known = ", ".join(map(str, self.precisions))
            raise BadCellError(self.code, f"{self.code} is {code!r}: expected one of {known}")
        return Place(*map(_degrees, (latitude, longitude)), precision=precision)


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number of degrees: expected one such as 36.375") from None


class _AcledTime:
    columns = ("event_date", "time_precision")

    def __call__(self, cells: Cells) -> When | None:
        text, precision = cells["event_date"], cells["time_precision"]
        if not text:
            return None
        day = _day(text)
        match precision:
            case "1":
                return day
            case "2":
                return _around(day, 3)
            case "3":
                return When.parse(f"{day.text[:7]}~")
        raise ValueError(f"time_precision is {precision!r}: expected 1 (a day), 2 (a week) or 3 (a month)")


def _around(day: When, days: int) -> When:
    """Return the days around a day, as an approximate time."""
    middle = date.fromisoformat(day.text)
    first, last = (middle + timedelta(days=number) for number in (-days, days))
    return When.parse(f"{first}~/{last}~")


class _UcdpTime:
    columns = ("date_start", "date_end", "date_prec")

    def __call__(self, cells: Cells) -> When | None:
        if cells["date_prec"] not in ("1", "2", "3", "4", "5"):
            raise ValueError(f"date_prec is {cells['date_prec']!r}: expected 1 (a day) to 5 (more than a month)")
        return _between(cells["date_start"], cells["date_end"])


@frozen
class _Between:
    first: str
    last: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.first,) if self.last is None else (self.first, self.last)

    def __call__(self, cells: Cells) -> When | None:
        return _between(cells[self.first], "" if self.last is None else cells[self.last])


def _between(first: str, last: str) -> When | None:
    """Return the time between two days; one day if they are the same, or the last is blank."""
    ends = [_edtf_or_day(text) for text in dict.fromkeys((first, last)) if text]
    return When.parse("/".join(str(end) for end in ends)) if ends else None


def _edtf_or_day(text: str) -> When:
    try:
        return When.parse(text)
    except InvalidWhen:
        return _day(text)


@frozen
class _Source:
    """The source that a row names; a table without such a column is its own source."""

    name: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        return () if self.name is None else (self.name,)

    def __call__(self, cells: Cells) -> str:
        return (self.name and cells[self.name]) or "unnamed source"


class _Hashtags:
    """The hashtags of a table.

    A column fits a hashtag if it has all of its attributes. A hashtag without any is fitted by itself alone: `#date` is
    not `#date +reported`.
    """

    def __init__(self, written: Iterable[str]) -> None:
        self._written = [(text, _parts(text)) for text in written if text]

    def first(self, *wanted: str) -> str | None:
        """Return the hashtag of the first column that fits best; None if none does."""
        return next(iter(self.every(*wanted)), None)

    def every(self, *wanted: str) -> tuple[str, ...]:
        """Return the hashtags of all columns that fit one, those first that say the least beside it."""
        found: dict[str, None] = {}
        for one in map(_parts, wanted):
            fits = [(len(has), text) for text, has in self._written if one <= has and (len(one) > 1 or one == has)]
            found |= dict.fromkeys(text for _, text in sorted(fits, key=lambda fit: fit[0]))
        return tuple(found)

    def needed(self, *wanted: str) -> str:
        found = self.first(*wanted)
        if found is None:
            has = ", ".join(text for text, _ in self._written)
            raise InvalidValue(f"the table has no column {wanted[0]}: expected one. It has {has}.", value=wanted)
        return found


def _parts(hashtag: str) -> frozenset[str]:
    """Return a hashtag and its attributes."""
    return frozenset(re.sub(r"\s", "", hashtag).lower().split("+"))
