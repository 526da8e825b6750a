"""The log contract: what is appended is what is read, and filters find it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from timeline.entry import Draft, Entry
from timeline.errors import (
    InvalidDraft,
    InvalidEvent,
    InvalidValue,
    LogClosed,
)
from timeline.events import border
from timeline.events.declare import UnknownEvent
from timeline.log.base import BaseLog, Log
from timeline.log.store import PAGE
from timeline.log.stored import Head
from timeline.testing.concurrency import opened
from timeline.testing.logs.base import FILLED, LogCases, escaped, ids, positions, prolong, rejected
from timeline.values.report import Modality, Report


class Readable(LogCases):
    """An entry is read as it was appended."""

    def test_it_keeps_the_protocol(self, log: BaseLog) -> None:
        """It is a Log, and a context manager."""
        assert isinstance(log, Log)
        with log as same:
            assert same is log
        with pytest.raises(LogClosed):
            log.head()

    def test_a_new_log_is_empty(self, log: BaseLog) -> None:
        """Its head is position 0 with an empty digest."""
        assert log.head() == log.verify() == Head(0, b"")
        assert list(log.read()) == []
        assert log.append([]) == ()

    def test_an_entry_is_what_was_given_and_what_the_log_adds(self, log: BaseLog) -> None:
        """Everything of the draft is on the entry, at once and when read."""
        log.append([opened(id="a"), opened(id="b")])
        draft = escaped(
            occurred="2026-01-19~", reports=[Report("سانا", published="2026-01-21", quote="\u200fفرار", credibility=2)],
            modality=Modality.DENIED, after=["a"], part_of="b", fulfils="a", recorder="desk-3", id="c",
        )  # fmt: skip
        (entry,) = log.append([draft])
        (read,) = log.read(after=2)
        for one in (entry, read):
            assert isinstance(one, Entry)
            assert (one.position, one.id, one.event, one.occurred) == (3, "c", draft.event, draft.occurred)
            assert (one.reports, one.modality, one.after) == (draft.reports, draft.modality, ("a",))
            assert (one.part_of, one.fulfils, one.recorder) == ("b", "a", "desk-3")
            assert one.tags == ("facility:shaddadi", "entry:a", "entry:b", "recorder:desk-3")
        assert entry == read
        assert (entry.leaf, entry.salt, entry.recorded_micros) == (read.leaf, read.salt, read.recorded_micros)

    def test_positions_run_without_gaps(self, log: BaseLog) -> None:
        """1, 2, 3 … over batches of any size."""
        for size in (1, 3, 0, 2):
            log.append([opened() for _ in range(size)])
        assert positions(log.read()) == [1, 2, 3, 4, 5, 6]

    def test_one_draft_may_stand_alone(self, log: BaseLog) -> None:
        """A single draft is a batch of one."""
        assert positions(log.append(opened())) == [1]  # type: ignore[arg-type]

    def test_ids_are_made_where_none_is_given(self, log: BaseLog) -> None:
        """Every entry has an id, and they differ."""
        entries = log.append([opened(), opened()])
        assert len(set(ids(entries))) == 2
        assert all(entry.id for entry in entries)

    @pytest.mark.parametrize("wrong", [["text"], [border.CrossingOpened(crossing="x")], [None]])
    def test_a_batch_holds_drafts(self, log: BaseLog, wrong: list[Any]) -> None:
        """A bare event is refused, with what to write."""
        rejected(log, [opened(), *wrong], InvalidDraft, "expected Draft")

    def test_an_event_nobody_knows_is_kept_as_it_came(self, log: BaseLog) -> None:
        """An event of unknown type can be copied from another log, and is found by its tags."""
        data: Any = {"a": [1]}
        unknown = UnknownEvent("newsroom.unheard_of", 1, data, ("facility:x",))
        log.append([Draft(unknown)])
        assert [entry.event for entry in log.read(tags=["facility:x"])] == [unknown]

    def test_what_json_cannot_hold_is_refused(self, log: BaseLog) -> None:
        """Before anything is written."""
        rejected(log, [opened(), opened(reports=[Report("\ud800")])], InvalidEvent, "cannot be stored")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, [1, 2, 3, 4, 5, 6]),
            ({"after": 2}, [3, 4, 5, 6]),
            ({"before": 3}, [1, 2]),
            ({"after": 2, "before": 5}, [3, 4]),
            ({"after": 2, "before": 3}, []),
            ({"after": 5, "before": 2}, []),
            ({"after": 6}, []),
            ({"after": 99}, []),
            ({"after": -1}, [1, 2, 3, 4, 5, 6]),
            ({"before": 0}, []),
            ({"before": 1}, []),
            ({"before": 99}, [1, 2, 3, 4, 5, 6]),
            ({"tags": ["facility:a"]}, [1, 3, 4, 6]),
            ({"tags": "facility:a"}, [1, 3, 4, 6]),
            ({"tags": ["facility:a", "facility:p"]}, [4]),
            ({"tags": ["facility:a", "authority:sdf"]}, [3]),
            ({"tags": ["facility:a", "facility:b"]}, []),
            ({"tags": ["facility:nowhere"]}, []),
            ({"tags": []}, [1, 2, 3, 4, 5, 6]),
            ({"tags": ["entry:e2"]}, [5]),
            ({"tags": ["facility:a"], "after": 1, "before": 6}, [3, 4]),
            ({"types": ["border.crossing_opened"]}, [1, 5, 6]),
            ({"types": "border.crossing_opened"}, [1, 5, 6]),
            ({"types": border.CrossingOpened}, [1, 5, 6]),
            ({"types": [border.CrossingOpened, "border.crossing_closed"]}, [1, 3, 5, 6]),
            ({"types": ["newsroom.unheard_of"]}, []),
            ({"types": []}, []),
            ({"types": [border.CrossingOpened], "tags": ["facility:a"]}, [1, 6]),
            ({"limit": 0}, []),
            ({"limit": 2}, [1, 2]),
            ({"limit": 2, "after": 3}, [4, 5]),
            ({"limit": 99}, [1, 2, 3, 4, 5, 6]),
            ({"limit": 1, "tags": ["facility:a"], "after": 1}, [3]),
            ({"limit": 2, "types": [border.CrossingOpened]}, [1, 5]),
        ],
        ids=str,
    )
    def test_reading_is_by_range_tags_and_types(self, log: BaseLog, query: dict[str, Any], found: Any) -> None:
        """Bounds are exclusive, every tag must be carried, one type is enough, and order is of position."""
        log.append(FILLED)
        assert positions(log.read(**query)) == found

    @pytest.mark.parametrize("bound", ["after", "before", "limit"])
    @pytest.mark.parametrize("value", ["3", 1.5, True, [3]], ids=str)
    def test_what_is_no_number_is_refused(self, log: BaseLog, bound: str, value: Any) -> None:
        """At the call, and not when the first entry is asked for."""
        with pytest.raises(InvalidValue, match=rf"{bound} is .*: expected a whole number"):
            log.read(**{bound: value})

    def test_a_negative_limit_is_refused(self, log: BaseLog) -> None:
        """At the call, too."""
        with pytest.raises(InvalidValue, match="limit is -1: expected a whole number, 0 or more"):
            log.read(limit=-1)

    def test_tags_are_texts(self, log: BaseLog) -> None:
        """A value that is not text is refused, and not searched for in vain."""
        for tags in (3, [3], log, [["facility:a"]]):
            with pytest.raises(InvalidValue, match=r"tags is .*: expected a list such as \['facility:al-hol-camp'\]"):
                log.read(tags=tags)  # type: ignore[arg-type]

    def test_types_are_events(self, log: BaseLog) -> None:
        """A class that is not an event is refused."""
        with pytest.raises(InvalidEvent, match="is not an event"):
            log.read(types=[int])

    def test_long_logs_are_read_to_their_end(self, log: BaseLog) -> None:
        """Pages, if it reads by pages, join without gaps, doubles or an end too early."""
        size = 2 * PAGE + 1
        prolong(log, size)
        for limit in (None, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, size, size + 1):
            assert positions(log.read(limit=limit)) == list(range(1, size + 1))[:limit]
        assert log.verify().position == size

    def test_a_closed_log_says_so(self, log: BaseLog) -> None:
        """Every call on it raises LogClosed, and closing it again does nothing."""
        log.append([opened()])
        reading = log.read()
        log.close()
        log.close()
        calls: list[Callable[[], object]] = [
            lambda: log.append([opened()]), log.head, log.verify, log.read, lambda: next(reading),
            lambda: log.restore([]),
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(LogClosed, match="Open it again"):
                call()
        assert list(log.follow()) == []

    def test_following_sees_new_entries(self, log: BaseLog) -> None:
        """Those there, then each new one in order, until the log is closed."""
        log.append([opened(id="a"), opened(id="b")])
        seen = []
        for entry in log.follow(after=1, every=0.001):
            seen.append(entry.id)
            if entry.id == "b":
                log.append([opened(id="c"), opened(id="d")])
            if entry.id == "d":
                log.close()
        assert seen == ["b", "c", "d"]
