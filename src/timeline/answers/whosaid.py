"""Who has said what: the questions to a situation that are about its sources, and not about what is so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from timeline.answers import claimed
from timeline.answers.claimed import Claims
from timeline.entry import Ref, entry_id
from timeline.index.asof import AsOf
from timeline.index.view import View
from timeline.index.views import ViewCache
from timeline.values.names import unknown_entry


class WhoSaid:
    """What a situation knows of its sources."""

    _views: ViewCache
    _as_of: AsOf
    if TYPE_CHECKING:

        @property
        def _seen(self) -> View: ...

    def claims(
        self,
        entry: Ref | None = None,
        *,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
    ) -> Claims:
        """Return the versions that stand or rival: those of one event, or all that match.

        Of an event, the first is the entry itself, as last corrected; there are none if the entry is outside the
        cuts, or retracted. Without an entry, a version matches if its own event has all `tags` and is of one of
        `types`. A denial matches by what it denies. The occurred clock, `accept` and the policy make no difference.

        Raises: UnknownName if no entry on the log has that id, InvalidDraft for what cannot be an id.

        >>> from timeline import Timeline
        >>> from timeline.events import custody
        >>> for claim in Timeline.demo().at().claims(
        ...     tags=["facility:al-shaddadi-prison"], types=[custody.DetaineesEscaped]
        ... ):
        ...     print(claim.status, claim.quantity, claim.first_published)
        standing ≈1,500 2026-01-19
        rival ? 2026-01-19
        rival ≈120 2026-01-20
        rival ≥100 2026-01-20
        rival ≈200 2026-01-21
        denial None 2026-01-19
        """
        if entry is None:
            return Claims(c for c in self.told(tags=tags, types=types) if c.status in claimed.COUNTING)
        with self._views.lock:
            id = entry_id(entry)
            if not self._seen.source.find((id,)):
                raise unknown_entry(id)
            case = self._seen.case(id)
            return Claims(case.claims if case else ())

    def told(self, *, tags: Iterable[str] | None = None, types: Iterable[Any] | None = None) -> Claims:
        """Return every version within the cuts, also those that were corrected, merged or retracted.

        The `status` of each says what became of it. Versions match as for `claims`.

        Raises: InvalidValue.
        """
        return claimed.told(self._views, self._as_of, tags, types)
