"""JSON written by others: no value is lost behind another of the same key."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Timeline
from timeline.errors import InvalidValue
from timeline.exchange import jsontext, native, table, timelinejs
from timeline.exchange.rows import Problem

TWICE = b'{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}, "occurred": "2026", "occurred": "2025"}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "has the key 'a' twice: expected each key of an object once. Keep one of the two."),
        ('{"a": 1, "a": 1}', "has the key 'a' twice"),
        ('{"a": {"b": [0, {"c": 1, "c": 2}]}}', r"has the key 'c' twice in a.b\[1\]"),
        ('[{}, {"a": 1, "b": 2, "a": {}}]', r"has the key 'a' twice in \[1\]"),
        ('{"a:": 1, "a\\u003a": "::"}', "has the key 'a:' twice"),
        ('{"a": "\\u003a\\u003A", "a": "\\u003a"}', "has the key 'a' twice"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_place(text: str, message: str) -> None:
    """This holds for any escapes, and for two equal values."""
    with pytest.raises(InvalidValue, match=message):
        jsontext.read(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", ":", '":', "a: b", "\\u003a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c:", ":"]), inner),
)


@given(VALUES, st.booleans())
def test_what_has_each_key_once_is_read(value: Any, blanks: bool) -> None:
    """Colons within texts and keys, and blanks around them, are nothing to refuse."""
    text = json.dumps(value, indent=1 if blanks else None)
    assert jsontext.read(text) == jsontext.read(text.encode()) == value


def test_a_line_is_refused_and_stops_no_other() -> None:
    """It is a problem with the number of the line."""
    once = TWICE.replace(b', "occurred": "2025"', b"")
    problem, found = native.read([TWICE, once], "x.jsonl")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.reason.partition(":")[0]) == (1, "has the key 'occurred' twice")
    assert not isinstance(found, Problem)


def test_a_file_is_refused_with_the_place(tmp_path: Path) -> None:
    """One JSON text is read whole, or not at all."""
    file = tmp_path / "slides.json"
    file.write_text('{"events": [{"text": {"headline": "a", "headline": "b"}}]}')
    with pytest.raises(InvalidValue, match=r"^slides.json has the key 'headline' twice in events\[0\].text: expected"):
        timelinejs.load(Timeline(), file)


def test_a_cell_is_refused_with_its_row(tmp_path: Path) -> None:
    """Tables that were exported hold events as JSON, and somebody may have edited them."""
    line = Timeline.demo()
    table.write(line, tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_text("utf-8")
    once, twice = '{""data"":{', '{""version"":1,""data"":{'
    assert once in text
    (tmp_path / "t.csv").write_text(text.replace(once, twice, 1), "utf-8")
    (problem,) = table.load(Timeline(), tmp_path / "t.csv", table.OWN).problems
    assert "has the key 'version' twice" in problem.reason


def test_what_is_nested_without_end_is_refused() -> None:
    """It is not an entry, and could not be checked."""
    with pytest.raises(InvalidValue, match="nests its values too deeply"):
        jsontext.read("[" * 1000 + "]" * 1000)
