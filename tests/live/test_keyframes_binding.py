"""The binding of keyframes: other programs may ask in between, and no answer changes by it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import timeline
from timeline import Draft, Facility, Projection, Timeline, event, exactly
from timeline.events import custody
from timeline.events import declare as eventtype
from timeline.live import binding, current, fingerprints, keyframes
from timeline.log import SqliteLog
from timeline.log.stored import Head
from timeline.testing import FrozenClock
from timeline.testing.strategies import START, Chronicle, messy_histories

SOURCE = Path(timeline.__file__).parents[1]
PROGRAM = """
    import sys
    from timeline import *
    from timeline.events import custody
    from timeline.projections import BUILT_IN
    from timeline.projections.custody import *
    path, many = sys.argv[1], 1200
"""
READS = "print(line.at().custody.escaped(facility='camp'))"


def program(path: Path, code: str) -> str:
    """Run another process, and return its output."""
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM) + textwrap.dedent(code), str(path)],
        check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)}, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    """Types declared in a test are gone after it."""
    before = dict(eventtype._BY_NAME)
    yield
    eventtype._BY_NAME.clear()
    eventtype._BY_NAME.update(before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "incidents.db"


def strike(version: int = 1, times: int = 1, **fields: Any) -> type:
    """Declare a type of event again."""

    def dozens(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "wounded": data.get("wounded", 0) * times}

    class Strike:
        facility: Facility
        wounded: int = fields.get("wounded", 0)

    return event("binding.strike", version=version, upcast={n: dozens for n in range(1, version)})(Strike)


def wounded(weight: int = 1) -> Projection:
    return Projection(
        name="strikes",
        keys=lambda r: ["all"] if type(r.event).__name__ == "Strike" else [],
        evolve=lambda n, r, key: (n or 0) + r.event.wounded * weight,
        states=(),
    )


def asked(path: Path, projection: Projection) -> int:
    with Timeline.open(path, projections=[projection]) as line:
        return int(line.at()["strikes"]["all"])


@pytest.fixture
def struck(path: Path) -> Path:
    """A log of 1,200 strikes, with one wounded each, that was folded and kept."""
    made = strike()
    with Timeline.open(path, projections=[wounded()]) as line:
        line.record_all(Draft(made(facility="camp", wounded=1), occurred="2026-01-21") for _ in range(1200))
        assert line.at()["strikes"]["all"] == 1200
    return path


# -- programs ---------------------------------------------------------------------------------------


def test_a_program_that_does_not_know_a_type_leaves_the_answers_of_one_that_does(path: Path) -> None:
    """An event derived from one of the library is written, somebody else asks, and the first asks again."""
    own = """
        @event("ingest.mass_escape")
        class MassEscape(custody.DetaineesEscaped): pass
        with Timeline.open(path) as line:
            if not line.head().position:
                line.record_all(
                    Draft(MassEscape(facility="camp", quantity=exactly(1)), occurred="2026-01-21") for _ in range(many)
                )
    """
    program(path, own)
    assert program(path, f"with Timeline.open(path) as line: {READS}") == "0"
    assert program(path, own + f"        {READS}") == "1,200"
    assert program(path, f"with Timeline.open(path) as line: {READS}") == "0"
    assert program(path, own + "        print(len(line.log.read_cache()) > 0, line.verify().position)") == "True 1200"


def test_who_knows_fewer_types_replaces_nothing(struck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyframes of the program that knows them all stay, and are used by it."""
    monkeypatch.setattr(current, "_FEW", 1)
    with Timeline.open(struck) as line:
        before = line.log.read_cache()
        del eventtype._BY_NAME["binding.strike"]
        line.record_all(Draft(custody.DetaineesEscaped(facility="x", quantity=exactly(1))) for _ in range(1200))
        line.at()
    with Timeline.open(struck) as line:
        assert line.log.read_cache() == before


def test_a_later_version_knows_more(struck: Path) -> None:
    """Entries unknown to an older program do not replace kept ones."""
    with Timeline.open(struck) as line:
        (header, *_) = line.log.read_cache()
    assert not binding.is_newer(header.frames)
    strike(version=2)
    assert not binding.is_newer(header.frames)
    del eventtype._BY_NAME["binding.strike"]
    assert binding.is_newer(header.frames)
    assert not binding.is_newer(b"nothing")


