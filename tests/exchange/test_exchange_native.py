"""JSON lines of the library itself, events out of texts, and mappings written down in a file."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.northeast_syria import load as load_chronicle
from timeline import Modality, Quantity, Report, Timeline, about, at_least, between, exactly, unspecified, up_to
from timeline.errors import InvalidEvent, InvalidQuantity, InvalidValue, LogError, TimelineError
from timeline.events import custody
from timeline.exchange import declared, native, table, texts
from timeline.exchange.found import Found
from timeline.exchange.rows import Problem


class TestQuantities:
    """A quantity is read as it is shown."""

    @given(
        st.tuples(*[st.integers(0, 10**9)] * 3).map(sorted),
        st.sampled_from(["exact", "about", "least", "most", "range", "best", "none"]),
    )
    def test_what_is_shown_is_read_again(self, numbers, kind):
        """Each way to give a number comes back as it was."""
        low, best, high = numbers
        made = {
            "exact": exactly(best), "about": about(best), "least": at_least(low), "most": up_to(high + 1),
            "range": between(low + 1, high + 2), "best": between(low, high + 1, best=best), "none": unspecified(),
        }[kind]  # fmt: skip
        assert Quantity.parse(str(made)) == made

    @pytest.mark.parametrize(
        ("text", "quantity"),
        [
            ("~1,500", about(1500)),
            (" >= 5700 ", at_least(5700)),
            ("<=7000", up_to(7000)),
            ("120-1500(200)", between(120, 1500, best=200)),
            ("≥100 (250)", Quantity(100, 250, None)),
            ("230 عائلة", exactly(230, unit="عائلة")),
            ("? drones", unspecified(unit="drones")),
            ("5-5", exactly(5)),
        ],
    )
    def test_other_spellings(self, text, quantity):
        """Keyboards have them, and units stand behind."""
        assert Quantity.parse(text) == quantity

    @pytest.mark.parametrize(
        "text", ["", "many", "-3", "1.5", "1,50", "150 (3)", "~5 (4)", "? (3)", "10-3", "150families", "9" * 5000]
    )
    def test_what_is_no_quantity(self, text):
        """It is refused, and the message says what to write."""
        with pytest.raises(InvalidQuantity, match="expected"):
            Quantity.parse(text)


class TestTexts:
    """An event of texts is the event of the values they say."""

    def test_a_kind_of_event_by_any_of_its_names(self):
        """Stored, of its class, or of its class in its module."""
        kinds = {
            texts.named(name).cls
            for name in ("custody.detainees_escaped", "DetaineesEscaped", "custody.DetaineesEscaped")
        }
        assert kinds == {custody.DetaineesEscaped}

    def test_a_name_mistyped_is_told_what_is_near(self):
        """And one that is near nothing, where to look."""
        with pytest.raises(InvalidEvent, match="Did you mean DetaineesEscaped"):
            texts.named("DetaineesEscapd")
        with pytest.raises(InvalidEvent, match="The reference lists them"):
            texts.named("xyzzy")

    def test_every_shape_of_field(self):
        """Quantities, lists, times, whole numbers and modalities are read as such."""
        event = texts.event_of(texts.named("AgreementExtended"), {"agreement": "a", "until": "2026-02~"})
        assert str(event.until) == "2026-02~"
        event = texts.event_of(texts.named("AgreementSigned"), {"agreement": "a", "parties": "sdf, syria-gov"})
        assert event.parties == ("sdf", "syria-gov")
        assert texts.reader(Modality)("planned") is Modality.PLANNED
        assert (texts.reader(int)("1,500"), texts.reader(float)("1.5"), texts.reader(bool)("true")) == (1500, 1.5, True)
        with pytest.raises(ValueError, match="neither true nor false"):
            texts.reader(bool)("yes")

    @pytest.mark.parametrize(
        ("name", "said", "message"),
        [
            ("DetaineesEscaped", {"quantity": "many"}, "DetaineesEscaped.quantity: 'many' says no number"),
            ("DetaineesEscaped", {"facilty": "x"}, "has no field 'facilty': expected facility, quantity"),
            ("DetaineesEscaped", {"facility.en": "x"}, "has no field 'facility.en'"),
            ("CrossingOpened", {}, "CrossingOpened needs crossing"),
        ],
    )
    def test_what_does_not_fit(self, name, said, message):
        """It is refused, naming the field."""
        with pytest.raises(InvalidEvent, match=message):
            texts.event_of(texts.named(name), said)

    def test_an_event_within_an_event_is_no_text(self):
        """A correction of another event is said in JSON."""
        with pytest.raises(InvalidEvent, match="give it as JSON"):
            texts.event_of(texts.named("EventCorrected"), {"target": "a", "replacement": "CrossingOpened"})


WORDS = ("event", "type", "data", "version", "id", "tags", "occurred", "reports", "content", "redacted", "after", "quantity", "low", "CrossingOpened",
    "custody.detainees_escaped", "facility", "crossing", "breakdown", "source", "fields", "report", "only", "column", "read", "text", "x", "")  # fmt: skip


class TestLines:
    """A log goes through lines and comes out the same."""

    def test_the_chronicle_says_the_same_again(self, tmp_path):
        """As entries are printed, and as a backup has them; twice is as once."""
        line = Timeline()
        load_chronicle(line)
        line.dump(tmp_path / "backup.jsonl")
        (tmp_path / "printed.jsonl").write_bytes(
            b"".join(orjson.dumps(native.said(entry)) + b"\n" for entry in line.entries())
        )
        for name in ("backup.jsonl", "printed.jsonl"):
            copy = Timeline()
            assert not native.load(copy, tmp_path / name).problems
            assert copy.at() == line.at()
            assert native.load(copy, tmp_path / name).unchanged == len(line.entries())

    def test_what_was_redacted_does_not_come_back(self, tmp_path):
        """Its line says that it was, and is skipped."""
        line = Timeline()
        opened = line.record(custody.DetaineesEscaped(facility="x"), id="e")
        line.redact(opened)
        assert native.said(line.entries()[0])["redacted"] is True
        (found, *_) = native.read([orjson.dumps(native.said(line.entries()[0]))], "x")
        assert found is None

    def test_a_type_that_is_not_known_is_kept_with_its_tags(self):
        """Version and data come as they are."""
        event = {"type": "newsroom.siren_heard", "version": 3, "data": {"loud": True}}
        (found,) = native.read([orjson.dumps({"event": event, "id": "s", "tags": ["facility:x"]})], "x")
        assert isinstance(found, Found)
        assert (found.draft.event.type, found.draft.event.version, found.draft.tags) == (
            "newsroom.siren_heard",
            3,
            ("facility:x",),
        )

    def test_an_id_left_out_is_derived(self):
        """So that the same file is the same entries; a line that repeats is another one."""
        line = b'{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}}'
        first, second = native.read([line, line], "x")
        assert [found.draft.id for found in native.read([line, line], "x")] == [first.draft.id, second.draft.id]
        assert first.draft.id != second.draft.id

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"{", "is not JSON"),
            (b'"text"', "expected an object"),
            (b'{"event": {"type": "CrossingOpened", "data": {"crossing": "two words"}}}', "expected a slug"),
            (
                b'{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}, "reports": [{"source": ""}]}',
                "expected who published it",
            ),
            (
                b'{"content": {"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}}, "occurred": "2026"}',
                "has occurred",
            ),
            (b'{"content": []}', "has no event"),
        ],
    )
    def test_what_is_wrong_with_a_line(self, line, reason):
        """It is reported with its number."""
        (problem,) = native.read([line], "x.jsonl")
        assert isinstance(problem, Problem)
        assert (problem.file, problem.line, reason in problem.reason) == ("x.jsonl", 1, True), problem

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
        )
    )
    def test_whatever_a_line_holds_it_is_read_or_told(self, found):
        """Nothing that JSON can say makes reading fail."""
        try:
            line = orjson.dumps(found)
        except TypeError:
            return
        assert len([*native.read([line], "x")]) == 1
        if isinstance(found, dict):
            (item,) = native.read([orjson.dumps({"event": {"type": "HeadcountReported", "data": found}})], "x")
            assert isinstance(item, Found | Problem)

    def test_restoring_tells_how_far_it_is(self, tmp_path):
        """In lines, of which nobody knows how many there are."""
        line = Timeline()
        line.record(custody.DetaineesEscaped(facility="x"))
        line.dump(tmp_path / "b.jsonl")
        told = []
        Timeline().restore(tmp_path / "b.jsonl", progress=lambda done, total: told.append((done, total)))
        assert told == [(1, 0)]
        with pytest.raises(LogError):
            line.restore(tmp_path / "b.jsonl")


ROWS = "kind,place,when,n,ar,who\nescape,Al-Hol,21/01/2026,~120,الهول,AFP\ncamp,Al-Hol,,,الهول,\nother,x,,,,\n"
TWO = """
[[mapping]]
event = "DetaineesEscaped"
occurred = { column = "when", read = "dated %d/%m/%Y" }
only = { kind = "escape" }
modality = "planned"
[mapping.fields]
facility = { column = "place", read = "slugged" }
quantity = { column = "n" }
cohort = "iraqi"
about = "tlp:green, operation:o-1"
detail = { text = "{n} from {place}" }
[mapping.report]
source = { column = "who" }
credibility = "2"

