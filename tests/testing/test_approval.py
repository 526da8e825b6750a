"""Approved answers: written into a test or beside a stored history, and checked from then on."""

from __future__ import annotations

from pathlib import Path

import pytest

from timeline import Report, Timeline, exactly
from timeline.errors import InvalidValue
from timeline.events.custody import DetaineesEscaped
from timeline.events.facility import ControlChanged, FacilityStatusChanged
from timeline.testing import NotApproved, approve, approve_histories
from timeline.testing.approval import answers_of as answers
from timeline.testing.approval import difference

HOL = "al-hol-camp"


@pytest.fixture
def line() -> Timeline:
    line = Timeline()
    line.record(ControlChanged(facility=HOL, authority="sdf"), occurred="2025-12-18", id="held")
    line.record(FacilityStatusChanged(facility=HOL, status="closed"), occurred="2026-01-10", id="closed")
    return line


# -- the answers themselves --------------------------------------------------------------------------


def test_answers_are_every_value_by_path(line: Timeline) -> None:
    """One on a line, in the order of their paths."""
    assert answers(line.at()) == (
        "facilities · al-hol-camp · control: sdf\n"
        "facilities · al-hol-camp · since · control: 2025-12-18\n"
        "facilities · al-hol-camp · status: closed"
    )
    assert answers(line.at(), under=("facilities", HOL, "status")) == "facilities · al-hol-camp · status: closed"


def test_answers_hold_findings_plans_and_possibilities(line: Timeline) -> None:
    """Findings and possible events are answers too."""
    line.record(FacilityStatusChanged(facility=HOL, status="evacuating"), occurred="2026-01-20/2026-03-01", id="e")
    assert "\nfinding: illegal_transition: " in answers(line.at())
    assert "\npossible: 2026-01-20/2026-03-01 FacilityStatusChanged" in answers(line.at("2026-02-01"))


def test_where_nothing_is_known_the_answer_says_so() -> None:
    """An empty text would look like one that is not approved yet."""
    assert answers(Timeline().at()) == "nothing is known"
    approve(Timeline().at(), "nothing is known")


def test_a_difference_is_told_by_path() -> None:
    """A value on one side only differs, and so does another value."""
    was = "a · b: 1\na · c: 2\nfinding: x\nfinding: y"
    now = "a · b: 5\na · d: 3\nfinding: y\nfinding: z: 1"
    assert difference(was, now) == ["a · b: 1 → 5", "− a · c: 2", "+ a · d: 3", "− finding: x", "+ finding: z: 1"]
    assert difference(was, was) == []


def test_what_is_approved_passes_however_it_is_indented(line: Timeline) -> None:
    """As text in a test is."""
    approve(
        line.at(),
        """
            facilities · al-hol-camp · control: sdf
            facilities · al-hol-camp · since · control: 2025-12-18
            facilities · al-hol-camp · status: closed
        """,
    )


def test_other_answers_fail_with_the_difference(line: Timeline) -> None:
    """By path; whoever means it approves it."""
    with pytest.raises(NotApproved) as failed:
        approve(line.at(), "facilities · al-hol-camp · control: syria-gov", under=("facilities", HOL, "control"))
    assert str(failed.value) == (
        "1 answer is not as approved:\n"
        "  facilities · al-hol-camp · control: syria-gov → sdf\n"
        "To approve the answers as they are now, run: pytest --timeline-approve"
    )


def test_nothing_is_approved_by_itself(line: Timeline) -> None:
    """An approval that is missing fails."""
    with pytest.raises(NotApproved, match="not approved yet. To write them into the test, run: pytest --timeline-app"):
        approve(line.at())


# -- written into a test -----------------------------------------------------------------------------

TEST = """
from timeline import Timeline
from timeline.events.facility import ControlChanged, FacilityRegistered
from timeline.testing import approve


def camp(authority="sdf", **more):
    line = Timeline()
    line.record(ControlChanged(facility="al-hol-camp", authority=authority, **more), occurred="2026-01-21", id="c")
    return line.at()


"""


