"""Situations in words: every number and holder is what `at` says, and every sentence names its entries."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import NOBODY, Facility, Modality, Place, Projection, Report, Timeline, about, event, exactly, up_to
from timeline.display.language.phrases import phrases
from timeline.display.narrative.markdown import MarkdownWords, sentences
from timeline.display.sentences import templates
from timeline.display.words import names_in
from timeline.errors import InvalidValue, InvalidWhen, UnknownName
from timeline.events import agreement, border, custody, entity, facility
from timeline.events.declare import registered_types, temporary_types
from timeline.projections.custody import HEADINGS
from timeline.testing.strategies import Chronicle, messy_histories
from timeline.values.instants import FIRST, LAST, instant

CITED = re.compile(r" \(((?:#\d+(?:, |، )?)+)\)\.")
LABELS = {
    "received": "Came in", "sent": "Moved away", "escaped": "Escaped", "recaptured": "Recaptured",
    "released": "Released", "repatriated": "Returned to their country", "died": "Died",
}  # fmt: skip
NUMBERS = {
    "planned": "Planned",
    "moved": "Moved, by its batches",
    "claimed": "Moved, as claimed",
    "remaining": "Remaining",
}
LATIN = re.compile("[A-Za-z]+")


def said_of(texts: Any, what: str, amount: str) -> bool:
    """Tell whether a number is said, perhaps with the date of its count, and its cohort."""
    return any(re.fullmatch(rf"{what}(, [^:]+)?: {re.escape(amount)}( .*)?", text) for text in texts)


@pytest.fixture(scope="module")
def line() -> Timeline:
    """The chronicle."""
    return Timeline.demo()


def paragraphs(told: str, section: str) -> dict[str, str]:
    """Return the text about each entity in a section."""
    text = told.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^- \*\*(.*?)\.\*\* (.*)$", text, re.MULTILINE))


def said(paragraph: str) -> dict[str, tuple[int, ...]]:
    """Return the sentences of a paragraph, each with the positions that it cites."""
    found = CITED.split(paragraph)
    return {
        text.strip(): tuple(int(n) for n in re.findall(r"\d+", cited))
        for text, cited in zip(found[::2], found[1::2], strict=False)
    }


def moments(line: Timeline) -> list[Any]:
    """Return moments at which something changes on one of the clocks, and the free clock."""
    ends = {m for reading in line.at().readings for m in (reading.start, reading.end) if FIRST < m <= LAST}
    return [None, *(instant(m - 1) for m in sorted(ends))]


class TestLaws:
    """A narrative says what `at` says."""

    @pytest.mark.parametrize("seed", range(10))
    @pytest.mark.slow
    def test_each_number_and_holder_is_what_at_says(self, line: Timeline, seed: int) -> None:
        """Law: at 300 random settings of the clocks, no number or holder is another, and none is missing."""
        draw, times = random.Random(seed), moments(line)
        for _ in range(30):
            s = line.at(draw.choice(times), reported=draw.choice(times))
            words = MarkdownWords("en", names_in(s))
            told = s.tell()
            self.holders(s, paragraphs(told, "Places"), words)
            self.custody(s, paragraphs(told, "Places"), words)
            self.operations(s, paragraphs(told, "Transfers"), words)

    def holders(self, s: Any, places: dict[str, str], words: MarkdownWords) -> None:
        expected = {}
        for slug, found in s.facilities.items():
            if "control" in found.roles:
                holder, since = found.holder(), found.since()
                by = "Who holds it is not known" if holder is None else f"Held by {words.name(str(holder))}"
                begun = f", {words.since(since)}" if since else ""
                expected[words.name(slug)] = ("Nobody holds it" if holder is NOBODY else by) + begun
        told = {
            name: text
            for name, paragraph in places.items()
            for text in said(paragraph)
            if text.startswith(("Held by", "Nobody holds", "Who holds"))
        }
        assert told == expected

    def custody(self, s: Any, places: dict[str, str], words: MarkdownWords) -> None:
        for slug in s.custody:
            texts = said(places.get(words.name(slug), ""))
            held = s.custody.held(facility=slug)
            assert said_of(texts, "In custody there", words.amount(held)) == held.known
            for name in HEADINGS:
                flowed = getattr(s.custody, name)(facility=slug)
                found = [text for text in texts if text.startswith(f"{LABELS[name]}: ")]
                assert found in ([], [f"{LABELS[name]}: {words.amount(flowed)}"])
                assert found or flowed == exactly(0)
            counted = s.custody.counted(facility=slug)
            if counted is not None:
                why = [s.why("custody", slug, what) for what in ("held", "counted")]
                repeated = held == counted and list(why[0]) == list(why[1])
                assert (
                    said_of(texts, "Last count", words.amount(counted))
                    or repeated
                    or said_of(texts, "In custody there", words.amount(counted))
                )

    def operations(self, s: Any, told: dict[str, str], words: MarkdownWords) -> None:
        for slug, found in s.custody.operations.items():
            texts = said(told[words.name(slug)])
            for name, label in NUMBERS.items():
                number = getattr(found, name)
                assert number is None or f"{label}: {words.amount(number)}" in texts

    @pytest.mark.slow
    def test_without_a_cited_entry_a_sentence_is_another(self, line: Timeline) -> None:
        """Law: a sentence changes or goes when an entry that it cites is retracted."""
        draw = random.Random(1)
        told = line.at("2026-02-10").tell()
        sentences = [(t, c) for p in paragraphs(told, "Places").values() for t, c in said(p).items() if c]
        for text, cited in draw.sample(sentences, 12):
            copy = Timeline.demo()
            copy.retract(line.entries()[draw.choice(cited) - 1], reason="a test")
            citation = ", ".join(f"#{position}" for position in cited)
            assert f"{text} ({citation})." in told
            assert f"{text} ({citation})." not in copy.at("2026-02-10").tell()

    @given(messy_histories(), st.booleans(), st.sampled_from(["en", "ar"]))
    def test_anything_can_be_told(self, history: Chronicle, compared: bool, language: Any) -> None:
        """Law: the same situation gives the same text, and each entry that it names is on the log."""
        line = history.timeline()
        s = line.at("2026-01-20")
        told = s.tell(language=language, since="2026-01-10" if compared else None)
        assert told == line.at("2026-01-20").tell(language=language, since="2026-01-10" if compared else None)
        cited = {int(n) for n in re.findall(r"#(\d+)", "".join(f"({c})" for c in CITED.findall(told)))}
        assert cited <= set(range(1, line.head().position + 1))

    def test_a_change_tells_both_values(self, line: Timeline) -> None:
        """A change since a date has the value of that date, and the value now."""
        told = line.at("2026-01-21").tell(since="2026-01-20")
        changed = paragraphs(told, "What changed since 20 January 2026")["Al-Hol camp"]
        words = MarkdownWords("en", names_in(line.at()))
        assert f"Held by {words.name('syria-gov')}, since 21 January 2026 (before: nobody holds it" in changed
        assert line.at("2026-01-21").tell(since="2026-01-21").count("Nothing changed.") == 1


class TestStories:
    """Rivals as rivals, doubt as doubt, gaps as gaps."""

    def test_rivals_stand_side_by_side_with_their_sources(self) -> None:
        """Given two numbers, then both are there, and who says which."""
        line = Timeline()
        first = line.record(
            custody.DetaineesEscaped(facility="al-shaddadi-prison", quantity=about(1500)),
            occurred="2026-01-19", reports=[Report("SDF", published="2026-01-19")],
        )  # fmt: skip
        line.dispute(
            first,
            rival=custody.DetaineesEscaped(facility="al-shaddadi-prison", quantity=about(120)),
            reports=[Report("Damascus", published="2026-01-20")],
        )
        told = line.at().tell()
        assert "Escaped: about 1,500 people (#1)." in told
        assert "Sources differ: about 1,500 people (SDF); about 120 people (Damascus) (#1, #2)." in told
        assert "تختلف المصادر: نحو 1,500 شخص (SDF)؛ نحو 120 شخصا (Damascus)" in line.at().tell(language="ar")

    def test_arabic_adjectives_agree(self) -> None:
        """A truce (هدنة) is feminine, and its parties sign it: they are not signed."""
        line = Timeline()
        line.record(agreement.AgreementSigned(agreement="truce", parties=("sdf",)), occurred="2026-01-20")
        line.record(entity.EntityRegistered(entity="agreement:truce", names={"ar": "هدنة الشمال"}))
        line.record(agreement.AgreementSigned(agreement="pact", parties=("sdf",)), occurred="2026-01-20")
        told = line.at().tell(language="ar")
        assert "**هدنة الشمال.** مُوقَّعة، 20 كانون الثاني 2026 (#1). الأطراف: sdf (مُوقِّعة)" in told
        assert "**pact.** مُوقَّع، 20 كانون الثاني 2026 (#3). الأطراف: sdf (مُوقِّعة)" in told

    def test_a_denial_is_told_as_one(self) -> None:
        """Given a bare denial, then it stands beside what it denies."""
        line = Timeline()
        first = line.record(border.CrossingClosed(crossing="al-qaim"), occurred="2026-01-19", reports=[Report("A")])
        line.dispute(first, reports=[Report("B")])
        assert "Sources differ: al-qaim closed (A); denied (B) (#1, #2)." in line.at().tell()

    def test_gaps_are_told(self) -> None:
        """Given a vacated camp and a flow without a count, then both gaps are said."""
        line = Timeline()
        line.record(facility.ControlChanged(facility="camp", previous="sdf", manner="vacated"), occurred="2026-01-20")
        line.record(custody.DetaineesEscaped(facility="camp", quantity=exactly(5)), occurred="2026-01-20")
        told = line.at().tell()
        assert "Nobody holds it, since 20 January 2026 (#1)." in told
        assert "How many are in custody there is not known (#2)." in told
        assert "- **camp.** A place was vacated, and nobody holds it — 20 January 2026: sdf left camp; nobody" in told
        line.record(facility.ControlChanged(facility="camp", previous="sdf"), occurred="2026-01-21")
        assert "Who holds it is not known, since 21 January 2026 (#3)." in line.at().tell()

    def test_a_count_that_is_the_number_held_is_told_once(self) -> None:
        """Given a count, then it is the number held; given a flow after it, then both numbers are written."""
        line = Timeline()
        line.record(custody.HeadcountReported(facility="camp", quantity=exactly(9)), occurred="2026-01-19")
        assert line.at().tell().endswith("- **camp.** In custody there, counted 19 January 2026: 9 people (#1).")
        assert "before: 9" not in line.at().tell(since="2026-01-20")
        assert line.at().tell(since="2026-01-18").count("9 people") == 2
        line.record(custody.DetaineesEscaped(facility="camp", quantity=exactly(5)), occurred="2026-01-20")
        told = line.at().tell()
        assert "Last count, 19 January 2026: 9 people (#1)." in told
        assert "In custody there: 4 people (#1, #2)." in told

    def test_a_total_of_one_cohort_is_told_once(self) -> None:
        """Given a count of one cohort only, then the total is that cohort, and one sentence says both, with its date."""
        line = Timeline()
        held = custody.HeadcountReported(facility="camp", quantity=exactly(9), cohort="minors")
        line.record(held, occurred="2026-01-19")
        told = line.at().tell()
        assert told.count("9 people") == 1
        assert "counted 19 January 2026: 9 people (minors) (#1)." in told

    def test_a_status_has_the_date_of_its_entry(self) -> None:
        """Given an end with its kind, then one sentence says both; given no date, then none is said."""
        line = Timeline()
        line.record(agreement.AgreementSigned(agreement="deal"), occurred="2026-01-18")
        assert "- **deal.** Signed, 18 January 2026 (#1)." in line.at().tell()
        line.record(agreement.AgreementTerminated(agreement="deal"))
        assert "- **deal.** Terminated (#2)." in line.at().tell()
        line.record(facility.FacilityStatusChanged(facility="camp", status="closed"), occurred="2026-02")
        assert "- **camp.** Closed, February 2026 (#3)." in line.at().tell()

    def test_versions_that_differ_in_their_date_all_have_one(self) -> None:
        """A version without its date looked like the other one."""
        line = Timeline()
        taken = facility.ControlChanged(facility="camp", authority="sdf")
        first = line.record(taken, occurred="2026-01-20", reports=[Report("A")])
        line.dispute(first, rival=taken, occurred="2026-01-21", reports=[Report("B")])
        assert (
            "Sources differ: 20 January 2026: sdf took control of camp (A); "
            "21 January 2026: sdf took control of camp (B) (#1, #2)."
        ) in line.at().tell()

    def test_a_finding_says_what_its_entries_say(self) -> None:
        """The kind alone does not tell which step was not allowed."""
        line = Timeline()
        line.record(agreement.AgreementTerminated(agreement="deal"), occurred="2026-01-20")
        line.record(agreement.AgreementExtended(agreement="deal"), occurred="2026-01-24")
        assert "The lifecycle does not allow this step — 24 January 2026: deal extended (#2)." in line.at().tell()
        assert "24 كانون الثاني 2026: تمديد deal (#2)." in line.at().tell(language="ar")
        line.record(entity.EntityRegistered(entity="agreement:pact", names={"en": "Pact"}))
        unregistered = next(text for text in line.at().tell().splitlines() if "agreement:deal" in text)
        assert "—" not in unregistered

    def test_of_many_changes_of_one_kind_the_first_are_told(self) -> None:
        """Given 23 new agreements and a count, then 20 agreements are named, 3 are counted, and the count is written."""
        line = Timeline()
        for at in range(23):
            line.record(agreement.AgreementSigned(agreement=f"deal-{at:02}"), occurred="2026-01-19")
        line.record(custody.HeadcountReported(facility="camp", quantity=exactly(9)), occurred="2026-01-19")
        changed = paragraphs(line.at().tell(since="2026-01-18"), "What changed since 18 January 2026")
        assert [name for name in changed if name.startswith("deal")] == [f"deal-{at:02}" for at in range(20)]
        assert changed["Agreements"] == "And 3 more."
        assert "9 people" in changed["camp"]
        assert "ومعها 3" in line.at().tell(since="2026-01-18", language="ar")

    def test_doubt_is_told_as_doubt(self) -> None:
        """Given an event that may have happened by then, then it is possible, and nothing else."""
        line = Timeline()
        line.record(facility.ControlChanged(facility="camp", authority="sdf"), occurred="2026-01~")
        told = line.at("2026-01-15").tell()
        assert "## What may have happened\n\n- Perhaps, about January 2026: sdf took control of camp (#1)." in told
        assert "Held by" not in told
        assert "Held by sdf, since about January 2026 (#1)." in line.at().tell()

    def test_plans_and_deadlines(self) -> None:
        """Given a plan whose time has passed and an agreement past its term, then both are overdue."""
        line = Timeline()
        line.record(
            facility.ControlChanged(facility="camp", authority="un"), occurred="2026-01-10",
            modality=Modality.PLANNED, reports=[Report("A", published="2026-01-01")],
        )  # fmt: skip
        line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-01-12"), occurred="2026-01-08")
        told = line.at("2026-01-20").tell()
        assert "- Foreseen, 10 January 2026: un to take control of camp — overdue (#1)." in told
        assert "Overdue: its term has passed, and nobody reported an end (#2)." in told
        assert "Until 12 January 2026 (#2)." in told
        arabic = line.at("2026-01-20").tell(language="ar")
        assert "- مخطط له، 10 كانون الثاني 2026: انتقال السيطرة على camp إلى un — انقضى الأجل (#1)." in arabic

    def test_a_plan_without_a_date_is_told_as_a_plan(self) -> None:
        """Given a plan for no day, then the sentence says what is yet to happen."""
        line = Timeline()
        moved = custody.DetaineesTransferred(destination="prison", quantity=up_to(7000))
        line.record(moved, modality=Modality.PLANNED)
        assert "- Foreseen: up to 7,000 to be moved to prison (#1)." in line.at().tell()

    def test_the_clocks_are_said(self, line: Timeline) -> None:
        """The title has the occurred clock, the next line the others."""
        told = line.at("2026-01-25", reported="2026-02-01", recorded="2030-01-01").tell()
        head, _, clocks, *_ = told.splitlines()
        assert head == "# Situation on 25 January 2026"
        assert clocks.startswith("As published by 1 February 2026. As recorded by 1 January 2030.")
        assert line.at().tell().startswith("# Situation\n\nWith all that has been published.")

    def test_a_users_own_events_and_projections_are_told(self) -> None:
        """By their sentence, and by the fields of their values, with the entries behind them."""
        with temporary_types():

            @event("narrative.checkpoint_attacked", says="{facility} came under fire")
            class CheckpointAttacked:
                facility: Facility

            attacks = Projection(
                name="attacks",
                keys=lambda r: [r.event.facility] if isinstance(r.event, CheckpointAttacked) else [],
                evolve=lambda count, reading, key: (count or 0) + 1,
            )
            line = Timeline(projections=[attacks])
            line.record(CheckpointAttacked(facility="checkpoint-7"), occurred="2026-01-20")
            line.record(CheckpointAttacked(facility="checkpoint-7"), occurred="2026-01-22/2026-01-25")
            told = line.at("2026-01-23").tell()
        assert "## attacks\n\n- **checkpoint-7.** 1 (#1)." in told
        assert "Perhaps, between 22 January 2026 and 25 January 2026: checkpoint-7 came under fire (#2)." in told

    def test_nothing_a_source_writes_is_markup(self) -> None:
        """Names, words and sources are text, whatever they hold."""
        line = Timeline()
        hostile = "<b>[x](javascript:alert(1))</b> *a* `b` \x1b[31m\n# c"
        line.record(facility.FacilityRegistered(facility="camp", names={"en": hostile}))
        line.record(facility.ControlChanged(facility="camp", authority="sdf"), occurred="2026-01-20")
        line.record(agreement.StatementMade(detail=hostile), occurred="2026-01-21")
        told = line.at().tell()
        assert not re.search(r"(?<!\\)[<\[`]", told)
        assert not re.search(r"^# c", told, re.MULTILINE)
        assert "\x1b" not in told

    def test_bad_questions(self, line: Timeline) -> None:
        """A language or a date that there is not is refused."""
        with pytest.raises(InvalidValue, match="expected 'en' or 'ar'"):
            line.at().tell(language="fr")  # type: ignore[arg-type]
        with pytest.raises(InvalidWhen):
            line.at().tell(since="yesterday")

    def test_a_name_for_what_is_not_there_is_refused(self, line: Timeline) -> None:
        """A misspelt slug says so, here and on the page; a unit may have a name as well."""
        with pytest.raises(UnknownName, match="near it: .*sdf"):
            line.at().tell(names={"sfd": {"en": "SDF"}})
        with pytest.raises(UnknownName):
            line.to_html("never-written.html", names={"sfd": {"en": "SDF"}})
        assert line.at("2025-01-01").tell(names={"drones": {"en": "drones"}})

    def test_sentences_one_by_one(self, line: Timeline) -> None:
        """As data, a sentence has its section, its subject and the ids of its entries."""
        s = line.at("2026-01-25")
        told = [one for one in sentences(s) if one.subject == "Al-Hol camp" and one.text.startswith("held by")]
        assert [one.entries for one in told] == [tuple(e.id for e in s.why("facilities", "al-hol-camp", "control"))]


class TestArabic:
    """An Arabic reader reads Arabic."""

    def test_every_event_has_a_sentence_in_both_languages(self) -> None:
        """Those of the vocabulary, but for the editorial ones, which no narrative tells."""
        kinds = [kind.name for kind in registered_types() if kind.cls.__module__.startswith("timeline.events.")]
        wanted = {name for name in kinds if not name.startswith("editorial.")}
        for language in ("en", "ar"):
            assert wanted <= set(templates(language))
        assert set(phrases()["en"]) == set(phrases()["ar"])

    def test_no_latin_letters_but_in_ids_and_sources_own_words(self, line: Timeline) -> None:
        """Only quotes, sources and ids are in other letters, if every entity has an Arabic name."""
        s = line.at()
        slugs = {tag.partition(":")[2] for e in line.entries() for tag in e.tags if not tag.startswith("entry:")}
        names = {slug: {"ar": f"اسم {number}"} for number, slug in enumerate(sorted(slugs))}
        sources = {r.source for entry in line.entries() for r in entry.reports}
        told = s.tell(language="ar", since="2026-01-01", names=names)
        told = re.sub("«[^»]*»", "", told)
        for source in sorted(sources, key=len, reverse=True):
            told = told.replace(MarkdownWords("ar").source(source), "")
        assert LATIN.findall(told) == []

    def test_adjectives_agree_with_their_nouns(self) -> None:
        """A camp is closed in the masculine, a base in the feminine; so are agreements and operations."""
        line = Timeline()
        for kind in ("camp", "base"):
            line.record(facility.FacilityRegistered(facility=kind, kind=kind, names={"ar": kind}))
            line.record(facility.FacilityStatusChanged(facility=kind, status="closed"), occurred="2026-01-20")
        line.record(agreement.AgreementSigned(agreement="deal"), occurred="2026-01-20")
        line.record(custody.TransferSuspended(operation="move"), occurred="2026-01-20")
        told = line.at().tell(language="ar")
        assert "**base.** مغلقة، 20 كانون الثاني 2026 (#4)." in told
        assert "**camp.** مغلق، 20 كانون الثاني 2026 (#2)." in told
        assert "**deal.** مُوقَّع، 20 كانون الثاني 2026 (#5)." in told
        assert "**move.** معلَّقة، 20 كانون الثاني 2026 (#6)." in told


def test_attributes_that_describe_a_place_are_no_state() -> None:
    """Its other names and where it lies are on the log, and no sentence of the report breaks on them."""
    line = Timeline()
    place = Place(36.4, 41.1, precision="town")
    line.record(facility.FacilityRegistered(facility="x", kind="camp", aliases=["y"], place="z", coordinates=place))
    assert "36.4" not in str(line.at().tell())


class TestWhatMayLeave:
    """A report leaves the house: what is marked stays, and small numbers are a range."""

    @pytest.fixture
    def line(self):
        line = Timeline()
        line.record(custody.HeadcountReported(facility="prison-x", quantity=exactly(3)), occurred="2026-01-20")
        marked = facility.ControlChanged(facility="secret-site", authority="sdf", about=["tlp:red"])
        line.record(marked, occurred="2026-01-20")
        return line

    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_what_is_marked_stays_unless_it_is_allowed(self, line, language):
        """The report is that of the log without it."""
        told, known = line.at().tell(language=language), Timeline()
        known.record(custody.HeadcountReported(facility="prison-x", quantity=exactly(3)), occurred="2026-01-20")
        assert told == known.at().tell(language=language)
        assert "secret-site" in line.at().tell(language=language, allow=["tlp:red"])

    def test_what_changed_leaves_out_what_is_marked(self, line):
        """So does the situation to compare with."""
        since = line.at("2026-01-19")
        assert "secret-site" not in line.at().tell(since=since)
        assert "secret-site" in line.at().tell(since=since, allow=["tlp:red"])

    def test_small_numbers_become_a_range(self, line):
        """They do so in every sentence, those of one's own events and of what may have happened, too."""
        line.record(
            custody.DetaineesEscaped(facility="prison-x", quantity=exactly(2), detail="2 fled"),
            occurred="2026-01-18/2026-02-28",
        )
        told = line.at("2026-01-25").tell(suppress_below=5, since="2026-01-01")
        assert "1 to 4 people" in told
        assert "1–4 escaped" in told
        assert not re.search(r"\b[23] (people|fled|escaped)", told)
        with pytest.raises(InvalidValue, match="suppress_below is 1"):
            line.at().tell(suppress_below=1)

    def test_ones_own_numbers_stay_too(self):
        """They are treated as the numbers of the library are."""
        count = Projection(
            name="counts",
            keys=lambda reading: ["x"] if isinstance(reading.event, custody.HeadcountReported) else [],
            evolve=lambda value, reading, key: (value or 0) + 3,
        )
        line = Timeline(projections=[count])
        line.record(custody.HeadcountReported(facility="prison-x", quantity=exactly(9)), occurred="2026-01-20")
        assert "**x.** 3" in line.at().tell()
        assert "**x.** 1 to 4" in line.at().tell(suppress_below=5)
