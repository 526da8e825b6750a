"""Facts of a camp in a few words, and a clock set by hand."""

from __future__ import annotations

from datetime import datetime, timezone

from timeline import Report, Timeline, exactly
from timeline.events import custody, facility

HOL = "al-hol-camp"


def held(authority: str, manner: str = "seized") -> facility.ControlChanged:
    return facility.ControlChanged(facility=HOL, authority=authority, manner=manner)


def moved(number: int, **more: object) -> custody.DetaineesTransferred:
    return custody.DetaineesTransferred(quantity=exactly(number), origin="a", destination="b", operation="op", **more)


def by(source: str, published: str | None, credibility: int | None = None) -> list[Report]:
    return [Report(source, published=published, credibility=credibility)]


class Clock:
    """A clock set by hand."""

    def __init__(self, day: str) -> None:
        self.set(day)

    def set(self, day: str) -> None:
        self.now = datetime.fromisoformat(day).replace(tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now


def total(line: Timeline, *args: object, **kwargs: object) -> int | None:
    operation = line.at(*args, **kwargs).custody.operations.get("op")
    return operation.moved.best if operation else None
