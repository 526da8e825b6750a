"""What every log promises: one suite, run against each of them."""

import datetime as dt
import itertools
import json
import pickle
import secrets
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress

import attrs
import pytest
from psycopg import sql

from nats_servers import replace_stream
from postgres_server import new_schema
from timeline.entry import Draft, Entry
from timeline.errors import (
    ConcurrencyConflict,
    EditorialRefused,
    IdConflict,
    InvalidDraft,
    InvalidEvent,
    LogClosed,
    LogError,
    TamperedLog,
    UnknownTarget,
)
from timeline.events import border, custody, editorial, facility
from timeline.eventtype import Redacted, UnknownEvent, event
from timeline.log import Expect, Head, Log, MemoryLog, SqliteLog, codec
from timeline.log import base as log_base
from timeline.log.jetstream import JetStreamLog
from timeline.log.message import Message, pack
from timeline.log.postgres import PostgresLog
from timeline.quantity import about, exactly
from timeline.report import Modality, Report

UTC = dt.UTC


@pytest.fixture(params=["memory", "sqlite", "postgres", "jetstream"])
def make(request, tmp_path):
    """Makes logs, each an empty one, and closes them in the end."""
    made = []

    def factory(**options):
        match request.param:
            case "memory":
                log = MemoryLog(**options)
            case "sqlite":
                log = SqliteLog(tmp_path / f"{len(made)}.db", **options)
            case "jetstream":
                server = request.getfixturevalue("nats_server")
                log = JetStreamLog(server.url, stream=f"contract-{secrets.token_hex(8)}", **options)
            case _:
                server = request.getfixturevalue("postgres")
                log = PostgresLog(server.url, schema=new_schema(), **options)
        made.append(log)
        return log

    yield factory
    for log in made:
        log.close()


@pytest.fixture
def log(make):
    """One empty log."""
    return make()