[[mapping]]
event = "FacilityRegistered"
only = { kind = "camp" }
id = { text = "camp-{place}" }
[mapping.fields]
facility = { column = "place", read = "slugged" }
kind = "camp"
names = { en = { column = "place" }, ar = { column = "ar" }, fr = { column = "when" } }
"""


class TestDeclared:
    """A file says how rows become entries."""

    def load(self, tmp_path, mapping, rows=ROWS):
        (tmp_path / "m.toml").write_text(mapping, "utf-8")
        (tmp_path / "rows.csv").write_text(rows, "utf-8")
        line = Timeline()
        return line, table.load(line, tmp_path / "rows.csv", declared.read(tmp_path / "m.toml"))

    def test_every_kind_of_cell(self, tmp_path):
        """Columns read as the field wants it, or as said; texts with cells in them; constants; values by key."""
        line, loaded = self.load(tmp_path, TWO)
        assert (len(loaded.entries), loaded.skipped, loaded.problems) == (2, 1, ())
        escape, camp = line.entries()
        assert (str(escape.occurred), escape.modality, escape.event) == (
            "2026-01-21",
            Modality.PLANNED,
            custody.DetaineesEscaped(
                facility="al-hol",
                quantity=about(120),
                cohort="iraqi",
                about=("tlp:green", "operation:o-1"),
                detail="~120 from Al-Hol",
            ),
        )
        assert escape.reports == (Report("AFP", credibility=2),)
        assert (camp.id, dict(camp.event.names)) == ("camp-Al-Hol", {"en": "Al-Hol", "ar": "الهول"})

    def test_one_mapping_needs_no_list(self, tmp_path):
        """Instants in units per second, whole numbers, and a row that lacks what the event needs."""
        rows = "when,place,n\n1437764461,x,5\n1437764462,,6\n"
        line, loaded = self.load(
            tmp_path,
            'event = "DetaineesEscaped"\noccurred = { column = "when", read = "epoch 1" }\n'
            '[fields]\nfacility = { column = "place" }\nquantity = { column = "n", read = "counted" }\n',
            rows,
        )
        assert [str(entry.occurred) for entry in line.entries()] == ["2015-07-24T19:01:01Z", "2015-07-24T19:01:02Z"]
        assert loaded.problems == ()

    @given(
        st.recursive(
            st.booleans() | st.integers() | st.sampled_from(WORDS),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
        )
    )
    def test_whatever_a_file_holds_it_is_a_mapping_or_refused(self, found):
        """With an error that says so."""
        for said in (
            found,
            {"event": "HeadcountReported", "fields": found},
            {"event": "DetaineesEscaped", "report": found, "only": found},
        ):
            try:
                declared.mapping(said)
            except (ValueError, TimelineError):
                continue

    @pytest.mark.parametrize(
        ("toml", "found"),
        [
            ("event = ", "is not a mapping"),
            ('[mapping]\nevent = "x"', "expected a table for each, under [[mapping]]"),
            ("mapping = 5", "mapping is 5: expected a table for each"),
            ("mapping = []", "mapping is []: expected a table for each"),
            ('event = "x"\n[[mapping]]\nevent = "x"', "event stands beside [[mapping]]"),
            ("a = " + "[" * 5000 + "]" * 5000, "is not a mapping"),
            ('event = "FacilityRegistered"\n[fields]\nnames = "x"', "names is 'x': expected a table"),
            (
                'event = "CrossingOpened"\n[fields]\ncrossing = "x"\n[report]\nsource = "x"\ncredibility = "high"',
                "not a whole number",
            ),
            ('occurred = "2026"', "names no event"),
            ('event = "Nothing"', "is not a kind of event"),
            ('event = "CrossingOpened"\nevnt = 1', "it has evnt"),
            ('event = "CrossingOpened"\n[fields]\ncrosing = "x"', "has no field 'crosing'"),
            ('event = "CrossingOpened"', "needs crossing"),
            ('event = "CrossingOpened"\n[fields]\ncrossing = { colum = "x" }', "is not a cell"),
            (
                'event = "CrossingOpened"\n[fields]\ncrossing = { column = "x", read = "magic" }',
                "read = 'magic': expected slugged",
            ),
            ('event = "CrossingOpened"\n[fields]\ncrossing = "x"\n[report]\nsorce = "x"', "has no sorce"),
            ('event = "DetaineesEscaped"\n[fields]\nquantity = "many"', "says no number"),
        ],
    )
    def test_what_is_wrong_with_it(self, toml, found, tmp_path):
        """One error names the file, and what was found in it."""
        (tmp_path / "m.toml").write_text(toml)
        with pytest.raises(InvalidValue, match=r"m\.toml is not a mapping") as caught:
            declared.read(tmp_path / "m.toml")
        assert found in str(caught.value)
