"""The kit for testing a timeline: stories, approved answers, a frozen clock, a pytest plugin.

The kit needs nothing but the library. The plugin needs pytest: `pip install "incident-timeline[testing]"`.
"""

from timeline.testing.approval import NotApproved, approve, approve_histories
from timeline.testing.clock import FrozenClock
from timeline.testing.story import Story, StoryFailed, given
from timeline.testing.telling import Told
from timeline.testing.times import (
    Expectation,
    Times,
    as_recorded,
    as_reported,
    asking,
    changes_nothing,
    correct,
    corroborate,
    dispute,
    finds,
    finds_nothing,
    guards,
    left_out,
    merge,
    on,
    plans,
    possible,
    redact,
    refuses,
    retract,
    the,
    told,
)

__all__ = [
    "Expectation",
    "FrozenClock",
    "NotApproved",
    "Story",
    "StoryFailed",
    "Times",
    "Told",
    "approve",
    "approve_histories",
    "as_recorded",
    "as_reported",
    "asking",
    "changes_nothing",
    "correct",
    "corroborate",
    "dispute",
    "finds",
    "finds_nothing",
    "given",
    "guards",
    "left_out",
    "merge",
    "on",
    "plans",
    "possible",
    "redact",
    "refuses",
    "retract",
    "the",
    "told",
]
