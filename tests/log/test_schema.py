"""The published schema: what validates is accepted, and what does not is refused."""

import json
import os
import random
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import timeline
from timeline import Timeline, event
from timeline.errors import EditorialRefused, UnknownTarget
from timeline.events import custody
from timeline.events.declare import registered_types, temporary_types
from timeline.exchange import native
from timeline.exchange.found import known_types
from timeline.exchange.rows import Problem
from timeline.log import codec, jsonl
from timeline.log.conformity import first_fault
from timeline.log.query import Query
from timeline.log.schema import UNSAID, schema
from timeline.testing.strategies import HOSTILE, drafts
from timeline.values.entities import Facility

PUBLISHED = Path(timeline.__file__).parent / "data" / "schema.json"


@cache
def validator(definition=None):
    """Return a validator of the root, or of one definition, that nobody here wrote."""
    rules = schema()
    Draft202012Validator.check_schema(rules)
    whole = {"$schema": rules["$schema"], "$defs": rules["$defs"], "$ref": f"#/$defs/{definition}"}
    return Draft202012Validator(rules if definition is None else whole)


def line_of(draft):
    """Return a draft as a line to record."""
    return {**json.loads(codec.encode(draft)), "id": "it"}


def refusal(line):
    """Record a line strictly, as the command line does; return why it is refused, or None."""
    text = json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass")
    (found,) = known_types(native.read([text], "stdin", strict=True), "refuse")
    if isinstance(found, Problem):
        return found.reason
    try:
        Timeline().record_as_given([found.draft])
    except (UnknownTarget, EditorialRefused):
        return None  # references are what no schema can say
    return None


# -- what is written -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_entry_of_the_demo_validates():
    """As stored, as a line to record, and as a line of a dump."""
    line = Timeline.demo()
    for entry in line.entries():
        stored = json.loads(codec.encode(entry))
        validator().validate(stored)
        assert first_fault({**stored, "id": entry.id}, schema(), "draft") is None
    line.redact(line.record(custody.DetaineesEscaped()))
    for row in line.log.select(Query())[::20]:
        validator("line").validate(json.loads(jsonl.line_of(row)))


@given(drafts(values=HOSTILE))
def test_what_is_stored_validates(draft):
    """Hostile texts and the ends of all scales too."""
    stored = json.loads(codec.encode(draft))
    validator().validate(stored)
    assert first_fault(line_of(draft), schema(), "draft") is None


def test_every_type_has_a_definition():
    """Also one of the user's own; its fields are drawn from the annotations."""
    with temporary_types():

        @event("newsroom.gate_opened")
        class GateOpened:
            facility: Facility
            width: float | None = None

        found = schema()["$defs"]
        assert {kind.name for kind in registered_types()} <= found.keys()
        assert found["newsroom.gate_opened"]["required"] == ["facility"]
        rules = Draft202012Validator({"$defs": found, "$ref": "#/$defs/draft"})
        told = {"event": {"type": "newsroom.gate_opened", "data": {"facility": "x", "width": 3}}}
        assert rules.is_valid(told)
        assert not rules.is_valid({"event": {"type": "newsroom.gate_opened", "data": {"facility": "x", "width": "3"}}})
        assert refusal(told) is None


def test_what_is_published_is_what_is_drawn():
    """The file in the wheel and on the site is that of the vocabulary of today."""
    ours = ("facility.", "custody.", "agreement.", "border.", "editorial.", "entity.")
    kinds = [kind for kind in registered_types() if kind.name.startswith(ours)]
    assert json.loads(PUBLISHED.read_text("utf-8")) == schema(kinds), "run docs/generate.py"


# -- what is refused -------------------------------------------------------------------------------------

