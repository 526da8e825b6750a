"""What a timeline knows, and the pasts that were asked for of late."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import tzinfo

from timeline.cut import Asked, Possible, Question
from timeline.entry import Entry
from timeline.errors import LogError
from timeline.known import Known
from timeline.naming import Names
from timeline.past import Past, Source
from timeline.projection import Projection

KEPT = 16
"""How many pasts other than everything known are kept."""


class Knowledge:
    """Gives the past that a question asks for; the same question has the same answer, whatever is added.

    Whoever asks or adds holds the `lock`.
    """

    def __init__(
        self,
        source: Source,
        projections: Mapping[str, Projection],
        tz: tzinfo,
        lock: AbstractContextManager[object] | None = None,
        part_of: Knowledge | None = None,
    ) -> None:
        self.lock = lock or nullcontext()
        self.projections = projections
        self.tz = tz
        self._source = source
        self._whole = part_of or self
        self.names = Names(lambda: self.everything.names)
        """The names that are on the log by now, also where these are not known here yet."""
        self._pasts: OrderedDict[Question, Past] = OrderedDict()
        self.forget()

    @property
    def everything(self) -> Known:
        """All that is known of the log, by this or by what it is part of."""
        return self._whole.known

    def forget(self) -> None:
        """Know nothing, so that all can be added anew."""
        self.known = Known(self._source, self.projections, self.tz)
        self._pasts.clear()

    def add(self, entries: Sequence[Entry]) -> None:
        """Take in the entries that come next."""
        if self.known.add(entries):
            self._pasts.clear()

    def past(self, question: Question) -> Past:
        """What the question leaves of everything known.

        Raises: LogError when what was known then was forgotten, and could not be read again.
        """
        if question.known > self.known.count:
            raise LogError(
                f"the log could not be read again: {self.known.count} of {question.known} entries are known. "
                "Ask the timeline once more, and then this situation."
            )
        if question == Question(self.known.count):
            return self.known
        if question not in self._pasts:
            self._pasts[question] = self._cut(question)
            if len(self._pasts) > KEPT:
                self._pasts.popitem(last=False)
        self._pasts.move_to_end(question)
        return self._pasts[question]

    def _cut(self, question: Question) -> Past:
        if question.possible_by is not None:
            return Possible(self.past(question._replace(possible_by=None)), question.possible_by)
        return Asked(self.known, question)
