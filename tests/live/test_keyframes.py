"""Keyframes kept beside a log: they save a fold, and are believed only as far as they match."""

from __future__ import annotations

import random
import sqlite3
import sys
import zlib
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from timeline import Draft, Facility, Projection, Report, Situation, Timeline, event, exactly
from timeline.errors import TamperedLog
from timeline.events import agreement, border, custody, facility
from timeline.index import folded as fold
from timeline.live import comparison, current, keyframes
from timeline.live.comparison import first_difference
from timeline.log import SqliteLog
from timeline.log.stored import CacheRow, Head
from timeline.projections import BUILT_IN
from timeline.testing import FrozenClock
from timeline.testing.strategies import START, Chronicle, messy_histories
from timeline.values.containers import FrozenMapping, PersistentList


def drafts(many: int = 1200) -> list[Draft]:
    """Make openings, headcounts and transfers, a few of them late."""
    made = []
    for n in range(many):
        day, place = f"2026-01-{1 + (n * 28 // many + 5 * (n % 11 == 0)) % 28:02}", f"f-{n % 5}"
        kinds = (
            border.CrossingOpened(crossing=place),
            custody.HeadcountReported(facility=place, quantity=exactly(100)),
            custody.DetaineesTransferred(origin=place, destination="x", quantity=exactly(3), operation="op"),
            facility.ControlChanged(
                facility=place, authority="sdf" if n % 8 == 7 else None, manner="vacated" if n % 8 == 3 else "seized"
            ),
        )
        made.append(Draft(kinds[n % 4], occurred=day, reports=[Report("wire", published="2026-03-01")], id=f"e{n}"))
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with keyframes kept in it."""
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record_all(drafts())
        line.at()
    return path


def from_scratch(path: Path) -> Timeline:
    """Fold the same log from scratch in memory."""
    with Timeline.open(path) as line:
        line.dump(path.with_suffix(".jsonl"))
    copy = Timeline()
    copy.restore(path.with_suffix(".jsonl"))
    return copy


def ask(line: Timeline) -> list[Situation]:
    return [line.at(), line.at("2026-01-10"), line.at(reported="2026-02-01"), line.at("2026-01-05", policy="lowest")]


def folds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the entries that are read from now on."""
    taken: list[int] = []
    add = keyframes.CompleteView.add
    monkeypatch.setattr(keyframes.CompleteView, "add", lambda self, new: (taken.append(len(new)), add(self, new))[1])
    return taken


def test_opening_again_folds_nothing_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept index answers every question as a fold from scratch does."""
    expected = ask(from_scratch(path))
    taken = folds(monkeypatch)
    with Timeline.open(path) as line:
        assert ask(line) == expected
        assert line.at().history("facilities", "f-3", "control") == expected[0].history("facilities", "f-3", "control")
    assert taken == []


def test_long_lists_share_their_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that grows is kept once, not again in each keyframe, and every earlier moment of it is still there."""
    path = tmp_path / "incidents.db"
    seen = border.BorderIncidentReported(kind="infiltration", outcome="foiled")
    made = [Draft(seen, occurred=f"2025-{1 + n // 250:02}-{1 + n % 250 // 10:02}") for n in range(2000)]
    with Timeline.open(path) as line:
        line.record_all(made)
        line.at()
    with SqliteLog(path) as log:
        size = sum(len(plain(row)) for row in log.read_cache() if row.kind == "fold:border")
    assert size < 2000 * len('["mention",2000],') + 5000
    taken = folds(monkeypatch)
    with Timeline.open(path) as line:
        for day in ("2025-01-02", "2025-05-20", "2026-01-01"):
            incidents = line.at(day).border.incidents
            assert [mention.entry.position for mention in incidents] == list(range(1, len(incidents) + 1))
        assert len(incidents) == 2000
    assert taken == []


