"""A short tour in the terminal: `python -m examples.northeast_syria.demo [path]`.

The tour loads the chronicle into a file (a temporary file, unless you give a path). Then it asks who held what on
three days, how many were moved, and what was agreed. It shows one past day as reports came in, and the sources
behind one figure.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from textwrap import shorten, wrap
from typing import Any

from examples.northeast_syria import load
from timeline import NOBODY, Quantity, Report, Situation, Timeline, When
from timeline.answers.text import table
from timeline.projections.facilities import FacilityState

WIDTH = 110
DAYS = ("2026-01-19", "2026-01-25", "2026-02-15")
MISSION = "centcom-transfer-2026"
SHADDADI = "al-shaddadi-prison"
NAMES: dict[Any, str] = {
    "sdf": "SDF",
    "syria-gov": "Damascus",
    "iraq-gov": "Iraq",
    "us-coalition": "coalition",
    NOBODY: "nobody",
    None: "-",
}
AGREEMENTS = {
    "agreement-2026-01-18": "Damascus-SDF deal of 18 January",
    "ceasefire-2026-01-20": "truce of 20 January",
    "agreement-2026-01-30": "Damascus-SDF accord of 30 January",
    "iraq-us-transfer-deal": "Iraq-US understanding on transfer",
}
CROSSINGS = {
    "rabia-yarubiyah-crossing": "crossing Rabia / al-Yarubiyah",
    "al-qaim-bukamal-crossing": "crossing al-Qaim / al-Bukamal",
}
ESCAPES = ("escaped from Shaddadi", "lowest version", "highest", "versions")
Rows = list[list[str]]


def main(arguments: Sequence[str]) -> None:
    """Load into the path given, or into a temporary file, and print the tour."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(arguments[0]) if arguments else Path(folder) / "northeast-syria.db"
        with Timeline.open(path) as line:
            print(f"Loaded {load(line)} into {path.name}.")
            print("\n".join(tour(line)))


def tour(line: Timeline) -> Iterator[str]:
    """Yield the whole tour, line by line."""
    situations = [line.at(day) for day in DAYS]
    days = [str(_day(When.parse(day))) for day in DAYS]
    yield from _section("Who held what", "from: took over then;  by: was seen holding it by then")
    yield from table([["", *days], *_control(situations)])
    yield from _section(
        "How many", "150 exactly;  ≈ about;  ≥ at least;  ≤ at most;  ? no number known;  - not reported"
    )
    yield from table([["", *days], *_people(situations)])
    yield from _section("Agreements and border", "overdue: its end has passed, and nobody reported what came of it")
    yield from table([["", *days], *_accords(situations)])
    yield from _section(
        "One past day, as reports came in",
        "What was known of 21 January: a handover announced on the 23rd overturned an earlier report on al-Aqtan",
    )
    yield from table([["published by", "holder of al-Aqtan", *ESCAPES], *_hindsight(line)])
    yield from _section("Behind one figure", "The running total of the transfer, as of 15 February")
    yield from _behind(situations[-1])


def _section(title: str, legend: str) -> Iterator[str]:
    yield from ("", title.upper(), legend, "-" * WIDTH)


def _each(situations: Sequence[Situation], ask: Callable[[Situation], Any]) -> list[str]:
    return [_shown(ask(situation)) for situation in situations]


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)


def _control(situations: Sequence[Situation]) -> Rows:
    """Make a row for every facility whose holder was known on the last day."""
    last = situations[-1].facilities
    held = [slug for slug in last if last[slug].holder() is not None]
    return [[_name(last[slug]), *_each(situations, partial(_hold, slug=slug))] for slug in held]


def _name(facility: FacilityState) -> str:
    """Return the first of several names, without explanations, and the kind of the facility."""
    first = re.split(r" \(| / |,", facility.names["en"])[0]
    kind = facility.kind if facility.kind in ("prison", "camp", "crossing") else ""
    return first if not kind or kind in first else f"{first} {kind}"


def _hold(situation: Situation, slug: str) -> str:
    facility = situation.facilities.get(slug)
    if facility is None or facility.holder() is None:
        return "-"
    return ", ".join(filter(None, (NAMES[facility.holder()], _since(facility.since()))))