def test_keyframes_with_further_projections_serve_who_has_fewer(struck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without a projection of one's own folds nothing again."""
    taken: list[int] = []
    add = keyframes.CompleteView.add
    monkeypatch.setattr(keyframes.CompleteView, "add", lambda self, new: (taken.append(len(new)), add(self, new))[1])
    with Timeline.open(struck) as line:
        line.at()
    assert taken == []


HIDDEN = (
    "custody.detainees_escaped",
    "custody.detainees_transferred",
    "facility.control_changed",
    "border.crossing_closed",
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=messy_histories(), data=st.data())
def test_who_asks_changes_no_later_answer(
    told: Chronicle, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that do not know some types ask in between, and keep what they folded if they may."""
    monkeypatch.setattr(current, "_FEW", 1)
    clock = FrozenClock(START)
    with TemporaryDirectory() as folder:
        for draft, minute in zip(told.drafts, told.minutes, strict=True):
            clock.set(START + timedelta(minutes=minute))
            with Timeline(SqliteLog(Path(folder) / "a.db", clock=clock)) as line:
                line.record_all([draft])
                if data.draw(st.booleans()):
                    line.at()
            hidden = data.draw(st.sets(st.sampled_from(HIDDEN)))
            if hidden:
                known = {name: eventtype._BY_NAME.pop(name) for name in hidden}
                with Timeline(SqliteLog(Path(folder) / "a.db", read_only=data.draw(st.booleans()))) as line:
                    line.at().findings
                eventtype._BY_NAME.update(known)
        with Timeline(SqliteLog(Path(folder) / "a.db"), check=True) as line:
            expected = told.timeline()
            assert line.at() == expected.at()
            assert line.at().findings == expected.at().findings
            assert line.at("2026-01-10", policy="lowest") == expected.at("2026-01-10", policy="lowest")


# -- what is read otherwise ---------------------------------------------------------------------------


def test_a_new_upcaster_is_heeded(struck: Path) -> None:
    """They were dozens."""
    strike(version=2, times=12)
    assert asked(struck, wounded()) == 14400


def test_a_mended_upcaster_is_heeded(struck: Path) -> None:
    """Its version stays, and its code does not."""
    strike(version=2, times=10)
    assert asked(struck, wounded()) == 12000
    strike(version=2, times=12)
    assert asked(struck, wounded()) == 14400


def test_a_changed_default_is_heeded(path: Path) -> None:
    """Attributes that are not written are read with the value of the class now."""
    made = strike()
    with Timeline.open(path, projections=[wounded()]) as line:
        line.record_all(Draft(made(facility="camp")) for _ in range(1200))
        assert line.at()["strikes"]["all"] == 0
    strike(wounded=2)
    assert asked(path, wounded()) == 2400


def test_a_changed_projection_is_heeded(struck: Path) -> None:
    """Its code, or what it was made with, differs."""
    assert asked(struck, wounded(weight=3)) == 3600


def test_a_type_declared_while_a_log_is_open_is_heeded(path: Path) -> None:
    """A notebook asks first, and declares the event after that, or once more."""
    made = strike()
    with Timeline.open(path) as line:
        line.record_all(Draft(made(facility="camp", wounded=1)) for _ in range(1200))
    del eventtype._BY_NAME["binding.strike"]
    with Timeline.open(path, projections=[wounded()]) as line:
        assert len(line.at()["strikes"]) == 0
        strike()
        assert line.at()["strikes"]["all"] == 1200
        strike(version=2, times=12)
        assert line.at()["strikes"]["all"] == 14400


# -- fingerprints -------------------------------------------------------------------------------------


def test_fingerprints_are_the_same_in_every_process(path: Path) -> None:
    """Sets in code come in another order in each, and objects lie elsewhere."""
    code = """
        from timeline.events.declare import registered_types
        from timeline.live import fingerprints
        print([fingerprints.of_type(kind) for kind in registered_types()])
        chosen = Projection(
            name="p", keys=lambda r: ["k"] if r.event.detail in {"a", "b", "c", "d"} else [], evolve=lambda n, r, k: n
        )
        print([fingerprints.of_projection(p) for p in (*BUILT_IN, chosen)])
    """
    assert program(path, code) == program(path, code)


class Adding:
    """A fold as an object."""

    def __call__(self, count: Any, reading: Any, key: Any) -> int:
        return int(count or 0) + 1

    def fold(self, count: Any, reading: Any, key: Any) -> int:
        return int(count or 0) + 1


class Doubling(Adding):
    def __call__(self, count: Any, reading: Any, key: Any) -> int:
        return int(count or 0) + 2


def weighing(weight: Any) -> Any:
    return lambda count, reading, key: (count or 0) + weight


def scaled(count: Any, reading: Any, key: Any, *, by: Any = 1) -> Any:
    return (count or 0) + by


def recursive(deep: bool) -> Any:
    def fold(count: Any, reading: Any, key: Any) -> Any:
        return fold(count, reading, key) if deep else later(count)

    if deep:
        later = fold
    return fold


@attrs.frozen
class Weights:
    of: Any = 1

    def fold(self, count: Any, reading: Any, key: Any) -> Any:
        return (count or 0) + self.of


KINDS = [
    Adding(), Doubling(), Adding().fold, weighing(1), weighing(2), weighing(1.5), weighing({"a": 1}), weighing({"a": 2}),
    weighing(frozenset("ab")), weighing({"a", "c"}), weighing((1, 2)), weighing([1, [2]]), weighing(weighing(1)),
    weighing(None), weighing(Head), weighing(exactly), weighing(timeline.Modality.ACTUAL),
    weighing(timeline.Modality.PLANNED), weighing(attrs.Factory(list)), weighing(attrs.Factory(dict)),
    scaled, partial(scaled, by=2), partial(scaled, by=3), recursive(deep=True), recursive(deep=False), Weights(1).fold,
    Weights(2).fold, max, min, int,
]  # fmt: skip


def test_each_code_has_a_fingerprint_of_its_own() -> None:
    """Functions, methods, objects that can be called, and what they were made with."""
    prints = [fingerprints.of_projection(Projection(name="p", keys=len, evolve=fold)) for fold in KINDS]
    assert len(set(prints)) == len(KINDS)


def test_a_comment_or_another_place_changes_no_fingerprint() -> None:
    """Lines may move."""
    first = weighing(3)
    second: dict[str, Any] = {}
    exec(
        "\n\ndef weighing(weight):\n    # heavier\n    return lambda count, reading, key: (count or 0) + weight\n",
        second,
    )

    def of(fold: Any) -> str:
        return fingerprints.of_projection(Projection(name="p", keys=len, evolve=fold))

    assert of(first) == of(second["weighing"](3))


def test_a_list_that_holds_itself_has_a_fingerprint() -> None:
    """An object met again is not described again."""
    endless: list[Any] = []
    endless.append(endless)
    assert fingerprints.of_projection(Projection(name="p", keys=len, evolve=weighing(endless)))


# -- what cannot be kept --------------------------------------------------------------------------------


@attrs.frozen
class Own:
    of: Any


@attrs.frozen
class Made:
    of: Any = attrs.field(init=False, default=1)


class Plain:
    pass


class trail(tuple):
    """Named as what the library keeps lists under."""

    _fields = ("of",)
    __slots__ = ()

    def __new__(cls, of: Any) -> Self:
        return tuple.__new__(cls, (of,))


@pytest.mark.parametrize(
    ("value", "kept"),
    [(Own(1), True), (trail("x"), True), (1 << 70, False), ("\ud800", False), (1.5, True), (Made(), False),
     (Plain(), False), ({"a": 1}, False)],
)  # fmt: skip
def test_a_value_that_cannot_be_kept_stops_no_question(path: Path, value: Any, kept: bool) -> None:
    """Then nothing is kept, and what is kept comes back as it was."""
    own = Projection(
        name="own", keys=lambda r: ["k"], evolve=lambda n, r, key: value, states=(Own, Made, Plain, trail)
    )  # fmt: skip
    for _ in range(2):
        with Timeline.open(path, projections=[own]) as line:
            if not line.head().position:
                line.record_all(Draft(custody.DetaineesEscaped(facility="c", quantity=exactly(1))) for _ in range(1200))
            assert line.at()["own"]["k"] == value
            assert bool(line.log.read_cache()) is kept
            assert line.verify().position == 1200


def test_a_projection_named_as_a_row_of_the_index_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows and those of the library are distinct."""
    monkeypatch.setattr(current, "_FEW", 1)
    named = [
        Projection(name=n, keys=lambda r: ["k"], evolve=lambda n, r, key: 1, states=()) for n in ("index", "header")
    ]
    for _ in range(2):
        with Timeline.open(path, projections=named) as line:
            line.record(custody.DetaineesEscaped(facility="c", quantity=exactly(1)))
            assert line.at()["index"]["k"] == line.at()["header"]["k"] == 1


# -- a class that no longer takes what was kept -----------------------------------------------------------


def test_what_cannot_be_put_together_again_is_folded_again(path: Path) -> None:
    """A class of a user's may refuse today what it took yesterday."""
    strictly = []

    @attrs.frozen
    class Count:
        many: int = attrs.field()

        @many.validator
        def _check(self, attribute: Any, value: int) -> None:
            if strictly and value > 5 and strictly.pop():
                raise ValueError(value)

    own = Projection(
        name="own", keys=lambda r: ["k"], evolve=lambda n, r, key: Count(n.many + 1 if n else 1), states=(Count,)
    )  # fmt: skip
    with Timeline.open(path, projections=[own]) as line:
        line.record_all(Draft(custody.DetaineesEscaped(facility="c", quantity=exactly(1))) for _ in range(1200))
        line.at()
    with Timeline.open(path, projections=[own]) as line:
        strictly.append(True)
        assert line.at()["own"]["k"].many == 1200
        assert strictly == []