def test_only_what_came_since_is_taken_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late, correcting and retracting entries too find their place among what was kept."""
    with Timeline.open(path) as line:
        line.record(custody.HeadcountReported(facility="f-1", quantity=exactly(40)), occurred="2026-01-03")
        line.correct("e30", custody.DetaineesTransferred(origin="f-0", quantity=exactly(9), operation="op"))
        line.retract("e41")
    expected = ask(from_scratch(path))
    taken = folds(monkeypatch)
    with Timeline.open(path) as line:
        assert ask(line) == expected
    assert taken == [3]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE keyframes SET frames = zeroblob(length(frames)) WHERE kind = 'fold:custody'",
        "DELETE FROM keyframes WHERE rowid = (SELECT max(rowid) FROM keyframes)",
        "UPDATE keyframes SET frames = replace(frames, '\"format\":', '\"format\":9') WHERE kind = 'header'",
        "UPDATE keyframes SET frames = 'no json' WHERE kind = 'header'",
        "UPDATE keyframes SET positions = zeroblob(length(positions)) WHERE key = 'ends'",
        "DELETE FROM keyframes",
    ],
)
def test_what_does_not_match_is_left_aside(path: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed, missing or foreign keyframes cost a fold, silently, and change no answer."""
    expected = ask(from_scratch(path))
    connection = sqlite3.connect(path)
    assert connection.execute(damage).rowcount > 0
    connection.commit()
    connection.close()
    taken = folds(monkeypatch)
    with Timeline.open(path) as line:
        assert ask(line) == expected
    assert sum(taken) == 1200


def test_keyframes_of_another_log_are_left_aside(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are bound to the digest at their position."""
    other = tmp_path / "other.db"
    with Timeline.open(other) as line:
        line.record_all(drafts())
    with Timeline.open(path) as one, Timeline.open(other) as line:
        line.log.write_cache(one.log.read_cache())
        taken = folds(monkeypatch)
        line.at()
    assert sum(taken) == 1200


def test_another_zone_or_projection_folds_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyframe was read in another zone, or by projections of another version."""
    taken = folds(monkeypatch)
    with Timeline.open(path, tz="Asia/Baghdad") as line:
        line.at()
    with Timeline.open(path, projections=[SIRENS]) as line:
        line.at()
    assert sum(taken) == 2400


@event("keyframes.siren_heard")
class SirenHeard:
    facility: Facility


def heard(count: Any, reading: Any, key: Any) -> int:
    return int(count or 0) + 1


SIRENS = Projection(
    name="sirens", keys=lambda r: [r.event.facility] if isinstance(r.event, SirenHeard) else [], evolve=heard
)


@pytest.mark.parametrize(("states", "again"), [((), 0), (None, 1300)])
def test_a_projection_of_ones_own_is_kept_if_it_says_what_of(
    tmp_path: Path, states: tuple[type, ...] | None, again: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `states` its values are kept too; without, nothing is, and all is folded again."""
    sirens = Projection(name="sirens", keys=SIRENS.keys, evolve=SIRENS.evolve, states=states)
    path = tmp_path / "incidents.db"
    with Timeline.open(path, projections=[sirens]) as line:
        line.record_all([*drafts(), *(Draft(SirenHeard(facility="f-1"), occurred="2026-01-20") for _ in range(100))])
        line.at()
    taken = folds(monkeypatch)
    with Timeline.open(path, projections=[sirens]) as line:
        assert line.at()["sirens"]["f-1"] == 100
    assert sum(taken) == again


def test_redaction_erases_what_was_kept(tmp_path: Path) -> None:
    """Keyframes repeat what entries say, and go with it; the next ones say nothing of it."""
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record_all([*drafts(), Draft(border.CrossingOpened(crossing="zqx-marker"), id="gone")])
        line.at()
        assert any("zqx-marker" in row.key for row in line.log.read_cache())
        line.redact("gone")
        assert not any("zqx-marker" in row.key or b"zqx-marker" in plain(row) for row in line.log.read_cache())
        assert ask(line) == ask(from_scratch(path))


def test_a_short_log_keeps_none(tmp_path: Path) -> None:
    """Folding a few entries again is quicker than keeping them folded."""
    with Timeline.open(tmp_path / "incidents.db") as line:
        line.record_all(drafts(100))
        line.at()
        assert line.log.read_cache() == []


def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the steps that are folded from now on."""
    taken: list[int] = []
    go = fold.Folded._fold

    def counted(self: Any, key: Any, track: Any, readings: Any) -> None:
        before = track.tail.steps
        go(self, key, track, readings)
        taken.append(track.tail.steps - before)

    monkeypatch.setattr(fold.Folded, "_fold", counted)
    return taken


def headcounts(first: int, last: int, *, every: int = 10) -> list[Draft]:
    """Make headcounts of one facility, minutes apart; each tenth is late."""
    chance = random.Random(first)
    return [
        Draft(
            custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(100 + n % 7)),
            occurred=(START + timedelta(minutes=n if n % every else chance.randint(0, n))).isoformat(),
        )
        for n in range(first, last)
    ]


def test_what_late_entries_left_is_kept_on_closing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One facility, and a tenth of its entries late: opening again folds nothing, whatever came since."""
    monkeypatch.setattr(current, "_FEW", 10)
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record_all(headcounts(0, 400))
        line.at()
    for first in (400, 420, 425):
        with Timeline.open(path) as line:
            line.at()
            line.record_all(headcounts(first, first + 20, every=2))
            expected = ask(line)
        taken = steps(monkeypatch)
        with Timeline.open(path) as line:
            assert line.at() == expected[0]
            line.at().findings
        assert sum(taken) < 20
        monkeypatch.undo()
        monkeypatch.setattr(current, "_FEW", 10)
        assert ask(from_scratch(path)) == expected


def test_late_entries_alone_are_a_reason_to_keep_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single entry may undo a whole fold; what follows it is folded once, and not at every opening."""
    monkeypatch.setattr(current, "_FEW", 50)
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record_all(headcounts(0, 400))
        line.at()
        line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(7)), occurred="2020")
    taken = steps(monkeypatch)
    with Timeline.open(path) as line:
        line.at().findings
    assert taken == []


