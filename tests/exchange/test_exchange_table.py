"""Tables in, by a declared mapping, and out: real files, bad rows, changed rows, twice as once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline import Modality, Report, SqliteLog, Timeline, about, at_least, event, exactly
from timeline.errors import InvalidValue, MissingExtra
from timeline.events import agreement, border, custody, facility
from timeline.exchange import table, timelinejs
from timeline.exchange.table import Column, RowMapping, counted, dated, epoch, slugged, whole
from timeline.extras import needs
from timeline.values.quantity import Quantity

DATA = Path(__file__).parents[1] / "data"
POPULATION = DATA / "population" / "august_2025.csv"
CENSUS = RowMapping(
    custody.HeadcountReported,
    {"facility": Column("detention_facility_code", slugged), "quantity": Column("n_detained_at_midnight", counted)},
    occurred=Column("date"),
    report={"source": "Deportation Data Project", "published": "2026-03-31"},
    id=lambda cells: f"{cells['detention_facility_code']}-{cells['date']}",
)


@event("tests.losses_claimed")
class LossesClaimed:
    quantity: Quantity


@event("tests.line_logged")
class LineLogged:
    message: str
    tool: str | None = None


def load(text: str, mappings: Any, path: Path, line: Timeline | None = None, **more: Any) -> table.Loaded:
    path.write_text(text, encoding="utf-8")
    return table.load(line or Timeline(), path, mappings, **more)


def opened(**more: Any) -> RowMapping:
    return RowMapping(border.CrossingOpened, {"crossing": Column("crossing")}, occurred=Column("date"), **more)


# -- real files -----------------------------------------------------------------------------------------


def test_a_census_of_facilities_gives_the_counts_of_its_rows() -> None:
    """Each day's midnight count is what is held on that day; explicit zeros are zeros, not unknown."""
    line = Timeline()
    loaded = table.load(line, POPULATION, CENSUS)
    assert (len(loaded.entries), loaded.problems) == (372, ())
    day = line.at("2025-08-20")
    assert day.custody.held(facility="stwrtga") == exactly(2056)
    assert day.custody.held(facility="gtmobcu") == exactly(0)


def test_importing_a_census_twice_changes_nothing(tmp_path: Path) -> None:
    """In a file on disk as well: the second time all rows are there already."""
    with Timeline(SqliteLog(tmp_path / "census.db")) as line:
        table.load(line, POPULATION, CENSUS)
        head = line.head()
        again = table.load(line, POPULATION, CENSUS)
        assert (again.entries, again.unchanged, again.changed, again.problems) == ((), 372, (), ())
        assert line.head() == head


def agreements() -> list[RowMapping]:
    def key(cells: Any) -> str:
        return slugged(f"{cells['state']} {cells['agency']} {cells['support_type']}")

    def of(kind: Any, which: Callable[[str], bool], **more: Any) -> RowMapping:
        return RowMapping(
            kind,
            {"agreement": key},
            report={"source": "ICE", "published": lambda cells: f"{cells['published']}:00-05:00"},
            only=lambda cells: cells["list"] == "participating" and which(cells["event"]),
            **more,
        )

    return [
        of(agreement.AgreementSigned, lambda name: name != "delisted", occurred=Column("signed")),
        of(agreement.AgreementTerminated, lambda name: name == "delisted"),
    ]


def test_lists_of_agreements_keep_their_impossible_date_out_and_all_else_in() -> None:
    """The one bad date of the list is named with its line and column; pending rows are nobody's, and counted."""
    line = Timeline()
    loaded = table.load(line, DATA / "agreements-287g" / "four_states.csv", agreements())
    assert (len(loaded.entries), loaded.skipped, len(loaded.problems)) == (82, 54, 1)
    assert (loaded.problems[0].column, loaded.problems[0].reason[:15]) == ("signed", "In '05/082025',")
    text = (DATA / "agreements-287g" / "four_states.csv").read_text("utf-8").splitlines()
    assert "05/082025" in text[loaded.problems[0].line - 1]