def opened(crossing="rabia", **given):
    """A draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=crossing), **given)


def escaped(prison="shaddadi", number=None, **given):
    """A draft of an escape."""
    quantity = about(5) if number is None else exactly(number)
    return Draft(custody.DetaineesEscaped(facility=prison, quantity=quantity), **given)


def positions(entries):
    return [entry.position for entry in entries]


def ids(entries):
    return [entry.id for entry in entries]


def rejected(log, drafts, error, match=None, **given):
    """That a batch is refused with an error, and that nothing of it is kept."""
    before, kept = log.head(), ids(log.read())
    with pytest.raises(error, match=match) as caught:
        log.append(drafts, **given)
    assert log.head() == before
    assert ids(log.read()) == kept
    return caught.value


# -- appending and reading -------------------------------------------------------------------------


def test_each_keeps_the_protocol(log):
    """Each is a Log, and a context manager."""
    assert isinstance(log, Log)
    with log as same:
        assert same is log
    with pytest.raises(LogClosed):
        log.head()


def test_a_new_log_is_empty(log):
    """Its head is position 0 with an empty digest."""
    assert log.head() == log.verify() == Head(0, b"")
    assert list(log.read()) == []
    assert log.append([]) == ()


def test_an_entry_is_what_was_given_and_what_the_log_adds(log):
    """Everything of the draft is on the entry, at once and when read."""
    log.append([opened(id="a"), opened(id="b")])
    draft = escaped(
        occurred="2026-01-19~", reports=[Report("سانا", published="2026-01-21", quote="\u200fفرار", credibility=2)],
        modality=Modality.DENIED, after=["a"], part_of="b", fulfils="a", id="c",
    )  # fmt: skip
    (entry,) = log.append([draft])
    (read,) = log.read(after=2)
    for one in (entry, read):
        assert isinstance(one, Entry)
        assert (one.position, one.id, one.event, one.occurred) == (3, "c", draft.event, draft.occurred)
        assert (one.reports, one.modality, one.after) == (draft.reports, draft.modality, ("a",))
        assert (one.part_of, one.fulfils, one.tags) == ("b", "a", ("facility:shaddadi", "entry:a", "entry:b"))
    assert entry == read
    assert (entry.leaf, entry.salt, entry.recorded) == (read.leaf, read.salt, read.recorded)


def test_positions_run_without_gaps(log):
    """1, 2, 3 … over batches of any size."""
    for size in (1, 3, 0, 2):
        log.append([opened() for _ in range(size)])
    assert positions(log.read()) == [1, 2, 3, 4, 5, 6]


def test_one_draft_may_stand_alone(log):
    """A single draft is a batch of one."""
    assert positions(log.append(opened())) == [1]


def test_ids_are_made_where_none_is_given(log):
    """Every entry has an id, and they differ."""
    entries = log.append([opened(), opened()])
    assert len(set(ids(entries))) == 2
    assert all(entry.id for entry in entries)


@pytest.mark.parametrize("wrong", [["text"], [border.CrossingOpened(crossing="x")], [None]])
def test_a_batch_holds_drafts(log, wrong):
    """A bare event is refused, with what to write."""
    rejected(log, [opened(), *wrong], InvalidDraft, "expected Draft")


def test_an_event_nobody_knows_is_kept_as_it_came(log):
    """What is unknown here can be copied from another log, and is found by its tags."""
    unknown = UnknownEvent("newsroom.unheard_of", 1, {"a": [1]}, ("facility:x",))
    log.append([Draft(unknown)])
    assert [entry.event for entry in log.read(tags=["facility:x"])] == [unknown]


def test_what_json_cannot_hold_is_refused(log):
    """Before anything is written."""
    rejected(log, [opened(), opened(reports=[Report("\ud800")])], InvalidEvent, "cannot be stored")


FILLED = [
    opened("a", id="e1"),
    escaped("p", id="e2"),
    Draft(border.CrossingClosed(crossing="a", about=["authority:sdf"]), id="e3"),
    Draft(custody.DetaineesTransferred(origin="p", destination="a"), id="e4"),
    opened("b", id="e5", after=["e2"]),
    opened("a", id="e6"),
]


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
def test_reading_is_by_range_tags_and_types(log, query, found):
    """Bounds are exclusive, every tag must be carried, one type is enough, and order is of position."""
    log.append(FILLED)
    assert positions(log.read(**query)) == found


def test_a_negative_limit_is_refused(log):
    """At the call, and not when the first entry is asked for."""
    with pytest.raises(LogError, match="limit is -1: expected 0 or more"):
        log.read(limit=-1)


def test_types_are_events(log):
    """A class that is no event is refused."""
    with pytest.raises(InvalidEvent, match="is not an event"):
        log.read(types=[int])


@pytest.mark.parametrize("limit", [None, 3, 4, 5, 8, 9])
def test_long_logs_are_read_page_by_page(log, monkeypatch, limit):
    """Pages join without gaps, doubles or an end too early."""
    monkeypatch.setattr(log_base, "PAGE", 4)
    log.append([opened() for _ in range(8)])
    assert positions(log.read(limit=limit)) == [1, 2, 3, 4, 5, 6, 7, 8][:limit]
    assert log.verify().position == 8


def test_a_closed_log_says_so(log):
    """Every call on it raises LogClosed, and closing it again does nothing."""
    log.append(opened())
    reading = log.read()
    log.close()
    log.close()
    calls: list[Callable[[], object]] = [
        lambda: log.append(opened()), log.head, log.verify, lambda: log.read(), lambda: next(reading),
        lambda: log.restore([]),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(LogClosed, match="open it again"):
            call()
    assert list(log.follow()) == []


def test_following_sees_new_entries(log):
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


# -- batches ----------------------------------------------------------------------------------------


def test_a_batch_is_whole_or_not_at_all(log):
    """A refusal in the middle leaves nothing, in reading, searching and counting."""
    log.append(opened("kept", id="kept"))
    rejected(log, [opened("x", id="a"), escaped(id="b", after=["nowhere"]), opened(id="c")], UnknownTarget)
    assert list(log.read(tags=["facility:x"])) == []
    assert positions(log.append([opened("x", id="a")])) == [2]
    assert ids(log.read(tags=["facility:x"])) == ["a"]
    assert log.verify().position == 2


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_while_writing_leaves_nothing(log, monkeypatch, error):
    """Also when it strikes after the rows were handed over."""
    log.append(opened("kept"))
    insert = log._insert

    def broken(rows):
        insert(rows)
        raise error("power")

    with monkeypatch.context() as patched:
        patched.setattr(log, "_insert", broken)
        with pytest.raises(error, match="power"):
            log.append([opened("x", id="a"), opened("x", id="b")])
    assert log.head().position == 1
    assert list(log.read(tags=["facility:x"])) == []
    assert positions(log.append([opened("x", id="a")])) == [2]
    assert log.verify().position == 2


def test_a_failing_clock_leaves_nothing(make):
    """Whatever goes wrong inside, the log can be used again."""
    ticks = iter([dt.datetime(2026, 1, 1, tzinfo=UTC)])
    log = make(clock=lambda: next(ticks))
    log.append(opened())
    with pytest.raises((StopIteration, RuntimeError)):
        log.append(opened())
    assert log.head().position == 1


# -- ids --------------------------------------------------------------------------------------------


def test_the_same_again_changes_nothing(log):
    """An id with the same content gives the entry that is there."""
    first = log.append([opened(id="a", occurred="2026"), opened(id="b")])
    again = log.append([opened(id="b"), opened(id="a", occurred="2026")])
    assert again == (first[1], first[0])
    assert again[1].recorded == first[0].recorded
    assert log.head().position == 2


def test_the_rest_of_the_batch_lands(log):
    """Known drafts give their entries, in their places; new ones follow the last position."""
    log.append([opened("x", id="a")])
    entries = log.append([opened("y", id="b"), opened("x", id="a"), opened("z", id="c")])
    assert [(e.id, e.position) for e in entries] == [("b", 2), ("a", 1), ("c", 3)]


@pytest.mark.parametrize(
    "other",
    [
        opened("al-qaim", id="a"),
        opened(id="a", occurred="2026"),
        opened(id="a", reports=[Report("SANA")]),
        opened(id="a", modality=Modality.DENIED),
        Draft(border.CrossingClosed(crossing="rabia"), id="a"),
    ],
)
def test_an_id_with_other_content_is_refused(log, other):
    """The conflict names id and position, and nothing of the batch lands."""
    log.append([opened("first"), opened(id="a")])
    error = rejected(log, [opened(id="new"), other], IdConflict, "'a' is taken by other content at position 2")
    assert (error.id, error.position) == ("a", 2)


def test_a_duplicate_inside_a_batch_is_one_entry(log):
    """The same id with the same content twice lands once."""
    entries = log.append([opened(id="a"), opened("y", id="b"), opened(id="a")])
    assert [(e.id, e.position) for e in entries] == [("a", 1), ("b", 2), ("a", 1)]
    assert log.head().position == 2


def test_a_conflict_inside_a_batch_is_refused(log):
    """The same id with other content, both new: neither lands."""
    error = rejected(log, [opened(id="a"), opened("y", id="a")], IdConflict, "earlier in this batch")
    assert (error.id, error.position) == ("a", None)


def test_content_is_compared_across_versions(log):
    """An import repeated after its event's schema was raised changes nothing."""

    def declare(version, upcast, annotations):
        return event("contract.raised", version=version, upcast=upcast)(
            type("Raised", (), {"__annotations__": annotations, "__module__": __name__, "__qualname__": "Raised"})
        )

    old = declare(1, None, {"count": int})
    (entry,) = log.append(Draft(old(count=5), id="a"))
    new = declare(2, {1: lambda data: {"number": data["count"]}}, {"number": int})
    assert log.append(Draft(new(number=5), id="a")) == (entry,)
    rejected(log, [Draft(new(number=6), id="a")], IdConflict)
    assert next(log.read()).event == new(number=5)
    assert log.verify() == log.head()


