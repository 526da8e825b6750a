"""Views in which one claim is picked for its case.

Who asks for each rival of a value asks for as many views. Most cases depend on no other: such a view reads that one
case again, and shares all else, the work of the editorial entries included.
"""

from __future__ import annotations

from collections.abc import Iterator

from timeline.entry import Entry
from timeline.history.cases import Case
from timeline.history.claims import Claim
from timeline.history.history import History, history_of
from timeline.history.policies import Pick
from timeline.index.asof import AsOf
from timeline.index.overlay import WHOLE, Component, Marks, Overlay
from timeline.index.view import View


class Picking(Overlay):
    """A view in which another claim is picked for a case that no other case depends on."""

    def __init__(self, base: View, before: History, case: Case, claim: Claim, upto: int) -> None:
        self._before = before
        now = history_of(
            before.cases, accept=None, choose=lambda _: claim, hides=None, identity=base.identity, tz=base.tz
        )
        own = [Component((case.entry.position,), now)]
        every = Marks.alike(WHOLE, upto)
        super().__init__(base, own, identity=base.identity, marks=every, left_out=self._find_left_out, extends=True)

    def histories(self) -> Iterator[History]:
        yield from super().histories()
        yield from (says for says in self._base.histories() if says is not self._before)

    def _find_left_out(self) -> Iterator[Entry]:
        ids = {entry.id for entry in self._before.left_out}
        yield from (entry for entry in self._base.left_out() if entry.id not in ids)
        yield from (entry for says in super().histories() for entry in says.left_out)


def picking(base: View, asked: AsOf) -> Picking | None:
    """Return the view that picks one claim, laid over the one that picks none.

    Return None unless the case of the claim is alone among the entries that name one another.
    """
    pick = asked.choose
    before = base.says(pick.id) if isinstance(pick, Pick) else None
    if not isinstance(pick, Pick) or before is None or len(before.cases.by_id) != 1:
        return None
    (case,) = before.cases.by_id.values()
    claim = next((claim for claim in case.claims if claim.entry.id == pick.id), None)
    return None if claim is None or not asked.admits(claim) else Picking(base, before, case, claim, asked.upto)
