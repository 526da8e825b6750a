"""Cells of tables as values: names, counts, dates of other spellings, and the rows that a mapping is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Report, Timeline, When
from timeline.errors import InvalidValue
from timeline.events import agreement, border
from timeline.exchange import declared, table
from timeline.exchange.table import Column, Interval, Only, RowMapping, counted, dated, epoch, slugged, split, whole
from timeline.exchange.texts import reader


def opened(**more: Any) -> RowMapping:
    return RowMapping(border.CrossingOpened, {"crossing": Column("crossing")}, **more)


def load(tmp_path: Path, text: str, mapping: RowMapping | list[RowMapping]) -> tuple[Timeline, table.Loaded]:
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    line = Timeline()
    return line, table.load(line, tmp_path / "rows.csv", mapping)


def written(tmp_path: Path, toml: str) -> list[RowMapping]:
    (tmp_path / "mapping.toml").write_text(
        f'event = "CrossingOpened"\n{toml}\n[fields]\ncrossing = {{ column = "crossing" }}\n', encoding="utf-8"
    )
    return declared.read(tmp_path / "mapping.toml")


class TestSlugs:
    """A name becomes a slug that another name does not have."""

    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("St. Johns County Sheriff’s Office", "st-johns-county-sheriffs-office"),
            ("Al-Hawl (الهول)", "al-hawl-الهول"),
            ("İdlib", "idlib"),
            ("I\u0307dlib", "idlib"),
            ("e\u0301cole", "école"),
            ("किला", "किला"),
            ("กรุงเทพ", "กรุงเทพ"),
            ("سِجْن الحسكة", "سِجْن-الحسكة"),
            ("الهـــول", "الهول"),
            ("می\u200cخواهم", "میخواهم"),
            ("\u200fالهول\u200e", "الهول"),
            ("Ma‘arrat al-Nu'man", "maarrat-al-numan"),
            ("\ufb01eld", "field"),
            ("a ´ b", "a-b"),
            ("__a__b__", "a-b"),
            ("?!", ""),
        ],
    )
    def test_letters_keep_their_marks(self, name: str, slug: str) -> None:
        """Invisible and decorative marks are left out; vowel signs stay."""
        assert slugged(name) == slug

    @pytest.mark.parametrize(("one", "other"), [("किला", "कला"), ("काला", "कला"), ("กรุงเทพ", "กรงเทพ"), ("سِجْن", "سجن")])
    def test_names_that_differ_in_a_mark_differ(self, one: str, other: str) -> None:
        """Two words are two places."""
        assert slugged(one) != slugged(other)

    @given(st.text())
    def test_a_slug_is_its_own_slug(self, text: str) -> None:
        """Reading what was read changes nothing, in any script."""
        slug = slugged(text)
        assert slugged(slug) == slug
        assert not slug or border.CrossingOpened(crossing=slug)

    def test_the_names_of_the_chronicle_stay_apart(self) -> None:
        """Places of one log keep a slug each, in both languages."""
        demo = Timeline.demo()
        names = {name for place in demo.at().facilities.values() for name in place.names.values()}
        assert len(names) > 20
        assert len({slugged(name) for name in names}) == len({name.casefold() for name in names})


class TestNumbers:
    """A count is read if it can mean one number only."""

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("150", 150), ("-150", -150), ("1,500", 1500), ("12,345,678", 12345678), ("150.0", 150), ("٣", 3),
            ("١٬٥٠٠", 1500), ("۱۵۰", 150), ("१५०", 150), ("\u200f150", 150), ("1\u202f500", 1500), ("1\u00a0500", 1500),
        ],
    )  # fmt: skip
    def test_digits_of_any_script_and_thousands(self, text: str, number: int) -> None:
        """Thousands are set apart by commas, or by spaces that hold a number together."""
        assert whole(text) == number

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("1.500", "thousands apart by commas"), ("1 500", "thousands apart by commas"), ("1'500", "by commas"),
            ("1,5", ""), ("1.5", ""), ("1,2345", ""), ("1,500.5", ""), ("1,50\u00a0000", ""), ("", ""), ("½", ""), ("3/4", ""),
            ("12%", "A percentage is not a count"), ("12 ٪", "A percentage is not a count"), ("1.5k", "Quantity.parse"),
            ("~150", "Quantity.parse"), ("ca. 150", "Quantity.parse"), ("نحو ١٥٠", "Quantity.parse"),
            ("120–150", "Quantity.parse"), ("150+", "Quantity.parse"), ("dozens", ""), ("1e3", "Quantity.parse"),
        ],
    )  # fmt: skip
    def test_what_could_mean_another_number_is_refused(self, text: str, hint: str) -> None:
        """The message holds the text, and how it may be written."""
        with pytest.raises(ValueError, match="is not a whole number") as caught:
            counted(text)
        assert repr(text) in str(caught.value)
        assert hint in str(caught.value)


class TestDates:
    """Dates of other spellings say what is written, and no more."""

    @pytest.mark.parametrize(
        ("format", "text", "when"),
        [
            ("%m/%d/%Y", "01/21/2026", "2026-01-21"),
            ("%m/%d/%Y", "1/2/2026", "2026-01-02"),
            ("%d.%m.%Y", "\u200f21.01.2026\u200e", "2026-01-21"),
            ("%Y-%m-%d", "٢٠٢٦-٠١-٢١", "2026-01-21"),
            ("%m/%Y", "01/2026", "2026-01"),
            ("%B %Y", "January 2026", "2026-01"),
            ("%b. %Y", "Sept. 2026", "2026-09"),
            ("%Y", "2026", "2026"),
            ("in %Y, 100%%", "in 2026, 100%", "2026"),
            ("%d%m%Y", "21012026", "2026-01-21"),
            ("%d %B %Y", "21 كانون الثاني 2026", "2026-01-21"),
            ("%d %B %Y", "21 كانون ثاني 2026", "2026-01-21"),
            ("%d %B %Y", "21 تشرين الأول 2026", "2026-10-21"),
            ("%d %B %Y", "21 يناير 2026", "2026-01-21"),
            ("%d %B %Y", "21 ايار ٢٠٢٦", "2026-05-21"),
            ("%A, %d %b %Y", "Wednesday, 21 Jan 2026", "2026-01-21"),
            ("%A %d/%m/%Y", "الأربعاء 21/01/2026", "2026-01-21"),
            ("%d/%m/%Y 00:00", "21/01/2026 00:00", "2026-01-21"),
            ("%Y-%m-%d %H:%M:%S%z", "2026-01-21 09:00:00+03", "2026-01-21T09:00:00+03:00"),
            ("%Y-%m-%d %H:%M:%S.%f %z", "2026-01-21 09:00:00.5 +0330", "2026-01-21T09:00:00.500000+03:30"),
            ("%Y-%m-%dT%H:%M%z", "2026-01-21T09:00Z", "2026-01-21T09:00:00Z"),
        ],
    )
    def test_a_date_says_what_its_format_says(self, format: str, text: str, when: str) -> None:
        """A month stays a month; names are English or Arabic; an offset makes an instant."""
        assert dated(format)(text) == When(when)

    @pytest.mark.parametrize(
        ("text", "when"),
        [
            ("1/21/2026 9:05 AM", "2026-01-21T09:05:00+03:00"),
            ("1/21/2026 9:05\u202fp.m.", "2026-01-21T21:05:00+03:00"),
            ("1/21/2026 12:05 AM", "2026-01-21T00:05:00+03:00"),
            ("1/21/2026 12:05 م", "2026-01-21T12:05:00+03:00"),
        ],
    )
    def test_a_clock_is_read_in_its_zone(self, text: str, when: str) -> None:
        """This holds for any number of hands."""
        assert dated("%m/%d/%Y %I:%M %p", tz="Asia/Baghdad")(text) == When(when)

    @pytest.mark.parametrize(
        ("format", "text", "said"),
        [
            ("%m/%d/%Y", "15/06/2018", "has no month 15"),
            ("%d/%m/%Y", "30/02/2026", "2026-02 has 28 days"),
            ("%d/%m/%Y", "21-01-2026", "written as %d/%m/%Y."),
            ("%d/%m/%Y", "21/01/26", "written as %d/%m/%Y: it has no year of four digits. Write the year in full."),
            ("%d %B %Y", "21 January", "no year of four digits"),
            ("%B %Y", "mid-January 2026", "written as %B %Y."),
            ("%d%m%Y", "1012026", "written as %d%m%Y."),
            ("%Y", "0000", "0001 to 9999"),
            ("%d %B %Y", "21 janvier 2026", "in English or Arabic"),
            ("%A %d/%m/%Y", "Monday 21/01/2026", "2026-01-21 is not a Monday"),
            ("%d/%m/%Y %H:%M", "21/01/2026 09:00", "a clock without a zone. Name the zone"),
            ("%d/%m/%Y %H:%M", "21/01/2026 00:00", "If midnight only means the day"),
            ("%d/%m/%Y %H:%M %z", "21/01/2026 24:00 Z", "hour must be in 0..23"),
            ("%d/%m/%Y %I:%M %p %z", "21/01/2026 13:00 PM Z", "13 is not an hour before or after noon"),
        ],
    )
    def test_what_it_does_not_say_is_refused(self, format: str, text: str, said: str) -> None:
        """The message holds the text and the format."""
        with pytest.raises(ValueError, match="is not a date written as") as caught:
            dated(format)(text)
        assert repr(text) in str(caught.value)
        assert said in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "said"), [("2026-10-25 02:30", "had two moments of"), ("2026-03-29 02:30", "skipped")]
    )
    def test_a_time_that_clocks_show_twice_or_never_is_refused(self, text: str, said: str) -> None:
        """Nobody can know which of the two was meant."""
        with pytest.raises(ValueError, match=f"Europe/Berlin {said} 02:30:00"):
            dated("%Y-%m-%d %H:%M", tz="Europe/Berlin")(text)

    def test_a_column_may_be_written_in_several_ways(self) -> None:
        """The format that fits is used; where two read it differently, neither is."""
        read = dated("%d/%m/%Y", "%m/%d/%Y", "%B %Y")
        assert (read("15/06/2018"), read("05/05/2018")) == (When("2018-06-15"), When("2018-05-05"))
        assert read("January 2026") == When("2026-01")
        with pytest.raises(ValueError, match="'06/05/2018' is 2018-05-06 or 2018-06-05"):
            read("06/05/2018")
        with pytest.raises(ValueError, match=r"written as %d/%m/%Y or %m/%d/%Y or %B %Y\."):
            read("soon")

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda: dated(), "has no format"),
            (lambda: dated(5), "5 has no year"),
            (lambda: dated(""), "has no year"),
            (lambda: dated("%d %B"), "has no year: expected %Y"),
            (lambda: dated("%d/%m/%y"), "leaves the century open"),
            (lambda: dated("%c"), "locale"),
            (lambda: dated("%Y-%m-%d %H:%M %Z"), "names of zones mean several offsets"),
            (lambda: dated("%Q"), "has %Q, which is not read: expected %Y"),
            (lambda: dated("%Y%"), "has %, which is not read"),
            (lambda: dated("%d/%Y"), "has %d without %m"),
            (lambda: dated("%Y-%m-%d %H"), "has an hour without %M"),
            (lambda: dated("%Y-%m %H:%M"), "has an hour without %d"),
            (lambda: dated("%Y-%m-%d %I:%M"), "has %I without %p"),
            (lambda: dated("%Y-%m-%d %H:%M %p"), "has %p without %I"),
            (lambda: dated("%Y-%m-%d %H:%M %I %p"), "has two hours"),
            (lambda: dated("%B %m %Y"), "has %m twice"),
            (lambda: dated("%Y", tz="Asia/Baghdad"), "has no clock: leave it out"),
            (lambda: dated("%Y-%m-%d %H:%M", tz="Asia/Bagdad"), "is not a time zone"),
            (lambda: epoch(0), "expected the units in a second"),
        ],
    )  # fmt: skip
    def test_a_format_that_would_invent_is_refused_when_declared(self, make: Callable[[], Any], said: str) -> None:
        """A missing year, a century to guess, an hour without minutes."""
        with pytest.raises(InvalidValue) as caught:
            make()
        assert said in str(caught.value)

    def test_a_number_of_seconds_far_from_any_date_is_refused(self) -> None:
        """It is in another unit."""
        with pytest.raises(ValueError, match="'1437764461000000' lies outside the years 0001 to 9999"):
            epoch(1)("1437764461000000")

    def test_rows_minutes_apart_have_an_instant_each(self, tmp_path: Path) -> None:
        """Three thousand rows of one desk's log, as a spreadsheet writes them."""
        start = datetime(2026, 1, 21, 22, 0, tzinfo=ZoneInfo("Asia/Baghdad"))
        moments = [start + timedelta(minutes=number) for number in range(3000)]
        rows = "".join(f"c{number},{moment:%d/%m/%Y %H:%M}\n" for number, moment in enumerate(moments))
        mapping = opened(occurred=Column("when", dated("%d/%m/%Y %H:%M", tz="Asia/Baghdad")))
        line, loaded = load(tmp_path, f"crossing,when\n{rows}", mapping)
        assert loaded.problems == ()
        assert [entry.occurred for entry in line.entries()] == list(map(When.of, moments))

    def test_a_clock_without_a_zone_is_a_problem_of_its_row(self, tmp_path: Path) -> None:
        """It does not become a day, and stops no other row."""
        mapping = opened(occurred=Column("when", dated("%d/%m/%Y %H:%M", "%d/%m/%Y")))
        line, loaded = load(tmp_path, "crossing,when\na,21/01/2026 09:00\nb,21/01/2026\n", mapping)
        assert [str(entry.occurred) for entry in line.entries()] == ["2026-01-21"]
        assert str(loaded.problems[0]).startswith("rows.csv:2: when: '21/01/2026 09:00' is not a date written as")


