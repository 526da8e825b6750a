"""A timeline: a log, the projections over it, and the three clocks to ask it by."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Literal, Self, overload

from timeline.answers.questions import Questions
from timeline.answers.replay import ClockName, Step, replay
from timeline.answers.results import Clocks
from timeline.answers.situation import Situation
from timeline.displayable import Exportable
from timeline.entry import Ref, recorder_given
from timeline.errors import (
    InvalidValue,
)
from timeline.history.policies import Accept, Policy, policy_named, standing
from timeline.index.asof import AsOf
from timeline.index.view import LAST
from timeline.live.acts import Acts
from timeline.live.current import LiveIndex
from timeline.log import jsonl, proofs
from timeline.log.base import BaseLog, log_given
from timeline.log.clocks import Clock, utc_now
from timeline.log.evidence import Evidence, check_evidence
from timeline.log.follower import Follower
from timeline.log.memory import MemoryLog
from timeline.log.opening import open_log
from timeline.log.proofs import ConsistencyProof, InclusionProof, Seal
from timeline.log.replacing import replacing
from timeline.log.sqlite import Durability
from timeline.log.stored import Head
from timeline.progress import Progress, with_progress
from timeline.projections import by_name
from timeline.projections.projection import Projection
from timeline.values.instants import zone
from timeline.values.names import EntityNames
from timeline.values.when import When, WhenLike


class Timeline(Acts, Questions, Exportable):
    """Records reports, and answers questions about any date, as reported and as known by any date.

    1. What is recorded is never lost; corrections, disputes and retractions are added to it.
    2. `at` takes three independent clocks: occurred, reported, recorded. A date is read as the end of
       that day in the zone `tz`.
    3. With `strict=True` an entry that makes an illegal transition or a negative balance is refused.
    4. What was folded is kept, so that a question costs a search. `check=True` folds everything again for
       each, and fails where that says something else: slow, and for debugging.
    5. `progress(done, total)` is told how many entries have been taken in, when there are many.
    6. `recorder`, such as `"desk-3"`, is the recorder of every entry recorded through this timeline that names no
       other. Entries that are loaded, restored or copied keep theirs.

    It lives in memory; `Timeline.open` keeps it in a file. `projections` adds your own to the four of
    the library.

    >>> from timeline import Report, about
    >>> from timeline.events import custody
    >>> line = Timeline()
    >>> moved = line.record(
    ...     custody.DetaineesTransferred(quantity=about(150), origin="hasakah-prisons", operation="transfer-2026"),
    ...     occurred="2026-01-21", reports=[Report("CENTCOM", published="2026-01-21")])
    >>> print(line.at("2026-01-25").custody.operations["transfer-2026"].moved)
    ≈150
    """

    def __init__(
        self,
        log: BaseLog | None = None,
        *,
        tz: str | tzinfo = "UTC",
        strict: bool = False,
        check: bool = False,
        recorder: str | None = None,
        projections: Iterable[Projection] = (),
        clock: Clock = utc_now,
        progress: Progress | None = None,
    ) -> None:
        if isinstance(log, str | os.PathLike):
            raise InvalidValue(f"{log!r} is a path: expected a log. Write Timeline.open({str(log)!r}).", value=log)
        self.log = MemoryLog(clock=clock) if log is None else log_given(log)
        self.tz = zone(tz)
        self.strict = strict
        self.recorder = recorder_given(recorder)
        self._check = check
        self._clock = clock
        self._projections = by_name(projections)
        self._index = LiveIndex(self.log, self._projections, self.tz, progress)
        self._views = self._index.views
        self._called = self._index.called

    @classmethod
    def open(
        cls,
        target: str | os.PathLike[str],
        *,
        tz: str | tzinfo = "UTC",
        strict: bool = False,
        check: bool = False,
        recorder: str | None = None,
        projections: Iterable[Projection] = (),
        clock: Clock = utc_now,
        progress: Progress | None = None,
        durability: Durability = "power_cut",
        read_only: bool = False,
    ) -> Self:
        """Open the timeline at a path, at `sqlite:///path` (four slashes for an absolute one), or on a server.

        A file that does not exist is made; so are the tables at `postgresql://user@host/database`, and the stream
        at `nats://user:password@host/stream?replicas=3`.

        `durability="crash"` is for bulk loading into a file: a batch then survives a crash of this process, but not
        a power cut.

        A timeline is read-only with `read_only=True`, or if its file or directory may not be written. It can then be
        asked and verified; nothing is written in it or beside it, and appending raises ReadOnlyLog.

        Raises: NotATimeline, NewerFormat, ReadOnlyLog, DamagedLog, CannotOpen (what is there is left as it
        was), LogUnreachable, MissingExtra.
        """
        tz = zone(tz)  # before a file is made for nothing
        log = open_log(target, clock=clock, durability=durability, read_only=read_only)
        return cls(
            log, tz=tz, strict=strict, check=check, recorder=recorder, projections=projections, clock=clock,
            progress=progress,
        )  # fmt: skip

    @classmethod
    def demo(cls, *, tz: str | tzinfo = "UTC", projections: Iterable[Projection] = ()) -> Self:
        """Open a real chronicle in memory, to try things on: northeast Syria, 2025 to 2026, from 165 public sources.

        `examples/northeast_syria` says where its rows come from, and how to read them.

        >>> Timeline.demo().head().position
        417
        """
        line = cls(tz=tz, projections=projections)
        from importlib.resources import as_file, files

        with as_file(files("timeline") / "data" / "demo.jsonl") as path:
            line.restore(path)
        return line

    # -- asking --------------------------------------------------------------------------------------

    def at(
        self,
        occurred: WhenLike | None = None,
        *,
        recorded: WhenLike | None = None,
        reported: WhenLike | None = None,
        accept: Accept | None = None,
        policy: Policy = "standing",
        certainty: Literal["definite", "possible"] = "definite",
    ) -> Situation:
        """Return the situation by `occurred`, as made public by `reported`, as known to us by `recorded`.

        Each clock is independent and may be left free. `accept` says which claims have evidence
        enough (`credible(2)`), `policy` which of rival claims counts. `certainty="possible"` also
        folds what may have happened by then.

        Raises: InvalidWhen, InvalidValue.
        """
        if certainty not in ("definite", "possible"):
            raise InvalidValue(f"certainty is {certainty!r}: expected 'definite' or 'possible'.")
        clocks = Clocks(self._end(occurred), self._end(recorded), self._end(reported))
        with self._views.lock:
            as_of = self._as_of(clocks, accept, policy)
            if certainty == "possible":
                as_of = as_of._replace(possible_by=clocks.occurred)
            if not self._views.unread:
                self._views.view(as_of)
        situation = Situation(self._views, as_of, clocks)
        if self._check:
            self._index.compare(situation, as_of)
        return situation

    def now(self) -> Situation:
        """Return the situation now, by the clock of the timeline."""
        return self.at(self._clock())

    def follow(self, after: int = 0) -> Follower:
        """Give the entries after a position, then each new one as it lands, whoever appends it.

        It ends when the timeline is closed, or `stop` is called on what this gives, from any thread.
        """
        return self.log.follow(after)

    def replay(
        self,
        by: ClockName = "occurred",
        *,
        since: WhenLike | None = None,
        occurred: WhenLike | None = None,
        recorded: WhenLike | None = None,
        reported: WhenLike | None = None,
        accept: Accept | None = None,
        policy: Policy = "standing",
    ) -> Iterator[Step]:
        """Return the steps from entry to entry: as things happened, as they were published, or as we learnt them.

        `since` skips the steps before a date. The cuts are those of `at`: all steps stay within them.
        By *reported*, entries whose publication has no date are left out.

        Raises: InvalidWhen, InvalidValue.
        """
        begin = None if since is None else When.of(since).span(self.tz).start
        clocks = Clocks(self._end(occurred), self._end(recorded), self._end(reported))
        as_of = self._as_of(clocks, accept, policy)
        return replay(by, self._views, fresh=self._index.fresh, as_of=as_of, clocks=clocks, since=begin)

    def entity_names(self) -> EntityNames:
        """Return what people call the entities on the log, by tag and language."""
        return self._called()

    # -- keeping -------------------------------------------------------------------------------------

    def head(self) -> Head:
        """Return the last position and its digest; the position is used in conditions."""
        return self.log.head()

    def verify(self, *, seal: Seal | None = None, progress: Progress | None = None) -> Head:
        """Recompute every leaf, digest and tag of the log, and see that it begins with what was sealed.

        Keyframes that are kept beside the log are compared with a fold from scratch.

        Raises: TamperedLog, naming the first position that does not fit; InvalidProof for what is no seal.
        """
        head = self.log.verify(progress=progress)
        if seal is not None:
            proofs.check_seal(self.log, seal)
        self._index.verify()
        return head

    def seal(self) -> Seal:
        """Return a seal of the log as it is now. Keep it elsewhere, sign it, or publish it."""
        return proofs.seal(self.log)

    @overload
    def prove(self, what: Ref, *, within: Seal) -> InclusionProof: ...
    @overload
    def prove(self, what: Seal, *, within: Seal) -> ConsistencyProof: ...
    def prove(self, what: Ref | Seal, *, within: Seal) -> InclusionProof | ConsistencyProof:
        """Prove to the holder of a seal that an entry, or all of an earlier seal, is within it.

        The proof of an entry shows what it says, and no other entry.

        Raises: UnknownTarget, InvalidProof for what came after the seal, TamperedLog.
        """
        return proofs.prove(self.log, what, within)

    def check_evidence(self, folder: str | os.PathLike[str]) -> Evidence:
        """Compare the copies that reports name with the files in a folder: what is missing, changed or outside it.

        Only files inside the folder are read, and nothing is fetched.

        Raises: FileMissing if nothing is there, and CannotRead for what is not a folder.
        """
        return check_evidence(self.entries(), folder)

    def dump(self, path: str | os.PathLike[str], *, progress: Progress | None = None) -> Head:
        """Write the whole log as JSON lines; what stood at the path is replaced only once all is written.

        Raises: InvalidValue for what is not a path; CannotOpen where a log is.
        """
        with replacing(path) as draft:
            begun = None
            while begun is None or self.log.redacted_since(begun):
                begun = self.log.head().position
                with draft.open("wb") as file:
                    head = jsonl.write(self.log, file, progress=progress)
        return head

    def restore(self, path: str | os.PathLike[str], *, progress: Progress | None = None) -> Head:
        """Read JSON lines into this timeline, which must be empty; digests come out the same.

        Raises: LogError naming the line, TamperedLog, CannotRead, InvalidValue when it is not text; nothing is
        kept then.
        """
        return jsonl.restore(self.log, with_progress(jsonl.lines_of(path), progress, 0))

    def keep_up(self) -> None:
        """Fold the new entries now, and keep the result beside the log if there are many.

        `close` does so only where a question was asked.
        """
        self._index.keep_up()

    def close(self) -> None:
        """Close the log, with what was folded kept beside it where the log has room for that."""
        self._index.close()
        self.log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Timeline on {self.log!r}>"

    def __reduce__(self) -> str:
        raise TypeError(
            "a timeline cannot be pickled or copied, since it holds a log that is open: expected an answer, such as "
            "line.at(). Pickle that, open the log again, or write line.dump(path)."
        )

    # -- how -----------------------------------------------------------------------------------------

    def _as_of(self, clocks: Clocks, accept: Accept | None, policy: Policy) -> AsOf:
        """Return the setting of the index for these cuts, after reading the new entries."""
        if accept is not None and not callable(accept):
            raise InvalidValue(f"accept is {accept!r}: expected a predicate of a claim, such as credible(2).")
        choose = policy_named(policy)
        with self._views.lock:
            upto = self._index.known(wait=accept is None and choose is standing)
            if clocks.recorded is not None:
                upto = bisect_left(self._views.complete.recorded, clocks.recorded, lo=1) - 1
        public = None if clocks.reported is None else (clocks.reported, LAST)
        return AsOf(upto, public, accept, choose)

    def _end(self, moment: WhenLike | None) -> int | None:
        return None if moment is None else When.of(moment).span(self.tz).end
