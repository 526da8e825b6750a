"""Tables as people keep them: whatever a file holds, it becomes right entries, problems of rows, or one clear error."""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Timeline
from timeline.errors import CannotRead, FileMissing, InvalidValue, TimelineError
from timeline.events import border
from timeline.exchange import cloudevents, csvrows, declared, native, table, timelinejs
from timeline.exchange.table import Column, RowMapping, slugged

MAPPING = RowMapping(border.CrossingOpened, {"crossing": Column("place", slugged), "detail": Column("note")})


def load(path: Path, data: bytes | str, **more: Any) -> table.Loaded:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return table.load(Timeline(), path, MAPPING, **more)


def places(loaded: table.Loaded) -> list[str]:
    return [entry.event.crossing for entry in loaded.entries]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.csv"


class TestHeaders:
    """The first row that names every column that is asked for is the header."""

    def test_columns_without_a_name_are_left_alone(self, path: Path) -> None:
        """Spreadsheets write them behind the last one."""
        assert places(load(path, "place,note,,,\nrabia,said,,,\nfaysh,,,x,\n")) == ["rabia", "faysh"]

    def test_columns_of_one_name_are_told_apart(self, path: Path) -> None:
        """The second is called `note#2`, by a mapping as well; where nobody asks for them, they do no harm."""
        path.write_text("place,note,note,note,note#2\na,one,two,three,four\n", "utf-8")
        for name, said in (("note", "one"), ("note#2", "two"), ("note#3", "three"), ("note#2#2", "four")):
            mapping = RowMapping(border.CrossingOpened, {"crossing": Column("place"), "detail": Column(name)})
            assert table.load(Timeline(), path, mapping).entries[0].event.detail == said

    def test_rows_above_the_header_are_skipped(self, path: Path) -> None:
        """A title, a blank line, the heads of groups of columns: they are counted."""
        loaded = load(path, "Crossings in 2026,,\n,,\nwhere,,what\nplace,,note\nrabia,,said\n")
        assert (places(loaded), loaded.skipped, loaded.problems) == (["rabia"], 2, ())

    def test_a_header_too_far_down_is_no_header(self, path: Path) -> None:
        """The first line is taken for it then, and what it lacks is named."""
        with pytest.raises(InvalidValue, match=r"c.csv has no column place, note: .* It has x\."):
            load(path, "x\n" * 30 + "place,note\n")

    def test_the_header_again_is_no_row(self, path: Path) -> None:
        """As where several files were put together."""
        loaded = load(path, "place,note\nrabia,said\nplace,note\nfaysh,\n")
        assert (places(loaded), loaded.skipped) == (["rabia", "faysh"], 1)

    def test_hashtags_below_the_header_are_no_row(self, path: Path) -> None:
        """Humanitarian tables have a row of them; further down, a number sign is text like any other."""
        loaded = load(path, "place,note,n\n#loc +name,,#affected+f\nrabia,said,1\n#faysh,,\n")
        assert (places(loaded), loaded.skipped) == (["rabia", "faysh"], 1)

    def test_a_file_with_the_wrong_delimiter_says_so(self, path: Path) -> None:
        """Everything stands in one column then."""
        with pytest.raises(InvalidValue, match="Is the delimiter ';', and not ','"):
            load(path, "place;note\nrabia;said\n")
        assert places(table.load(Timeline(), path, MAPPING, delimiter=";")) == ["rabia"]

    def test_a_first_line_that_cannot_be_read_says_why(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A quote, or no end."""
        with pytest.raises(InvalidValue, match="line 1 of c.csv cannot be read: ',' expected after '\"'"):
            load(path, '{"place":"a","note":"b"}\n')
        with pytest.raises(InvalidValue, match="line 1 of c.csv opens a quote that nothing closes"):
            load(path, '"place,note\na,b\n')
        monkeypatch.setattr(csvrows, "LONGEST", 50)
        with pytest.raises(InvalidValue, match="line 2 of c.csv is longer than 50 characters"):
            load(path, f"title\n{'x' * 500}\nplace,note\n")

    def test_a_message_names_as_many_columns_as_one_can_read(self, path: Path) -> None:
        """The rest is counted."""
        with pytest.raises(InvalidValue, match=r"It has x{40}…, c1, .*, c29 and 70 others\.$"):
            load(path, ",".join(["x" * 100, *(f"c{n}" for n in range(1, 100))]))

    def test_a_header_alone_is_an_empty_table(self, path: Path) -> None:
        """Nothing is recorded, and nothing is wrong."""
        loaded = load(path, "place,note\n")
        assert (loaded.entries, loaded.problems) == ((), ())


class TestRows:
    """A fault in one row stops no other."""

    def test_blank_rows_are_nothing(self, path: Path) -> None:
        """Also those of separators only, however many."""
        loaded = load(path, "place,note\nrabia,\n,\n,,,,\n\n  ,  \nfaysh,\n")
        assert (places(loaded), loaded.problems, loaded.skipped) == (["rabia", "faysh"], (), 0)

    def test_blank_cells_beyond_the_last_column_are_nothing(self, path: Path) -> None:
        """Filled ones are a problem: who knows which column they are of?"""
        loaded = load(path, "place,note\nrabia,said,,\nfaysh,said,x\nshort\n")
        assert places(loaded) == ["rabia"]
        assert [(problem.line, problem.reason) for problem in loaded.problems] == [
            (3, "has 3 cells: expected 2, as the header has."),
            (4, "has 1 cells: expected 2, as the header has."),
        ]

    def test_an_unclosed_quote_spoils_its_line_only(self, path: Path) -> None:
        """The rows that it would swallow are read."""
        loaded = load(path, 'place,note\na,"he said\n' + "".join(f"x{n},1\n" for n in range(50)))
        assert (len(loaded.entries), [problem.line for problem in loaded.problems]) == (50, [2])

    def test_an_unclosed_quote_at_the_end(self, path: Path) -> None:
        """Nothing comes after it."""
        loaded = load(path, 'place,note\nrabia,said\na,"he said')
        assert (places(loaded), [problem.line for problem in loaded.problems]) == (["rabia"], [3])
        assert "opens a quote that nothing closes" in loaded.problems[0].reason

    def test_a_row_of_several_lines_that_is_wrong_says_how_far_it_goes(self, path: Path) -> None:
        """Two quotes that belong to two rows make one of all between them."""
        loaded = load(path, 'place,note\na,"he said\nb,x\nc,"she said\nd,x\ne,"a\nb",c\n')
        assert places(loaded) == ["d"]
        first, second = (problem.reason for problem in loaded.problems)
        assert "(it takes lines 2 to 4)" in first
        assert second == "has 3 cells: expected 2, as the header has (it takes lines 6 to 7)."

    def test_whatever_a_function_raises_is_a_problem_of_its_row(self, path: Path) -> None:
        """The kind of error stands in the reason."""
        mapping = RowMapping(border.CrossingOpened, {"crossing": lambda row: row.nonesuch})
        path.write_text("place,note\na,b\n", "utf-8")
        (problem,) = table.load(Timeline(), path, mapping).problems
        assert problem.reason.startswith("AttributeError: ")

    def test_what_a_function_of_the_row_leaves_blank_is_blank(self, path: Path) -> None:
        """And a text whose cells are all blank: the field keeps its default, and one without is a problem."""
        toml = path.with_suffix(".toml")
        toml.write_text('event = "CrossingOpened"\nid = { text = "{note}" }\n[fields]\ncrossing = "x"\n', "utf-8")
        assert load(path, "place,note\na,\n").problems == ()
        assert [problem.column for problem in table.load(Timeline(), path, declared.read(toml)).problems] == ["note"]
        mapping = RowMapping(border.CrossingOpened, {"crossing": lambda row: row["note"], "about": lambda row: ""})
        assert [problem.column for problem in table.load(Timeline(), path, mapping).problems] == ["crossing"]
        path.write_text("place,note\na,b\n", "utf-8")
        assert table.load(Timeline(), path, mapping).entries[0].event.about == ()

    def test_lines_may_end_in_any_way(self, path: Path) -> None:
        """As old Macs, Windows and Unix have it, mixed too."""
        assert places(load(path, "place,note\ra,1\r\nb,2\nc,3\r")) == ["a", "b", "c"]

    def test_a_quoted_cell_keeps_its_line_breaks(self, path: Path) -> None:
        """A lone carriage return among them."""
        loaded = load(path, 'place,note\na,"one\rtwo\r\nthree\nfour"\nb,\n')
        assert [entry.event.detail for entry in loaded.entries] == ["one\rtwo\r\nthree\nfour", ""]

    def test_a_cell_that_is_too_long_for_an_entry_is_a_problem(self, path: Path) -> None:
        """Ten million characters of it, quoted or not."""
        loaded = load(path, f'place,note\na,{"x" * 10_000_000}\nb,"{"y" * 10_000_000}"\nc,\n')
        assert (places(loaded), [problem.line for problem in loaded.problems]) == (["c"], [2, 3])

    def test_a_row_without_end_is_a_problem(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line, or a quote that swallows more than anybody means."""
        monkeypatch.setattr(csvrows, "LONGEST", 50)
        loaded = load(path, f'place,note\na,{"x" * 120}\nb,\nc,"quoted\n' + "d,\n" * 40 + "e,\n")
        assert set(places(loaded)) == {"b", "d", "e"}
        assert [(problem.line, problem.reason[:28]) for problem in loaded.problems] == [
            (2, "is longer than 50 characters"),
            (4, "opens a quote that nothing c"),
        ]

    def test_a_long_line_behind_an_unclosed_quote_is_its_own_problem(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The rows after both are read."""
        monkeypatch.setattr(csvrows, "LONGEST", 50)
        loaded = load(path, f'place,note\na,"quoted\nb,{"x" * 120}\nc,\n')
        assert (places(loaded), [problem.line for problem in loaded.problems]) == (["c"], [2, 3])

    def test_our_own_table_comes_back_whatever_its_cells_hold(self, tmp_path: Path) -> None:
        """Carriage returns, quotes, and the words of a header."""
        line, other = Timeline(), Timeline()
        for said in ("a\rb", "\r", '"', "a\r\nb", "\n", "detail", ";,\t"):
            line.record(border.CrossingOpened(crossing="x", detail=said))
        table.write(line, tmp_path / "out.csv")
        assert table.load(other, tmp_path / "out.csv", table.OWN).problems == ()
        assert [entry.event for entry in other.entries()] == [entry.event for entry in line.entries()]


TEXT = "place,note\nالهول,قال\n"


class TestEncodings:
    """The mark at the beginning says how a text is encoded, or `encoding=` does."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_a_mark_is_believed(self, encoding: str, path: Path) -> None:
        """It does not belong to the first name."""
        assert places(load(path, TEXT.encode(encoding))) == ["الهول"]
        assert places(table.load(Timeline(), path, MAPPING, encoding=encoding)) == ["الهول"]

    def test_an_encoding_that_a_mark_contradicts_is_refused(self, path: Path) -> None:
        """Every letter would be another one."""
        with pytest.raises(InvalidValue, match="begins with the mark of UTF-8, and encoding is 'cp1256'"):
            load(path, TEXT.encode("utf-8-sig"), encoding="cp1256")

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_without_a_mark_the_encoding_is_given(self, encoding: str, path: Path) -> None:
        """Without it, the message says what to give."""
        with pytest.raises(InvalidValue, match="expected names of columns.*encoding"):
            load(path, TEXT.encode(encoding))
        with pytest.raises(InvalidValue, match="tream does not start with BOM. Give its encoding"):
            table.load(Timeline(), path, MAPPING, encoding="utf-16")
        assert places(table.load(Timeline(), path, MAPPING, encoding=encoding)) == ["الهول"]

    def test_what_cannot_be_decoded_is_a_problem_of_its_cell(self, path: Path) -> None:
        """In the header, of the file; a file cut short, of its last row."""
        loaded = load(path, b"place,note\nrabia,caf\xe9\nfaysh,\n")
        assert places(loaded) == ["faysh"]
        assert str(loaded.problems[0]) == (
            r"c.csv:2: note: 'caf\xe9' is not UTF-8. Give the file's encoding=, such as 'cp1252'."
        )
        with pytest.raises(InvalidValue, match="first line of c.csv is not UTF-8"):
            load(path, "مكان,place,note\n".encode("cp1256"))
        loaded = load(path, "place,note\nrabia,\nfaysh,x".encode("utf-16")[:-1])
        assert (places(loaded), [problem.line for problem in loaded.problems]) == (["rabia"], [3])

    def test_what_stands_for_bytes_is_never_written(self) -> None:
        """It serves for reading only."""
        with pytest.raises(UnicodeEncodeError):
            "é".encode("ascii", "timeline.undecoded")

    @pytest.mark.parametrize(
        "encoding",
        ["klingon", "punycode", "idna", "rot13", "base64", "hex", "undefined", "a\0b", "", None, 5, "mbcs"],
    )
    def test_what_is_no_encoding_of_texts_is_refused(self, encoding: Any, path: Path) -> None:
        """This holds for every change that Python makes."""
        with pytest.raises(InvalidValue, match="encoding is .*: expected one that Python knows"):
            load(path, TEXT, encoding=encoding)

    @pytest.mark.parametrize("delimiter", ["", "ab", "\n", "\r", '"', None, 5])
    def test_what_is_no_delimiter_is_refused(self, delimiter: Any, path: Path) -> None:
        """One character, and none that means something else."""
        with pytest.raises(InvalidValue, match="delimiter is .*: expected one character"):
            load(path, TEXT, delimiter=delimiter)

    def test_json_with_a_mark_is_json(self, tmp_path: Path) -> None:
        """In lines, in arrays, in every format that is JSON, in backups, and in the TOML of a mapping."""
        line, mark = Timeline(), "﻿"
        line.record(border.CrossingOpened(crossing="x"), id="e")
        line.dump(tmp_path / "dump.jsonl")
        cloudevents.write(line, tmp_path / "c.json", source="https://example.org/t")
        timelinejs.write(line, tmp_path / "t.json")
        (tmp_path / "r.json").write_text('[{"place": "x", "note": ""}]', "utf-8")
        (tmp_path / "r.jsonl").write_text('{"place": "x", "note": ""}\n' * 2, "utf-8")
        (tmp_path / "m.toml").write_text('event = "CrossingOpened"\n[fields]\ncrossing = "x"\n', "utf-8")
        for name in ("dump.jsonl", "c.json", "t.json", "r.json", "r.jsonl", "m.toml"):
            file = tmp_path / name
            file.write_text(mark + file.read_text("utf-8"), "utf-8")
        assert len(native.load(Timeline(), tmp_path / "dump.jsonl").entries) == 1
        assert Timeline().restore(tmp_path / "dump.jsonl") == line.head()
        assert len(cloudevents.load(Timeline(), tmp_path / "c.json").entries) == 1
        assert timelinejs.load(Timeline(), tmp_path / "t.json").problems == ()
        assert len(table.load(Timeline(), tmp_path / "r.json", MAPPING).entries) == 1
        assert len(table.load(Timeline(), tmp_path / "r.jsonl", declared.read(tmp_path / "m.toml")).entries) == 2

    def test_json_in_another_encoding_is_refused(self, tmp_path: Path) -> None:
        """As old shells write what they are given to write."""
        for name in ("r.json", "r.jsonl"):
            (tmp_path / name).write_bytes('{"place": "x"}'.encode("utf-16"))
            with pytest.raises(InvalidValue, match="is in UTF-16: expected UTF-8"):
                table.load(Timeline(), tmp_path / name, MAPPING)


LOADERS: list[Callable[[Path], Any]] = [
    lambda path: table.load(Timeline(), path, MAPPING),
    lambda path: native.load(Timeline(), path),
    lambda path: cloudevents.load(Timeline(), path),
    lambda path: timelinejs.load(Timeline(), path),
    lambda path: Timeline().restore(path),
    declared.read,
]


class TestOtherFiles:
    """A value that is not text is named for its type, and only errors of the library are raised."""

    @pytest.mark.parametrize("load", LOADERS)
    @pytest.mark.parametrize(
        ("begins", "what"),
        [
            (b"PK\x03\x04\x14", "a workbook"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook"),
            (gzip.compress(b"place", mtime=0), "a gzip archive"),
            (b"SQLite format 3\0", "a database"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"\n<!DOCTYPE html><html>", "a web page"),
        ],
    )
    def test_it_is_told_what_it_is(self, load: Callable[[Path], Any], begins: bytes, what: str, path: Path) -> None:
        """And what to do with it."""
        path.write_bytes(begins)
        with pytest.raises(InvalidValue, match=f"c.csv is {what}.*: expected text"):
            load(path)

    def test_a_real_workbook(self, path: Path) -> None:
        """It is an archive of XML."""
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
        with pytest.raises(InvalidValue, match="Save its sheet as CSV, or unpack it first"):
            table.load(Timeline(), path, MAPPING)

    @pytest.mark.parametrize("load", LOADERS)
    def test_what_cannot_be_read(self, load: Callable[[Any], Any], tmp_path: Path) -> None:
        """A folder, a file that is not there, one that may not be read, and a value that is not a path."""
        with pytest.raises(CannotRead, match="cannot be read .*Is a directory"):
            load(tmp_path)
        with pytest.raises(FileMissing, match=r"gone.csv is not there: expected a file") as caught:
            load(tmp_path / "gone.csv")
        assert isinstance(caught.value, FileNotFoundError)
        for bad in (None, 5, "a\0b"):
            with pytest.raises(InvalidValue, match="path is .*: expected"):
                load(bad)

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
    def test_what_may_not_be_read(self, path: Path) -> None:
        """The message of the system is passed on."""
        path.write_text("place,note\n", "utf-8")
        path.chmod(0)
        with pytest.raises(CannotRead, match="Permission denied"):
            table.load(Timeline(), path, MAPPING)

    @pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b",,,\n", b"\0" * 100, bytes(range(255, 0, -1))])
    @pytest.mark.parametrize("load", LOADERS)
    def test_what_holds_nothing_is_refused_or_brings_nothing(
        self, load: Callable[[Path], Any], data: bytes, path: Path
    ) -> None:
        """Empty files, marks alone, separators alone, and bytes by chance."""
        path.write_bytes(data)
        try:
            assert not getattr(load(path), "entries", ())
        except TimelineError as error:
            assert "expected" in str(error) or "Expected" in str(error), error

    @given(
        text=st.lists(
            st.sampled_from(
                ["place", "note", ",", ";", '"', "\n", "\r", "\r\n", "\0", "x", "الهول", "#", "﻿", "\t", " ", "é"]
            ),
            max_size=60,
        ).map("".join),
        encoding=st.sampled_from(["utf-8", "utf-16", "cp1256", "cp1252", "utf-8-sig"]),
        headed=st.booleans(),
    )
    def test_whatever_a_table_holds_it_is_read_or_refused(
        self, text: str, encoding: str, headed: bool, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """Each row is an entry, a problem or skipped, and reading it again is the same."""
        data = (("place,note\n" if headed else "") + text).encode(encoding, "replace")
        source = tmp_path_factory.getbasetemp() / "fuzzed.csv"
        source.write_bytes(data)
        line = Timeline()
        try:
            loaded = table.load(line, source, MAPPING)
        except InvalidValue:
            assert line.head().position == 0
            return
        again = table.load(line, source, MAPPING)
        assert (again.entries, again.problems) == ((), loaded.problems)


class TestReading:
    """A file is opened once, and read as it is asked for."""

    def test_a_pipe_is_read(self, tmp_path: Path) -> None:
        """A named one, as of a process substitution."""
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        writer = threading.Thread(target=pipe.write_text, args=("place,note\nrabia,said\n", "utf-8"))
        writer.start()
        assert places(table.load(Timeline(), pipe, MAPPING)) == ["rabia"]
        writer.join()

    def test_the_limit_of_the_program_is_its_own(self, path: Path) -> None:
        """It is put back, also where reading stops half way, and whoever raised it keeps it so."""
        before = csv.field_size_limit(1000)
        try:
            assert len(load(path, f"place,note\na,{'x' * 5000}\n").entries) == 1
            assert csv.field_size_limit() == 1000
            found = table.read(path, MAPPING)
            other = table.read(path, MAPPING)
            next(found)
            del found
            assert csv.field_size_limit() > 1000
            del other
            assert csv.field_size_limit() == 1000
            csv.field_size_limit(sys.maxsize)
            load(path, "place,note\na,x\n")
            assert csv.field_size_limit() == sys.maxsize
        finally:
            csv.field_size_limit(before)

    def test_a_file_is_let_go_of_when_nobody_reads_on(self, path: Path) -> None:
        """Not a single descriptor stays open."""
        path.write_text("place,note\na,\nb,\n", "utf-8")
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            next(table.read(path, MAPPING))
        assert len(os.listdir("/proc/self/fd")) == before

    def test_objects_of_json_repeat_and_name_their_line(self, tmp_path: Path) -> None:
        """Rows of JSON are rows like any other."""
        (tmp_path / "r.jsonl").write_text(json.dumps({"place": "x", "note": None}) + "\n", "utf-8")
        mapping = RowMapping(border.CrossingOpened, {"crossing": lambda row: f"{row['place']}-{row['line']}"})
        assert table.load(Timeline(), tmp_path / "r.jsonl", mapping).entries[0].event.crossing == "x-1"