class TestIntervals:
    """Two columns say from when to when."""

    @pytest.mark.parametrize(
        ("row", "occurred"),
        [
            ("2026-01-21,12.02.2026", "2026-01-21/2026-02-12"),
            ("2026-01-21,", "2026-01-21"),
            (",12.02.2026", "/2026-02-12"),
            ("2026-02-12,12.02.2026", "2026-02-12"),
            (",", "None"),
        ],
    )
    def test_blank_ends_say_nothing(self, row: str, occurred: str, tmp_path: Path) -> None:
        """A blank end does not count, and equal ends are one time."""
        cell = Interval(Column("from"), Column("to", dated("%d.%m.%Y")))
        line, _ = load(tmp_path, f"crossing,from,to\na,{row}\n", opened(occurred=cell))
        assert str(line.entries()[0].occurred) == occurred

    def test_a_problem_names_its_column(self, tmp_path: Path) -> None:
        """Also where the ends are in the wrong order."""
        mapping = opened(occurred=Interval(Column("from"), Column("to")))
        _, loaded = load(tmp_path, "crossing,from,to\na,2026-01-21,soon\na,2026-02,2026-01\n", mapping)
        assert [(problem.column, problem.reason.split(" ")[0]) for problem in loaded.problems] == [
            ("to", "'soon'"), ("from", "'2026-02/2026-01'"),
        ]  # fmt: skip

    def test_in_a_file(self, tmp_path: Path) -> None:
        """A mapping file says from and to; both columns are needed."""
        toml = 'occurred = { from = { column = "a", read = "dated %d.%m.%Y" }, to = { column = "b" } }'
        line, _ = load(tmp_path, "crossing,a,b\nx,21.01.2026,2026-02\n", written(tmp_path, toml))
        assert str(line.entries()[0].occurred) == "2026-01-21/2026-02"
        with pytest.raises(InvalidValue, match="no column b"):
            load(tmp_path, "crossing,a\nx,21.01.2026\n", written(tmp_path, toml))