def _since(since: When | None) -> str:
    if since is None:
        return ""
    return f"by {_day(since)}" if since.earliest is None else f"from {_day(since)}"


def _day(when: When) -> str:
    """Format a day of 2026 without its year; leave months and years as they are."""
    last = when.latest
    if last is None or not re.search(r"\d{4}-\d\d-\d\d", str(when)):
        return str(when).removeprefix("../")
    return f"{last.day} {last:%b}" + ("" if last.year == 2026 else f" {last.year}")


def _people(situations: Sequence[Situation]) -> Rows:
    def of_mission(name: str) -> list[str]:
        return _each(situations, lambda s: getattr(s.custody.operations.get(MISSION), name, None))

    return [
        ["US transfer to Iraq", *of_mission("status")],
        ["  planned", *of_mission("planned")],
        ["  moved, batches reported one by one", *of_mission("moved")],
        ["  moved, running total somebody gave", *of_mission("claimed")],
        ["  remaining, planned less batches", *of_mission("remaining")],
        ["Al-Hol camp, last headcount", *_each(situations, lambda s: s.custody.counted(facility="al-hol-camp"))],
        ["Shaddadi prison, escaped", *_each(situations, lambda s: _flowed(s.custody.escaped(facility=SHADDADI)))],
        [
            "Shaddadi prison, caught again",
            *_each(situations, lambda s: _flowed(s.custody.recaptured(facility=SHADDADI))),
        ],
        [
            "Al-Hol, sent home to Iraq since 2025",
            *_each(situations, lambda s: s.custody.repatriated(facility="al-hol-camp")),
        ],
    ]


def _flowed(quantity: Quantity) -> str:
    return "-" if quantity.high == 0 else str(quantity)


def _accords(situations: Sequence[Situation]) -> Rows:
    return [
        *([name, *_each(situations, partial(_accord, slug=slug))] for slug, name in AGREEMENTS.items()),
        *([name, *_each(situations, partial(_crossing, slug=slug))] for slug, name in CROSSINGS.items()),
        ["incidents at the border", *_each(situations, lambda s: len(s.border.incidents))],
    ]


def _accord(situation: Situation, slug: str) -> str | None:
    found = situation.agreements.get(slug)
    if found is None or found.status is None:
        return None
    return found.status.replace("_", " ") + (", overdue" if found.overdue else "")


def _crossing(situation: Situation, slug: str) -> str | None:
    found = situation.border.crossings.get(slug)
    return found.status if found else None


def _hindsight(line: Timeline) -> Iterator[list[str]]:
    """Ask about the same day repeatedly, each time with the reports published by then."""
    for reported in ("2026-01-19", "2026-01-20", "2026-01-21", "2026-01-23", "2026-02-28"):
        now, low, high = (
            line.at("2026-01-21", reported=reported, policy=policy) for policy in ("standing", "lowest", "highest")
        )
        escaped = (_flowed(s.custody.escaped(facility=SHADDADI)) for s in (now, low, high))
        yield [_day(When.parse(reported)), _hold(now, "al-aqtan-prison"), *escaped, str(len(now.claims("R093")))]


def _behind(situation: Situation) -> Iterator[str]:
    """Yield a figure, the reports that give it, and the versions of others."""
    path = ("custody", "operations", MISSION, "claimed")
    figure = situation.why(*path)[0]
    standing, *rivals = situation.claims(figure)
    yield f"{standing.quantity} is said by"
    for report in standing.reports:
        yield from _source(report)
    for rival in rivals:
        if rival.quantity is not None:
            yield f"{rival.quantity} is said instead by"
            for report in rival.reports:
                yield from _source(report)


def _source(report: Report) -> Iterator[str]:
    cited = f" citing {report.attributed_to}" if report.attributed_to else ""
    words = f": “{shorten(report.quote, 30)}”" if report.quote else ""
    said = f"{report.published}  {report.source}{cited}{words}"
    yield from wrap(said, WIDTH, initial_indent="    ", subsequent_indent=" " * 16)


if __name__ == "__main__":
    main(sys.argv[1:])
