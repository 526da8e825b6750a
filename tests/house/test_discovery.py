"""Discovery in a notebook: what completes, what `dir` and help show, and how an error looks."""

from __future__ import annotations

from typing import Any

import pytest

from timeline import Agreement, Authority, Facility, Projection, Timeline, about
from timeline.projections.agreements import AgreementState
from timeline.values.containers import FrozenMapping, SharedSet

IPython = pytest.importorskip("IPython")


@pytest.fixture(scope="module")
def shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell

    made = InteractiveShell.instance()
    made.user_ns["line"] = line = Timeline.demo()
    made.user_ns["s"] = line.at()
    made.user_ns["Facility"] = Facility
    yield made
    InteractiveShell.clear_instance()


def completed(shell: Any, text: str) -> set[str]:
    """Complete a line of code as IPython does for a key pressed at its end."""
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        return {one.text.strip("'\"]") for one in shell.Completer.completions(text, len(text))}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('s.facilities["al-h', "al-hol-camp"),
        ('s.custody["al-h', "al-hol-camp"),
        ('s.custody.operations["centcom', "centcom-transfer-2026"),
        ('s.agreements["', "agreement-2026-01-18"),
        ('s.border.crossings["rabia', "rabia-yarubiyah-crossing"),
        ('s["facil', "facilities"),
    ],
)
def test_keys_are_completed(shell: Any, text: str, wanted: str) -> None:
    """A tab within brackets offers the names that this situation has."""
    assert wanted in completed(shell, text)


def test_dir_shows_what_is_public(shell: Any) -> None:
    """No name in it begins with an underscore."""
    situation = shell.user_ns["s"]
    for value in (shell.user_ns["line"], situation, situation.custody, situation.findings, situation.plans, about(3)):
        assert not [name for name in dir(value) if name.startswith("_")], type(value)
    assert {"at", "record", "why"} <= {*dir(shell.user_ns["line"]), *dir(situation)}


def test_numbers_are_short_in_results(shell: Any) -> None:
    """As readers write them; `repr` stays code."""
    from IPython.lib.pretty import pretty

    assert pretty([about(1500), about(3, unit="drones")]) == "[≈1,500, ≈3 drones]"
    assert eval(repr(about(1500)), {"Quantity": type(about(1))}) == about(1500)


@pytest.mark.parametrize(
    ("alias", "words"), [(Facility, "a prison, camp"), (Authority, "a state"), (Agreement, "an accord")]
)
def test_help_of_a_kind_of_name_says_what_it_is(shell: Any, alias: Any, words: str) -> None:
    """And not what the annotations of `typing` are."""
    found = shell.inspector.info(alias)["docstring"]
    assert words in found
    assert "becomes a tag" in found


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ('s.custody.held(facility="al-hool-camp")', "UnknownName"),
        ('s.facilities["al-hool-camp"]', "NotInSituation"),
        ('s["facilitys"]', "NotInSituation"),
        ('line.at("yesterday")', "InvalidWhen"),
        ("line.record(3)", "InvalidDraft"),
        ('Timeline.open("/nowhere/at/all.db")', "CannotOpen"),
    ],
)
def test_an_error_of_the_user_is_two_lines(shell: Any, code: str, error: str, capsys: Any) -> None:
    """The line of the cell, and the message; no frame of the library."""
    shell.run_cell(f"from timeline import Timeline\n{code}")
    shown = [text for text in capsys.readouterr().out.splitlines() if text.strip()]
    assert shown[0] == f"line 2: {code}"
    assert shown[1].startswith(f"{error}: ")
    assert len(shown) == 2


def test_an_error_in_ones_own_projection_shows_where(shell: Any, capsys: Any) -> None:
    """There the traceback helps."""
    broken = Projection(name="broken", keys=lambda reading: [1], evolve=lambda *told: 1 / 0)
    shell.user_ns["broken"] = broken
    shell.run_cell('t = Timeline(line.log, projections=[broken])\nt.at()["broken"]')
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_state_is_a_line_for_each_field(shell: Any) -> None:
    """Fields that say nothing are left out."""
    from IPython.lib.pretty import pretty

    lines = pretty(shell.user_ns["s"].facilities["al-hol-camp"]).splitlines()
    assert lines[0] == "FacilityState"
    assert "  kind: 'camp'" in lines
    assert not [line for line in lines if "capacity" in line]


def test_a_field_that_is_shown_its_own_way_is_shown_so_in_a_notebook() -> None:
    """The subjects of an agreement come in the order in which they were named; what only the fold counts stays out."""
    from IPython.lib.pretty import pretty

    shown = pretty(
        AgreementState("truce", scopes=SharedSet(["water", "oil"]), by_stage=FrozenMapping({"signed": SharedSet("x")}))
    ).splitlines()
    assert shown == ["AgreementState", "  slug: 'truce'", "  scopes: ('water', 'oil')", *shown[3:]]
    assert not [line for line in shown if "by_stage" in line]