class TestRows:
    """A mapping says which rows it is for, and which words say nothing."""

    ROWS = "crossing,kind\na,opened\nb,closed\nc,seen\nd,\n"

    @pytest.mark.parametrize(
        ("only", "names"),
        [
            ({"kind": "opened"}, "a"),
            ({"kind": ["opened", "seen"]}, "ac"),
            ({"kind": {"not": "closed"}}, "acd"),
            ({"kind": {"not": ["closed", ""]}}, "ac"),
            ({"kind": ""}, "d"),
            ({"kind": "opened", "crossing": "b"}, ""),
            (lambda cells: cells["kind"] == "seen", "c"),
        ],
    )
    def test_rows_by_what_a_cell_says(self, only: Any, names: str, tmp_path: Path) -> None:
        """One text, one of several, or none of them."""
        line, _ = load(tmp_path, self.ROWS, opened(only=only))
        assert "".join(entry.event.crossing for entry in line.entries()) == names

    def test_texts_that_look_alike_are_alike(self, tmp_path: Path) -> None:
        """Composed or not, with direction marks or without: no row is skipped for what nobody sees."""
        rows = "crossing,kind\na,ferme\u0301\nb,\u200fفرار\nc,né\u200eant\n"
        line, _ = load(tmp_path, rows, opened(only={"kind": ["fermé", "فرار", "néant"]}))
        assert len(line.entries()) == 3
        line, loaded = load(tmp_path, "crossing\nne\u0301ant\n", opened(blank="néant"))
        assert [problem.column for problem in loaded.problems] == ["crossing"]

    def test_rows_by_what_a_cell_says_in_a_file(self, tmp_path: Path) -> None:
        """Numbers are compared by their digits."""
        line, _ = load(tmp_path, self.ROWS, written(tmp_path, 'only = { kind = { not = ["closed", "seen", 5] } }'))
        assert [entry.event.crossing for entry in line.entries()] == ["a", "d"]

    @pytest.mark.parametrize("said", [{"kind": []}, {"kind": True}, {"kind": {"is": "x"}}, {"kind": [None]}, 5])
    def test_what_would_skip_every_row_is_refused(self, said: Any) -> None:
        """A mistake in `only` is an error, and does not give an empty file."""
        with pytest.raises(InvalidValue, match="expected"):
            opened(only=said)

    def test_a_misspelt_column_of_only_is_found_out(self, tmp_path: Path) -> None:
        """It would skip every row."""
        with pytest.raises(InvalidValue, match="has no column knd"):
            load(tmp_path, self.ROWS, opened(only=Only({"knd": "opened"})))

    def test_a_misspelt_column_in_a_text_is_found_out(self, tmp_path: Path) -> None:
        """It would leave the braces blank."""
        with pytest.raises(InvalidValue, match="has no column knd"):
            load(tmp_path, self.ROWS, written(tmp_path, 'id = { text = "{crossing}-{knd}" }'))

    @pytest.mark.parametrize("declare", [lambda path: opened(occurred=Column("when"), blank=["NONE", "NA"]),
                                         lambda path: written(path, 'blank = ["NONE", "NA"]\noccurred = { column = "when" }')])  # fmt: skip
    def test_words_that_say_nothing(self, declare: Callable[[Path], Any], tmp_path: Path) -> None:
        """They leave the time out, and are a problem where something is needed."""
        line, loaded = load(tmp_path, "crossing,when\na,NONE\nb,2026\nNA,2026\n", declare(tmp_path))
        assert [str(entry.occurred) for entry in line.entries()] == ["None", "2026"]
        assert [str(problem) for problem in loaded.problems] == [
            "rows.csv:4: crossing: is blank: CrossingOpened needs it"
        ]

    @pytest.mark.parametrize("blank", [[], [None], {"NA": 1}])
    def test_words_that_say_nothing_are_words(self, blank: Any) -> None:
        """Anything else is refused when declared."""
        with pytest.raises(InvalidValue, match="blank is"):
            opened(blank=blank)