def test_what_was_appended_after_the_last_question_is_kept_on_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking once makes a program one that asks."""
    monkeypatch.setattr(current, "_FEW", 10)
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record_all(headcounts(0, 100))
        line.at()
        line.record_all(headcounts(100, 200))
    taken = folds(monkeypatch)
    with Timeline.open(path) as line:
        line.at()
    assert taken == []


def test_a_log_that_nobody_asks_is_not_folded_on_closing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that only records does not wait for keyframes."""
    taken = folds(monkeypatch)
    with Timeline.open(tmp_path / "incidents.db") as line:
        line.record_all(drafts())
    assert taken == []


ARMED: list[bool] = []


def raising(count: Any, reading: Any, key: Any) -> int:
    if ARMED and reading.case.entry.position == 70:
        raise ZeroDivisionError
    return int(count or 0) + 1


def test_a_projection_that_raises_does_not_stop_closing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its fold is kept as far as it goes, and goes on from there."""
    monkeypatch.setattr(current, "_FEW", 10)
    own = Projection(name="own", keys=lambda reading: ["k"], evolve=raising, states=())
    path = tmp_path / "incidents.db"
    with Timeline.open(path, projections=[own]) as line:
        line.record_all(headcounts(0, 100, every=1000))
        assert line.at()["own"]["k"] == 100
        line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(7)), occurred="2020")
        ARMED.append(True)
    ARMED.clear()
    taken = steps(monkeypatch)
    with Timeline.open(path, projections=[own]) as line:
        assert line.at()["own"]["k"] == 101
    assert 0 < sum(taken) < 50


FORGED = {
    "a value": ("fold:facilities", '["facility","f-3"]', "frames", lambda text: text.replace(b"sdf", b"pyd")),
    "a finding": ("fold:facilities", '["facility","f-3"]', "frames", lambda text: text.replace(b"28 January", b"27 January")),
    "a place on a track": ("fold:facilities", '["facility","f-3"]', "positions", lambda data: data[:-8] + data[:8]),
    "a step that is not there": (
        "fold:facilities", '["facility","f-3"]', "frames", lambda text: b"[[[99999," + text[text.index(b",") + 1:]),
    "a track left out": ("fold:facilities", '["facility","f-3"]', None, None),
    "a time": ("index", "ends", "positions", lambda data: data[:160] + bytes(8) + data[168:]),
    "what belongs together": ("index", "components", "positions", lambda data: data + (2).to_bytes(4, sys.byteorder)
                              + (3).to_bytes(4, sys.byteorder) + (4).to_bytes(4, sys.byteorder)),
    "what is alike": ("index", "duplicates", "positions", lambda data: data[:8] + data[16:24] + data[16:]),
    "the types that were met": ("header", "", "frames", lambda text: text.replace(b'"types":{', b'"types":{"x.y":null,')),
}  # fmt: skip


def plain(row: CacheRow) -> bytes:
    """Return the frames of a row, decompressed."""
    return zlib.decompress(row.frames) if is_packed(row) else row.frames


def is_packed(row: CacheRow) -> bool:
    """Tell whether the frames of a row are compressed."""
    return row.kind.startswith("fold:") or row.key == "duplicates"


def forge(path: Path, kind: str, key: str, column: str | None, change: Any) -> None:
    """Change one row of what is kept, and make the checksum fit, as somebody would who knows how it is made."""
    with SqliteLog(path) as log:
        rows = log.read_cache()
        (number,) = [n for n, row in enumerate(rows) if (row.kind, row.key) == (kind, key)]
        if column is None:
            del rows[number]
        else:
            told = plain(rows[number]) if column == "frames" else rows[number].positions
            changed = change(told)
            assert changed != told
            packed = zlib.compress(changed) if column == "frames" and is_packed(rows[number]) else changed
            rows[number] = rows[number]._replace(**{column: packed})
        rows[0] = rows[0]._replace(positions=keyframes._checksum(rows[0].frames, rows[1:]))
        log.write_cache(rows)


def test_what_would_fill_the_memory_is_folded_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may hold a small row that is decompressed to a thousand times its size."""
    monkeypatch.setattr(keyframes, "_LARGEST", 100)
    taken = folds(monkeypatch)
    with Timeline.open(path) as line:
        assert ask(line) == ask(from_scratch(path))
    assert taken == [1200]  # of the copy: the log itself was not read again, only its tracks


