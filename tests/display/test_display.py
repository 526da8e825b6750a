"""Notebooks and terminals: complete, escaped, cut where long, and each text set in its own direction."""

from __future__ import annotations

import gc
import importlib
import io
import pickle
import pkgutil
import re

import attrs
import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import timeline
from examples.northeast_syria import load
from timeline import Draft, Report, Timeline, about, between, event, exactly
from timeline.answers.tabular import Tabular
from timeline.display.cells import Table
from timeline.display.html import html
from timeline.display.rows import entry as entry_row
from timeline.display.sheets import FEW, MANY, findings, part, reasons, sheet
from timeline.display.terminal import rendered
from timeline.display.web import is_web
from timeline.display.words import Words, names_in
from timeline.displayable import Displayable, Exportable, KnowsNames, ProjectionView, Tellable
from timeline.events import agreement, border, custody, entity, facility
from timeline.exchange.answertables import entity_table, finding_table
from timeline.exchange.sharing import export
from timeline.live import current
from timeline.values.visible import visible

ALLOWED = {
    "html", "head", "body", "div", "style", "header", "b", "span", "table", "caption", "thead", "tbody", "tr", "th",
    "td", "details", "summary", "ul", "li", "i", "q", "bdi", "a", "p",
}  # fmt: skip


@pytest.fixture(scope="module")
def chronicle():
    line = Timeline()
    load(line)
    return line


def parsed(markup):
    return html5lib.parse(markup, namespaceHTMLElements=False)


def shown(value):
    """Return the HTML that a reader of a notebook sees."""
    tree = parsed(value._repr_mimebundle_()["text/html"])
    for style in list(tree.iter("style")):
        style.text = ""
    return re.sub(r"\s+", " ", " ".join(tree.itertext()))


def printed(value, width=160):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor")
    console.print(value)
    return console.file.getvalue()


def told(quote="x", *, source="Reuters", url=None, detail="", name=None):
    line = Timeline()
    line.record(facility.FacilityRegistered(facility="al-hol-camp", kind="camp", names={"en": name or "Al-Hol"}))
    line.record(
        facility.ControlChanged(facility="al-hol-camp", authority="sdf", detail=detail),
        occurred="2026-01-20",
        reports=[Report(source, published="2026-01-21", quote=quote, url=url, attributed_to=quote)],
    )
    return line


def everything(line):
    s = line.at()
    return [
        line, s, *line.entries(), *s.findings, s.facilities, s.custody, s.agreements, s.border, s.why("facilities", "al-hol-camp", "control"),
        line.diff("2020-01-01", "2030-01-01"),
    ]  # fmt: skip


def judged():
    line = told()
    line.record(facility.FacilityRegistered(facility="al-hol-camp", aliases=("الهول",)))
    same = entity.IdentityJudged(left="facility:al-hol-camp", right="facility:al-hawl", judgement="same")
    unsure = entity.IdentityJudged(left="facility:al-roj", right="facility:roj", judgement="unsure")
    line.record_all([Draft(same, reports=[Report("desk 3")], recorder="ana"), Draft(unsure, recorder="ben")])
    return line