def test_claims_of_prisoners_come_from_a_json_array_as_qualified() -> None:
    """`about` and `more` become what they say, and days that give no number of prisoners are nobody's."""
    words: dict[str, Callable[[int], Quantity]] = {"about": about, "more": at_least}
    losses = RowMapping(
        LossesClaimed,
        {"quantity": lambda cells: words[cells["personnel*"]](whole(cells["personnel"]))},
        occurred=Column("date"),
    )
    prisoners = RowMapping(
        custody.HeadcountReported,
        {"authority": "ukraine", "quantity": Column("POW", counted)},
        occurred=Column("date"),
        only=lambda cells: "POW" in cells,
    )
    line = Timeline()
    loaded = table.load(line, DATA / "pow" / "russia_losses_personnel.json", [losses, prisoners])
    assert (len(loaded.entries), loaded.problems) == (132, ())
    assert line.at("2022-04-26").custody.counted(authority="ukraine") == exactly(489)


LOGGED = RowMapping(LineLogged, {"message": Column("message"), "tool": Column("parser")}, occurred=Column("datetime"))


@pytest.mark.parametrize(
    ("name", "read", "recorded", "blamed"),
    [
        ("sigma_events.csv", str, 4, []),
        ("sigma_events.jsonl", str, 5, []),
        ("validate_time_out_of_range.csv", str, 2, []),
        ("validate_time_precision.csv", str, 2, []),
        ("csv_timestamp_as_datetime.csv", epoch(1_000_000), 4, []),
        ("csv_timestamp_as_datetime.csv", str, 0, [(n, "datetime") for n in (2, 3, 4, 5)]),
        ("invalid_datetime.csv", str, 0, [(n, "datetime") for n in (2, 3, 4, 5)]),
    ],
)
def test_timesketch_files_are_read_and_bad_times_named(
    name: str, read: Any, recorded: int, blamed: list[tuple[int, str]]
) -> None:
    """A time without an offset, or none at all, is a problem of its line; the rest is recorded."""
    mapping = RowMapping(LineLogged, {"message": Column("message")}, occurred=Column("datetime", read))
    loaded = table.load(Timeline(), DATA / "timesketch" / name, mapping)
    assert len(loaded.entries) == recorded
    assert [(problem.line, problem.column) for problem in loaded.problems] == blamed


def test_a_file_without_a_column_that_is_needed_is_refused_whole() -> None:
    """The message names the columns that are missing and those there are."""
    with pytest.raises(InvalidValue, match=r"incorrect.csv has no column datetime, parser: .* It has No., DT, Source"):
        table.load(Timeline(), DATA / "timesketch" / "incorrect.csv", LOGGED)


def test_the_spreadsheet_of_timelinejs_becomes_stories() -> None:
    """Its title is not an event; months and years stay months and years."""
    line = Timeline()
    loaded = table.load(line, DATA / "timelinejs" / "contrib__women_in_computing.csv", timelinejs.CSV)
    assert (len(loaded.entries), loaded.skipped, loaded.problems) == (10, 1, ())
    assert [str(entry.occurred) for entry in line.entries()][:3] == [
        "1815-12-10/1852-11-27",
        "1948-03-14",
        "1943-07/1946",
    ]


# -- bad rows -------------------------------------------------------------------------------------------


def test_every_bad_row_is_told_and_stops_no_other(tmp_path: Path) -> None:
    """Bad cells, blanks that may not be, and rows of another length: each by line, column and reason."""
    text = "crossing,date\na,2026-02-30\n,2026-01-01\nb c,2026-01-02\nd\ne,2026-01-03,x\nf,2026-01-04\n"
    loaded = load(text, opened(), tmp_path / "c.csv")
    assert [(problem.line, problem.column) for problem in loaded.problems] == [
        (2, "date"), (3, "crossing"), (4, "crossing"), (5, None), (6, None),
    ]  # fmt: skip
    assert [entry.event.crossing for entry in loaded.entries] == ["f"]
    assert str(loaded).splitlines()[:2] == [
        "1 recorded, 0 there already, 0 changed, 0 skipped, 5 with a problem",
        "c.csv:2: date: '2026-02-30' is impossible: 2026-02 has 28 days. Write '2026-02' if the day is not known.",
    ]


