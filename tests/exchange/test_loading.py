"""Putting what files say on a timeline: rows that repeat, rows out of order, unknown types, rows that changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest

from timeline import Timeline, event, exactly
from timeline.errors import InvalidValue, LogError
from timeline.events import border, custody, editorial, facility
from timeline.exchange import cloudevents, declared, native, table, timelinejs
from timeline.exchange.table import Column, RowMapping, counted
from timeline.log import jsonl

MOVED = RowMapping(
    custody.DetaineesTransferred,
    {"quantity": exactly(1), "origin": Column("from"), "destination": Column("to")},
    occurred=Column("date"),
    report={"source": "the ministry"},
)


@event("tests.second_version", version=2, upcast={1: lambda data: data})
class SecondVersion:
    place: str


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def movers(path: Path) -> Path:
    """Make 370 rows, each a person moved: 235 differ, and 135 repeat one of these."""
    rows = [f"2026-01-{1 + n // 12:02},camp-{n % 12},iraq" for n in range(235)]
    return written(path, "\n".join(["date,from,to", *rows, *rows[:100], *rows[:35]]))


def linked(**more: Any) -> RowMapping:
    return RowMapping(border.CrossingOpened, {"crossing": Column("crossing")}, id=Column("id"), **more)


class TestRowsThatRepeat:
    """A list with one row per person has rows that say the same: each is an entry of its own."""

    def test_everybody_moved_arrives_and_a_second_import_changes_nothing(self, tmp_path: Path) -> None:
        """Of 370 rows 135 repeat: 370 entries, and the result says how many repeat."""
        line, path = Timeline(), movers(tmp_path / "movers.csv")
        loaded = table.load(line, path, MOVED)
        assert (len(loaded.entries), loaded.unchanged, loaded.repeated) == (370, 0, 135)
        assert line.at().custody.received(facility="iraq") == exactly(370)
        assert str(loaded) == (
            "370 recorded, 0 there already, 0 changed, 0 skipped, 0 with a problem; 135 repeat an earlier row"
        )
        again = table.load(line, path, MOVED)
        assert (again.entries, again.unchanged, again.repeated) == ((), 370, 135)

    def test_the_first_has_the_id_it_always_had(self, tmp_path: Path) -> None:
        """A log that was loaded before keeps its entries, and gets only those that are missing."""
        line, path = Timeline(), tmp_path / "movers.csv"
        first = table.load(line, written(path, "date,from,to\n2026-01-21,a,b\n"), MOVED).entries
        then = table.load(line, written(path, "date,from,to\n" + "2026-01-21,a,b\n" * 3), MOVED)
        assert (then.unchanged, len(then.entries)) == (1, 2)
        assert len({entry.id for entry in (*first, *then.entries)}) == 3

    def test_the_order_of_rows_does_not_matter(self, tmp_path: Path) -> None:
        """Sorted otherwise, it is the same file."""
        line = Timeline()
        table.load(line, movers(tmp_path / "movers.csv"), MOVED)
        header, *rows = (tmp_path / "movers.csv").read_text("utf-8").splitlines()
        path = written(tmp_path / "sorted.csv", "\n".join([header, *sorted(rows)]))
        assert table.load(line, path, MOVED).entries == ()

    def test_one_row_says_a_thing_once(self, tmp_path: Path) -> None:
        """Two mappings that read the same out of one row are no second entry."""
        path = written(tmp_path / "m.csv", "date,from,to\n2026-01-21,a,b\n2026-01-21,a,b\n")
        loaded = table.load(Timeline(), path, [MOVED, MOVED])
        assert (len(loaded.entries), loaded.unchanged, loaded.repeated) == (2, 2, 1)

    def test_what_judges_or_registers_is_done_once(self, tmp_path: Path) -> None:
        """To dispute twice for the same reason, or to register a camp in each of its rows, adds nothing."""
        line = Timeline()
        line.record(border.CrossingOpened(crossing="a"), id="e")
        disputed = RowMapping(editorial.EventDisputed, {"target": Column("of"), "reason": Column("why")})
        camp = RowMapping(facility.FacilityRegistered, {"facility": "al-hol-camp", "kind": "camp"})
        path = written(tmp_path / "d.csv", "of,why\ne,doubtful\ne,doubtful\n")
        loaded = table.load(line, path, [disputed, camp])
        assert (len(loaded.entries), loaded.unchanged, loaded.repeated) == (2, 2, 0)

    def test_rows_named_by_an_id_are_one(self, tmp_path: Path) -> None:
        """An id of their own says that they are the same."""
        path = written(tmp_path / "c.csv", "id,crossing\nx,a\nx,a\n")
        loaded = table.load(Timeline(), path, linked())
        assert (len(loaded.entries), loaded.unchanged, loaded.repeated) == (1, 1, 0)

    def test_lines_of_json_and_slides_repeat_too(self, tmp_path: Path) -> None:
        """In any format, the n-th row that says the same is the n-th entry."""
        text = '{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}}\n' * 3
        assert len(native.load(Timeline(), written(tmp_path / "l.jsonl", text)).entries) == 3
        slides = orjson.dumps({"events": [{"text": {"headline": "told"}}] * 2}).decode()
        assert len(timelinejs.load(Timeline(), written(tmp_path / "s.json", slides)).entries) == 2

    def test_a_raised_version_of_an_event_keeps_the_ids_of_its_rows(self, tmp_path: Path) -> None:
        """Ids are derived as if every version were 1, in a correction too."""
        text = (
            '{"event":{"type":"tests.second_version","version":%d,"data":{"place":"x"}}}\n'
            '{"event":{"type":"editorial.corrected","version":1,"data":{"target":"e","replacement":'
            '{"type":"tests.second_version","version":%d,"data":{"place":"y"}}}}}\n'
        )
        first, second = (
            [found.draft.id for found in native.read((text % (version, version)).encode().splitlines(), "x")]
            for version in (1, 2)
        )
        assert first == second
        content = b'{"event":{"data":{"place":"x"},"type":"tests.second_version","version":1}}'
        assert first[0] == hashlib.sha256(content).hexdigest()[:24]

    def test_a_mapping_may_name_the_line(self, tmp_path: Path) -> None:
        """Each line is an entry by its place: in a text, or in a function of the row."""
        path = written(tmp_path / "c.csv", "crossing\na\na\n")
        toml = 'event = "CrossingOpened"\nid = { text = "c-{line}" }\nblank = "NA"\n[fields]\ncrossing = { column = "crossing" }\n'
        mappings = declared.read(written(tmp_path / "m.toml", toml))
        assert [entry.id for entry in table.load(Timeline(), path, mappings).entries] == ["c-2", "c-3"]
        by_hand = RowMapping(border.CrossingOpened, {"crossing": Column("crossing")}, id=lambda row: f"c-{row['line']}")
        assert [entry.id for entry in table.load(Timeline(), path, by_hand).entries] == ["c-2", "c-3"]

    def test_a_column_called_line_comes_first(self, tmp_path: Path) -> None:
        """The file's own word is meant."""
        by_hand = RowMapping(border.CrossingOpened, {"crossing": lambda row: row["line"]})
        path = written(tmp_path / "c.csv", "line\nnorthern\n")
        assert table.load(Timeline(), path, by_hand).entries[0].event.crossing == "northern"