class TestSeveral:
    """A cell that holds several values."""

    def test_several_publications_in_a_cell(self, tmp_path: Path) -> None:
        """Each is a report; what is said once is said of all."""
        mapping = opened(
            report={
                "source": Column("who", split(";")),
                "published": Column("out", split(";", dated("%d.%m.%Y"))),
                "language": Column("lang"),
            }
        )
        text = "crossing,who,out,lang\na,AFP; Reuters,21.01.2026;22.01.2026,en\nb,AFP;Reuters;,23.01.2026,\nc,AFP,1.1.2026; 2.1.2026,\n"
        line, _ = load(tmp_path, text, mapping)
        assert [entry.reports for entry in line.entries()] == [
            (Report("AFP", published="2026-01-21", language="en"), Report("Reuters", published="2026-01-22", language="en")),
            (Report("AFP", published="2026-01-23"), Report("Reuters", published="2026-01-23")),
            (Report("AFP", published="2026-01-01"), Report("AFP", published="2026-01-02")),
        ]  # fmt: skip

    def test_a_blank_between_separators_keeps_its_place(self, tmp_path: Path) -> None:
        """The date that one source gives is not given to another; a place blank in all columns is none."""
        mapping = opened(report={"source": Column("who", split(";")), "published": Column("out", split(";"))})
        rows = [
            "a,AFP;Reuters,;2026",
            "b,AFP;Reuters,2025;",
            "c,AFP;SANA;Reuters,2025;;2026",
            "d,AFP;;Reuters,2025;;2026;",
        ]
        line, _ = load(tmp_path, "\n".join(["crossing,who,out", *rows]), mapping)
        assert [[(r.source, r.published and r.published.text) for r in entry.reports] for entry in line.entries()] == [
            [("AFP", None), ("Reuters", "2026")],
            [("AFP", "2025"), ("Reuters", None)],
            [("AFP", "2025"), ("SANA", None), ("Reuters", "2026")],
            [("AFP", "2025"), ("Reuters", "2026")],
        ]

    def test_a_publication_whose_source_is_blank_is_a_problem(self, tmp_path: Path) -> None:
        """Nobody can know who published it."""
        mapping = opened(report={"source": Column("who", split(";")), "published": Column("out", split(";"))})
        _, loaded = load(tmp_path, "crossing,who,out\na,AFP;;SANA,2024;2025;2026\n", mapping)
        assert [str(problem) for problem in loaded.problems] == ["rows.csv:2: who: is blank: Report needs it"]

    def test_lists_that_do_not_go_together_are_a_problem(self, tmp_path: Path) -> None:
        """Nobody can know which date is whose; and separators alone are blank."""
        toml = '[report]\nsource = { column = "who", split = ";" }\npublished = { column = "out", split = ";" }\n'
        _, loaded = load(tmp_path, "crossing,who,out\na,A;B;C,2026;2025\nb,;,2026\n", written(tmp_path, toml))
        assert [str(problem) for problem in loaded.problems] == [
            "rows.csv:2: holds 3 of source, 2 of published: expected as many of each, or one for all.",
            "rows.csv:3: who: is blank: Report needs it",
        ]

    def test_several_values_of_a_field(self, tmp_path: Path) -> None:
        """As the field wants them, by commas of either script, or by a reader."""
        texts = written(tmp_path, "")[0]
        assert texts.columns == ("crossing",)
        signed = RowMapping(agreement.AgreementSigned, {"agreement": "a", "parties": Column("p", split("/", slugged))})
        line, _ = load(tmp_path, "p\nSDF / Syrian government\n", signed)
        assert line.entries()[0].event.parties == ("sdf", "syrian-government")