def displayable():
    """Return every class of the library that shows itself and of which there are values."""
    for module in pkgutil.walk_packages(timeline.__path__, "timeline."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    every, waiting = set(), [Displayable]
    while waiting:
        waiting += (new := {cls for cls in waiting.pop().__subclasses__() if cls.__module__.startswith("timeline.")})
        every |= new
    inner = {cls for cls in every if cls.__module__ == "timeline.generated" or cls.__name__.startswith("_")}
    return every - inner - {Tellable, Exportable, KnowsNames, Tabular, ProjectionView}


def answers(line):
    s, path = line.at("2026-01-25"), ("facilities", "al-hol-camp", "control")
    count = ("custody", "al-shaddadi-prison", "escaped")
    exported = export(line)
    return [
        line, s, line.entries()[0], s.findings, s.findings[0], s.facilities, s.custody, s.agreements, s.border,
        s.entities, s.why(*path), s.history(*path), s.diff(line.at()), s.plans, s.plans.all[0], s.claims(), s.disputed(*path),
        s.versions(*count), s.spread(*count), line.learned("2026-01-21", *path), line.spans(*path), line.spans("findings"),
        line.bisect(lambda at: at.findings, every=True), line.delays(), line.delays().by("source"),
        judged().suggest_same(least=0), finding_table(exported), entity_table(exported),
    ]  # fmt: skip


class TestNames:
    """A value says the names that people use, and no slug where a name is known."""

    @pytest.mark.parametrize(
        "ask",
        [
            lambda s: s.facilities,
            lambda s: s.findings,
            lambda s: s.findings.of(kind="disputed"),
            lambda s: s.why("facilities", "al-hol-camp", "control"),
        ],
    )
    def test_parts_of_a_situation_know_them(self, ask):
        """Alone in a notebook and in a terminal, as the whole situation does; a copy that was pickled too, if a view."""
        line = told()
        line.record(entity.EntityRegistered(entity="authority:sdf", names={"en": "Syrian Democratic Forces"}))
        taken = line.record(facility.ControlChanged(facility="al-hol-camp", authority="sdf"), occurred="2026-01-22")
        line.dispute(taken, rival=facility.ControlChanged(facility="al-hol-camp", authority="un"))
        value = ask(line.at())
        for face in (shown(value), printed(value)):
            assert "Al-Hol" in face and "al-hol-camp" not in face
            assert "Syrian Democratic Forces" in face and "sdf" not in face

    def test_every_answer_knows_them(self, chronicle):
        """An answer says no slug that has a name: in a notebook and in a terminal."""
        named = {
            tag.partition(":")[2]
            for tag, names in chronicle.entity_names().items()
            if names.get("en") not in (None, tag.partition(":")[2])
        }
        named -= {"foreign", "iraqi"}  # words of sources too
        slug = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, named))})(?![\w-])")
        by_slug = ("Suggestions", "FindingTable", "EntityTable")
        for value in answers(chronicle):
            if type(value).__name__ not in by_slug:
                for face in (shown(value), re.sub(r"\x1b\[[0-9;]*m", "", printed(value))):
                    assert not slug.findall(face), type(value).__name__

    def test_texts_have_them(self):
        """Findings, changes and views have names when they are printed."""
        line = told()
        line.record(entity.EntityRegistered(entity="authority:sdf", names={"en": "SDF"}))
        taken = line.record(facility.ControlChanged(facility="al-hol-camp", authority="sdf"), occurred="2026-01-22")
        line.dispute(taken, rival=facility.ControlChanged(facility="al-hol-camp", authority="un"))
        s = line.at()
        assert str(s.findings[0]).startswith("disputed: Al-Hol: control changed: authority=SDF")
        assert str(s.findings) == str(s.findings[0])
        assert str(line.diff("2026-01-01", "2026-01-21")).startswith("facilities · al-hol-camp · control: – → SDF")
        assert "Al-Hol" in str(s.facilities) and "al-hol-camp" not in str(s.facilities)

    def test_moments_of_spans_are_those_of_their_text(self, chronicle):
        """A publication does not bear the date of the next day."""
        found = chronicle.spans("facilities", "al-aqtan-prison", "control")
        for face in (shown(found), printed(found)):
            assert "2026-01-19" in face and "2026-01-24" not in face
        assert "2025-07-31" in printed(chronicle.spans("findings"))

    def test_an_answer_without_rows_shows_itself(self):
        """In a notebook and in a terminal: it has no table."""
        line = told()
        for empty in (line.spans("findings"), line.spans("facilities", "al-hol-camp", "status"), line.suggest_same()):
            assert "0 in all" in shown(empty) and "0 in all" in printed(empty)

    def test_a_title_is_not_said_twice(self):
        """Of one table, the title is its heading; an ended agreement says how it ended, and no more."""
        line = told()
        assert printed(line.at().facilities).casefold().count("facilities") == 1
        line.record(agreement.AgreementTerminated(agreement="deal"), occurred="2026-01-20")
        assert "ended" not in shown(line.at().agreements)

    def test_units_have_words(self):
        """In a table too, a unit is a word and no slug; in Arabic it is in Arabic, unless the words are the source's own."""
        line = Timeline()
        for unit in ("km-of-wall", "grain-silos"):
            built = border.BorderMeasureTaken(sector="s", measure="wall", quantity=about(350, unit=unit))
            line.record(built, occurred="2026-01-20")
        for face in (shown(line.at()), printed(line.at())):
            assert "350 km of wall" in face and "350 grain silos" in face
        assert Words("ar").signs(about(350, unit="days")) == "≈350 أيام"

    def test_pairs_to_judge_have_them_beside_their_tags(self):
        """A judgement takes the tags, and a reader knows the names. Findings over time have names, and frames slugs."""
        line = told()
        pytest.importorskip("rapidfuzz")
        line.record(facility.ControlChanged(facility="al-hol-camp-2", authority="sdf"), occurred="2026-01-22")
        found = line.suggest_same(least=0)
        assert "facility:al-hol-camp (Al-Hol)" in str(found)
        assert "facility:al-hol-camp (Al-Hol)" not in str(pickle.loads(pickle.dumps(found)))
        for face in (shown(found), printed(found)):
            assert "Al-Hol" in face and "facility:al-hol-camp" in face
        taken = line.record(facility.ControlChanged(facility="al-hol-camp", authority="sdf"), occurred="2026-01-22")
        line.dispute(taken, rival=facility.ControlChanged(facility="al-hol-camp", authority="un"))
        lasting = line.spans("findings")
        assert "Al-Hol: control changed" in str(lasting) and "Al-Hol: control changed" in str(lasting[0])
        assert "al-hol-camp: control changed" in next(iter(lasting.rows()))["what"]

    def test_an_entry_outlives_its_timeline(self):
        """It then shows slugs, as a pickled copy does, and so it does once the log is closed."""
        line = told()
        entry = line.entries()[1]
        assert "Al-Hol" in shown(entry) and "al-hol-camp" in shown(pickle.loads(pickle.dumps(entry)))
        line.close()
        assert "al-hol-camp" in shown(entry)
        del line
        gc.collect()
        assert "al-hol-camp" in shown(entry)

    def test_a_long_log_is_not_folded_for_names(self, tmp_path, monkeypatch):
        """The first entry of a log that nobody asked shows slugs, and names after a question."""
        with Timeline.open(tmp_path / "a.db") as line:
            line.record(entity.EntityRegistered(entity="authority:sdf", names={"en": "Forces"}))
            line.record(facility.ControlChanged(facility="a-camp", authority="sdf"), id="taken")
        monkeypatch.setattr(current, "_SHORT", 0)
        with Timeline.open(tmp_path / "a.db") as line:
            entry = line.entry("taken")
            assert "sdf" in shown(entry)
            assert line.at().facilities["a-camp"].holder() == "sdf"
            assert "Forces" in shown(entry)

    def test_names_in_a_list_stand_apart(self):
        """A comma is between them, since a name may have several words."""
        line = Timeline()
        for slug, name in (("a", "Camp A"), ("b", "Camp B")):
            line.record(facility.FacilityRegistered(facility=slug, names={"en": name}))
        said = line.record(agreement.StatementMade(about=("facility:a", "facility:b")), occurred="2026-01-20")
        assert "about Camp A, Camp B" in re.sub(r"\x1b\[[0-9;]*m", "", printed(said))

    def test_a_pickled_finding_keeps_what_it_says(self):
        """But not the way to the log."""
        line = told()
        line.record(facility.ControlChanged(facility="al-hol-camp", manner="vacated"), occurred="2026-01-25")
        (found,) = line.at().findings
        copy = pickle.loads(pickle.dumps(found))
        assert copy == found and copy.entries == found.entries and "al-hol-camp" in str(copy)

    def test_a_pickled_view_keeps_them(self):
        """A copy shows what the view showed."""
        view = told().at().facilities
        assert shown(pickle.loads(pickle.dumps(view))) == shown(view)