class TestRowsOutOfOrder:
    """A row may name one that comes later in its file."""

    def test_a_part_above_its_whole_is_recorded_after_it(self, tmp_path: Path) -> None:
        """In one import, whatever the order, and in chains."""
        line = Timeline()
        text = "id,crossing,of\nz,a,y\ny,a,x\nx,a,\n"
        loaded = table.load(line, written(tmp_path / "c.csv", text), linked(part_of=Column("of")))
        assert (loaded.problems, [entry.id for entry in loaded.entries]) == ((), ["x", "y", "z"])

    def test_a_row_waits_for_all_that_it_names(self, tmp_path: Path) -> None:
        """Two rows below it, of which one comes later than the other; and one id said twice waits once."""
        text = "id,crossing,of\nz,a,x y\nz,a,x y\nx,a,\ny,a,\n"
        mapping = linked(after=Column("of", str.split))
        loaded = table.load(Timeline(), written(tmp_path / "c.csv", text), mapping)
        assert ([entry.id for entry in loaded.entries], loaded.unchanged, loaded.problems) == (["x", "y", "z"], 1, ())

    def test_a_redaction_waits_for_what_it_erases(self, tmp_path: Path) -> None:
        """Of what never comes there is nothing to erase."""
        line = Timeline()
        redacted = RowMapping(editorial.EventRedacted, {"target": Column("of")}, only=lambda row: row["of"] != "")
        text = "id,crossing,of\n,,x\n,,q\nx,a,\n"
        loaded = table.load(line, written(tmp_path / "c.csv", text), [redacted, linked(only={"of": ""})])
        assert (loaded.unchanged, loaded.problems, len(line.entries())) == (1, (), 2)
        assert native.said(line.entries()[0])["redacted"] is True

    def test_it_may_come_thousands_of_rows_later(self, tmp_path: Path) -> None:
        """Batches do not matter, and a long chain costs no more than a short one by row."""
        rows = [f"r{n},a,r{n + 1}" for n in range(4500)]
        text = "\n".join(["id,crossing,of", *rows, "r4500,a,", rows[0]])
        loaded = table.load(Timeline(), written(tmp_path / "c.csv", text), linked(part_of=Column("of")))
        assert (len(loaded.entries), loaded.unchanged, loaded.problems) == (4501, 1, ())

    def test_what_never_comes_is_a_problem_of_its_row(self, tmp_path: Path) -> None:
        """Nor may rows name one another in a circle; problems stand in the order of their lines."""
        text = "id,crossing,of\na,x,q\nb,x,c\nc,x,b\nd,two words,\ne,x,\nf,x,c\ng,x,a\nh,x,h\n"
        loaded = table.load(Timeline(), written(tmp_path / "c.csv", text), linked(part_of=Column("of")))
        assert [entry.id for entry in loaded.entries] == ["e"]
        said = {problem.line: problem.reason for problem in loaded.problems}
        assert list(said) == [2, 3, 4, 5, 7, 8, 9]
        assert said[2] == "names 'q': expected the id of an entry on the log, or of a row in this file."
        assert said[3] == (
            "names 'c' (line 4), which names this row in turn: expected rows that do not name one another in a circle. "
            "Leave one of the references out."
        )
        assert "names 'b' (line 3), which names this row in turn" in said[4]
        assert said[7] == "names 'c' (line 4), which was not recorded: see there."
        assert said[8] == "names 'a' (line 2), which was not recorded: see there."
        assert "names 'h' (line 9), which names this row in turn" in said[9]

    @pytest.mark.slow
    def test_a_wide_circle_is_found_in_time(self, tmp_path: Path) -> None:
        """By way of thousands of rows, and with as many that hang on it."""
        rows = [f"r{n},a,r{(n + 1) % 4000}" for n in range(4000)] + [
            f"s{n},a,{f's{n - 1}' if n else 'r0'}" for n in range(4000)
        ]
        text = "\n".join(["id,crossing,of", *rows])
        loaded = table.load(Timeline(), written(tmp_path / "c.csv", text), linked(part_of=Column("of")))
        circular = [problem for problem in loaded.problems if "in turn" in problem.reason]
        assert (len(loaded.problems), len(circular)) == (8000, 4000)