class TestMappingFiles:
    """A mapping file reads dates as a program does."""

    def test_a_clock_by_its_zone_and_several_formats(self, tmp_path: Path) -> None:
        """`read` takes a list of formats, and `tz` beside it."""
        toml = (
            'occurred = { column = "when", tz = "Asia/Baghdad",'
            ' read = ["dated %d/%m/%Y %H:%M", "dated %d/%m/%Y", "dated %m/%Y"] }'
        )
        rows = "crossing,when\na,21/01/2026 09:00\nb,21/01/2026\nc,01/2026\n"
        line, _ = load(tmp_path, rows, written(tmp_path, toml))
        assert [str(entry.occurred) for entry in line.entries()] == [
            "2026-01-21T09:00:00+03:00", "2026-01-21", "2026-01",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            ('{ column = "a", read = ["dated %Y", "slugged"] }', "expected slugged, counted"),
            ('{ column = "a", read = [] }', "expected slugged, counted"),
            ('{ column = "a", read = 5 }', "read = 5"),
            ('{ column = "a", read = "dated %d %B" }', "has no year"),
            ('{ column = "a", read = "slugged", tz = "UTC" }', "beside read = 'dated …' only"),
            ('{ column = "a", read = "dated %Y", split = ";" }', "is not a cell"),
            ('{ from = "2026", to = { column = "a" } }', "from is '2026'"),
            ('{ from = { column = "a" } }', "is not a cell"),
        ],
    )
    def test_a_cell_that_cannot_be_read_is_refused(self, cell: str, said: str, tmp_path: Path) -> None:
        """The error names what was found."""
        with pytest.raises(InvalidValue) as caught:
            written(tmp_path, f"occurred = {cell}")
        assert said in str(caught.value)