ESCAPED = {
    "event": {
        "type": "custody.detainees_escaped",
        "data": {"facility": "x", "quantity": {"low": 1, "best": 2, "high": None}},
    },
    "reports": [{"source": "SANA"}],
}
FAULTS = {
    "a misspelt type": (["event", "type"], "custody.detainees_escape", "event.*custody.detainees_escape"),
    "a missing high": (["event", "data", "quantity"], {"low": 1, "best": 2}, r"event\.data\.quantity has no high"),
    "a number as text": (
        ["event", "data", "quantity", "low"],
        "1",
        r"event\.data\.quantity\.low is '1': expected a whole",
    ),
    "a slug with a space": (
        ["event", "data", "facility"],
        "al hol",
        r"event\.data\.facility is 'al hol': expected a slug",
    ),
    "an account": (["event", "data", "facility"], "at-large", r"event\.data\.facility is 'at-large', a reserved name"),
    "a field of another": (["event", "data", "authority"], "sdf", r"DetaineesEscaped has no field 'authority'"),
    "a day first": (["occurred"], "21.01.2026", r"occurred is '21.01.2026': expected a time in EDTF"),
    "a year as a number": (["occurred"], 2026, "occurred is 2026: expected a time in EDTF"),
    "a clock without a zone": (["occurred"], "2026-01-21T09:00", "occurred is '2026-01-21T09:00': expected"),
    "one report": (["reports"], {"source": "SANA"}, "reports is .*: expected a list"),
    "a report of nobody": (["reports", 0], {"url": "x"}, r"reports\[0\] has no source"),
    "a blank source": (["reports", 0, "source"], " ", r"reports\[0\]\.source is ' ': expected who published it"),
    "a rating of 7": (["reports", 0, "credibility"], 7, r"reports\[0\]\.credibility is 7: expected one of 1, 2"),
    "true for a rating": (["reports", 0, "credibility"], True, r"reports\[0\]\.credibility is True: expected one of 1"),
    "a hash cut short": (["reports", 0, "sha256"], "abc", r"reports\[0\]\.sha256 is 'abc': expected 64 hexadecimal"),
    "another modality": (["modality"], "rumoured", "modality is 'rumoured': expected one of actual, planned"),
    "a text for a list": (["after"], "abc", "after is 'abc': expected a list"),
    "a misspelt field": (["ocurred"], "2026", r"has 'ocurred': expected only .* Did you mean 'occurred'\?"),
    "a field beside the data": (["event", "quantity"], 5, r"event has 'quantity': expected only type, version, data"),
    "a newer version": (["event", "version"], 2, r"event\.version is 2: expected at most 1"),
    "no event": (["event"], None, "event is null: expected an event"),
}


def changed(line, path, value):
    """Return a line with another value at a path."""
    made = json.loads(json.dumps(line))
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return made


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_one_sentence_that_names_the_field(case):
    """The schema refuses it, and so does the reader."""
    path, value, message = FAULTS[case]
    line = changed(ESCAPED, path, value)
    assert not validator("draft").is_valid(line)
    found = refusal(line)
    assert found is not None
    assert re.search(message, found), found
    assert found.count("\n") == 0


def test_the_lines_as_they_are_need_no_change():
    """The line with which the cases above begin is accepted."""
    assert refusal(ESCAPED) is None
    assert validator("draft").is_valid(ESCAPED)


def test_a_class_may_be_named_in_place_of_the_stored_name():
    """A person who types a line is helped; a program keeps to the schema."""
    line = changed(ESCAPED, ["event", "type"], "DetaineesEscaped")
    assert refusal(line) is None
    assert not validator("draft").is_valid(line)


@pytest.mark.parametrize("text", [
    "2026", "2026-01", "2026-01-21", "2026-01-21T09:00Z", "2026-01-21 09:00:01.5+03", "202X", "20XX", "2026-XX-XX", "2026~", "2026?~",
    "2026-01-21/2026-02", "../2026", "2026/..", "/2026", "2026/", "[2026..2027]", "[2026, 2027]", "[..2026]", " 2026 ", "2026-21",
])  # fmt: skip
def test_every_form_of_a_time_validates(text):
    """The pattern of the schema has every form that `When` reads."""
    assert validator("when").is_valid(text)
    assert first_fault(text, schema(), "when") is None