class TestSafety:
    """No text that anybody wrote becomes markup."""

    @settings(max_examples=30)
    @given(
        st.text(min_size=1).filter(str.strip)
        | st.sampled_from(
            [
                "<script>alert(1)</script>",
                "</td><img src=x onerror=alert(1)>",
                "\"' onmouseover='x",
                "</style><script>",
                "<!--",
                "&lt;b&gt;",
            ]
        )
    )
    def test_whatever_is_quoted_stays_text(self, hostile):
        """Only our own elements and attributes come out of a real parser, and the quote is there as text."""
        try:
            line = told(hostile, source=hostile, url=hostile, detail=hostile, name=hostile)
        except ValueError:
            return
        for value in everything(line):
            tree = parsed(value._repr_mimebundle_()["text/html"])
            for element in tree.iter():
                assert element.tag in ALLOWED
                assert set(element.attrib) <= {"class", "title", "dir", "lang", "scope", "href", "rel", "target"}
        quoted = [q.text for q in parsed(line.entries()[1]._repr_mimebundle_()["text/html"]).iter("bdi")]
        visible = "".join("\ufffd" if ord(c) < 32 and c not in "\t\n" else c for c in hostile)
        assert visible.replace("\r", "\n") in [text and text.replace("\r", "\n") for text in quoted]

    @given(
        st.text()
        | st.builds(
            "{}:{}".format, st.sampled_from(["javascript", "data", "vbscript", "file", "HTTP", "https"]), st.text()
        )
    )
    def test_only_addresses_of_the_web_become_links(self, url):
        """Every link starts with http:// or https:// and is unchanged."""
        line = told(url=url)
        links = [a.attrib["href"] for a in parsed(line.entries()[1]._repr_mimebundle_()["text/html"]).iter("a")]
        assert links == ([url] if is_web(url) else [])
        assert all(re.match(r"(?i)https?://", link) for link in links)

    @pytest.mark.parametrize(
        ("url", "linked"),
        [
            ("https://example.org/a?b=c#d", True),
            ("HTTP://example.org", True),
            ("javascript:alert(1)", False),
            ("javascript://example.org/%0Aalert(1)", False),
            ("ftp://example.org/", False),
            (" https://example.org", False),
            ("java\nscript:alert(1)", False),
            ("//example.org", False),
            ("https:example", False),
            ("https://[", False),
            ("data:text/html,x", False),
            (None, False),
        ],
    )
    def test_addresses(self, url, linked):
        """An address is followed when a browser would read it as one of the web."""
        assert is_web(url) is linked

    @given(st.text())
    def test_no_text_steers_a_terminal(self, hostile):
        """Escape sequences, bells and returns are replaced by a visible mark."""
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", visible(hostile))

    def test_a_quote_does_not_colour_the_terminal(self):
        """An escape sequence in a quote, and rich's own markup, come out as plain text."""
        told_so = printed(told("\x1b[31mred [bold]loud[/bold]").entries()[1])
        assert "\x1b[31mred" not in told_so
        assert "[bold]loud[/bold]" in re.sub(r"\x1b\[[0-9;]*m", "", told_so)


