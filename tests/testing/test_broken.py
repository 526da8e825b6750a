"""Each contract finds out what is broken on purpose: a contract that cannot fail would be worth nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
LOGS = {
    "KeepsHalfABatch": "test_a_failure_while_writing_leaves_nothing",
    "LeavesGaps": "test_a_failure_while_writing_leaves_nothing",
    "IgnoresConditions": "test_a_stale_condition_refuses_the_batch",
    "ChecksOnlyTags": "test_a_condition_that_holds_lets_the_batch_in",
    "TrustsThoseAhead": "test_a_condition_ahead_of_the_log_is_refused",
    "ChecksBeforeItWaits": "test_threads_count_under_conditions",
    "ForgetsIds": "test_whatever_is_done_it_tells_what_a_list_would_tell",
    "TakesOtherContent": "test_an_id_with_other_content_is_refused",
    "IgnoresTheLimit": "test_reading_is_by_range_tags_and_types",
    "TakesNoLimitForNone": "test_reading_is_by_range_tags_and_types",
    "AnyTagWillDo": "test_reading_is_by_range_tags_and_types",
    "TagsByTheFirstName": "test_a_judgement_is_found_by_either_name",
    "TimeGoesBack": "test_the_clock_is_asked_once_a_batch_and_never_goes_back",
    "DoesNotChain": "test_entries_are_sealed_into_a_chain",
    "VerifiesNothing": "test_a_change_is_found_at_its_position",
    "ShowsRowsTooEarly": "test_a_reader_misses_nothing_while_others_write",
    "IsNotSafeForThreads": "test_threads_append_without_gaps",
    "LosesTheLastEntry": "test_it_is_kept_when_it_is_closed",
    "PromisesTooEarly": "test_a_killed_process_loses_nothing_it_was_promised",
    "RemembersTheHead": "test_what_was_appended_is_seen_at_once_elsewhere",
}
PROJECTIONS = {
    "ExpectsItsOwnEventsOnly": "test_it_takes_whatever_is_told",
    "TripsOverATime": "test_it_takes_whatever_is_told",
    "CountsFoldings": "test_the_same_entries_give_the_same_values",
    "LooksAtPositions": "test_the_order_of_recording_independent_entries_changes_nothing",
    "RemembersEntries": "test_asked_in_between_it_says_the_same_in_the_end",
    "AddsUpItsKeys": "test_a_difference_is_that_of_all_its_values",
    "ChangesAList": "test_what_it_said_never_changes",
    "AddsUnlikeUnits": "test_it_takes_every_number",
    "PacksSmallNumbers": "test_it_takes_every_number",
    "HasFewColours": "test_it_takes_many_keys",
    "AsksForTheDay": "test_it_reads_no_clock",
    "DrawsLots": "test_it_reads_no_clock",
    "ShowsTwice": "test_a_path_leads_to_its_value",
    "RunsAstray": "test_a_run_equals_its_steps",
}
NINE = {
    "raises on a unit": "AddsUnlikeUnits",
    "raises on a large number": "PacksSmallNumbers",
    "raises on many keys": "HasFewColours",
    "counts in a global": "CountsFoldings",
    "reads a clock": "AsksForTheDay",
    "depends on the order of recording": "LooksAtPositions",
    "mutates": "ChangesAList",
    "says by key what follows from other keys": "AddsUpItsKeys",
    "flat and view disagree": "ShowsTwice",
}
"""The kinds of bugs in a user's projection that the contract must find, and an example of each."""


def failing(file, cases):
    """Return the cases that fail, run in a separate process so that nothing broken leaks into this one."""
    wanted = [f"{file}::Test{broken}::{case}" for broken, case in cases.items()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rf", "-p", "no:cacheprovider", "-p", "no:xdist", *wanted],
        cwd=HERE.parent, capture_output=True, text=True, env={**os.environ, "PYTEST_ADDOPTS": ""}, check=False,
    )  # fmt: skip
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    return set(re.findall(r"^FAILED \S+::Test(\w+)::", done.stdout, re.MULTILINE))


@pytest.fixture(scope="module")
def broken_logs():
    return failing("tests/support/broken_logs.py", LOGS)


@pytest.fixture(scope="module")
def broken_projections():
    return failing("tests/support/broken_projections.py", PROJECTIONS)


@pytest.mark.parametrize("broken", LOGS)
@pytest.mark.slow
def test_a_broken_log_fails_the_contract(broken_logs, broken):
    """In the case that is about what is broken."""
    assert broken in broken_logs


@pytest.mark.parametrize("kind", NINE)
@pytest.mark.slow
def test_each_kind_of_bug_in_a_users_projection_is_found(broken_projections, kind):
    """In nine of nine kinds."""
    assert NINE[kind] in broken_projections


@pytest.mark.parametrize("broken", PROJECTIONS)
def test_a_broken_projection_fails_the_contract(broken_projections, broken):
    """In the law that it breaks."""
    assert broken in broken_projections