def approving(pytester: pytest.Pytester, body: str, *options: str) -> str:
    """Run a test that approves, and again as usual; return its source."""
    path = pytester.makepyfile(test_it=TEST + body)
    pytester.runpytest("--timeline-approve", *options)
    pytester.runpytest().assert_outcomes(passed=body.count("def test_"))
    return path.read_text("utf-8").removeprefix(TEST.strip())


def test_answers_are_written_into_the_test(pytester: pytest.Pytester) -> None:
    """As a text in the call, and nothing else is changed."""
    written = approving(pytester, 'def test_it():  # a remark\n    approve( camp() )  # another\n    assert "é"\n')
    assert written.strip() == (
        "def test_it():  # a remark\n"
        '    approve( camp(), """\n'
        "        facilities · al-hol-camp · control: sdf\n"
        "        facilities · al-hol-camp · since · control: 2026-01-21\n"
        '    """ )  # another\n'
        '    assert "é"'
    )


def test_the_run_says_what_it_wrote(pytester: pytest.Pytester) -> None:
    """And where."""
    pytester.makepyfile(test_it=TEST + "def test_it():\n    approve(camp())\n")
    result = pytester.runpytest("--timeline-approve")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["approved: test_it.py (1)"])
    pytester.runpytest("--timeline-approve").stdout.no_fnmatch_line("approved: *")


def test_without_the_option_nothing_is_written(pytester: pytest.Pytester) -> None:
    """The test fails, and says what to do."""
    path = pytester.makepyfile(test_it=TEST + "def test_it():\n    approve(camp())\n")
    before = path.read_text("utf-8")
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *not approved yet*", "test_it.py:*: NotApproved"])
    assert path.read_text("utf-8") == before


CALLS = {
    "several in one test": "def test_it():\n    approve(camp())\n    approve(camp('kdp'))\n",
    "one in a loop that always says the same": "def test_it():\n    for _ in range(3):\n        approve(camp())\n",
    "one that was approved otherwise": 'def test_it():\n    approve(camp(), """old\n  and long""")\n',
    "one by keyword": "def test_it():\n    approve(camp(), answers='old')\n",
    "one with a path": "def test_it():\n    approve(camp(), under=('facilities',))\n",
    "one laid out on lines": "def test_it():\n    approve(\n        camp(),\n        under=('facilities',),\n    )\n",
    "one with a comma behind": "def test_it():\n    approve(\n        camp(),\n    )\n",
    "one behind letters of many bytes": "def test_it():\n    x = 'مخيم'; approve(camp()); approve(camp('kdp'))\n",
    "hostile texts": "def test_it():\n    approve(camp(detail='\"\"\"\\\\'), under=('facilities',))\n"
    "    approve(Timeline.demo().at(), under=('border',))\n",
    "two tests": "def test_it():\n    approve(camp())\n\ndef test_other():\n    approve(camp('kdp'))\n",
}


@pytest.mark.parametrize("body", CALLS.values(), ids=CALLS)
def test_what_was_written_passes(pytester: pytest.Pytester, body: str) -> None:
    """This holds for every form of the call."""
    approving(pytester, body)


def test_texts_of_any_kind_are_written(pytester: pytest.Pytester) -> None:
    """Quotes and backslashes come back as they were."""
    approving(
        pytester,
        "def test_it():\n    line = Timeline()\n    line.record(FacilityRegistered(facility='x', kind='camp', "
        'names={"en": \'a """b\\\\n" \\\\\'}), id="x")\n    approve(line.at())\n',
    )


REFUSED = {
    "two answers for one call": (
        "import pytest\n@pytest.mark.parametrize('who', ['sdf', 'kdp'])\ndef test_it(who):\n    approve(camp(who))\n",
        "*has other answers each time*",
    ),
    "what is no text": ("OLD = 'old'\ndef test_it():\n    approve(camp(), OLD)\n", "*are not a text in the call*"),
    "a call by another name": (
        "def test_it():\n    (lambda s: [*map(approve, [s])])(camp())\n",
        "*not a call of approve*",
    ),
}