class TestWhatIsShown:
    """Everything that matters is there, compactly."""

    def test_a_situation_shows_every_part(self, chronicle):
        """Each part has a table, under its heading."""
        text = shown(chronicle.at("2026-01-25"))
        for heading in (
            "facilities",
            "custody",
            "operations",
            "agreements",
            "crossings",
            "incidents",
            "plans",
            "findings",
        ):
            assert heading in text
        assert "occurred by 2026-01-25" in text

    def test_closures_and_measures_show_by_name(self):
        """Those of a crossing and of a sector that stand side by side."""
        line = Timeline()
        line.record(border.CrossingClosed(crossing="al-qaim", measure="curfew"), occurred="2026-01-05")
        line.record(border.MonitoringStarted(sector="north", measure="drones"), occurred="2026-01-06")
        text = shown(line.at())
        assert "closures" in text
        assert "measure curfew" in text
        assert "measure drones" in text

    @pytest.mark.parametrize("part", ["facilities", "custody", "agreements", "border", "entities"])
    def test_a_part_shows_itself(self, chronicle, part):
        """A part alone is shown as HTML, as aligned text, and in a terminal."""
        view = getattr(chronicle.at("2026-01-25"), part)
        bundle = view._repr_mimebundle_()
        assert {type(text) for text in bundle.values()} == {str}, "some front ends take no subclass"
        assert bundle["text/plain"].startswith(part.capitalize())
        assert "<table>" in bundle["text/html"]
        assert part.capitalize() in printed(view)

    def test_entities_say_what_is_the_same_and_who_judged_so(self):
        """Each has its name, its other spellings, the judgements on it, and whether somebody registered it."""
        view = judged().at().entities
        text = shown(view)
        assert "Al-Hol facility الهول facility:al-hawl same Al-Hol facility:al-hawl #4" in text
        assert "desk 3 , ana yes" in text
        assert "facility:al-roj facility unsure facility:al-roj facility:roj #5" in text
        assert text.endswith("ben no")
        for word in ("Al-Hol", "desk 3, ana", "same as", "judged by", "registered"):
            assert word in printed(view, width=240)
        assert "الأحكام" in html(sheet(view), Words("ar", view.names()))
        assert "desk 3 , ana" in shown(judged().at())

    @pytest.mark.slow
    def test_whatever_can_be_displayed_is(self, chronicle):
        """Every view of a situation and every public answer shows itself, and no class was forgotten."""
        found = {type(value): value for value in answers(chronicle)}
        assert found.keys() == displayable(), "give the new class an example here"
        for value in found.values():
            bundle = value._repr_mimebundle_()
            assert bundle["text/plain"], type(value)
            assert "timeline-sheet" in bundle["text/html"], type(value)
            assert printed(value).strip(), type(value)

    def test_uncertainty_is_shown_as_it_is_written_everywhere(self):
        """Quantities keep their signs and the wording of their source; times are in words, with the notation behind."""
        line = Timeline()
        counted = custody.HeadcountReported(facility="al-hol-camp", quantity=between(120, 1500, best=200, text="مئات"))
        line.record(counted, occurred="2026-01-19~/2026-01-21")
        bundle = line.at()._repr_mimebundle_()["text/html"]
        assert 'title="مئات" dir="ltr">120–1,500 (200)' in bundle
        shown = line.entries()[0]._repr_mimebundle_()["text/html"]
        assert 'title="2026-01-19~/2026-01-21" dir="auto">between about 19 January 2026 and 21 January 2026<' in shown

    @pytest.mark.parametrize(
        ("when", "words"),
        [
            ("2026-01-21", "2026-01-21"),
            ("2026-01-21T09:00:00Z", "2026-01-21T09:00:00Z"),
            ("2026-01-21?", "21 January 2026 (uncertain)"),
            ("2026-01", "January 2026"),
            ("../2026-01-21", "by 21 January 2026"),
            ("2026-01-21/..", "from 21 January 2026 on"),
        ],
    )
    def test_a_time_is_spelt_out(self, when, words):
        """A time is in words, and the notation stands behind it."""
        line = Timeline()
        entry = line.record(agreement.StatementMade(by="sdf"), occurred=when)
        [shown] = [e for e in parsed(html(sheet(entry))).iter("bdi") if e.attrib.get("class", "").startswith("when")]
        assert shown.text == words
        assert shown.attrib.get("title") == (None if words == when else when)

    def test_sources_stand_behind_a_click(self, chronicle):
        """Each row of a situation opens to the entries and reports it follows from."""
        s = chronicle.at("2026-01-25")
        tree = parsed(s._repr_mimebundle_()["text/html"])
        details = {d.find("summary/bdi").text: "".join(d.itertext()) for d in next(tree.iter("table")).iter("details")}
        for entry in s.why("facilities", "al-hol-camp", "control"):
            assert f"#{entry.position}" in details["Al-Hol camp"]
        assert not [d for d in tree.iter("details") if "open" in d.attrib]

    def test_a_long_log_is_cut_with_a_count(self, chronicle):
        """The latest entries, and how many more there are."""
        assert f"and {417 - FEW} more, not shown" in shown(chronicle)
        assert f"and {417 - FEW} more, not shown" in printed(chronicle)

    def test_a_crowded_situation_is_cut_with_a_count(self):
        """A few facilities, and the number of further ones."""
        line = Timeline()
        for number in range(MANY + 5):
            line.record(facility.ControlChanged(facility=f"camp-{number}", authority="sdf"), occurred="2026-01-20")
        assert "and 5 more, not shown" in shown(line.at())

    def test_contested_and_nobody_catch_the_eye(self):
        """A contested facility, and one without a holder, is flagged."""
        line = Timeline()
        line.record(facility.ControlContested(facility="a-camp", claimants=("sdf", "syria-gov")), occurred="2026-01-20")
        line.record(facility.ControlChanged(facility="b-camp", manner="vacated"), occurred="2026-01-20")
        line.record(facility.ControlChanged(facility="b-camp", role="guarding", authority="sdf"), occurred="2026-01-20")
        tree = parsed(line.at()._repr_mimebundle_()["text/html"])
        assert {"contested", "nobody"} <= {b.text for b in tree.iter("b")}
        assert "guarding sdf" in shown(line.at())

    def test_a_diff_shows_of_lists_what_was_added(self, chronicle):
        """Before and after, and of talks or incidents only the new ones."""
        text = shown(chronicle.diff("2026-01-20", "2026-01-22"))
        assert "facilities · Al-Hol camp · control nobody Syrian government" in text
        assert "statement made quantity 7,000 about Iraq-US understanding on 7,000 detainees" in text

    def test_nothing_is_said_plainly(self):
        """An empty diff and an empty why say so."""
        line = Timeline()
        line.record(agreement.StatementMade(about=["facility:al-hol-camp"]))
        assert "no change" in shown(line.diff("2026-01-20", "2026-01-22"))
        assert "nothing is known of it" in shown(line.at().why("facilities", "al-hol-camp", "control"))

    def test_right_to_left_text_is_set_apart(self):
        """A quote takes its own direction and language, and does not turn the line around it."""
        line = Timeline()
        report = Report("وكالة الأنباء", published="2026-01-21", quote="نحو 150", language="ar")
        moved = line.record(custody.DetaineesEscaped(facility="al-hol-camp", quantity=about(150)), reports=[report])
        [quote] = list(parsed(html(sheet(line))).iter("q"))
        assert (quote.attrib["dir"], quote.attrib["lang"], quote.text) == ("auto", "ar", "نحو 150")
        assert '<bdi dir="auto">وكالة الأنباء</bdi>' in moved._repr_mimebundle_()["text/html"]

    def test_a_users_event_and_projection_are_shown(self):
        """Events that the library does not know are shown by their fields, and by their paths."""
        from timeline import Projection

        @event("newsroom.gate_painted")
        class GatePainted:
            colour: str
            coats: int = 1

        gates = Projection(
            name="gates",
            keys=lambda r: [r.event.colour] if isinstance(r.event, GatePainted) else [],
            evolve=lambda before, r, key: r.event.coats,
        )
        line = Timeline(projections=[gates])
        line.record(GatePainted(colour="green", coats=2), occurred="2026-01-20")
        assert "gate painted colour green coats 2" in shown(line)
        assert "gates name value green #1 2026-01-20 gate painted colour green coats 2 2" in shown(line.at())

    def test_every_kind_of_row_is_shown_in_a_terminal(self, chronicle):
        """A terminal shows the same tables, with sources as links."""
        words = Words("en", names_in(chronicle.at()))
        government, agency = words.name("syria-gov"), words.name("unhcr")
        text = printed(chronicle.at("2026-01-25"))
        plain = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)
        assert re.search(rf"Al-Hol camp +camp +{government} +2026-01-21 +administration {agency} +restricted", plain)
        assert "\x1b]8;id=" in printed(chronicle.at().why("facilities", "al-hol-camp", "control"))

    def test_what_was_redacted_says_so(self):
        """Nothing of a redacted entry is left to show, but that it is one."""
        line = Timeline()
        line.redact(line.record(custody.DetaineesEscaped(facility="al-hol-camp"), occurred="2026-01-20"))
        assert "#1 undated redacted" in shown(line)
        assert "al-hol-camp" not in shown(line)

    def test_what_has_no_display_says_so(self):
        """Only what the library can show is taken."""
        with pytest.raises(TypeError, match="expected a Timeline, Situation"):
            sheet(5)

    def test_columns_in_which_nobody_says_anything_are_left_out(self):
        """A table has the columns its rows fill."""
        line = Timeline()
        entry = line.record(border.MonitoringStarted(sector="north", by="iraq-gov"), occurred="2026-01-20")
        assert Table("", [entry_row(entry)]).columns == ("position", "occurred", "what")
        line.record(custody.DetaineesReleased(facility="x-camp", quantity=exactly(3)), occurred="2026-01-20")
        assert "released" in shown(line.at().custody)
        assert "escaped" not in shown(line.at().custody)