class TestUnknownTypes:
    """An event whose type nobody declared would change nothing: it is refused unless it is asked for."""

    LINES = (
        '{"event": {"type": "custody.detainees_escapd", "version": 1, "data": {"facility": "x"}}, "id": "m"}\n'
        '{"event": {"type": "tests.second_version", "version": 3, "data": {"place": "x"}}, "id": "n"}\n'
        '{"event": {"type": "editorial.disputed", "version": 1, "data": {"target": "o", "rival": '
        '{"type": "newsroom.siren_heard", "version": 1, "data": {}}}}, "id": "r"}\n'
        '{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}, "id": "o"}\n'
    )

    def test_it_is_a_problem_of_its_line_that_says_what_is_near(self, tmp_path: Path) -> None:
        """A misspelt name, a newer version, and an event within another."""
        loaded = native.load(Timeline(), written(tmp_path / "l.jsonl", self.LINES))
        assert [entry.id for entry in loaded.entries] == ["o"]
        misspelt, newer, within = (problem.reason for problem in loaded.problems)
        assert "'custody.detainees_escapd' is not a kind of event" in misspelt
        assert "Did you mean custody.detainees_escaped" in misspelt
        assert misspelt.endswith("To keep it all the same, give unknown='keep' (--unknown keep).")
        assert "version 3 of tests.second_version" in newer
        assert "newsroom.siren_heard" in within

    def test_it_is_kept_where_it_is_asked_for(self, tmp_path: Path) -> None:
        """Then it is written back as it came."""
        line = Timeline()
        assert native.load(line, written(tmp_path / "l.jsonl", self.LINES), unknown="keep").problems == ()
        assert [entry.id for entry in line.entries()] == ["m", "n", "o", "r"]

    def test_every_format_refuses_it(self, tmp_path: Path) -> None:
        """Also what was exported by a program that knew it."""
        line = Timeline()
        native.load(line, written(tmp_path / "l.jsonl", self.LINES), unknown="keep")
        cloudevents.write(line, tmp_path / "c.json", source="https://example.org/t")
        table.write(line, tmp_path / "t.csv")
        assert len(cloudevents.load(Timeline(), tmp_path / "c.json").problems) == 3
        assert cloudevents.load(Timeline(), tmp_path / "c.json", unknown="keep").problems == ()
        assert len(table.load(Timeline(), tmp_path / "t.csv", table.OWN).problems) == 2
        assert table.load(Timeline(), tmp_path / "t.csv", table.OWN, unknown="keep").problems == ()

    def test_a_field_that_a_newer_program_added_is_refused_and_kept_likewise(self, tmp_path: Path) -> None:
        """Data that does not fit is refused in both cases."""
        text = (
            '{"event": {"type": "border.crossing_opened", "version": 1, "data": {"crossing": "x", "lanes": 4}}}\n'
            '{"event": {"type": "border.crossing_opened", "version": 1, "data": {"crossing": "two words"}}}\n'
        )
        path = written(tmp_path / "l.jsonl", text)
        refused = native.load(Timeline(), path).problems
        assert [problem.line for problem in refused] == [1, 2]
        assert "the field 'lanes'" in refused[0].reason
        line = Timeline()
        assert [problem.line for problem in native.load(line, path, unknown="keep").problems] == [2]
        assert native.said(line.entries()[0])["event"]["data"] == {"crossing": "x", "lanes": 4}

    def test_there_are_two_ways(self, tmp_path: Path) -> None:
        """A third is refused."""
        with pytest.raises(InvalidValue, match="unknown is 'drop': expected 'refuse' or 'keep'"):
            native.load(Timeline(), written(tmp_path / "l.jsonl", ""), unknown="drop")  # type: ignore[arg-type]