def test_the_line_of_a_row_is_where_it_begins(tmp_path: Path) -> None:
    """Cells that hold line breaks do not shift the lines that are named."""
    text = 'crossing,date,note\na,2026-01-01,"two\nlines"\nb,bad,x\n'
    assert [problem.line for problem in load(text, opened(), tmp_path / "c.csv").problems] == [4]


def test_a_broken_quote_is_a_problem_of_its_line(tmp_path: Path) -> None:
    """It is not silently read as something else."""
    loaded = load('crossing,date\n"a"x,2026-01-01\nb,2026-01-01\n"c,2026-01-01\n', opened(), tmp_path / "c.csv")
    assert [problem.line for problem in loaded.problems] == [2, 4]
    assert len(loaded.entries) == 1


def test_text_in_another_encoding_is_named_and_can_be_given(tmp_path: Path) -> None:
    """A byte that is not UTF-8 blames its cell; with the right encoding it is read."""
    path = tmp_path / "c.csv"
    path.write_bytes("crossing,date,note\na,2026-01-01,café\n".encode("cp1252"))
    problem = table.load(Timeline(), path, opened()).problems[0]
    assert (problem.line, problem.column) == (2, "note")
    assert "encoding=" in problem.reason
    assert len(table.load(Timeline(), path, opened(), encoding="cp1252").entries) == 1


def test_bad_lines_of_json_are_told_and_stop_no_other(tmp_path: Path) -> None:
    """A text that is not JSON, or not an object, is a problem."""
    loaded = load('{"crossing":"a","date":null}\n\n{oops\n[1]\n{"crossing":"b"}\n', opened(), tmp_path / "c.jsonl")
    assert ([problem.line for problem in loaded.problems], len(loaded.entries)) == ([3, 4], 2)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [("c.csv", "", "is empty"), ("c.csv", ",,\n\n", "is empty"), ("c.json", "{", "is not JSON")],
)
def test_a_file_that_is_no_table_is_refused(name: str, text: str, message: str, tmp_path: Path) -> None:
    """The message says what was found."""
    with pytest.raises(InvalidValue, match=message):
        load(text, opened(), tmp_path / name)


def test_functions_of_a_mapping_that_fail_are_problems_of_the_row(tmp_path: Path) -> None:
    """Each problem names the field to fill, and the kind of error if the text says little."""
    mapping = RowMapping(border.CrossingOpened, {"crossing": lambda cells: cells["nowhere"]})
    problem = load("crossing,date\na,2026\n", mapping, tmp_path / "c.csv").problems[0]
    assert str(problem) == "c.csv:2: crossing: KeyError: 'nowhere'"


def test_what_names_no_entry_is_a_problem_of_its_row(tmp_path: Path) -> None:
    """A part of a row that was bad, or never there, is refused; a part of an earlier row is not."""
    mapping = opened(id=Column("id"), part_of=Column("of"))
    text = "id,crossing,date,of\nx,a,2026,\ny,a,2026,x\nz,a,2026,q\n"
    loaded = load(text, mapping, tmp_path / "c.csv")
    assert [entry.part_of for entry in loaded.entries] == [None, "x"]
    assert [str(problem) for problem in loaded.problems] == [
        "c.csv:4: names 'q': expected the id of an entry on the log, or of a row in this file."
    ]