@pytest.mark.parametrize(("body", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_fails(pytester: pytest.Pytester, body: str, said: str) -> None:
    """And says why."""
    pytester.makepyfile(test_it=TEST + body)
    result = pytester.runpytest("--timeline-approve")
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines([f"E  {said}"])


def test_many_processes_do_not_write_at_once(pytester: pytest.Pytester) -> None:
    """They would overwrite one another."""
    pytest.importorskip("xdist")
    pytester.makepyfile(test_it=TEST + "def test_it():\n    approve(camp())\n")
    result = pytester.runpytest_subprocess("--timeline-approve", "-p", "xdist", "-n", "1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--timeline-approve writes into the tests: expected one process. Leave out -n.*"])


# -- a folder of stored histories --------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, line: Timeline) -> Path:
    line.dump(tmp_path / "camp.jsonl")
    with Timeline.open(tmp_path / "prison.db") as other:
        other.record(
            DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(120)), occurred="2026-01-19",
            reports=[Report("AFP")], id="e",
        )  # fmt: skip
    (tmp_path / "camp.answers.txt").write_text(answers(line.at()) + "\n", "utf-8")
    (tmp_path / "prison.answers.txt").write_text("custody · al-shaddadi-prison · escaped: 120\n", "utf-8")
    return tmp_path


def test_stored_histories_are_folded_and_compared(folder: Path) -> None:
    """Dumps and logs in files; each has its approved answers beside it."""
    text = (folder / "prison.answers.txt").read_text("utf-8")
    with Timeline.open(folder / "prison.db", read_only=True) as prison:
        assert text.strip() in answers(prison.at())
        (folder / "prison.answers.txt").write_text(answers(prison.at()), "utf-8")
    approve_histories(folder)


def test_a_history_that_answers_otherwise_fails_with_the_difference(folder: Path) -> None:
    """Of each, by path; the others are checked all the same."""
    (folder / "camp.answers.txt").write_text("facilities · al-hol-camp · control: kdp\n", "utf-8")
    (folder / "prison.answers.txt").unlink()
    with pytest.raises(NotApproved) as failed:
        approve_histories(folder)
    assert str(failed.value) == (
        "2 of 2 stored histories do not answer as approved:\n"
        "camp.jsonl\n"
        "  facilities · al-hol-camp · control: kdp → sdf\n"
        "  + facilities · al-hol-camp · since · control: 2025-12-18\n"
        "  + facilities · al-hol-camp · status: closed\n"
        "prison.db\n"
        "  not approved yet\n"
        "To approve the answers as they are now, run: pytest --timeline-approve"
    )


def test_approved_answers_without_a_history_fail(folder: Path) -> None:
    """A history that went missing is not passed over."""
    (folder / "camp.jsonl").unlink()
    with pytest.raises(
        NotApproved, match=r"camp.answers.txt\n  the history is missing: expected camp.jsonl or camp.db beside it"
    ):
        approve_histories(folder)


def test_a_folder_without_histories_is_refused(tmp_path: Path) -> None:
    """A gate that checks nothing is open."""
    with pytest.raises(InvalidValue, match="holds no stored history"):
        approve_histories(tmp_path)


def test_a_history_that_cannot_be_read_is_one_failure(folder: Path) -> None:
    """The others are still compared."""
    (folder / "camp.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(NotApproved, match=r"camp.jsonl\n  cannot be read: line 1 is not an entry"):
        approve_histories(folder)


def test_the_gate_is_approved_by_the_same_option(pytester: pytest.Pytester, line: Timeline) -> None:
    """It writes the answers beside each history, projections of one's own included."""
    pytester.mkdir("histories")
    line.dump(pytester.path / "histories" / "camp.jsonl")
    pytester.makepyfile(
        test_it="""
        from timeline import Projection
        from timeline.testing import approve_histories

        COUNT = Projection(
            name="count", keys=lambda reading: ["all"], evolve=lambda before, reading, key: (before or 0) + 1
        )

        def test_histories():
            approve_histories("histories", projections=[COUNT])
        """
    )
    pytester.runpytest().assert_outcomes(failed=1)
    result = pytester.runpytest("--timeline-approve")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["approved: histories/camp.answers.txt (1)"])
    pytester.runpytest().assert_outcomes(passed=1)
    text = (pytester.path / "histories" / "camp.answers.txt").read_text("utf-8")
    assert text.startswith("count · all: 2\nfacilities · al-hol-camp · control: sdf\n")