# -- conditions -------------------------------------------------------------------------------------


def test_a_condition_that_holds_lets_the_batch_in(log):
    """Nothing matching was appended since, though other things were."""
    log.append(FILLED)
    expect = Expect(tags=["facility:p"], types=[custody.DetaineesEscaped], after=2)
    assert positions(log.append(opened(), expect=expect)) == [7]
    assert positions(log.append(opened(), expect=Expect(after=7))) == [8]


@pytest.mark.parametrize(
    ("expect", "found"),
    [
        (Expect(after=3), 4),
        (Expect(after=0), 1),
        (Expect(tags=["facility:a"], after=2), 3),
        (Expect(tags="facility:p", after=2), 4),
        (Expect(tags=["facility:a", "facility:p"], after=0), 4),
        (Expect(types=[border.CrossingOpened], after=1), 5),
        (Expect(tags=["facility:a"], types="border.crossing_opened", after=1), 6),
    ],
    ids=str,
)
def test_a_stale_condition_refuses_the_batch(log, expect, found):
    """The conflict names what was expected and the first position that was found."""
    log.append(FILLED)
    error = rejected(log, [opened()], ConcurrencyConflict, f"found .* at position {found}", expect=expect)
    assert (error.expected, error.found) == (expect, found)


def test_a_condition_ahead_of_the_log_is_refused(log):
    """A position that is not there yet was read from another log."""
    log.append(FILLED)
    expect = Expect(tags=["facility:nowhere"], after=7)
    error = rejected(log, [opened()], ConcurrencyConflict, "the log ends at position 6", expect=expect)
    assert (error.expected, error.found) == (expect, 6)


def test_every_condition_must_hold(log):
    """Several conditions are checked one by one."""
    log.append(FILLED)
    right, wrong = Expect(tags=["facility:b"], after=5), Expect(tags=["facility:a"], after=5)
    rejected(log, [opened()], ConcurrencyConflict, "facility:a", expect=[right, wrong])
    assert positions(log.append(opened(), expect=[right, Expect(after=6)])) == [7]


def test_a_repeated_batch_needs_no_condition(log):
    """A batch that is there already is returned whatever is expected."""
    log.append([opened(id="a"), opened(id="b")])
    again = log.append([opened(id="a")], expect=Expect(after=0))
    assert positions(again) == [1]


def test_a_condition_holds_for_the_rest_of_a_batch(log):
    """Known ids are looked up first; what is new still lands only under the condition."""
    log.append([opened(id="a"), opened(id="b")])
    rejected(log, [opened(id="a"), opened(id="c")], ConcurrencyConflict, expect=Expect(after=1))
    assert positions(log.append([opened(id="a"), opened(id="c")], expect=Expect(after=2))) == [1, 3]


def test_a_conflict_survives_pickling(log):
    """What was expected and found crosses processes with the message, and nothing else is claimed."""
    log.append(FILLED)
    error = rejected(log, [opened()], ConcurrencyConflict, expect=Expect(tags="facility:a", after=2))
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.expected, again.found) == (type(error), str(error), error.expected, 3)
    with pytest.raises(AttributeError, match="ConcurrencyConflict carries no 'target'"):
        _ = again.target


def test_an_id_conflict_comes_before_the_condition(log):
    """Other content under a known id is said first."""
    log.append([opened(id="a")])
    rejected(log, [opened("y", id="a")], IdConflict, expect=Expect(after=0))


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (Expect(after=3), "nothing about anything after position 3"),
        (Expect(tags=["a:b", "c:d"], after=3), "nothing about a:b, c:d after position 3"),
        (Expect(tags="a:b", types=["x.y", "z.w"], after=0), "nothing about a:b and x.y|z.w after position 0"),
    ],
)
def test_a_condition_is_said_in_words(expect, said):
    """As it stands in the message of a conflict."""
    assert str(expect) == said