def test_what_strict_mode_refuses_is_a_problem_of_its_row(tmp_path: Path) -> None:
    """The rest is recorded all the same."""
    mapping = RowMapping(
        custody.DetaineesReleased,
        {"facility": "al-hol-camp", "quantity": Column("n", counted)},
        occurred=Column("date"),
    )
    line = Timeline(strict=True)
    line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(10)), occurred="2026-01-01")
    loaded = load("n,date\n4,2026-01-02\n400,2026-01-03\n3,2026-01-04\n", mapping, tmp_path / "c.csv", line)
    assert (len(loaded.entries), [problem.line for problem in loaded.problems]) == (2, [3])


# -- twice, and changed ---------------------------------------------------------------------------------

BEFORE = "id,crossing,date\nx,a,2026-01-01\ny,b,2026-01-02\n"
AFTER = "id,crossing,date\nx,a,2026-01-09\ny,b,2026-01-02\n"


def test_a_changed_row_is_reported_and_changes_nothing(tmp_path: Path) -> None:
    """It says where it stands and what it was recorded as."""
    line = Timeline()
    load(BEFORE, opened(id=Column("id")), tmp_path / "c.csv", line)
    loaded = load(AFTER, opened(id=Column("id")), tmp_path / "c.csv", line)
    assert (len(loaded.entries), loaded.unchanged) == (0, 1)
    changed = loaded.changed[0]
    assert (changed.line, str(changed.entry.occurred), str(changed.draft.occurred)) == (2, "2026-01-01", "2026-01-09")
    assert str(changed) == "c.csv:2: x is no longer as recorded at position 1"


def test_a_changed_row_can_be_recorded_as_a_correction_once(tmp_path: Path) -> None:
    """There and back again: each change is one correction, and reading a file twice is none."""
    line = Timeline()
    mapping = opened(id=Column("id"))
    for text, corrections in ((BEFORE, 0), (AFTER, 1), (AFTER, 1), (BEFORE, 2), (AFTER, 3), (AFTER, 3)):
        load(text, mapping, tmp_path / "c.csv", line, correct=True)
        assert len(line.entries(types=["editorial.corrected"])) == corrections
    assert str(line.at().claims("x")[0].occurred) == "2026-01-09"


def test_a_change_that_no_correction_can_say_is_reported_only(tmp_path: Path) -> None:
    """A date that went away cannot be corrected away."""
    line = Timeline()
    mapping = opened(id=Column("id"))
    load(BEFORE, mapping, tmp_path / "c.csv", line)
    loaded = load("id,crossing,date\nx,a,\n", mapping, tmp_path / "c.csv", line, correct=True)
    assert (len(loaded.changed), len(line.entries())) == (1, 2)


def test_a_row_that_was_retracted_or_redacted_does_not_come_back(tmp_path: Path) -> None:
    """Neither as it was, nor changed."""
    line = Timeline()
    mapping = opened(id=Column("id"))
    load(BEFORE, mapping, tmp_path / "c.csv", line)
    line.retract("x")
    line.redact("y")
    loaded = load(AFTER.replace("b,", "c,"), mapping, tmp_path / "c.csv", line, correct=True)
    assert (loaded.entries, loaded.unchanged, len(loaded.changed)) == ((), 1, 1)


def test_rows_that_say_the_same_are_one_and_rows_of_one_id_that_do_not_are_a_problem(tmp_path: Path) -> None:
    """Within one file: the second is there already, the third contradicts the first."""
    text = "id,crossing,date\nx,a,2026\nx,a,2026\nx,b,2026\n"
    loaded = load(text, opened(id=Column("id")), tmp_path / "c.csv")
    assert (len(loaded.entries), loaded.unchanged) == (1, 1)
    assert str(loaded.problems[0]) == "c.csv:4: line 2 has the same id, 'x', and says something else."


def test_a_row_without_the_id_it_should_have_is_a_problem(tmp_path: Path) -> None:
    """A blank is not a name."""
    loaded = load("id,crossing,date\n,a,2026\n", opened(id=Column("id")), tmp_path / "c.csv")
    assert str(loaded.problems[0]) == "c.csv:2: id: is blank: expected what names the row"