class TestConstants:
    """A constant of a mapping file is read as its field wants it, before any row is."""

    def test_numbers_are_quantities_and_years(self, tmp_path: Path) -> None:
        """They need no quotes, and a date of TOML is one."""
        (tmp_path / "m.toml").write_text(
            'event = "DetaineesEscaped"\noccurred = 2026\nid = 5\n[fields]\nquantity = 150\nfacility = { column = "f" }\n'
            '[report]\nsource = "x"\npublished = 2026-01-21\ncredibility = 2\n', "utf-8"
        )  # fmt: skip
        line, loaded = load(tmp_path, "f\na\n", declared.read(tmp_path / "m.toml"))
        assert loaded.problems == ()
        entry = line.entries()[0]
        assert (entry.id, str(entry.occurred), str(entry.event.quantity)) == ("5", "2026", "150")
        assert entry.reports == (Report("x", published="2026-01-21", credibility=2),)

    @pytest.mark.parametrize(
        ("toml", "said"),
        [
            ('occurred = "21/01/2026"', "has its year last"),
            ('[report]\nsource = "x"\npublished = "soon"', "is not an EDTF date"),
        ],
    )
    def test_a_constant_that_is_no_time_is_refused_when_the_mapping_is_read(
        self, toml: str, said: str, tmp_path: Path
    ) -> None:
        """It would be a problem of every row."""
        with pytest.raises(InvalidValue, match=said):
            written(tmp_path, toml)


