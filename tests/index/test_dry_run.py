"""A dry run says of every key what the log says once the entries are on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from timeline import Draft, Timeline
from timeline.entry import Entry
from timeline.events import custody, editorial, entity, facility
from timeline.index.overlay import dry_run
from timeline.index.view import EVERYTHING, View
from timeline.index.views import ViewCache
from timeline.projections import BUILT_IN
from timeline.testing.strategies import Chronicle, messy_histories


class Source:
    """Entries in memory, as an index reads them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    def get(self, positions: Sequence[int]) -> list[Entry]:
        return [self.entries[position - 1] for position in positions]

    def again(self, position: int) -> Entry:
        return self.entries[position - 1]

    def find(self, ids: Sequence[str]) -> dict[str, int]:
        return {entry.id: entry.position for entry in self.entries if entry.id in ids}

    def tagged(self, tag: str, before: int) -> list[int]:
        return [entry.position for entry in self.entries if tag in entry.tags and entry.position < before]


def known(source: Source, entries: Sequence[Entry]) -> ViewCache:
    cache = ViewCache(source, {projection.name: projection for projection in BUILT_IN}, timezone.utc)
    cache.add(entries)
    return cache


def said(view: View, name: str, key: Any) -> tuple[Any, list[str]]:
    folded = view.folded(name)
    value = folded.value(key, EVERYTHING) if folded.touched(key) else None
    return value, sorted(str(placed.finding) for placed in folded.findings_so_far(key))


@given(messy_histories(max_size=14), st.data())
def test_a_dry_run_says_what_the_log_will_say(chronicle: Chronicle, data: st.DataObject) -> None:
    entries = tuple(chronicle.timeline().entries())
    count = data.draw(st.integers(0, len(entries)))
    source = Source(entries)
    before, after = known(source, entries[:count]), known(source, entries)
    source.entries = entries[:count]
    before.complete.finish()
    tried = dry_run(before.complete, entries[count:])
    told = {(name, key): said(tried, name, key) for name in before.projections for key in tried.changed(name)}
    source.entries = entries
    for name in before.projections:
        for key in after.complete.folded(name):
            assert told.get((name, key), said(before.complete, name, key)) == said(after.complete, name, key)


def test_a_judgement_of_a_batch_names_the_entries_of_that_batch() -> None:
    """Names that a batch both joins and mentions first are one in a dry run, also beside a known entry."""
    line = Timeline()
    line.record(custody.DetaineesEscaped(facility="al-aqtan-prison"), id="e0")
    line.record(editorial.EventCorroborated(target="e0"))
    same = entity.IdentityJudged(left="facility:al-hol-camp", right="facility:al-hawl-camp", judgement="same")
    escaped = custody.DetaineesEscaped(facility="al-aqtan-prison")
    registered = facility.FacilityRegistered(facility="al-hawl-camp")
    batch = line.record_all([Draft(same), Draft(registered), Draft(escaped, after=["e0"])])
    entries = tuple(line.entries())
    before = known(Source(entries), entries[: -len(batch)]).complete
    assert dry_run(before, batch).changed("facilities") == {("facility", "al-hol-camp")}