def test_a_large_file_is_recorded_in_batches_that_know_of_one_another(tmp_path: Path) -> None:
    """Rows may name rows of earlier batches, and repeat them."""
    rows = [f"r{n},a,2026,{f'r{n - 1}' if n else ''}" for n in range(2500)]
    text = "\n".join(["id,crossing,date,of", *rows, rows[0], rows[2400]])
    loaded = load(text, opened(id=Column("id"), part_of=Column("of")), tmp_path / "c.csv")
    assert (len(loaded.entries), loaded.unchanged, loaded.problems) == (2500, 2, ())


# -- the mapping ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RowMapping(border.CrossingOpened, {"crosing": "x", "crossing": "y"}), "CrossingOpened has no crosing"),
        (
            lambda: RowMapping(border.CrossingOpened, {}),
            "CrossingOpened needs crossing: expected fields among crossing",
        ),
        (lambda: RowMapping(border.CrossingOpened, {"crossing": "x"}, report={"url": "x"}), "Report needs source"),
        (lambda: RowMapping(lambda cells: None, {"crossing": "x"}), "beside a function"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_when_declared(make: Callable[[], Any], message: str) -> None:
    """Misspelt fields and fields left out are found before any row is read."""
    with pytest.raises(InvalidValue, match=message):
        make()


def test_cells_fill_every_part_of_an_entry(tmp_path: Path) -> None:
    """Modality, references, and every field of a report; blanks keep the default."""
    mapping = RowMapping(
        border.CrossingOpened,
        {"crossing": Column("c"), "detail": Column("d")},
        modality=Column("m"),
        after=Column("a", lambda text: text.split()),
        report={"source": Column("s"), "published": Column("p", dated("%d.%m.%Y")), "credibility": Column("k", int)},
        id=Column("i"),
    )
    text = "i,c,d,m,a,s,p,k\nx,one,,,,Reuters,,\ny,two,said,planned,x,AFP,21.01.2026,2\n"
    first, second = load(text, mapping, tmp_path / "c.csv").entries
    assert (first.event.detail, first.modality, first.reports) == ("", Modality.ACTUAL, (Report("Reuters"),))
    assert (second.modality, second.after) == (Modality.PLANNED, ("x",))
    assert second.reports == (Report("AFP", published="2026-01-21", credibility=2),)


@pytest.mark.parametrize(("cell", "blamed"), [(Column("m"), "m"), ("PLANNED", "modality"), (7, "modality")])
def test_a_modality_that_is_none_names_the_ones_there_are(tmp_path: Path, cell: Any, blamed: str) -> None:
    """So it is when a column gives it, and when the mapping itself does."""
    (tmp_path / "rows.csv").write_text("crossing,m\nrabia,Planned\n", encoding="utf-8")
    mapping = RowMapping(border.CrossingOpened, {"crossing": Column("crossing")}, modality=cell)
    (problem,) = table.load(Timeline(), tmp_path / "rows.csv", mapping).problems
    assert problem.column == blamed
    assert "is not a modality: expected actual, planned, hypothetical, denied." in str(problem)


@pytest.mark.parametrize("text", ["1,5", "12a", "1.5", "", "1,2345"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    """Nothing is guessed about decimal points, thousands or letters."""
    with pytest.raises(ValueError, match="not a whole number"):
        whole(text)


def test_a_date_in_another_order_is_refused() -> None:
    """The message says the order that was declared."""
    with pytest.raises(ValueError, match="'2026-01-21' is not a date written as %m/%d/%Y"):
        dated("%m/%d/%Y")("2026-01-21")


def test_a_missing_library_says_how_to_get_it() -> None:
    """The extra that brings it is named."""
    with pytest.raises(MissingExtra, match=r'pip install "incident-timeline\[stix\]"'), needs("stix"):
        import no_such_library  # noqa: F401


# -- out ------------------------------------------------------------------------------------------------


def test_what_goes_out_comes_in_again_as_it_was_read(tmp_path: Path) -> None:
    """Corrections have taken effect; reports, references and unknown words are kept."""
    line = Timeline()
    first = line.record(
        facility.ControlChanged(facility="al-hol-camp", authority="sdf", detail='"held", يُقال'),
        occurred="2026-01~",
        reports=[Report("Reuters", published="2026-01-20", quote="a\nb", credibility=2), Report("AFP")],
        id="x",
    )
    line.record(border.CrossingOpened(crossing="a"), after=[first], modality=Modality.PLANNED, id="y")
    line.correct(first, facility.ControlChanged(facility="al-hol-camp", authority="syria-gov"))
    path = tmp_path / "out.csv"
    assert str(table.write(line, path)) == "2 written"
    other = Timeline()
    assert table.load(other, path, table.OWN).problems == ()
    assert other.at() == line.at()
    assert [e.reports for e in other.entries()] == [first.reports, ()]


def test_a_part_of_a_rival_goes_out_as_a_part_of_what_it_disputes(tmp_path: Path) -> None:
    """The rival has no row. The result counts each such part; a part of the entry itself is not one."""
    line = Timeline()
    whole = line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(100)), occurred="2026-01-20")
    rival = line.dispute(whole, rival=custody.DetaineesEscaped(facility="a", quantity=exactly(90)))
    for name, cohort in ((whole, "iraqi"), (rival, "foreign")):
        part = custody.DetaineesEscaped(facility="a", quantity=exactly(50), cohort=cohort)
        line.record(part, occurred="2026-01-20", part_of=name)
    written = table.write(line, tmp_path / "out.csv")
    assert str(written) == "3 written; reduced: 1 parts of a rival or a repeat, as parts of its entry"


def test_an_undated_entry_goes_out_undated(tmp_path: Path) -> None:
    """No column acquires a date, though the fold knows the date of its report."""
    line = Timeline()
    line.record(border.CrossingOpened(crossing="a"), id="x")
    table.write(line, tmp_path / "out.csv")
    header, row = (line.split(",") for line in (tmp_path / "out.csv").read_text("utf-8").splitlines())
    cells = dict(zip(header, row, strict=False))
    assert (cells["occurred"], cells["earliest"], cells["latest"], cells["first_published"]) == ("", "", "", "")


def test_an_empty_timeline_goes_out_as_a_header(tmp_path: Path) -> None:
    """The columns are there all the same."""
    assert table.write(Timeline(), tmp_path / "out.csv").count == 0
    assert (tmp_path / "out.csv").read_text("utf-8").startswith("position,id,type,")


HOSTILE = ['=HYPERLINK("http://evil","x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''-"]  # noqa: RUF001


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_run_by_a_spreadsheet(tmp_path: Path, text: str) -> None:
    """A text that would be a formula is quoted, and reads as it was; other apostrophes stay."""
    line, path = Timeline(), tmp_path / "out.csv"
    first = line.record(border.CrossingOpened(crossing="a", detail=text), id="=1+1", reports=[Report(f"{text}x")])
    line.record(border.CrossingOpened(crossing="b", detail="'quoted'"), part_of=first)
    table.write(line, path)
    found = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    assert not [cell for row in found for cell in row.values() if cell[:1] in set("=+-@\t\r\n＝")]  # noqa: RUF001
    assert found[1]["detail"] == "'quoted'"
    copy = Timeline()
    assert table.load(copy, path, table.OWN).problems == ()
    assert copy.at() == line.at()
    assert [entry.id for entry in copy.entries()] == [entry.id for entry in line.entries()]


def test_excel_is_told_that_a_file_is_utf8(tmp_path: Path) -> None:
    """The mark is at the beginning when asked for, and `OWN` reads on behind it."""
    line, path = Timeline(), tmp_path / "out.csv"
    line.record(border.CrossingOpened(crossing="a", detail="معبر"))
    table.write(line, path, excel=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfposition,")
    assert len(table.load(Timeline(), path, table.OWN).entries) == 1
