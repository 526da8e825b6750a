"""The same events for everybody: two years of transfers, counts, changes of control, escapes and talks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from timeline import Draft, Report, about, exactly
from timeline.events import agreement, border, custody, facility
from timeline.log import codec

PLACES = [f"facility-{n:03}" for n in range(200)]
AUTHORITIES = ("sdf", "syria-gov", "iraq-gov")
START = date(2024, 1, 1)
DAYS = 730


def day(number: int, many: int) -> str:
    """Return the date of an event: in order, but one in fifty is reported up to a week late."""
    late = number % 50 == 49
    return (START + timedelta(days=number * DAYS // many - (number % 7 if late else 0))).isoformat()


def event(number: int) -> Any:
    """Make one event of mixed kinds."""
    place, other = PLACES[number * 31 % 200], PLACES[number * 17 % 199]
    match number % 10:
        case 0 | 1 | 2 | 3:
            return custody.DetaineesTransferred(
                quantity=exactly(1 + number % 40), origin=place, destination=other, operation=f"operation-{number % 9}"
            )
        case 4 | 5:
            return custody.HeadcountReported(facility=place, quantity=exactly(900 + number % 300))
        case 6:
            return custody.DetaineesEscaped(facility=place, quantity=about(1 + number % 20))
        case 7:
            return facility.ControlChanged(facility=place, authority=AUTHORITIES[number % 3])
        case 8:
            return agreement.AgreementViolated(agreement=f"agreement-{number % 7}", by=AUTHORITIES[number % 3])
        case _:
            return border.CrossingClosed(crossing=place) if number % 20 == 9 else border.CrossingOpened(crossing=place)


def draft(number: int, many: int) -> Draft:
    """Make one draft with one report; one in fifty is a part or an outcome of nothing else."""
    when = day(number, many)
    report = Report("wire", published=when, credibility=1, url=f"https://www.example.org/news/{number}")
    return Draft(event(number), occurred=when, reports=[report])


def drafts(many: int, start: int = 0, stop: int | None = None) -> Iterator[Draft]:
    """Make the entries from one number to another, of a total."""
    return (draft(number, many) for number in range(start, many if stop is None else stop))


def plain(drafts_: list[Draft]) -> list[dict[str, Any]]:
    """Make the same entries as plain data, for programs without this library."""
    import orjson

    return [orjson.loads(codec.encode(made)) for made in drafts_]