@pytest.mark.parametrize("text", [
    "", "now", "26-01-21", "2026/01/21", "21/01/2026", "2026-1-2", "202X-01", "2026-XX-21", "..", "../..", "/", "[]", "[..]", "2026~~",
    "2026-01-21T09:00", "20260121", "2026-01-21T0900Z", "open/2026", "2026--01",
])  # fmt: skip
def test_no_other_text_is_a_time(text):
    """`When` refuses every form that the pattern of the schema lacks."""
    assert not validator("when").is_valid(text)
    assert refusal({**ESCAPED, "occurred": text}) is not None


# -- the law ---------------------------------------------------------------------------------------------

REASONS = (
    r"has no month|is impossible|an impossible time of day|outside the years 0001 to 9999|year 0000",
    r"runs backwards|expected low <= best <= high",
    r"expected (None|exactly one|one or more|two tags|two different|both|at most one|a sector|a facility)",
    r"would identify a detainee|names a person|with U\+",
    r"characters: expected at most",
)
"""The rules that `UNSAID` lists, as the messages say them."""
VALUES = (None, True, False, 0, 1, -1, 2.5, 10**20, "", " ", "x", "a b", "a:b", "2026", "2026-13", "2026-01-21", "at-large", "actual",
          "custody.detainees_died", [], [1], ["x"], {}, {"low": 1, "best": None, "high": None}, {"source": "x"}, "X" * 300)  # fmt: skip


def places(value, path=()):
    """Give the path of every value within a value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield from places(held, (*path, key))


def mutated(line, chance):
    """Return a line with one to three changes: a value replaced, removed, renamed, doubled or moved."""
    for _ in range(chance.randint(1, 3)):
        made = json.loads(json.dumps(line))
        path = chance.choice([path for path in places(made) if path])
        inner = made
        for step in path[:-1]:
            inner = inner[step]
        change = chance.randrange(6)
        if change < 2:
            inner[path[-1]] = chance.choice(VALUES)
        elif change == 2:
            del inner[path[-1]]
        elif change == 3 and isinstance(inner, dict):
            inner[chance.choice((path[-1] + "s", "occurred", "quantity", "text", "unit", "version"))] = inner.pop(
                path[-1]
            )
        elif change == 4:
            other = chance.choice(list(places(made)))
            value = made
            for step in other:
                value = value[step]
            inner[path[-1]] = json.loads(json.dumps(value))
        elif isinstance(inner, list):
            inner.append(inner[path[-1]])
        if made:
            line = made
    return line


def judge(line):
    """Say how schema and reader disagree about a line; None if they agree, or for a reason that is listed."""
    valid, refused = validator("draft").is_valid(line), refusal(line)
    if valid == (refused is None):
        return None
    if valid and any(re.search(reason, refused) for reason in REASONS):
        return None
    kind = line.get("event", {}).get("type", "") if isinstance(line.get("event"), dict) else ""
    if not valid and isinstance(kind, str) and "." not in kind:
        return None  # a class in place of the stored name
    return f"{'valid, and refused: ' + str(refused) if valid else 'accepted, and not valid'}: {json.dumps(line, ensure_ascii=False)}"


@given(drafts(), st.integers(0, 2**32))
def test_what_validates_is_accepted_and_what_does_not_is_refused(draft, seed):
    """Over mutated drafts; set MUTATED_DRAFTS to try that many at once."""
    chance = random.Random(seed)
    assert judge(mutated(line_of(draft), chance)) is None


@pytest.mark.skipif("MUTATED_DRAFTS" not in os.environ, reason="MUTATED_DRAFTS says how many")
def test_thousands_of_mutated_drafts():
    """The same, as many times as asked."""
    entries = Timeline.demo().entries()
    chance = random.Random(18)
    for _ in range(int(os.environ["MUTATED_DRAFTS"])):
        assert judge(mutated(line_of(chance.choice(entries)), chance)) is None


def test_the_reasons_are_listed():
    """Each exception of the law has its line in the schema."""
    assert len(UNSAID) == 8
    assert all(reason in schema()["$comment"] for reason in UNSAID)
