"""Projections that are broken on purpose, each in one way, under the contract that must find them out.

Not collected with the other tests: `test_broken.py` runs it by itself and looks at what fails.
"""

import itertools
import random
import struct
from datetime import date

from hypothesis import Phase, settings

from timeline import Facility, Quantity, event, exactly
from timeline.events.border import CrossingClosed, CrossingOpened
from timeline.projections.projection import Accessor, Projection
from timeline.testing.projections import ProjectionContract
from timeline.testing.strategies import events
from timeline.values.entities import Authority

settings.register_profile("find", phases=[Phase.generate], derandomize=True, database=None)
settings.load_profile("find")


def keys(reading):
    """Return the crossing, if there is one."""
    return [reading.event.crossing] if isinstance(reading.event, CrossingOpened | CrossingClosed) else []


COLOURS = ("red", "green", "blue", "black", "pink", "grey", "gold", "teal", "navy", "lime")
TICKS = itertools.count()
SEEN = set()


def once(count, reading, key):
    """Count an entry, unless it was counted before: in whichever fold."""
    digest = reading.entry.digest
    new = digest not in SEEN
    SEEN.add(digest)
    return (count or 0) + new


def into_a_list(known, reading, key):
    """Put it into the list that is there."""
    known = [] if known is None else known
    known.append(type(reading.event).__name__)
    return known


@event("tests.swap_reported")
class SwapReported:
    """Bodies swapped people, or anything else."""

    facility: Facility
    parties: tuple[Authority, ...] = ()
    quantity: Quantity | None = None


def of_a_swap(**shaped):
    """Keep a projection of swaps, by facility, under the contract."""
    touched = {"keys": lambda reading: [reading.event.facility] if isinstance(reading.event, SwapReported) else []}
    return type(
        "TestBroken",
        (ProjectionContract,),
        {"projection": Projection(name="broken", **{**touched, **shaped}), "events": events(SwapReported)},
    )


def best(reading):
    """Return the best estimate of a swap, or 0."""
    return reading.event.quantity and reading.event.quantity.best or 0


def counted(count, reading, key):
    """Count the entries of a key."""
    return (count or 0) + 1


def of_a_crossing(**shaped):
    return type(
        "TestBroken",
        (ProjectionContract,),
        {
            "projection": Projection(name="broken", **{"keys": keys, **shaped}),
            "events": events(CrossingOpened, CrossingClosed),
        },
    )


TestExpectsItsOwnEventsOnly = of_a_crossing(
    keys=lambda reading: [reading.event.crossing], evolve=lambda before, reading, key: "seen"
)
TestTripsOverATime = of_a_crossing(evolve=lambda before, reading, key: reading.occurred.text)
TestCountsFoldings = of_a_crossing(evolve=lambda before, reading, key: next(TICKS))
TestLooksAtPositions = of_a_crossing(evolve=lambda before, reading, key: reading.entry.position)
TestRemembersEntries = of_a_crossing(evolve=once)
TestAddsUpItsKeys = of_a_crossing(
    evolve=lambda count, reading, key: (count or 0) + 1,
    flat=lambda view: [(("total",), sum(view.values()))],
    locate=lambda view, path: Accessor(path[0], lambda count: count),
    by_key=True,
)
TestChangesAList = of_a_crossing(evolve=into_a_list)
TestAddsUnlikeUnits = of_a_swap(
    evolve=lambda total, reading, key: (total or exactly(0)) + (reading.event.quantity or exactly(0))
)
TestPacksSmallNumbers = of_a_swap(evolve=lambda before, reading, key: struct.pack("<i", best(reading)))
TestHasFewColours = of_a_swap(
    keys=lambda reading: reading.event.parties if isinstance(reading.event, SwapReported) else (),
    evolve=counted,
    flat=lambda view: [((str(key), COLOURS[place]), count) for place, (key, count) in enumerate(view.items())],
    locate=lambda view, path: Accessor(path[0], lambda count: count),
)
TestAsksForTheDay = of_a_swap(evolve=lambda before, reading, key: date.today().year)
TestDrawsLots = of_a_swap(evolve=lambda before, reading, key: random.random() < 2)
TestShowsTwice = of_a_swap(evolve=counted, flat=lambda view: [((str(key),), 2 * count) for key, count in view.items()])
TestRunsAstray = of_a_crossing(
    evolve=counted, run=lambda count, readings, key: ((count or 0) + 1, len(readings)), by_key=True
)
