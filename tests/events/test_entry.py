"""Drafts and entries: what may be recorded, what it is searched by, and how it reads."""

import pickle
import weakref
from datetime import datetime

import attrs
import pytest

from timeline.entry import Draft, Entry, describe, entry_id
from timeline.errors import InvalidDraft, InvalidWhen
from timeline.events import border, custody, editorial
from timeline.events.declare import UnknownEvent
from timeline.values.quantity import about
from timeline.values.report import Modality, Report
from timeline.values.when import When

ESCAPED = custody.DetaineesEscaped(facility="al-shaddadi-prison")
REPORT = Report("SANA", published="2026-01-21")


def entry(**changed):
    """Make an entry as a log would make it."""
    plain = {
        "position": 1, "id": "e1", "event": ESCAPED, "occurred": When("2026-01-19"), "reports": (), "recorded_micros": 0,
        "modality": Modality.ACTUAL, "after": (), "part_of": None, "fulfils": None, "tags": (), "salt": b"s",
        "leaf": b"l", "digest": b"d",
    }  # fmt: skip
    return Entry(**{**plain, **changed})


def test_an_event_is_enough_for_a_draft():
    """Everything else may be unknown; it happened unless said otherwise."""
    draft = Draft(ESCAPED)
    assert draft.event is ESCAPED
    assert (draft.occurred, draft.reports, draft.modality) == (None, (), Modality.ACTUAL)
    assert (draft.after, draft.part_of, draft.fulfils, draft.id) == ((), None, None, None)


@pytest.mark.parametrize("event", ["text", None, {"type": "x"}, custody.DetaineesEscaped, Draft(ESCAPED)])
def test_a_draft_holds_an_event(event):
    """Text, classes and drafts are no events."""
    with pytest.raises(InvalidDraft, match="is not an event: expected an instance"):
        Draft(event)


def test_times_are_read():
    """`occurred` takes what a When takes, and refuses what it refuses."""
    assert Draft(ESCAPED, occurred="2026-01~").occurred == When("2026-01~")
    with pytest.raises(InvalidWhen):
        Draft(ESCAPED, occurred=datetime(2026, 1, 21))


@pytest.mark.parametrize("reports", [REPORT, [REPORT], (REPORT,), iter([REPORT])])
def test_reports_are_one_or_many(reports):
    """One report may stand alone."""
    assert Draft(ESCAPED, reports=reports).reports == (REPORT,)


@pytest.mark.parametrize(
    ("reports", "message"),
    [("SANA", "expected a list"), (None, "expected a list"), (5, "expected a list"), (["SANA"], "expected Report")],
)
def test_reports_are_reports(reports, message):
    """A bare name is refused with what to write."""
    with pytest.raises(InvalidDraft, match=message):
        Draft(ESCAPED, reports=reports)


@pytest.mark.parametrize("modality", ["actual", None, 1])
def test_a_modality_is_one_of_four(modality):
    """Text is not a modality."""
    with pytest.raises(InvalidDraft, match="expected Modality.ACTUAL, PLANNED, HYPOTHETICAL or DENIED"):
        Draft(ESCAPED, modality=modality)


@pytest.mark.parametrize("name", ["part_of", "fulfils", "id"])
def test_references_are_entries_or_ids(name):
    """An entry, a draft with an id, or the id: all name the entry."""
    for given in ("e1", entry(), Draft(ESCAPED, id="e1")):
        assert getattr(Draft(ESCAPED, **{name: given}), name) == "e1"


@pytest.mark.parametrize("given", ["e1", entry(), ["e1"], [entry()], ("e1",)])
def test_after_is_one_or_many(given):
    """One may stand alone."""
    assert Draft(ESCAPED, after=given).after == ("e1",)


@pytest.mark.parametrize("wrong", [5, "", "a b", Draft(ESCAPED), object()])
def test_what_names_no_entry_is_refused(wrong):
    """A draft without an id, a number and several words name nothing."""
    for name in ("part_of", "fulfils", "id", "after"):
        with pytest.raises(InvalidDraft, match="does not name an entry"):
            Draft(ESCAPED, **{name: wrong})
    with pytest.raises(InvalidDraft, match="does not name an entry"):
        entry_id(wrong)


