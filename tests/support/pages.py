"""The data of a page, read in Python as its script reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from timeline.display.page.numbering import ALWAYS, FREE
from timeline.index.complete import NEVER
from timeline.values.instants import FUTURE, PAST


def data_of(path: Path) -> dict[str, Any]:
    """Return the data of a page on disk."""
    found = re.search(r'id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def value_at(data: dict[str, Any], row: int, occurred: int | None, reported: int | None) -> Any:
    """Return the value of a path, by its number, at a point of both clocks (exclusive ends; None: left free)."""
    here, known = FUTURE if occurred is None else occurred, NEVER if reported is None else reported
    flat = data["rows"][row]
    for n in range(len(flat) - 5, -1, -5):
        published, begins, ends = (moment(data, number) for number in flat[n : n + 3])
        if published <= known and begins <= here < ends:
            return data["values"][flat[n + 3]]
    return data["values"][data["rests"][row]]


def moment(data: dict[str, Any], number: int) -> int:
    """Return a moment by its number."""
    if number >= 0:
        return data["times"][number]
    return PAST if number == ALWAYS else FUTURE if number == FREE else NEVER


def findings_at(data: dict[str, Any], occurred: int | None, reported: int | None) -> list[dict[str, Any]]:
    """Return the findings at a point of both clocks."""
    return [
        found
        for found in data["findings"]
        if (
            occurred is None
            if found["from"] == -1
            else found["from"] is None or occurred is None or found["from"] <= occurred
        )
        and within(found["r"], reported)
    ]


def versions_at(data: dict[str, Any], position: int, reported: int | None) -> list[dict[str, Any]]:
    """Return the versions of an entry as published by a moment; none where nothing else was said."""
    claims = data["claims"].get(str(position), [])
    return [claim for claim in claims if any(within(stretch, reported) for stretch in claim["r"])]


def within(stretch: list[int | None], reported: int | None) -> bool:
    """Tell whether a moment of the reported clock lies in a stretch."""
    start, end = stretch
    begun = reported is None if start == -1 else start is None or reported is None or start <= reported
    over = reported is not None if end == -1 else end is None or (reported is not None and reported < end)
    return begun and over
