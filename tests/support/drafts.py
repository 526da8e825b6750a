"""Short drafts for tests of logs."""

from __future__ import annotations

from timeline.entry import Draft
from timeline.events import border


def opened(crossing="rabia", **given):
    return Draft(border.CrossingOpened(crossing=crossing), **given)


def many(count, name="e"):
    return [opened(id=f"{name}{number}") for number in range(count)]