class TestTerminals:
    """Output fits the terminal, and has sources where they are wanted."""

    def test_a_situation_keeps_its_sources_to_itself(self, chronicle):
        """A reader who wants sources asks why; an entry, a reason and a step show theirs."""
        s = chronicle.at("2026-01-20")
        assert "Xinhua" not in printed(s)
        for shown in (s.why("facilities", "al-hol-camp", "control"), s.why("facilities", "al-hol-camp", "control")[0]):
            assert "Xinhua" in printed(shown)
        assert "Xinhua" in printed(rendered(attrs.evolve(part(s, "facilities"), sources=True)))

    def test_a_step_shows_its_entry_and_what_changed(self):
        """With the moment it stands at; a registration that bears no date stands at none."""
        line = told()
        first, second = line.replay()
        assert re.search(
            r"Step.*occurred by no date.*facility registered.*changes.*kind.*camp",
            printed(rendered(sheet(first))),
            re.DOTALL,
        )
        assert re.search(
            r"Step.*occurred by 2026-01-20.*control changed.*changes.*sdf", printed(rendered(sheet(second))), re.DOTALL
        )

    def test_reasons_name_the_rivals_that_were_not_picked(self):
        """Each claim stands in one of the two tables, under whichever policy."""
        line = Timeline()
        escape = line.record(custody.DetaineesEscaped(facility="x", quantity=about(1500)), reports=[Report("AFP")])
        line.dispute(escape, rival=custody.DetaineesEscaped(facility="x", quantity=about(120)), reports=[Report("AP")])
        line.dispute(escape, reports=[Report("Reuters")])
        for policy, value in (("standing", "≈1,500"), ("lowest", "≈120")):
            found = reasons(line.at(policy=policy).why("custody", "x", "escaped"))
            value_table, entries, rivals = found.tables
            assert str(value_table.rows[0].cells["value"]) == value
            sources = [row.reports[0].source for table in (entries, rivals) for row in table.rows if row.reports]
            assert {"AFP", "AP", "Reuters"} == set(sources)
            assert "denied" in printed(rendered(found))

    def test_a_table_without_room_stands_row_under_row(self, chronicle):
        """No word is broken, and nothing is lost."""
        narrow = re.sub(r"\x1b\[[0-9;]*m", "", printed(chronicle.at("2026-01-25").facilities, width=60))
        assert "\nSemalka / Fishkhabur" in narrow
        assert "kind crossing · control SDF · since 29 September 2025 or before" in " ".join(narrow.split())
        assert max(map(len, narrow.splitlines())) <= 60

    def test_entries_in_a_cell_stand_each_on_its_line(self, chronicle):
        """A diff distinguishes the talks that it adds, and the parties."""
        wide = re.sub(r"\x1b\[[0-9;]*m", "", printed(chronicle.diff("2026-01-18", "2026-01-21"), width=300))
        talks = wide.partition("agreements · talks")[2].partition("agreements · statements")[0]
        assert [line.split()[0] for line in talks.splitlines() if line.strip()] == [
            "2026-01-19",
            "2026-01-19",
            "2026-01-21",
        ]
        assert "signed SDF, signed Syrian government" in printed(
            chronicle.at("2026-01-25").agreements, width=200
        ).replace("\x1b[0m", "").replace("\x1b[1m", "").replace("\x1b[2m", "")

    def test_findings_are_shown_with_their_entries(self, chronicle):
        """All of them, while they are no more than one can read."""
        found = chronicle.at().findings.of(kind="disputed")
        (table,) = findings(found).tables
        assert (len(table.rows), table.hidden) == (len(found), 0)
        assert table.rows[0].cells["entries"] == ", ".join(f"#{entry.position}" for entry in found[0].entries)

    @pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u2028", "\x9b", "\r"])
    def test_marks_that_turn_what_follows_round_are_shown_as_such(self, mark):
        """Those that Arabic text needs stay."""
        assert visible(f"a{mark}b") == "a\ufffdb"
        assert visible("قال\u200c المسؤول\u200f") == "قال\u200c المسؤول\u200f"


def test_arabic_columns_keep_their_places_in_a_terminal():
    """A terminal that turns Arabic around would turn whole lines, so each cell begins with marks of direction."""
    line = Timeline.demo()
    shown = part(line.at("2026-01-21"), "facilities")
    words = Words("ar", names_in(line.at()))
    console = Console(width=120, file=io.StringIO())
    console.print(rendered(shown, words))
    text = console.file.getvalue()
    [camp] = [row for row in text.splitlines() if "مخيم الهول" in row and "مقي" in row]
    cells = [cell for cell in re.split(" {2,}", camp.strip()) if cell]
    assert len(cells) >= 5
    assert all(cell.startswith("\u200e\u200f") for cell in cells)