class TestFields:
    """Texts are read by what a field holds."""

    @pytest.mark.parametrize("text", ["sdf, syria-gov", "sdf; syria-gov", "sdf،syria-gov", "sdf、syria-gov;"])
    def test_a_list_is_set_apart_by_commas_of_any_script(self, text: str) -> None:
        """No separator becomes a part of a slug."""
        assert reader(tuple[str, ...])(text) == ("sdf", "syria-gov")

    def test_flags_as_spreadsheets_write_them(self) -> None:
        """Letters of either case; nothing else is taken for one."""
        assert [reader(bool)(text) for text in ("true", "TRUE", "False")] == [True, True, False]
        with pytest.raises(ValueError, match="'1' is neither true nor false"):
            reader(bool)("1")

    @pytest.mark.parametrize("text", ["1_000", "nan", "inf", "1,5", "٣"])
    def test_what_is_no_number_is_refused(self, text: str) -> None:
        """Python's own reading takes more than people mean."""
        assert (reader(float)("-36.5"), reader(float)("1e3")) == (-36.5, 1000)
        with pytest.raises(ValueError, match=f"'{text}' is not a number: expected digits and a point"):
            reader(float)(text)


class TestObjects:
    """JSON rows are checked against the mapping, though they need not agree among themselves."""

    MAPPING = RowMapping(border.CrossingOpened, {"crossing": Column("name")}, occurred=Column("date"))

    @pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
    def test_a_column_that_no_object_has_is_refused(self, name: str, tmp_path: Path) -> None:
        """Nothing is recorded without the date that a misspelt name would leave out."""
        objects = ['{"name": "a", "Date": "2026"}', '{"name": "b"}']
        text = "\n".join(objects) if name.endswith("l") else f"[{','.join(objects)}]"
        (tmp_path / name).write_text(text, "utf-8")
        line = Timeline()
        with pytest.raises(InvalidValue, match=f"no object of {name} has date: expected .* They have name, Date"):
            table.load(line, tmp_path / name, self.MAPPING)
        assert line.entries() == ()

    def test_objects_may_leave_out_what_they_do_not_say(self, tmp_path: Path) -> None:
        """A key that some object has, or that is null, is allowed; order and problems stay."""
        objects = ['{"name": "a"}', "{", '{"name": "b", "date": "2026"}', '{"name": "c", "date": null}']
        (tmp_path / "rows.jsonl").write_text("\n".join(objects), "utf-8")
        line = Timeline()
        loaded = table.load(line, tmp_path / "rows.jsonl", self.MAPPING)
        assert [(e.event.crossing, str(e.occurred)) for e in line.entries()] == [
            ("a", "None"),
            ("b", "2026"),
            ("c", "None"),
        ]
        assert [problem.line for problem in loaded.problems] == [2]

    def test_an_object_inside_another_has_columns_by_its_path(self, tmp_path: Path) -> None:
        """A key that is written like a path goes first, and the whole is there as JSON."""
        objects = [
            '{"at": {"name": "a", "seen": {"day": "2026"}}, "by": ["x", "y"], "at.kind": "own"}',
            '{"at": {"name": "b", "kind": "inner"}, "by": []}',
            '{"at": null}',
        ]
        (tmp_path / "rows.jsonl").write_text("\n".join(objects), "utf-8")
        name = Column("at.name")
        seen: list[tuple[str, ...]] = []

        def detail(row: Mapping[str, str]) -> str:
            seen.append(tuple(row.get(key, "-") for key in ("at", "at.kind", "by")))
            return "seen"

        mapping = RowMapping(
            border.CrossingOpened, {"crossing": name, "detail": detail}, occurred=Column("at.seen.day")
        )
        line = Timeline()
        loaded = table.load(line, tmp_path / "rows.jsonl", mapping)
        assert [(e.event.crossing, str(e.occurred)) for e in line.entries()] == [("a", "2026"), ("b", "None")]
        assert [problem.line for problem in loaded.problems] == [3]
        whole = '{"name":"a","seen":{"day":"2026"}}'
        assert seen[:2] == [(whole, "own", '["x","y"]'), ('{"name":"b","kind":"inner"}', "inner", "[]")]

    def test_a_declared_mapping_names_such_columns_too(self, tmp_path: Path) -> None:
        """In cells, in texts and in the choice of rows."""
        (tmp_path / "rows.jsonl").write_text('{"at": {"name": "a", "no": 7}}\n{"at": {"name": "b", "no": 8}}', "utf-8")
        (tmp_path / "rows.toml").write_text(
            'event = "border.crossing_opened"\nid = { text = "r-{at.no}" }\nonly = { "at.no" = "7" }\n'
            'fields = { crossing = { column = "at.name" } }\n',
            "utf-8",
        )
        line = Timeline()
        table.load(line, tmp_path / "rows.jsonl", declared.read(tmp_path / "rows.toml"))
        assert [(entry.id, entry.event.crossing) for entry in line.entries()] == [("r-7", "a")]

    def test_a_file_without_objects_lacks_nothing(self, tmp_path: Path) -> None:
        """Empty, or of lines that cannot be read."""
        (tmp_path / "rows.jsonl").write_text("{\n", "utf-8")
        assert len(table.load(Timeline(), tmp_path / "rows.jsonl", self.MAPPING).problems) == 1

    def test_no_more_than_ten_thousand_objects_are_held_back(self, tmp_path: Path) -> None:
        """A file that is larger is refused without being read to its end."""
        (tmp_path / "rows.jsonl").write_text('{"name": "a"}\n' * 10_000 + '{"name": "a", "date": "2026"}\n', "utf-8")
        with pytest.raises(InvalidValue, match="no object of rows.jsonl has date"):
            table.load(Timeline(), tmp_path / "rows.jsonl", self.MAPPING)
