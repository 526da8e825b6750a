"""One undated article: twenty facts, each in the sense in which it is meant."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from examples.article import build
from timeline import Modality, Timeline
from timeline.events import agreement, facility

FACTS = [f"F{number}" for number in range(1, 21)]
SITES = "ne-syria-detention-sites"
MISSION = "centcom-transfer-2026"
COOPERATION = "iraq-us-border-coordination"
PLANNED = {"F8", "F20"}
HYPOTHETICAL = {"F5", "F15"}
CITED = {
    "F1": "the article itself",
    "F7": "CENTCOM",
    "F8": "unattributed",
    "F9": "the US commander concerned",
    "F11": "Iraqi government",
    "F13": "US officials",
    "F16": "Iraqi officials",
    "F17": "Iraqi officials",
    "F20": "informed sources",
}


@pytest.fixture(scope="module")
def line() -> Timeline:
    return build()


def ids(entries) -> list[str]:
    return [entry.id for entry in entries]


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_on_the_log_in_the_sense_it_is_meant(line, fact):
    """Deeds are ACTUAL, what is expected PLANNED, what is feared HYPOTHETICAL."""
    (entry,) = [entry for entry in line.entries() if entry.id == fact]
    expected = (
        Modality.PLANNED if fact in PLANNED else Modality.HYPOTHETICAL if fact in HYPOTHETICAL else Modality.ACTUAL
    )
    assert entry.modality is expected


def test_every_fact_names_the_article_and_bears_no_date(line):
    """The source is the outlet; nothing has a day that the article does not give."""
    for entry in line.entries():
        (report,) = entry.reports
        assert (report.source, report.language) == ("Al-Arab News (London), Arabic", "ar")
        assert str(report.published) == "2026-01-21~/2026-02-12~"
        assert entry.occurred is None


@pytest.mark.parametrize(("fact", "cited"), CITED.items())
def test_a_fact_says_whom_the_article_cites(line, fact, cited):
    """Attribution is that of each fact, not that of the article as a whole."""
    (entry,) = [entry for entry in line.entries() if entry.id == fact]
    assert entry.reports[0].attributed_to == cited


@pytest.mark.parametrize(
    ("fact", "words"), [("F3", "عدد من"), ("F6", "آلاف"), ("F7", "نحو 150"), ("F8", "حوالي 7 آلاف")]
)
def test_quantities_keep_their_arabic_wording(line, fact, words):
    """The wording is quoted as the article prints it."""
    (entry,) = [entry for entry in line.entries() if entry.id == fact]
    assert entry.reports[0].quote == words


@pytest.mark.parametrize("certainty", ["definite", "possible"])
@pytest.mark.parametrize("day", [None, "2026-01-31", "2026-02-28"])
def test_fears_are_no_events(line, day, certainty):
    """Nobody escaped, crossed or attacked, on no day and not even possibly."""
    situation = line.at(day, certainty=certainty)
    assert situation.custody.escaped().high == 0
    assert tuple(situation.border.incidents) == ()
    assert situation.border.monitored == {}
    assert not {"F5", "F15"} & set(ids(situation.possible))


def test_fears_can_be_found(line):
    """They are kept, and searched by their modality."""
    assert ids(line.at().entries(modality=Modality.HYPOTHETICAL)) == ["F5", "F15"]


def test_cooperation_is_declared_and_never_signed(line):
    """No instrument and no signature is named, and it was announced once."""
    found = line.at().agreements[COOPERATION]
    assert (found.status, found.kind) == ("declared", "cooperation")
    assert dict(found.parties) == {"iraq-gov": "declared", "us-centcom": "declared"}
    assert not line.entries(types=[agreement.AgreementSigned])


def test_what_the_cooperation_includes_is_its_scope(line):
    """Watching the border and countering infiltration are its subject, not proof that they began."""
    scope = line.at().agreements[COOPERATION].scope
    assert scope[1:] == (
        "watching the border",
        "countering infiltration and smuggling of arms and members at unofficial crossings",
    )


@pytest.mark.parametrize("role", ["control", "guarding"])
def test_the_sites_were_lost_by_the_sdf_to_nobody_named(line, role):
    """A collective of unnamed members, a known loser, an unknown winner."""
    sites = line.at().facilities[SITES]
    assert (sites.kind, sites.members, sites.holder(role)) == ("collective", (), None)
    changes = [entry.event for entry in line.entries(types=[facility.ControlChanged]) if entry.event.role == role]
    assert (changes[-1].previous, changes[-1].manner) == ("sdf", "unknown")


def test_the_transfer_is_about_150_of_about_7000(line):
    """One batch has moved; the expected total moves nobody."""
    mission = line.at().custody.operations[MISSION]
    assert [str(n) for n in (mission.planned, mission.moved, mission.remaining)] == ["≈7,000", "≈150", "≈6,850"]
    assert (mission.status, mission.claimed) == ("underway", None)


def test_what_is_foreseen_is_a_plan_in_force(line):
    """The 7,000, and the coordination to be continued."""
    assert set(ids(line.at().plans)) == PLANNED


def test_one_commitment_was_made_and_is_not_kept_yet(line):
    """The promise to hold the fighters is actual, what it promises is not."""
    promise = line.at().agreements.commitments["iraq-holds-transferees"]
    assert (promise.status, promise.by) == ("made", "iraq-gov")


@pytest.mark.parametrize(
    ("earlier", "later"), [("F4", "F3"), ("F3", "F1"), ("F18", "F1"), ("F6", "F7"), ("F6", "F10"), ("F3", "F5")]
)
def test_relative_order_is_that_of_the_article(line, earlier, later):
    """Without a single date, one thing still comes after another."""
    (entry,) = [entry for entry in line.entries() if entry.id == later]
    assert earlier in entry.after
    order = ids(line.at().entries())
    assert order.index(earlier) < order.index(later)


def test_nothing_in_it_contradicts_itself(line):
    """The facts of one article raise no finding."""
    assert line.at().findings == ()


def test_it_prints_the_situation():
    """`python -m examples.article` says what follows, and what is only feared."""
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-m", "examples.article"],
        cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "planned ≈7,000  moved ≈150" in told.stdout
    assert "Feared, and not happened" in told.stdout