class TestLinesOfJson:
    """A line that cannot be an entry is a problem."""

    def test_a_line_that_is_too_long_is_one_problem(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is not read to its end, and the lines after it keep their numbers; a backup that holds one is refused."""
        monkeypatch.setattr(jsonl, "LONGEST", 100)
        path = written(tmp_path / "l.jsonl", f'{{"event": "{"x" * 350}"}}\n5\n')
        problems = native.load(Timeline(), path).problems
        assert [(problem.line, problem.reason[:21]) for problem in problems] == [
            (1, "is longer than 100 by"),
            (2, "is 5: expected an obj"),
        ]
        with pytest.raises(LogError, match="line 1 is longer than 100 bytes"):
            Timeline().restore(path)

    @pytest.mark.parametrize(
        "event",
        [
            '{"type": 5}',
            '{"type": 5, "version": 1, "data": {}}',
            '{"type": "x.y", "version": "z", "data": []}',
            '{"type": "x.y", "version": "z", "data": {}}',
            '{"type": "x.y", "version": true, "data": {}}',
        ],
    )
    def test_an_event_of_another_shape_is_a_problem(self, event: str, tmp_path: Path) -> None:
        """Kept or not, it is not an event."""
        path = written(tmp_path / "l.jsonl", f'{{"event": {event}}}\n')
        assert len(native.load(Timeline(), path, unknown="keep").problems) == 1
        found = f'[{{"specversion": "1.0", "id": "e", "data": {{"event": {event}}}}}]'
        assert len(cloudevents.load(Timeline(), written(tmp_path / "c.json", found), unknown="keep").problems) == 1


class TestRowsThatChanged:
    """A correction is recorded where one can be; what cannot be corrected stops no other row."""

    def test_a_changed_editorial_row_is_reported_and_stops_nothing(self, tmp_path: Path) -> None:
        """A dispute can be retracted, and not corrected."""
        line = Timeline()
        line.record(border.CrossingOpened(crossing="a"), id="e")
        mappings = [
            RowMapping(
                editorial.EventDisputed,
                {"target": Column("crossing"), "reason": Column("why")},
                id=Column("id"),
                only=lambda row: row["why"] != "",
            ),
            linked(only=lambda row: row["why"] == ""),
        ]
        path = written(tmp_path / "d.csv", "id,crossing,why\nd,e,he said\n")
        table.load(line, path, mappings)
        written(path, "id,crossing,why\nd,e,she said\nn,new,\n")
        loaded = table.load(line, path, mappings, correct=True)
        assert ([entry.id for entry in loaded.entries], len(loaded.changed)) == (["n"], 1)
        assert [p.line for p in loaded.problems] == [2]
        assert "an editorial row changed, which no correction can say. Retract 'd'" in loaded.problems[0].reason

    def test_a_change_that_no_correction_can_say_is_a_problem_of_its_row(self, tmp_path: Path) -> None:
        """A date that is gone, or another whole: nothing is corrected by halves, and nobody has to find it out."""
        line = Timeline()
        mapping = RowMapping(
            custody.DetaineesEscaped,
            {"facility": "a", "quantity": Column("n", counted)},
            occurred=Column("date"),
            part_of=Column("of"),
            id=Column("id"),
        )
        path = written(tmp_path / "r.csv", "id,n,date,of\nw,9,2026-01-01,\nx,5,2026-01-03,w\ny,2,2026-01-04,w\n")
        table.load(line, path, mapping)
        written(path, "id,n,date,of\nw,9,2026-01-01,\nx,6,,w\ny,3,2026-01-04,\n")
        loaded = table.load(line, path, mapping, correct=True)
        assert [(p.line, p.reason.partition(", which")[0]) for p in loaded.problems] == [
            (3, "the row no longer has a date"),
            (4, "the row names other entries"),
        ]
        assert loaded.entries == ()

    def test_a_correction_that_strict_mode_refuses_is_a_problem_of_its_row(self, tmp_path: Path) -> None:
        """The rows after it are recorded all the same."""
        line = Timeline(strict=True)
        line.record(custody.HeadcountReported(facility="a", quantity=exactly(10)), occurred="2026-01-01")
        released = RowMapping(
            custody.DetaineesReleased,
            {"facility": "a", "quantity": Column("n", counted)},
            occurred=Column("date"),
            id=Column("id"),
        )
        path = written(tmp_path / "r.csv", "id,n,date\nx,4,2026-01-02\n")
        table.load(line, path, released)
        written(path, "id,n,date\nx,400,2026-01-02\ny,3,2026-01-03\n")
        loaded = table.load(line, path, released, correct=True)
        assert ([entry.id for entry in loaded.entries], [problem.line for problem in loaded.problems]) == (["y"], [2])

    @pytest.mark.parametrize("id", ["id", None])
    def test_what_the_log_cannot_hold_is_a_problem_of_its_row(self, id: str | None, tmp_path: Path) -> None:
        """Content that is too long, and a tag that no log can search by, with an id or without."""
        mapping = RowMapping(
            border.CrossingOpened,
            {"crossing": Column("crossing"), "detail": Column("detail"), "about": Column("about", lambda tag: (tag,))},
            id=id and Column(id),
        )
        text = f"id,crossing,detail,about\na,x,{'d' * 1_100_000},\nb,y,,{'t' * 600}\nc,z,,\n"
        loaded = table.load(Timeline(), written(tmp_path / "l.csv", text), mapping)
        assert ([entry.event.crossing for entry in loaded.entries]) == ["z"]
        assert [problem.line for problem in loaded.problems] == [2, 3]

    def test_an_id_says_why_it_cannot_be_one(self, tmp_path: Path) -> None:
        """Colons, which many keys have, take tags apart."""
        loaded = table.load(Timeline(), written(tmp_path / "c.csv", "id,crossing\nrow:1,a\n"), linked())
        assert "without spaces, colons or semicolons, by which tags and lists are taken apart" in str(loaded)

    def test_tags_of_a_cloud_event_are_a_list_of_texts(self, tmp_path: Path) -> None:
        """Anything else is a problem, and no error of Python."""
        event = {"type": "newsroom.siren_heard", "version": 1, "data": {}}
        found = [
            {"specversion": "1.0", "id": "a", "data": {"event": event, "tags": tags}} for tags in (5, [5], "x", None)
        ]
        path = written(tmp_path / "c.json", orjson.dumps(found).decode())
        reasons = [problem.reason for problem in cloudevents.load(Timeline(), path, unknown="keep").problems]
        assert [reason.partition(":")[0] for reason in reasons] == [
            "tags is 5", "tags is [5]", "tags is 'x'", "tags is None",
        ]  # fmt: skip