# -- what may be named ------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{"after": ["nowhere"]}, {"part_of": "nowhere"}, {"fulfils": "nowhere"}])
def test_references_name_entries_on_the_log(log, given):
    """An unknown one is refused, and named."""
    assert rejected(log, [opened(**given)], UnknownTarget, "there is no entry 'nowhere'").target == "nowhere"


EDITORIALS = {
    "corrected": lambda t: editorial.EventCorrected(target=t, replacement=border.CrossingClosed(crossing="new")),
    "retracted": lambda t: editorial.EventRetracted(target=t),
    "disputed": lambda t: editorial.EventDisputed(target=t),
    "corroborated": lambda t: editorial.EventCorroborated(target=t),
    "merged": lambda t: editorial.EventsMerged(kept=t, duplicates=["other"]),
}


@pytest.mark.parametrize("kind", EDITORIALS)
def test_editorial_entries_name_entries_on_the_log(log, kind):
    """An unknown target is refused."""
    log.append(opened(id="other"))
    assert rejected(log, [Draft(EDITORIALS[kind]("nowhere"))], UnknownTarget).target == "nowhere"


@pytest.mark.parametrize("kind", EDITORIALS)
def test_a_target_may_be_an_earlier_draft_of_the_batch(log, kind):
    """And not a later one."""
    edit = Draft(EDITORIALS[kind]("a"))
    rejected(log, [opened(id="other"), edit, opened(id="a")], UnknownTarget)
    assert positions(log.append([opened(id="other"), opened(id="a"), edit])) == [1, 2, 3]


@pytest.mark.parametrize("kind", EDITORIALS)
def test_editorial_entries_carry_the_tags_of_their_targets(log, kind):
    """So that whoever watches a facility sees what becomes of its entries."""
    log.append([opened("far", id="other"), opened("rabia", id="a")])
    (entry,) = log.append(Draft(EDITORIALS[kind]("a")))
    assert "facility:rabia" in entry.tags
    assert "entry:a" in entry.tags
    assert entry in list(log.read(tags=["facility:rabia", "entry:a"]))
    if kind == "corrected":
        assert "facility:new" in entry.tags
    if kind == "merged":
        assert {"facility:far", "entry:other"} <= set(entry.tags)


def test_tags_are_inherited_through_a_retraction(log):
    """Bringing an entry back is about its facility too."""
    log.append([opened("rabia", id="a"), Draft(EDITORIALS["retracted"]("a"), id="r")])
    (entry,) = log.append(Draft(EDITORIALS["retracted"]("r")))
    assert {"entry:r", "entry:a", "facility:rabia"} <= set(entry.tags)


def retract(target, id=None):
    return Draft(editorial.EventRetracted(target=target), id=id)


def merge(kept, *duplicates, id=None):
    return Draft(editorial.EventsMerged(kept=kept, duplicates=duplicates), id=id)