def test_a_draft_knows_what_it_names():
    """Targets first, then what it follows, belongs to and fulfils."""
    draft = Draft(editorial.EventRetracted(target="a"), after=["b"], part_of="c", fulfils="d")
    assert draft.references == ("a", "b", "c", "d")
    assert Draft(ESCAPED).references == ()


def test_tags_are_entities_and_named_entries():
    """A proposed event is found by its entities too, each tag once."""
    correction = editorial.EventCorrected(target="a", replacement=ESCAPED, about=["operation:x"])
    assert Draft(ESCAPED).tags == ("facility:al-shaddadi-prison",)
    assert Draft(correction, after="a", part_of="b").tags == (
        "entry:a", "operation:x", "entry:b", "facility:al-shaddadi-prison",
    )  # fmt: skip
    assert Draft(editorial.EventRetracted(target="a")).tags == ("entry:a",)


def test_drafts_are_values():
    """Equal by content, hashable, frozen, and kept by pickling."""
    draft = Draft(ESCAPED, occurred="2026-01", reports=[REPORT], after="e1")
    assert draft == Draft(ESCAPED, occurred="2026-01", reports=[REPORT], after="e1")
    assert hash(draft) == hash(pickle.loads(pickle.dumps(draft)))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        draft.occurred = None


def test_entries_are_equal_by_position_id_and_digest():
    """The digest covers the whole content."""
    assert entry() == entry(reports=(REPORT,))
    assert hash(entry()) == hash(entry())
    assert entry() != entry(position=2)
    assert entry() != entry(id="e2")
    assert entry() != entry(digest=b"x")
    assert entry() != "e1"


def test_entries_and_reports_are_small():
    """They keep their fields in slots, and survive pickling."""
    made = entry(reports=(REPORT,), recorder="desk-3", unknown={"colour": "red"})
    for value in (made, REPORT):
        assert not hasattr(value, "__dict__")
        assert "__weakref__" not in type(value).__slots__, "Python 3.11 gives a twin with this slot another layout"
        assert weakref.ref(value)() is value
    again = pickle.loads(pickle.dumps(made))
    assert (repr(again), again.unknown, again.digest, again.reports) == (repr(made), made.unknown, b"d", (REPORT,))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        again.position = 2


def test_an_entry_knows_its_type_and_instant():
    """`recorded_at` is a UTC instant, `type` the stored name."""
    made = entry(recorded_micros=1_000_000)
    assert made.recorded_at.isoformat() == "1970-01-01T00:00:01+00:00"
    assert made.recorded_at.timezone_name == "UTC"
    assert made.type == "custody.detainees_escaped"
    assert entry(event=UnknownEvent("a.b", 1, {})).type == "a.b"


def test_secrets_and_digests_stay_out_of_the_repr():
    """A salt printed into a log file would be a salt no more."""
    assert "salt" not in repr(entry())
    assert "digest" not in repr(entry())


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (entry(), "#1 2026-01-19 DetaineesEscaped facility=al-shaddadi-prison"),
        (
            entry(occurred=None, modality=Modality.DENIED),
            "#1 undated DetaineesEscaped facility=al-shaddadi-prison (denied)",
        ),
    ],
)
def test_an_entry_is_one_line(made, line):
    """Position, date, what happened, and its modality unless actual."""
    assert str(made) == line


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (border.CrossingOpened(crossing="rabia", detail="x"), "CrossingOpened crossing=rabia"),
        (custody.DetaineesTransferred(quantity=about(150)), "DetaineesTransferred quantity=≈150"),
        (editorial.EventsMerged(kept="a", duplicates=["b", "c"]), "EventsMerged kept=a duplicates=b,c"),
        (
            editorial.EventCorrected(target="a", replacement=border.CrossingOpened(crossing="rabia")),
            "EventCorrected target=a replacement=CrossingOpened crossing=rabia",
        ),
        (UnknownEvent("newsroom.unheard_of", 1, {}), "newsroom.unheard_of (unknown)"),
        ("text", "text"),
    ],
)
def test_an_event_is_described_in_one_line(event, line):
    """Its name, and the fields that are not empty."""
    assert describe(event) == line
