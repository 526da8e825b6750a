"""The pytest plugin: fixtures, readable differences, and the log of a failed test, kept to be replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

FAILING = """
    from timeline import Report, about
    from timeline.events.custody import DetaineesEscaped
    from timeline.events.facility import FacilityStatusChanged
    from timeline.testing import given, on, the

    CLOSED = FacilityStatusChanged(facility="al-hol-camp", status="closed")

    def test_story():
        given(on("2026-01-20").told(CLOSED, by="AFP")).then(the("facilities", "al-hol-camp", "status").is_("open"))

    def test_fixture(timeline, frozen_clock):
        frozen_clock.set("2026-02-01")
        timeline.record(CLOSED, occurred="2026-01-20", reports=[Report("AFP", published="2026-01-21")])
        assert timeline.at("2026-01-19") == timeline.at("2026-01-20")
"""
KEPT = Path(".pytest_cache") / "d" / "timeline"


def test_a_timeline_under_test_is_empty_and_on_the_frozen_clock(pytester: pytest.Pytester) -> None:
    """Each test has its own."""
    pytester.makepyfile(
        """
        import pytest
        from timeline.events.facility import FacilityRegistered

        @pytest.mark.parametrize("day", ["2026-01-20", "2026-01-21"])
        def test_it(timeline, frozen_clock, day):
            assert timeline.entries() == ()
            frozen_clock.set(day)
            entry = timeline.record(FacilityRegistered(facility="al-hol-camp"))
            assert entry.recorded_at == frozen_clock()
            assert timeline.now() == timeline.at(day)
        """
    )
    pytester.runpytest().assert_outcomes(passed=2)


def test_unequal_values_are_explained(pytester: pytest.Pytester) -> None:
    """Situations by what changed, quantities and whens by their bounds; all else as pytest does."""
    pytester.makepyfile(
        """
        from timeline import Timeline, When, about, exactly
        from timeline.events.facility import FacilityStatusChanged

        def test_situations(timeline):
            timeline.record(FacilityStatusChanged(facility="al-hol-camp", status="closed"), occurred="2026-01-20")
            assert timeline.at("2026-01-19") == timeline.at()

        def test_quantities():
            assert about(150) == exactly(150)

        def test_whens():
            assert When("2026-01") == When("2026-01~")

        def test_order():
            assert exactly(150) is exactly(150)

        def test_others():
            assert {"a": 1} == {"a": 2}
        """
    )
    result = pytester.runpytest("-q")
    result.assert_outcomes(failed=5)
    result.stdout.fnmatch_lines(
        [
            "E * facilities · al-hol-camp · status: – → closed",
            "E * assert ≈150 == 150",
            "E * low: 0 != 150",
            "E * assert 2026-01 == 2026-01~",
            "E * approximate: False != True",
            "E * assert Quantity(low=150* is Quantity(low=150*",
            "E * {'a': 1} != {'a': 2}",
        ]
    )


def test_a_story_that_fails_points_at_the_test_and_not_into_the_kit(pytester: pytest.Pytester) -> None:
    """The report stands under the line of the test that made it."""
    pytester.makepyfile(test_it=FAILING)
    result = pytester.runpytest("-k", "story")
    result.stdout.fnmatch_lines(
        [
            ">*given(on(*",
            "E *StoryFailed: 1 of 1 not so, first: facilities · al-hol-camp · status is open",
            "E *expected  open",
            "E *found     closed",
            "E *AFP",
            "test_it.py:9: StoryFailed",
        ]
    )
    result.stdout.no_fnmatch_line("*story.py:*")


@pytest.mark.parametrize("name", ["story", "fixture"])
def test_the_log_of_a_failed_test_is_kept_and_replayed_entry_by_entry(pytester: pytest.Pytester, name: str) -> None:
    """The report says how; the replay says who reported each entry, and what it changed."""
    pytester.makepyfile(test_it=FAILING)
    result = pytester.runpytest("-k", name)
    (kept,) = KEPT.iterdir()
    result.stdout.fnmatch_lines([f"replay it entry by entry: pytest --timeline-replay {kept}"])
    replay = pytester.runpytest("--timeline-replay", str(kept))
    assert replay.ret == 0
    replay.stdout.fnmatch_lines(
        [
            "#1 2026-01-20 FacilityStatusChanged facility=al-hol-camp status=closed  · recorded 2026-*:59Z",
            "    AFP*",
            "  facilities · al-hol-camp · status: – → closed",
            "Situation, everything known",
            "  al-hol-camp  ?  closed",
        ]
    )


def test_events_of_ones_own_are_replayed_by_name_when_their_module_is_named(pytester: pytest.Pytester) -> None:
    """Without it they are kept, and shown as unknown."""
    pytester.makepyfile(
        newsroom="""
        from timeline import Facility, event

        @event("newsroom.siren_heard")
        class SirenHeard:
            facility: Facility
        """,
        test_it="""
        from newsroom import SirenHeard
        from timeline.testing import given, told, the

        def test_it():
            given(told(SirenHeard(facility="al-hol-camp"))).then(the("facilities", "al-hol-camp", "status").is_("open"))
        """,
    )
    pytester.runpytest_subprocess()
    (kept,) = KEPT.iterdir()
    for named, shown in ((), "newsroom.siren_heard (unknown)"), (("-p", "newsroom"), "SirenHeard facility=al-hol-camp"):
        replay = pytester.runpytest_subprocess(*named, "--timeline-replay", str(kept))
        replay.stdout.fnmatch_lines([f"#1 undated {shown}  · recorded *"])


def test_what_was_told_to_a_failed_tests_timeline_is_in_its_report(pytester: pytest.Pytester) -> None:
    """With the sources; a story has an account of its own."""
    pytester.makepyfile(test_it=FAILING)
    result = pytester.runpytest("-k", "fixture")
    result.stdout.fnmatch_lines(
        ["*- timeline -*", "#1 2026-01-20 FacilityStatusChanged*", "    AFP, 2026-01-21", "replay it*"]
    )


@pytest.mark.parametrize(
    "body",
    [
        "def test_it(timeline): timeline.close(); assert False",
        "def test_it(timeline): assert False",
        "def test_it(timeline): pass",
        "import timeline\ndef test_it(): assert False",
        "import pytest, timeline\n@pytest.fixture\ndef timeline(): return 5\ndef test_it(timeline): assert False",
    ],
)
def test_nothing_is_kept_where_there_is_nothing_to_keep(pytester: pytest.Pytester, body: str) -> None:
    """A closed timeline, an empty one, a test that passes, one without a timeline, one with a fixture of that name."""
    pytester.makepyfile(body)
    result = pytester.runpytest()
    assert result.parseoutcomes().keys() <= {"passed", "failed"}
    assert not KEPT.exists() or not list(KEPT.iterdir())


def test_without_a_cache_nothing_is_kept(pytester: pytest.Pytester) -> None:
    """A user who turned the cache off wants no files."""
    pytester.makepyfile(test_it=FAILING)
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    result.stdout.no_fnmatch_line("replay it*")


@pytest.mark.parametrize(("content", "said"), [(None, "*is not there*"), ("{}\n", "*line 1 is not an entry*")])
def test_what_is_no_kept_log_is_refused(pytester: pytest.Pytester, content: str | None, said: str) -> None:
    """With one line that says why."""
    if content is not None:
        pytester.path.joinpath("log.jsonl").write_text(content, "utf-8")
    result = pytester.runpytest("--timeline-replay", "log.jsonl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --timeline-replay: {said}"])


def test_a_test_run_that_uses_no_timeline_does_not_import_the_library(pytester: pytest.Pytester) -> None:
    """Neither when pytest starts, nor when such a test fails."""
    pytester.makepyfile(
        """
        import sys
        def test_it():
            assert "pytest_incident_timeline" in sys.modules
            assert "timeline" not in sys.modules
            assert 1 == 2
        def test_again():
            assert "timeline" not in sys.modules
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E *assert 1 == 2"])


def test_the_timeline_of_a_test_takes_options(pytester: pytest.Pytester) -> None:
    """Projections of one's own, a zone, strictness: for all tests, for those of a file, or for one."""
    pytester.makeconftest(
        """
        import pytest
        from timeline import Projection

        COUNT = Projection(
            name="count", keys=lambda reading: ["all"], evolve=lambda before, reading, key: (before or 0) + 1
        )

        @pytest.fixture
        def timeline_options():
            return {"projections": [COUNT], "tz": "Asia/Damascus"}
        """
    )
    pytester.makepyfile(
        """
        import pytest
        from timeline.events.facility import FacilityRegistered

        def test_counted(timeline, frozen_clock):
            timeline.record(FacilityRegistered(facility="al-hol-camp"))
            assert timeline.at()["count"]["all"] == 1
            assert (str(timeline.tz), timeline.strict) == ("Asia/Damascus", False)

        class TestStrict:
            @pytest.fixture
            def timeline_options(self, timeline_options):
                return {**timeline_options, "strict": True}

            def test_strict(self, timeline):
                assert timeline.strict
                assert "count" in str(timeline.at()).lower() or timeline.at()["count"] is not None
        """
    )
    pytester.runpytest().assert_outcomes(passed=2)