# what is there, what is refused, the entry the refusal names
REFUSED = {
    "retract twice": ([opened(id="a"), retract("a")], retract("a"), "a"),
    "correct what is retracted": ([opened(id="a"), retract("a")], Draft(EDITORIALS["corrected"]("a")), "a"),
    "correct a retraction": ([opened(id="a"), retract("a", id="r")], Draft(EDITORIALS["corrected"]("r")), "r"),
    "dispute a merge": (
        [opened(id="a"), opened(id="b"), merge("a", "b", id="m")], Draft(EDITORIALS["disputed"]("m")), "m"),
    "dispute a retraction": ([opened(id="a"), retract("a", id="r")], Draft(EDITORIALS["disputed"]("r")), "r"),
    "corroborate a corroboration": (
        [opened(id="a"), Draft(EDITORIALS["corroborated"]("a"), id="c")], Draft(EDITORIALS["corroborated"]("c")), "c"),
    "merge a retraction": ([opened(id="a"), opened(id="b"), retract("a", id="r")], merge("b", "r"), "r"),
    "merge into a correction": (
        [opened(id="a"), opened(id="b"), Draft(EDITORIALS["corrected"]("a"), id="c")], merge("c", "b"), "c"),
    "merge in a circle": ([opened(id="a"), opened(id="b"), merge("a", "b")], merge("b", "a"), "a"),
    "merge in a wider circle": (
        [opened(id="a"), opened(id="b"), opened(id="c"), merge("a", "b"), merge("b", "c")], merge("c", "a"), "a"),
    "merge in a circle with another": (
        [opened(id="a"), opened(id="b"), opened(id="c"), merge("a", "b")], merge("b", "c", "a"), "a"),
    "revive a merge into a circle": (
        [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m", id="r"), merge("b", "a")],
        retract("r"), "b"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("together", [False, True], ids=["stored", "same batch"])
def test_editorial_entries_that_cannot_take_effect_are_refused(log, case, together):
    """Whether what stands against them is stored, or an earlier draft of the same batch."""
    there, refused, named = REFUSED[case]
    if together:
        batch = [*there, refused]
    else:
        log.append(there)
        batch = [refused]
    error = rejected(log, batch, EditorialRefused)
    assert not isinstance(error, UnknownTarget)
    assert error.target == named


# each is a sequence of drafts that is admitted
ADMITTED = {
    "retract, undo, retract again": [opened(id="a"), retract("a", id="r"), retract("r"), retract("a")],
    "undo, and undo the undoing": [
        opened(id="a"), retract("a", id="r"), retract("r", id="s"), retract("s", id="t"), retract("t")],
    "correct after undoing": [
        opened(id="a"), retract("a", id="r"), retract("r"), Draft(EDITORIALS["corrected"]("a"))],
    "correct twice": [opened(id="a"), Draft(EDITORIALS["corrected"]("a")), Draft(EDITORIALS["corrected"]("a"))],
    "correct a correction": [
        opened(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), Draft(EDITORIALS["corrected"]("c"))],
    "dispute a correction": [
        opened(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), Draft(EDITORIALS["disputed"]("c"))],
    "corroborate a dispute": [
        opened(id="a"), Draft(EDITORIALS["disputed"]("a"), id="d"), Draft(EDITORIALS["corroborated"]("d"))],
    "retract a merge": [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m")],
    "turn a merge round": [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m"), merge("b", "a")],
    "revive a merge": [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m", id="r"), retract("r")],
    "merge in a chain": [opened(id="a"), opened(id="b"), opened(id="c"), merge("a", "b"), merge("b", "c")],
    "merge again": [opened(id="a"), opened(id="b"), merge("a", "b"), merge("a", "b")],
    "dispute what is retracted": [opened(id="a"), retract("a"), Draft(EDITORIALS["disputed"]("a"))],
}  # fmt: skip


@pytest.mark.parametrize("case", ADMITTED)
@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one batch"])
def test_editorial_entries_that_take_effect_are_admitted(log, case, together):
    """One by one and in one batch alike."""
    drafts = ADMITTED[case]
    if together:
        log.append(drafts)
    else:
        for draft in drafts:
            log.append(draft)
    assert log.head().position == len(drafts)


# -- time and digests -------------------------------------------------------------------------------


def test_the_clock_is_asked_once_a_batch_and_never_goes_back(make):
    """A clock set back repeats the last instant."""
    ticks = iter([dt.datetime(2026, 1, 2, tzinfo=UTC), dt.datetime(2026, 1, 1, tzinfo=UTC),
                  dt.datetime(2026, 1, 3, 3, tzinfo=dt.timezone(dt.timedelta(hours=3)))])  # fmt: skip
    log = make(clock=lambda: next(ticks))
    for _ in range(3):
        log.append([opened(), opened()])
    recorded = [entry.recorded_at.isoformat()[:10] for entry in log.read()]
    assert recorded == ["2026-01-02"] * 4 + ["2026-01-03"] * 2
    assert {entry.recorded_at.timezone_name for entry in log.read()} == {"UTC"}


def test_the_system_clock_is_the_default(log):
    """An entry is recorded between two looks at the clock."""
    before = dt.datetime.now(UTC)
    (entry,) = log.append(opened())
    assert before <= entry.recorded_at <= dt.datetime.now(UTC)


def test_entries_are_sealed_into_a_chain(log):
    """Each digest follows from the one before and the entry's own leaf, with a salt of its own."""
    log.append([opened(), opened()])
    log.append(escaped())
    digest = b""
    for row, entry in zip(log.stored(), log.read(), strict=True):
        assert row.leaf == codec.leaf(row.salt, row.content, row.id, row.recorded) == entry.leaf
        digest = codec.digest(digest, row.leaf)
        assert row.digest == digest == entry.digest
    assert log.verify() == log.head() == Head(3, digest)
    assert len({row.salt for row in log.stored()}) == 3


CHANGES = {
    "content": lambda row: row._replace(content=row.content.replace(b"rabia", b"other")),
    "id": lambda row: row._replace(id="changed"),
    "recorded": lambda row: row._replace(recorded=row.recorded + 1),
    "salt": lambda row: row._replace(salt=bytes(16)),
    "leaf": lambda row: row._replace(leaf=bytes(32)),
    "digest": lambda row: row._replace(digest=bytes(32)),
    "content and leaf": lambda row: row._replace(content=b"{}", leaf=codec.leaf(row.salt, b"{}", row.id, row.recorded)),
    "a text for bytes": lambda row: row._replace(content=row.content.decode()),
    "a text for a number": lambda row: row._replace(recorded="yesterday"),
    "an instant past all": lambda row: row._replace(recorded=1 << 62),
    "bytes for a text": lambda row: row._replace(id=b"b"),
}
OTHER_KINDS = {"a text for bytes", "a text for a number", "bytes for a text"}


def message(row, whole):
    """What JetStreamLog would publish for a row; and for one that it could not hold, some other bytes."""
    with suppress(ValueError, TypeError, AttributeError, OverflowError):
        if isinstance(row.content, bytes) and (not row.redacted or row == row.erased()):
            return pack(Message(row, whole))
    return repr(row).encode()


def tampered(log, rows):
    """Put these rows in place of what the log has stored."""
    if isinstance(log, JetStreamLog):
        replace_stream(log.address, [message(row, len(rows)) for row in rows])
        return
    if isinstance(log, MemoryLog):
        log._rows = list(rows)
        return
    if isinstance(log, PostgresLog):
        with log._link.lock:
            for table in ("entries", "tags"):
                log._link.run(sql.SQL("DELETE FROM {}").format(sql.Identifier(log.schema, table)))
            log._insert(rows)
        return
    connection = sqlite3.connect(log.path)
    with connection:
        connection.execute("DELETE FROM entries")
        connection.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row[:-1], json.dumps(row.tags)) for row in rows],
        )
    connection.close()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("position", [1, 2, 4])
def test_a_change_is_found_at_its_position(log, change, position):
    """Whatever of an entry was changed outside the library."""
    if isinstance(log, PostgresLog) and change in OTHER_KINDS:
        pytest.skip("a column of PostgreSQL holds one kind of value")
    log.append([opened("rabia", id=f"e{n}") for n in range(1, 5)])
    rows = list(log.stored())
    rows[position - 1] = CHANGES[change](rows[position - 1])
    tampered(log, rows)
    with pytest.raises(TamperedLog, match=f"position {position} does not fit") as caught:
        log.verify()
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("arrange", "position"),
    [
        (lambda a, b, c, d: [b, c, d], 1),
        (lambda a, b, c, d: [a, c, d], 2),
        (lambda a, b, c, d: [a, c._replace(position=2), d._replace(position=3)], 2),
        (lambda a, b, c, d: [a, c._replace(position=2), b._replace(position=3), d], 2),
        (lambda a, b, c, d: [a, b, c, d, d._replace(position=5, id="more")], 5),
    ],
    ids=["first removed", "one removed", "one removed and closed up", "swapped", "one added"],
)
def test_removals_and_swaps_are_found(log, arrange, position):
    """At the first position that does not fit."""
    log.append([opened(id=f"e{n}") for n in range(4)])
    tampered(log, arrange(*log.stored()))
    with pytest.raises(TamperedLog) as caught:
        log.verify()
    assert caught.value.position == position


# -- redaction --------------------------------------------------------------------------------------


def redact(target, **given):
    """A draft that redacts."""
    return Draft(editorial.EventRedacted(target=target), **given)


def erased(log):
    """The positions of which nothing but id, time and seal is left, everywhere the log keeps them."""
    rows = {row.position: row for row in log.stored()}
    left = [position for position, row in rows.items() if row.redacted]
    for position in left:
        row = rows[position]
        assert (row.type, row.salt, row.content, row.tags) == ("redacted", b"", b"", ())
        assert [entry.event for entry in log.read(after=position - 1, limit=1)] == [Redacted()]
    return left


def test_redacting_erases_all_but_what_seals_an_entry(log):
    """Position, id, instant, leaf and digest stay; the head moves on, and the log verifies."""
    (before, other) = log.append([escaped(id="a", occurred="2026-01-19", reports=[Report("AFP")]), opened(id="b")])
    (redaction,) = log.append(redact("a", reports=[Report("a court")]))
    assert erased(log) == [1]
    left = next(log.read())
    assert (left.position, left.id, left.recorded, left.leaf, left.digest) == (
        1, "a", before.recorded, before.leaf, before.digest)  # fmt: skip
    assert (left.occurred, left.reports, left.tags, left.salt) == (None, (), (), b"")
    assert tuple(log.read(after=1)) == (other, redaction)
    assert log.verify() == log.head() == Head(3, redaction.digest)


def test_what_is_redacted_is_not_found_by_what_it_said(log):
    """Neither by its tags nor by its type, but by being redacted."""
    log.append([escaped("shaddadi", id="a"), escaped("sinaa", id="b")])
    log.append(redact("a", id="r"))
    assert ids(log.read(tags="facility:shaddadi")) == []
    assert ids(log.read(types=custody.DetaineesEscaped)) == ["b"]
    assert ids(log.read(types="redacted")) == ["a"]
    assert ids(log.read(tags="entry:a")) == ["r"]


def test_a_redaction_inherits_no_tags(log):
    """Its own are what it names and what it is about."""
    log.append(escaped("shaddadi", id="a"))
    (entry,) = log.append(Draft(editorial.EventRedacted(target="a", about=["request:7"])))
    assert set(entry.tags) == {"entry:a", "request:7"}


FALLING = {
    "correction": [Draft(EDITORIALS["corrected"]("a"))],
    "dispute": [Draft(EDITORIALS["disputed"]("a"))],
    "corroboration": [Draft(EDITORIALS["corroborated"]("a"), reports=[Report("AFP")])],
    "retraction": [retract("a")],
    "merge": [merge("b", "a")],
    "merge into it": [merge("a", "b")],
    "correction of a dispute": [Draft(EDITORIALS["disputed"]("a"), id="d"), Draft(EDITORIALS["corrected"]("d"))],
    "retraction of a correction of a correction": [
        Draft(EDITORIALS["corrected"]("a"), id="c"), Draft(EDITORIALS["corrected"]("c"), id="e"), retract("e")],
}  # fmt: skip


@pytest.mark.parametrize("case", FALLING)
@pytest.mark.parametrize("together", [False, True], ids=["stored", "same batch"])
def test_what_repeats_a_redacted_entry_is_redacted_with_it(log, case, together):
    """Each editorial entry that names it, directly or not, is erased by a redaction of its own."""
    there = [escaped("shaddadi", id="a"), opened(id="b", after=["a"]), *FALLING[case]]
    if together:
        (*_, entry) = log.append([*there, redact("a")])
    else:
        log.append(there)
        (entry,) = log.append(redact("a"))
    named = {e.event.target: e for e in log.read(types=editorial.EventRedacted)}
    fallen = range(3, len(there) + 1)
    assert erased(log) == [1, *fallen]
    assert set(named) == {e.id for e in log.read(types="redacted")}
    assert named["a"] == entry
    assert positions(log.read(tags="facility:shaddadi")) == []
    assert log.verify().position == len(there) + len(named)


def test_what_an_editorial_entry_edited_stays_when_it_is_redacted(log):
    """Only the correction is erased."""
    log.append([escaped(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), redact("c")])
    assert erased(log) == [2]


def test_a_redacted_id_is_never_taken_again(log):
    """Whatever is appended under it, what is left of it is given, and the rest of the batch lands."""
    drafts = [escaped(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), opened(id="b", part_of="a")]
    log.append([*drafts, redact("a", id="r")])
    before = log.head()
    again = log.append([*drafts, redact("a", id="r")])
    assert [e.event for e in again[:2]] == [Redacted(), Redacted()]
    assert ids(again) == ["a", "c", "b", "r"]
    assert log.head() == before
    assert ids(log.append([opened(id="a"), opened("new", id="n", after=["a"]), opened("other", id="a")])) == [
        "a",
        "n",
        "a",
    ]
    assert erased(log) == [1, 2]


NOT_REDACTED = {
    "twice": ([opened(id="a"), redact("a")], redact("a"), "a"),
    "a redaction": ([opened(id="a"), redact("a", id="r")], redact("r"), "r"),
    "retracting a redaction": ([opened(id="a"), redact("a", id="r")], retract("r"), "r"),
    "merging what is redacted": ([opened(id="a"), opened(id="b"), redact("b")], merge("a", "b"), "b"),
} | {
    f"{name} of what is redacted": ([opened(id="a"), opened(id="other"), redact("a")], Draft(make("a")), "a")
    for name, make in EDITORIALS.items()
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_REDACTED)
@pytest.mark.parametrize("together", [False, True], ids=["stored", "same batch"])
def test_what_is_redacted_can_be_neither_edited_nor_brought_back(log, case, together):
    """Nor can its redaction."""
    there, refused, named = NOT_REDACTED[case]
    if not together:
        log.append(there)
    error = rejected(log, [*there, refused] if together else [refused], EditorialRefused, "redact")
    assert error.target == named
    assert not isinstance(error, UnknownTarget)


def test_redacting_what_is_not_there_is_refused(log):
    """As with any editorial entry."""
    assert rejected(log, [redact("nowhere")], UnknownTarget).target == "nowhere"


def test_a_batch_that_fails_erases_nothing(log):
    """The erasure and its entry are one act, and so are those beside it."""
    entries = log.append([escaped("shaddadi", id="a"), Draft(EDITORIALS["disputed"]("a"))])
    rejected(log, [redact("a"), retract("nowhere")], UnknownTarget)
    rejected(log, [redact("a")], ConcurrencyConflict, expect=Expect(after=1))
    assert tuple(log.read()) == entries
    assert len(list(log.read(tags="facility:shaddadi"))) == 2


def test_a_retraction_redacted_in_the_same_batch_stands_in_nobody_s_way(log):
    """What the batch redacts is gone for the drafts after it."""
    log.append([opened(id="a"), retract("a", id="r")])
    log.append([redact("r"), Draft(EDITORIALS["corrected"]("a")), retract("a")])
    assert erased(log) == [2]


def test_what_is_redacted_is_restored_as_it_is(make):
    """Verbatim, with the redactions that account for it."""
    first, second = make(), make()
    first.append([escaped(id="a"), Draft(EDITORIALS["corrected"]("a")), redact("a")])
    assert second.restore(first.stored()) == first.head() == second.verify()
    assert erased(second) == [1, 2]
    assert second.append(escaped(id="a"))[0].event == Redacted()


UNACCOUNTED = {
    "erased without a redaction": (lambda a, b, r, c: [a, b.erased(), r], 2),
    "erased before, with its redaction removed": (lambda a, b, r, c: [a, b], 1),
    "redacted, and there all the same": (lambda a, b, r, c: [a._replace(content=b"{}", type="x"), b, r, c], 1),
    "another id": (lambda a, b, r, c: [a._replace(id="z"), b, r, c], 3),
    "another leaf": (lambda a, b, r, c: [a._replace(leaf=bytes(32)), b, r, c], 1),
    "a salt": (lambda a, b, r, c: [a._replace(salt=bytes(16)), b, r, c], 1),
    "a tag": (lambda a, b, r, c: [a._replace(tags=("facility:x",)), b, r, c], 1),
    "a later instant": (lambda a, b, r, c: [a._replace(recorded=c.recorded + 1), b, r, c], 2),
    "a tag changed": (lambda a, b, r, c: [a, b._replace(tags=("facility:x",)), r, c], 2),
    "a tag added": (lambda a, b, r, c: [a, b._replace(tags=(*b.tags, "facility:x")), r, c], 2),
    "an inherited tag removed": (lambda a, b, r, c: [a, b, r, c._replace(tags=c.tags[:-1])], 4),
    "a tag of a redaction": (lambda a, b, r, c: [a, b, r._replace(tags=("facility:x",)), c], 3),
}  # fmt: skip


@pytest.mark.parametrize("case", UNACCOUNTED)
def test_only_redactions_erase_and_tags_are_those_of_the_content(make, case):
    """Whatever was erased, put back or tagged outside the library is found."""
    arrange, position = UNACCOUNTED[case]
    log, copy = make(), make()
    log.append([escaped("shaddadi", id="a"), opened("rabia", id="b"), redact("a"), Draft(EDITORIALS["corrected"]("b"))])
    rows = arrange(*log.stored())
    with pytest.raises(TamperedLog) as caught:
        copy.restore(rows)
    assert caught.value.position == position
    tampered(log, rows)
    with pytest.raises(TamperedLog) as caught:
        log.verify()
    assert caught.value.position == position


def test_tags_that_cannot_be_derived_are_taken_as_they_stand(make):
    """Those of unknown events, of what corrects to one, and of what an older version of a class stored."""
    log, copy = make(), make()
    unknown = UnknownEvent("newsroom.unheard_of", 1, {}, ("facility:x",))
    log.append([Draft(unknown, id="u"), opened(id="b"), Draft(editorial.EventCorrected(target="b", replacement=unknown)),
                Draft(EDITORIALS["disputed"]("u"))])  # fmt: skip
    assert copy.restore(log.stored()) == log.verify()


# -- restoring --------------------------------------------------------------------------------------


def test_restoring_gives_the_same_log(make):
    """Positions, instants, salts and digests are verbatim, and searching works."""
    first, second = make(), make()
    first.append(FILLED)
    assert second.restore(first.stored()) == first.head() == second.verify()
    assert list(second.stored()) == list(first.stored())
    assert positions(second.read(tags=["facility:a"])) == [1, 3, 4, 6]
    assert positions(second.append(opened())) == [7]


def test_long_logs_are_restored_page_by_page(make, monkeypatch):
    """Whatever falls on the boundary of a page."""
    monkeypatch.setattr(log_base, "PAGE", 3)
    first = make()
    first.append(FILLED)
    for length in (0, 3, 4):
        assert make().restore(itertools.islice(first.stored(), length)).position == length


def test_restoring_keeps_what_is_not_known_here(make):
    """An unknown event is kept with its tags, and reads as UnknownEvent."""
    first, second, third = make(), make(), make()
    (entry,) = first.append(Draft(UnknownEvent("newsroom.unheard_of", 1, {"a": 1}, ("facility:x",)), id="u"))
    second.restore(first.stored())
    third.restore(second.stored())
    assert list(third.read(tags=["facility:x"], types="newsroom.unheard_of")) == [entry]
    assert next(third.read()).event == entry.event
    assert third.append(Draft(entry.event, id="u")) == (entry,)


def test_only_an_empty_log_is_restored_into(make):
    """What is there is not written over."""
    first, second = make(), make()
    first.append(FILLED)
    second.append(opened(id="mine"))
    with pytest.raises(LogError, match="not empty"):
        second.restore(first.stored())
    assert ids(second.read()) == ["mine"]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_kept_of_what_does_not_fit(make, monkeypatch, change):
    """A changed row is refused, and the log stays empty, also when pages were written before it."""
    monkeypatch.setattr(log_base, "PAGE", 2)
    first, second = make(), make()
    first.append([opened("rabia", id=f"e{n}") for n in range(5)])
    rows = list(first.stored())
    rows[4] = CHANGES[change](rows[4])
    with pytest.raises(TamperedLog) as caught:
        second.restore(rows)
    assert caught.value.position == 5
    assert second.head() == Head(0, b"")
    assert list(second.read()) == []


# -- threads ----------------------------------------------------------------------------------------


def test_threads_append_without_gaps(log):
    """Every batch lands whole, in one piece, and is there when `append` returns."""
    failed: list[BaseException] = []

    def work(name):
        try:
            for turn in range(10):
                entries = log.append([opened(id=f"{name}-{turn}-{n}") for n in range(3)])
                assert [e.position - entries[0].position for e in entries] == [0, 1, 2]
                assert ids(log.read(after=entries[0].position - 1, limit=3)) == ids(entries)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert positions(log.read()) == list(range(1, 121))
    assert set(ids(log.read())) == {f"{name}-{turn}-{n}" for name in "abcd" for turn in range(10) for n in range(3)}
    assert log.verify().position == 120


def test_threads_count_under_conditions(log):
    """Each step of a counter is taken by exactly one thread."""

    def count():
        taken = 0
        while taken < 5:
            head = log.head().position
            try:
                log.append(escaped(number=head), expect=Expect(after=head))
                taken += 1
            except ConcurrencyConflict:
                continue

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.event.quantity.low for entry in log.read()] == list(range(20))


def test_threads_that_import_the_same_agree(log):
    """The same ids from several threads land once."""
    threads = [threading.Thread(target=log.append, args=(FILLED,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.head().position == len(FILLED)


def test_entries_are_values_that_can_be_changed_by_copy(log):
    """An entry is frozen; `attrs.evolve` gives another."""
    (entry,) = log.append(Draft(facility.FacilityRegistered(facility="a", names={"ar": "أ"})))
    assert attrs.evolve(entry, id="b") != entry
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        entry.id = "b"
