"""Strict mode: try a batch on the index before it is appended, and refuse one that does not fit.

The entries that a batch would become are laid over everything known, and what the overlay finds beyond what was found
before is refused. The batch is then appended on the condition that nothing was appended meanwhile; otherwise it is
tried again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from timeline.entry import Draft, Entry
from timeline.errors import ConcurrencyConflict, IllegalTransition
from timeline.events.naming import type_name
from timeline.history.finding import Finding
from timeline.index.overlay import dry_run
from timeline.live.current import LiveIndex
from timeline.log import codec
from timeline.log.base import BaseLog
from timeline.log.clocks import Clock, read_clock
from timeline.log.query import Expect
from timeline.log.stored import Stored, entry_saying

_REFUSED = frozenset({"illegal_transition", "negative_balance"})


def append_strictly(
    index: LiveIndex, batch: Sequence[Draft], conditions: Sequence[Expect], clock: Clock
) -> tuple[Entry, ...]:
    """Append a batch that adds no finding of the kinds that strict mode refuses.

    Raises: IllegalTransition, and what `BaseLog.append` raises; nothing is appended then.
    """
    while True:
        index.catch_up()
        unchanged = Expect(after=index.views.complete.count)
        added = _added(index, provisional(batch, index.log, clock))
        if added:
            raise IllegalTransition(
                "refused, nothing was appended: " + "; ".join(map(str, added)) + ". Record what is missing "
                "before it, correct it, or open the timeline without strict=True to keep it with its finding.",
                findings=added,
            )
        try:
            return index.log.append(batch, expect=(*conditions, unchanged))
        except ConcurrencyConflict as conflict:
            if conflict.expected is not unchanged:
                raise


def provisional(batch: Sequence[Draft], log: BaseLog, clock: Clock) -> list[Entry]:
    """Return the entries that some drafts would become.

    Drafts whose id is on the log, and drafts that refer to what is not, are left out: `append` settles them.
    """
    last = log.head()
    named = [name for draft in batch for name in (draft.id, *draft.references) if name is not None]
    there = set(log.positions_of(named))
    recorded = read_clock(clock)
    entries: list[Entry] = []
    for draft in batch:
        id = draft.id or codec.new_id()
        if id not in there and there.issuperset(draft.references):
            there.add(id)
            position = last.position + len(entries) + 1
            row = Stored(position, id, type_name(draft.event), recorded, b"", b"", b"", b"", draft.tags)
            entries.append(entry_saying(draft, row))
    return entries


def _added(index: LiveIndex, entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """Return the findings that some entries would add, of the kinds refused."""
    with index.views.lock:
        before = index.views.complete
        after = dry_run(before, entries)
        changed = [(name, key) for name in before.projections for key in after.changed(name)]
        old, new = (
            [p for name, key in changed for p in view.folded(name).findings_so_far(key) if p.finding.kind in _REFUSED]
            for view in (before, after)
        )
        by_finding = {placed.finding: placed for placed in new}
        added = Counter(p.finding for p in new) - Counter(p.finding for p in old)
        return after.involved([by_finding[finding] for finding in added.elements()])
