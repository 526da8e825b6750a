"""Exports under rules: markings, small counts, and a note on the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from timeline import Draft, Place, Quantity, Report, Timeline, UnknownEvent, about, at_least, between, credible, exactly
from timeline.answers.sharing import markings, suppressed
from timeline.display import charts, maps
from timeline.display.page.writing import page_text
from timeline.display.telling import leaving
from timeline.errors import InvalidValue
from timeline.events import border, custody, facility
from timeline.events.editorial import EventCorrected, EventCorroborated, EventRetracted, EventsMerged, targets
from timeline.exchange import cloudevents, frames, ftm, geojson, ical, prov, stix, table, timelinejs
from timeline.exchange.sharing import Written, export, without_marked
from timeline.testing.strategies import Chronicle, messy_histories

CAMP = {"al-hol-camp": (41.14, 36.38)}
SOURCE = "https://example.org/timeline"
FORMATS: dict[str, Callable[..., Written]] = {
    "csv": table.write,
    "js": timelinejs.write,
    "ics": ical.write,
    "geojson": lambda line, path, **options: geojson.write(line, path, CAMP, **options),
    "stix": lambda line, path, **options: stix.write(line, path, source=SOURCE, gazetteer=CAMP, **options),
    "ftm": lambda line, path, **options: ftm.write(line, path, dataset="tests", **options),
    "prov": lambda line, path, **options: prov.write(line, path, source=SOURCE, **options),
    "parquet": frames.write,
    "cloudevents": lambda line, path, **options: cloudevents.write(line, path, source=SOURCE, **options),
}


def escaped(number: int, **more: Any) -> custody.DetaineesEscaped:
    return custody.DetaineesEscaped(facility="al-hol-camp", quantity=exactly(number), **more)


def told(source: str = "Reuters") -> list[Report]:
    return [Report(source, published="2026-01-20")]


def bytes_of(path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in [path, *path.rglob("*")] if p.is_file())


@pytest.fixture
def line() -> Timeline:
    """One entry that anybody may see, and one of each marking, with a word of its own."""
    made = Timeline()
    made.record(escaped(10, detail="open"), occurred="2026-01-19", reports=told(), id="e-open")
    for mark in ("tlp:clear", "tlp:green", "TLP:AMBER", "tlp:red", "marking:embargoed"):
        word = f"word-{mark.lower().replace(':', '-')}"
        made.record(escaped(20, detail=word, about=(mark,)), occurred="2026-01-20", reports=told(word), id=word)
    return made


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_marked_stays(name: str, line: Timeline, tmp_path: Path) -> None:
    """By default only what is unmarked, or clear, goes out; the rest is counted by its marking."""
    written = FORMATS[name](line, tmp_path / "out")
    found = bytes_of(tmp_path / "out")
    assert b"open" in found
    assert b"word-tlp-clear" in found
    for word in (b"word-tlp-green", b"word-tlp-amber", b"word-tlp-red", b"word-marking-embargoed"):
        assert word not in found
    assert written.count == 2
    assert dict(written.left_out) == {
        "marked tlp:green": 1, "marked tlp:amber": 1, "marked tlp:red": 1, "marked marking:embargoed": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_marking_that_is_allowed_goes_out(name: str, line: Timeline, tmp_path: Path) -> None:
    """It is named, in any case; nothing else goes out with it."""
    written = FORMATS[name](line, tmp_path / "out", allow=["tlp:green", "TLP:Amber"])
    found = bytes_of(tmp_path / "out")
    assert b"word-tlp-green" in found
    assert b"word-tlp-amber" in found
    assert b"word-tlp-red" not in found
    assert (written.count, sum(written.left_out.values())) == (4, 2)


HUSH = "hush-hush"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("act", ["dispute", "correct", "corroborate", "merge", "register"])
def test_what_is_marked_does_not_leave_behind_another_entry(act: str, name: str, tmp_path: Path) -> None:
    """A rival, a correction, a corroboration, a duplicate or a registration that is marked does not leak through another."""
    line = Timeline()
    line.record(escaped(10), occurred="2026-01-19", reports=told(), id="e-open")
    secret = {"about": ("marking:sensitive",), "detail": HUSH}
    match act:
        case "dispute":
            line.dispute("e-open", rival=escaped(77, **secret), reports=told(HUSH))
        case "correct":
            line.correct("e-open", escaped(77, **secret), reports=told(HUSH))
        case "corroborate":
            line.record(EventCorroborated(target="e-open", **secret), reports=told(HUSH))
        case "merge":
            line.record(escaped(77, **secret), occurred="2026-01-19", reports=told(HUSH), id="e-two")
            line.merge("e-open", ["e-two"])
        case "register":
            line.record(facility.FacilityRegistered(facility="al-hol-camp", names={"en": HUSH}, **secret))
    FORMATS[name](line, tmp_path / "out")
    found = bytes_of(tmp_path / "out")
    assert HUSH.encode() not in found
    assert b"sensitive" not in found


def test_a_chart_of_what_may_leave_tells_nothing_marked() -> None:
    """A situation without marked entries serves every chart and the map; their owner sees all."""
    line = Timeline()
    line.record(facility.FacilityRegistered(facility="open-camp", coordinates=Place(36, 41, precision="town")))
    line.record(facility.ControlChanged(facility="open-camp", authority="sdf"), occurred="2026-01-19", reports=told())
    secret = {"facility": f"{HUSH}-camp", "about": ("tlp:red",)}
    line.record(facility.FacilityRegistered(names={"en": HUSH}, coordinates=Place(37, 42, precision="town"), **secret))
    line.record(facility.ControlChanged(authority=HUSH, **secret), occurred="2026-01-20", reports=told(HUSH))
    for shown, is_told in ((line.at(), True), (without_marked(line.at()), False)):
        assert (HUSH in charts.control(shown, language="en").to_json()) is is_told
        assert (HUSH in maps.draw(shown, language="en").svg) is is_told


def test_a_rival_that_is_kept_back_is_said_so(tmp_path: Path) -> None:
    """The target goes out, with a note that a withheld entry contradicts it."""
    line = Timeline()
    line.record(escaped(10), occurred="2026-01-19", id="e")
    line.dispute("e", rival=escaped(77, about=("tlp:red",)))
    written = table.write(line, tmp_path / "out.csv")
    assert (written.count, dict(written.reduced)) == (1, {"rival claims marked tlp:red": 1})


def test_a_denial_of_what_is_marked_stays(line: Timeline) -> None:
    """A denial says what it denies, and a rival bears the id of its target: neither is in a table."""
    line.dispute("word-tlp-red", reports=told("the government"))
    line.dispute("word-tlp-amber", rival=escaped(12), reports=told("the government"))
    claims = line.to_polars("claims")
    assert claims["sources"].explode().to_list() == ["Reuters", "word-tlp-clear"]
    assert not line.to_polars("entries")["disputed"].any()
    assert "word-tlp-amber" not in line.to_polars("entries")["id"]


@pytest.mark.parametrize("act", ["duplicate", "corrected duplicate", "corroborate", "rival", "denied rival", "merge"])
def test_what_is_marked_leaves_another_entry_as_it_was(act: str) -> None:
    """A duplicate, a corroboration, a rival: the entry goes out with its own reports, undisputed."""
    line, alone = Timeline(), Timeline()
    for either in (line, alone):
        either.record(escaped(10), occurred="2026-01-19", reports=told(), id="e-open")
        if act in ("corrected duplicate", "merge"):
            either.record(escaped(10), occurred="2026-01-19", reports=told("AFP"), id="e-two")
    secret = {"about": ("tlp:red",), "detail": HUSH}
    match act:
        case "duplicate":
            line.record(escaped(77, **secret), occurred="2026-01-19/2026-01-20", reports=told(HUSH), id="e-two")
            line.merge("e-two", ["e-open"])
        case "corrected duplicate":
            line.merge("e-open", ["e-two"])
            line.correct("e-two", escaped(77, **secret), reports=told(HUSH))
            alone.retract("e-two")
        case "corroborate":
            line.record(EventCorroborated(target="e-open", **secret), reports=told(HUSH))
        case "rival":
            line.dispute("e-open", rival=escaped(77, **secret), reports=told(HUSH))
        case "denied rival":
            rival = line.dispute("e-open", rival=escaped(77, **secret), reports=told(HUSH))
            line.dispute(rival, reports=told("the government"))
        case "merge":
            line.record(EventsMerged(kept="e-open", duplicates=("e-two",), **secret))
    for table_ in ("entries", "claims", "findings", "stocks", "flows", "postings", "entities"):
        found, expected = (of.to_polars(table_).drop("recorded_at", strict=False) for of in (line, alone))
        assert found.equals(expected), table_


def test_a_marked_corroboration_is_counted(tmp_path: Path) -> None:
    """The target goes out, with a note that something is withheld."""
    line = Timeline()
    line.record(escaped(10), occurred="2026-01-19", id="e")
    line.record(EventCorroborated(target="e", about=("tlp:red",)), reports=told())
    written = table.write(line, tmp_path / "out.csv")
    assert (written.count, dict(written.reduced)) == (1, {"corroborations marked tlp:red": 1})


def test_a_merge_goes_on_without_a_marked_duplicate(tmp_path: Path) -> None:
    """The others still count once."""
    line = Timeline()
    for id, more in (("e-one", {}), ("e-two", {}), ("e-red", {"about": ("tlp:red",)})):
        line.record(escaped(10, **more), occurred="2026-01-19", reports=told(id), id=id)
    line.merge("e-one", ["e-red", "e-two"])
    assert line.to_polars("entries")["sources"].to_list() == [["e-one", "e-two"]]
    written = FORMATS["stix"](line, tmp_path / "out")
    assert dict(written.reduced)["withdrawn since, as revoked"] == 1


def test_a_marked_retraction_is_not_told(tmp_path: Path) -> None:
    """The target stays out, and no bundle says that somebody withdrew it."""
    line = Timeline()
    line.record(escaped(10), occurred="2026-01-19", reports=told(), id="e")
    line.record(EventRetracted(target="e", about=("tlp:red",)))
    written = FORMATS["stix"](line, tmp_path / "out")
    assert (written.count, dict(written.reduced)) == (0, {})
    assert b"revoked" not in bytes_of(tmp_path / "out")


def test_a_correction_without_the_mark_lifts_it(tmp_path: Path) -> None:
    """The present text of an entry counts; in a copy of the log the earlier text is still marked, and stays."""
    line = Timeline()
    line.record(escaped(10, about=("marking:embargoed",)), occurred="2026-01-19", id="e")
    line.correct("e", escaped(10))
    assert table.write(line, tmp_path / "out.csv").count == 1
    written = cloudevents.write(line, tmp_path / "out.json", source=SOURCE)
    assert (written.count, sum(written.left_out.values())) == (0, 2)


def test_what_is_marked_counts_in_no_sum(tmp_path: Path) -> None:
    """A stock or a posting in an export rests on what leaves, and on nothing else."""
    line = Timeline()
    line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(100)), occurred="2026-01-01")
    line.record(escaped(7, about=("tlp:red",)), occurred="2026-01-02")
    line.record(escaped(2), occurred="2026-01-03")
    assert [row["best"] for row in line.to_arrow("stocks").to_pylist()] == [100, 98]
    assert [row["best"] for row in line.to_arrow("postings").to_pylist()] == [2, 2]
    assert [row["best"] for row in line.to_arrow("stocks", allow="tlp:red").to_pylist()] == [100, 93, 91]


def test_references_to_what_stays_are_not_told(line: Timeline, tmp_path: Path) -> None:
    """An id made from content would let guesses of the content be tried out."""
    line.record(escaped(1), part_of="word-tlp-red", after=["e-open"], id="e-part")
    written = table.write(line, tmp_path / "out.csv")
    assert b"word-tlp-red" not in (tmp_path / "out.csv").read_bytes()
    assert b'["e-open"]' in (tmp_path / "out.csv").read_bytes().replace(b'""', b'"')
    assert written.reduced["references to entries left out"] == 1


def test_what_the_cuts_and_the_evidence_kept_out_is_said(tmp_path: Path) -> None:
    """By reason: nothing is missing without a word."""
    line = Timeline()
    line.record(escaped(1), occurred="2026-01-19", reports=[Report("Reuters", published="2026-01-20", credibility=1)])
    line.record(escaped(2), occurred="2026-01-19", reports=[Report("AFP", published="2026-01-20", credibility=5)])
    line.record(escaped(3), occurred="2026-01-19", reports=[Report("an undated page")])
    written = table.write(line, tmp_path / "out.csv", reported="2026-02-01", accept=credible(2))
    assert dict(written.left_out) == {"without a dated publication": 1, "not accepted": 1}
    assert str(written) == "1 written; left out: 1 not accepted, 1 without a dated publication"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"policy": "latest"}, "denied"),
        ({"accept": lambda claim: claim.event is None}, "denied"),
        ({"accept": lambda claim: False}, "not accepted"),
        ({"policy": lambda claims: None, "accept": lambda claim: claim.event is not None}, "not picked by the policy"),
    ],
)
def test_what_the_policy_kept_out_is_said(tmp_path: Path, asked: dict[str, Any], reason: str) -> None:
    """A denial, or none of the claims: nobody asked for better evidence."""
    line = Timeline()
    line.record(escaped(1), occurred="2026-01-19", reports=[Report("AFP", published="2026-01-20")], id="e")
    line.dispute("e", reports=[Report("SDF", published="2026-01-21")])
    assert dict(table.write(line, tmp_path / "out.csv", **asked).left_out) == {reason: 1}


@settings(max_examples=30)
@given(messy_histories())
def test_without_markings_an_export_is_of_the_situation_as_it_is(told: Chronicle) -> None:
    """Asking what may leave changes nothing about what is so, where all may."""
    line = told.timeline()
    shared = export(line)
    assert shared.situation == line.at()
    assert [entry.id for entry in shared.entries()] == [entry.id for entry in line.at().entries()]


# -- small counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (exactly(0), exactly(0)),
        (exactly(1), between(1, 4)),
        (exactly(4), between(1, 4)),
        (exactly(5), exactly(5)),
        (about(3), Quantity(0, None, None)),
        (at_least(2), at_least(1)),
        (between(2, 900, best=40), between(1, 900, best=40)),
        (between(0, 3), between(0, 4)),
        (exactly(3, unit="drones"), exactly(3, unit="drones")),
        (exactly(9, text="nine"), exactly(9, text="nine")),
    ],
)
def test_small_counts_of_people_are_told_as_a_range(given_: Quantity, expected: Quantity) -> None:
    """Every bound from 1 to 4 goes to the edge of that range, and a best estimate in it goes altogether."""
    assert suppressed(given_, 5) == expected


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "cloudevents"])
def test_small_counts_leave_no_format_nor_the_words_that_tell_them(name: str, tmp_path: Path) -> None:
    """Detail and quote are left out beside a count that becomes a range, and are counted."""
    line = Timeline()
    line.record(
        custody.HeadcountReported(
            facility="al-hol-camp", quantity=exactly(903, text="nine-oh-three"), breakdown={"iraqi": exactly(3)},
            detail="exactly-three",
        ),
        occurred="2026-01-19",
        reports=[Report("Reuters", published="2026-01-20", quote="exactly-three")],
    )  # fmt: skip
    written = FORMATS[name](line, tmp_path / "out", suppress_below=5)
    assert b"exactly-three" not in bytes_of(tmp_path / "out")
    assert written.reduced["with small counts as a range"] == 1


@pytest.fixture
def few() -> Timeline:
    """Small counts, and every act on them, with words of its own at each source and each reason."""
    line = Timeline()

    def of(word: str) -> dict[str, Any]:
        return {"reports": [Report("Reuters", published="2026-01-20", quote=f"telltale-{word}")]}

    for id, number in (("few", 3), ("gone", 1), ("kept", 300), ("lowered", 200)):
        line.record(escaped(number), occurred="2026-01-19", id=id, **(of(id) if number < 5 else {}))
    line.corroborate("few", **of("corroborated"), reason="telltale-corroboration")
    line.dispute("few", **of("denied"), reason="telltale-denial")
    line.retract("gone", **of("retracted"), reason="telltale-retraction")
    line.merge("kept", ["few"], **of("merged"), reason="telltale-merger")
    line.correct("lowered", escaped(2), **of("corrected"), reason="telltale-correction")
    line.corroborate("lowered", **of("lowered"), reason="telltale-lowered")
    line.record(escaped(4), id="erased", **of("erased"))
    line.redact("erased")
    return line


@pytest.mark.parametrize("name", [*(name for name in FORMATS if name != "cloudevents"), "page"])
def test_no_act_on_a_small_count_tells_it_in_words(name: str, few: Timeline, tmp_path: Path) -> None:
    """A reason and a quote may tell the number, whichever act they belong to."""
    write = few.to_html if name == "page" else partial(FORMATS[name], few)
    write(tmp_path / "out", suppress_below=5)
    assert b"telltale-" not in bytes_of(tmp_path / "out")


def test_words_about_other_counts_go_out(tmp_path: Path) -> None:
    """The words about a count that is not small stay, also beside a small one."""
    line = Timeline()
    line.record(escaped(3), occurred="2026-01-19", id="few")
    line.record(escaped(300), occurred="2026-01-20", id="many", reports=[Report("AFP", quote="three hundred")])
    line.retract("many", reason="counted twice")
    prov.write(line, tmp_path / "out", source=SOURCE, suppress_below=5)
    found = bytes_of(tmp_path / "out")
    assert b"three hundred" in found
    assert b"counted twice" in found


def test_folded_numbers_are_suppressed_too() -> None:
    """A stock of three is small, though no report says three."""
    line = Timeline()
    line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(10)), occurred="2026-01-01")
    line.record(escaped(7), occurred="2026-01-02")
    last = line.to_arrow("stocks", suppress_below=5).to_pylist()[-1]
    assert (last["low"], last["best"], last["high"]) == (1, None, 4)


def test_what_cannot_be_searched_for_small_counts_stays() -> None:
    """An event of a type that this program does not know may hold any number."""
    line = Timeline()
    line.record(UnknownEvent("newsroom.unheard_of", 1, {"n": 3}))
    assert line.to_arrow().num_rows == 1
    assert line.to_arrow(suppress_below=5).num_rows == 0


@pytest.mark.parametrize("below", [1, 0, True, 2.5, "5"])
def test_a_threshold_that_suppresses_nothing_is_refused(below: Any) -> None:
    """The message says what to write."""
    with pytest.raises(InvalidValue, match="such as 5"):
        export(Timeline(), suppress_below=below)


def test_markings_are_tags_of_two_kinds_in_any_case() -> None:
    """Everything else is not a marking, whatever it is about."""
    tags = ["marking:Sensitive", "TLP:RED", "facility:tlp", "operation:x"]
    assert markings(tags) == {"marking:sensitive", "tlp:red"}


@pytest.mark.parametrize(
    "slip",
    [
        " tlp:red", "tlp: red", "tlp:red\n", "TLP:RED", "tlp::red", "tlp-red", "tlp red", "TLP_RED", "\u200ftlp:red",
        "\u202atlp:red", "tlp\u200b:red", "\ufefftlp:red", "tlp\uff1ared", "\uff54\uff4c\uff50:red", "tlp\u00a0:red",
    ],
)  # fmt: skip
def test_a_slip_of_the_keyboard_unmarks_nothing(slip: str, tmp_path: Path) -> None:
    """An entry that somebody meant to mark stays, and goes out where the marking is allowed, however it is spelled."""
    line = Timeline()
    line.record(escaped(20, about=(slip,)), occurred="2026-01-20")
    assert dict(table.write(line, tmp_path / "out").left_out) == {"marked tlp:red": 1}
    assert table.write(line, tmp_path / "out", allow=["tlp:red"]).count == 1
    assert table.write(line, tmp_path / "out", allow=[slip]).count == 1


def test_what_only_looks_like_a_marking_is_none() -> None:
    """A word that begins with the same letters names something else."""
    assert markings(["operation:tlp", "tlpx:red", "remarking:x", "markings:x", "cohort:marking"]) == set()
    assert markings(["tlp"]) == {"tlp:"}


@pytest.mark.parametrize("allow", ["purple", ["red"], 3, [None], ["tlp:red", "amber"]])
def test_only_markings_can_be_allowed(allow: Any) -> None:
    """A word that marks nothing would allow nothing."""
    with pytest.raises(InvalidValue, match="allow is .*: expected markings, such as"):
        export(Timeline(), allow=allow)


def test_a_marked_draft_is_found_by_its_marking() -> None:
    """It is a tag like any other."""
    line = Timeline()
    line.record_all([Draft(border.CrossingOpened(crossing="a", about=("tlp:red",)), id="x"), Draft(escaped(1))])
    assert [entry.id for entry in line.entries(tags="tlp:red")] == ["x"]


@pytest.mark.parametrize("source", ["", "a\x00b", "a\ud83d"])
def test_a_source_is_a_text_that_can_be_written(source: str, tmp_path: Path) -> None:
    """A control character, or half of one, is refused before a file is begun."""
    with pytest.raises(InvalidValue, match="expected a text such as"):
        cloudevents.write(Timeline(), tmp_path / "out.json", source=source)
    assert not (tmp_path / "out.json").exists()


# -- the laws of markings ---------------------------------------------------------------------------------------


SOURCE_WORD, NUMBER, PLACE = "HushSource", 7_770_777, "hush-camp"


@attrs.frozen
class Marked:
    """A history of which some entries are marked, and the same without them."""

    line: Timeline
    alone: Timeline


@st.composite
def partly_marked(draw: DrawFn) -> Marked:
    """Draw a history with marked entries, each with words of its own.

    Whatever names a marked entry is marked too. Only a merge of others goes on without it. A correction or a retraction of an
    unmarked entry stays unmarked, because it changes what that entry says.
    """
    chronicle = draw(messy_histories())
    chosen: set[str] = set()
    drafts, open_ = [], []
    for draft, minute in zip(chronicle.drafts, chronicle.minutes, strict=True):
        names = set(draft.references)
        changes = isinstance(draft.event, EventCorrected | EventRetracted)
        kept = _merged_without(draft, chosen) if isinstance(draft.event, EventsMerged) else draft
        named = kept is None or (kept is draft and bool(names & chosen))
        if named or (not changes and draw(st.booleans())):
            chosen.add(str(draft.id))
            drafts.append(_marked(draft))
            continue
        drafts.append(draft)
        open_.append((kept, minute))
    alone = Chronicle([draft for draft, _ in open_], minutes=[minute for _, minute in open_])
    return Marked(Chronicle(drafts, minutes=chronicle.minutes).timeline(), alone.timeline())


def _merged_without(draft: Draft, chosen: set[str]) -> Draft | None:
    """Return a merge of what is not marked; None where that is fewer than two entries.

    Where the kept entry is marked, the first recorded of the others is kept.
    """
    left = [id for id in targets(draft.event) if id not in chosen]
    if len(left) < 2:
        return None
    if draft.event.kept in chosen:
        left.sort(key=lambda id: int(id[1:]))
    return attrs.evolve(draft, event=attrs.evolve(draft.event, kept=left[0], duplicates=tuple(left[1:])))


def _marked(draft: Draft) -> Draft:
    """Mark a draft, and let it say what no other says."""
    event = attrs.evolve(_hushed(draft.event), about=("tlp:red",))
    reports = [attrs.evolve(report, source=SOURCE_WORD) for report in draft.reports]
    return attrs.evolve(draft, event=event, reports=reports or [Report(SOURCE_WORD, published="2026-01-09")])


def _hushed(event: Any) -> Any:
    if isinstance(event, UnknownEvent):
        return escaped(NUMBER)
    said = {"facility": PLACE, "quantity": exactly(NUMBER), "detail": HUSH, "reason": HUSH}
    changes: dict[str, Any] = {name: word for name, word in said.items() if getattr(event, name, None)}
    inner = {name: _hushed(getattr(event, name)) for name in ("replacement", "rival") if getattr(event, name, None)}
    return attrs.evolve(event, **changes, **inner)


TABLES = (*frames.NAMES, "claims", "findings", "plans", "entities")


@given(partly_marked())
@pytest.mark.slow
def test_no_word_of_what_is_marked_leaves(marked: Marked) -> None:
    """No source, place or number that only marked entries name is in any format, table, frame or list of entries."""
    with TemporaryDirectory() as folder:
        for name, write in FORMATS.items():
            write(marked.line, Path(folder) / name)
        written = bytes_of(Path(folder)).decode("utf-8", "replace")
    said = "".join(str(marked.line.to_arrow(name).to_pylist()) for name in TABLES)
    told = leaving(marked.line)
    shown = page_text(told, marked.line, title="", language="en", names=None, colours=None)
    for word in (SOURCE_WORD, str(NUMBER), f"{NUMBER:,}", PLACE, HUSH, "tlp:red"):
        for text in (written, said, shown):
            assert word not in text


@given(partly_marked())
def test_what_is_not_marked_leaves_as_if_alone(marked: Marked) -> None:
    """Entries, rivals, findings and sums are those of a log that never held what is marked."""
    for name in TABLES:
        rows, expected = (_rows(line, name) for line in (marked.line, marked.alone))
        assert rows == expected, name
    assert export(marked.line).situation == export(marked.alone).situation


def _rows(line: Timeline, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table without positions and times of recording, which marked entries move."""
    found = line.to_arrow(name).to_pylist()
    return [{k: v for k, v in row.items() if k not in ("position", "recorded_at", "step")} for row in found]
