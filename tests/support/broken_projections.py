"""Projections that are broken on purpose, each in one way, under the contract that must find them out.

Not collected with the other tests: `test_broken.py` runs it by itself and looks at what fails.
"""

import itertools

from hypothesis import Phase, settings

from timeline.events.border import CrossingClosed, CrossingOpened
from timeline.projections.projection import Accessor, Projection
from timeline.testing.projections import ProjectionContract
from timeline.testing.strategies import events

settings.register_profile("find", phases=[Phase.generate], derandomize=True, database=None)
settings.load_profile("find")


def keys(reading):
    """Return the crossing, if there is one."""
    return [reading.event.crossing] if isinstance(reading.event, CrossingOpened | CrossingClosed) else []


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
