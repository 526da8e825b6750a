"""Colours: one for each authority on every face, and others for what a status means."""

from __future__ import annotations

from itertools import combinations

import pytest

from timeline import Report, Timeline
from timeline.display.colours import GREY, MEANINGS, PALETTE, colours_of, contrast, ink_on
from timeline.display.telling import leaving, telling
from timeline.errors import InvalidValue
from timeline.events import facility

GROUNDS = ("#ffffff", "#191b1e", "#0f141a")


def control(line, place, authority, **more):
    return line.record(facility.ControlChanged(facility=place, authority=authority), occurred="2026-01-05", **more)


@pytest.mark.parametrize("colour", sorted({*PALETTE, *MEANINGS.values(), GREY}))
def test_every_colour_is_seen_on_white_and_on_dark(colour):
    """A contrast of 3:1 is what graphics need."""
    assert min(contrast(colour, ground) for ground in GROUNDS) >= 3
    assert contrast(ink_on(colour), colour) >= 4.5


def test_two_dozen_authorities_have_colours_of_their_own():
    """No two of them are the same, or nearly so."""
    found = [[int(c[n : n + 2], 16) for n in (1, 3, 5)] for c in colours_of(map(str, range(24))).values()]
    apart = [sum(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in combinations(found, 2)]
    assert min(apart) > 30


def test_slots_go_by_the_order_of_first_naming():
    """Neither the alphabet nor a cut changes them."""
    line = Timeline()
    control(line, "a-camp", "sdf", reports=[Report("x", published="2026-02-01")])
    control(line, "b-camp", "iraq-gov", reports=[Report("x", published="2026-01-06")])
    everything = telling(line).colours()
    assert everything == {"sdf": PALETTE[0], "iraq-gov": PALETTE[1]}
    assert telling(line.at("2026-01-01", reported="2026-01-07")).colours() == everything


def test_slots_stay_where_a_log_is_opened_again(tmp_path):
    """The order is kept beside the log, with all else that was folded."""
    with Timeline.open(tmp_path / "a.db") as line:
        for n, name in enumerate(("z", "m", "a")):
            control(line, f"camp-{n}", name)
        before = telling(line).colours()
    with Timeline.open(tmp_path / "a.db") as line:
        assert list(telling(line).colours()) == ["z", "m", "a"]
        assert telling(line).colours() == before


def test_what_is_withheld_takes_no_slot():
    """A page shows no gap where a marked entry names an authority first."""
    line = Timeline()
    line.record(
        facility.ControlChanged(facility="a-camp", authority="hidden", about=["marking:embargo"]), occurred="2026-01-05"
    )
    control(line, "b-camp", "iraq-gov", reports=[Report("x", published="2026-01-06")])
    assert leaving(line).colours() == {"iraq-gov": PALETTE[0]}
    assert telling(line).colours()["iraq-gov"] == PALETTE[1]


def test_a_given_colour_wins_and_no_other_has_it():
    """The owner of the slot gets the slot of the authority that was given it."""
    assert colours_of(["a", "b", "c"], {"a": PALETTE[1].upper()}) == {
        "a": PALETTE[1], "b": PALETTE[0], "c": PALETTE[2]
    }  # fmt: skip
    assert colours_of(["a"], {"stranger": "#000000"})["stranger"] == "#000000"


@pytest.mark.parametrize("given", [{"a": "red"}, {"a": "#12345"}, {"a": None}, {"a": "#0072b2;}"}, ["#0072b2"]])
def test_colours_are_written_one_way(given):
    """They go into styles, so that nothing else may."""
    with pytest.raises(InvalidValue, match="expected colours by authority"):
        colours_of(["a"], given)