@pytest.mark.parametrize("is_asked_first", [True, False])
def test_duplicates_that_cannot_be_read_are_sought_again(path: Path, is_asked_first: bool) -> None:
    """The cache is read when duplicates are needed, for a question or for an entry that comes."""
    forge(path, "index", "duplicates", "frames", lambda text: b"[[")
    with Timeline.open(path, check=True) as line:
        if is_asked_first:
            assert line.at().findings == from_scratch(path).at().findings
        (first,) = line.entries(limit=1)
        line.record(first.event, occurred=first.occurred, reports=[Report("AP")])
        assert "possible_duplicate" in {finding.kind for finding in line.at().findings}


def test_duplicates_are_sought_again_after_a_log_that_did_not_answer(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost of what the cache held, nor of what came since."""
    with Timeline.open(path) as line:
        (first,) = line.entries(limit=1)
        line.record(first.event, occurred=first.occurred, reports=[Report("AP")])
        seen = line.at()
        with monkeypatch.context() as patch:
            patch.setattr(line._index.entries, "get", lambda positions: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                line._views.complete.duplicate_tracks()
        assert seen.findings == from_scratch(path).at().findings
        assert "possible_duplicate" in {finding.kind for finding in seen.findings}


@pytest.mark.parametrize("what", FORGED)
def test_verify_finds_keyframes_that_say_something_else(path: Path, what: str) -> None:
    """They are compared with a fold from scratch, and the first position that does not fit is named."""
    with Timeline.open(path) as line:
        seal = line.seal()
        assert line.verify(seal=seal).position == 1200
    forge(path, *FORGED[what])
    with Timeline.open(path) as line:
        with pytest.raises(TamperedLog, match="keyframes beside the log do not match the entry at position") as caught:
            line.verify(seal=seal)
        assert 1 <= caught.value.position <= 1200


BROKEN = {
    "a number too few": ("index", "ends", "positions", lambda data: data[:-8]),
    "half a number": ("index", "ends", "positions", lambda data: data[:-3]),
    "a position that is not there": ("header", "", "frames", lambda text: text.replace(b'"position":1200', b'"position":9999')),
    "no projections": ("header", "", "frames", lambda text: text.replace(b'"projections":{', b'"projections":1,"x":{')),
    "a list": ("header", "", "frames", lambda text: b"[]"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_fits_its_checksum_and_nothing_else_is_left_aside(
    path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not believed, stops no question, and is made again."""
    forge(path, *BROKEN[what])
    taken = folds(monkeypatch)
    with Timeline.open(path) as line:
        assert line.verify().position == 1200
        assert len(line.at().entries()) == 1200
    assert sum(taken) == 1200


SAME = [
    (PersistentList().append(1).append(2), PersistentList().append(1).append(2), True),
    (PersistentList().append(1).append(2), PersistentList().append(1).append(3), False),
    (PersistentList().append(1), PersistentList().append(1).append(3), False),
    (PersistentList().append(1).append(2), PersistentList().append(2).append(1), False),
    ((1, 2), (1, 2), True),
    ((1, 2), (1, 2, 3), False),
    ((1, "a"), (1, "b"), False),
    (1, 1, True),
    (1, True, False),
    (FrozenMapping({"a": (1,)}), FrozenMapping({"a": (1,)}), True),
    (FrozenMapping({"a": (1,)}), FrozenMapping({"a": (2,)}), False),
    (FrozenMapping({"a": 1}), FrozenMapping({"b": 1}), False),
    (exactly(3), exactly(3), True),
    (exactly(3), exactly(4), False),
]


@pytest.mark.parametrize(("here", "there", "same"), SAME)
def test_values_are_compared_part_by_part(here: Any, there: Any, same: bool) -> None:
    """Lists in their order; what was found alike is not compared again."""
    compare = comparison._Sameness()
    assert compare(here, there) is same
    assert compare(here, there) is same


def test_a_list_that_mentions_another_entry_differs(tmp_path: Path) -> None:
    """Two entries may say the same; the intended one is certain."""
    line = Timeline()
    seen = border.BorderIncidentReported(kind="infiltration", outcome="foiled")
    line.record_all([Draft(seen, occurred="2026-01-03"), Draft(seen, occurred="2026-01-03")])
    one, other = line.at().border.incidents
    assert one == other
    assert not comparison._Sameness()(one, other)


def test_keyframes_are_not_compared_with_what_was_redacted_meanwhile(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redaction during verification gives no alarm."""
    with Timeline.open(path) as line, Timeline.open(path) as other:
        monkeypatch.setattr(current, "first_difference", lambda kept, afresh: other.redact("e3") and 3)
        assert line.verify().position == 1200


@settings(max_examples=40)
@given(messy_histories())
def test_verify_believes_what_is_kept_of_any_history(told: Chronicle) -> None:
    """Resumed, extended and kept again, values are the same as those of a fold from scratch."""
    line = told.timeline()
    known = line._views.complete
    line.at()
    known.finish()
    head = Head(len(told), line.head().digest)
    named = {p.name: p for p in BUILT_IN}
    once = keyframes.read(keyframes.write(known, head) or [], head, line._index.entries, named, line.tz)
    assert once is not None
    assert first_difference(once, known) is None
    for folded in once._folded.values():
        for key in folded:
            folded.findings(key)
    twice = keyframes.read(keyframes.write(once, head) or [], head, line._index.entries, named, line.tz)
    assert twice is not None
    assert first_difference(twice, known) is None


@settings(max_examples=40)
@given(messy_histories())
def test_what_is_kept_comes_back_as_it_was(told: Chronicle) -> None:
    """Any history, taken apart and put together again, says the same by every clock."""
    line = told.timeline()
    expected = ask(line)
    known, head = line._views.complete, Head(len(told), line.head().digest)
    rows = keyframes.write(known, head)
    assert rows is not None
    resumed = keyframes.read(
        [CacheRow(*row) for row in rows], head, line._index.entries, {p.name: p for p in BUILT_IN}, line.tz
    )
    assert resumed is not None
    line._views.clear()
    line._views.complete = resumed
    assert ask(line) == expected


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keyframes are kept however short the log is."""
    monkeypatch.setattr(current, "_FEW", 1)


@pytest.mark.usefixtures("often")
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messy_histories())
def test_opening_again_before_every_entry_changes_no_answer(told: Chronicle) -> None:
    """New entries join kept ones as they join folded ones, corrections of corrections too."""
    clock = FrozenClock(START)
    with TemporaryDirectory() as folder:
        for draft, minute in zip(told.drafts, told.minutes, strict=True):
            clock.set(START + timedelta(minutes=minute))
            with Timeline(SqliteLog(Path(folder) / "a.db", clock=clock), check=True) as line:
                line.record_all([draft])
                ask(line)
        with Timeline(SqliteLog(Path(folder) / "a.db"), check=True) as line:
            assert ask(line) == ask(told.timeline())


@pytest.mark.usefixtures("often")
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messy_histories())
def test_opening_again_says_the_same_and_folds_next_to_nothing(told: Chronicle) -> None:
    """This holds for late, corrected and retracted entries, in one batch or in three."""
    expected = ask(told.timeline())
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        clock, path = FrozenClock(START), Path(folder) / "a.db"
        with Timeline(SqliteLog(path, clock=clock)) as line:
            for number, (draft, minute) in enumerate(zip(told.drafts, told.minutes, strict=True)):
                clock.set(START + timedelta(minutes=minute))
                line.record_all([draft])
                if number % (1 + len(told) // 3) == 0:
                    line.at().findings
        taken, entries = steps(patch), folds(patch)
        with Timeline(SqliteLog(path, clock=clock, read_only=True)) as line:
            assert line.at() == expected[0]
            line.at().findings
            assert (entries, sum(taken)) == ([], 0)
            assert ask(line) == expected
            assert line.verify() == told.timeline().head()._replace(digest=line.head().digest)


@pytest.mark.usefixtures("often")
def test_what_was_asked_before_it_was_retracted_is_no_tampering(tmp_path: Path) -> None:
    """It left the bounds that another entry had given it, which nothing reads any more."""
    with Timeline.open(tmp_path / "a.db") as line:
        line.record(facility.FacilityRegistered(facility="al-hol-camp"), occurred="2026-01-01", id="e0")
        line.record(facility.ControlChanged(facility="al-hol-camp"), after=["e0"], id="e1")
        line.at()
        line.retract("e1")
        line.at()
    with Timeline.open(tmp_path / "a.db") as line:
        assert line.verify().position == 3


@pytest.mark.usefixtures("often")
def test_a_correction_of_what_was_kept_corrected_is_taken_in(tmp_path: Path) -> None:
    """The component that it joins is read again, though a kept keyframe had read it."""

    def violated(how: str) -> agreement.AgreementViolated:
        return agreement.AgreementViolated(agreement="pact", detail=how)

    with Timeline.open(tmp_path / "a.db") as line:
        line.record(violated("one"), occurred="2026-01-10", id="e")
        line.correct("e", violated("two"))
        line.record(violated("later"), occurred="2026-01-20")
        assert len(line.at().agreements["pact"].violations) == 2
    with Timeline.open(tmp_path / "a.db", check=True) as line:
        line.correct("e", violated("three"))
        assert [said.event.detail for said in line.at().agreements["pact"].violations] == ["three", "later"]


@pytest.mark.usefixtures("often")
def test_what_another_program_redacted_is_not_kept_by_one_that_knew_it(tmp_path: Path) -> None:
    """A log that does not know keyframes keeps none, and all go on."""
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as other:
        other.record_all([*drafts(50), Draft(border.CrossingOpened(crossing="zqx-marker"), id="gone")])
        with Timeline.open(path) as line:
            line.at()
            line.record_all(Draft(border.CrossingOpened(crossing="rabia")) for _ in range(30))
            line.at()
            other.redact("gone")
        assert not any("zqx-marker" in row.key or b"zqx-marker" in plain(row) for row in other.log.read_cache())
        assert b"zqx-marker" not in path.read_bytes() + path.with_name("incidents.db-wal").read_bytes()
        assert ask(other) == ask(from_scratch(path))
    with Timeline.open(path, check=True) as line:
        assert line.at("2026-01-10") == from_scratch(path).at("2026-01-10")


@pytest.mark.usefixtures("often")
def test_keyframes_from_before_a_redaction_are_left_aside(tmp_path: Path) -> None:
    """An older version of the library may have kept them."""
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record_all(drafts(50))
        line.at()
        old = line.log.read_cache()
        line.redact("e7")
        line.log._connection.execute(
            "CREATE TABLE IF NOT EXISTS keyframes (kind TEXT, key TEXT, positions BLOB, frames BLOB)"
        )
        line.log._connection.execute("DELETE FROM keyframes")
        line.log._connection.executemany("INSERT INTO keyframes VALUES (?, ?, ?, ?)", old)
    with Timeline.open(path) as line:
        assert ask(line) == ask(from_scratch(path))
