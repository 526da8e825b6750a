"""Data frames: their schema, and that intervals and postings say what the situation says at every date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline import NOBODY, Modality, Quantity, Report, Situation, Timeline, When, about, at_least, between, exactly
from timeline.errors import InvalidValue
from timeline.events import agreement, border, custody, entity, facility
from timeline.exchange import flat, frames
from timeline.exchange.sharing import export
from timeline.projections.custody import HEADINGS
from timeline.testing.strategies import Chronicle, messy_histories
from timeline.testing.strategies.values import SLUGS
from timeline.values.quantity import Total

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-10", "2026-01-20", "2026-02-01")
PLACES = SLUGS["facility"]
Rows = list[dict[str, Any]]


def at(day: str) -> datetime:
    """Return the end of a day, as a date means it where an instant is needed."""
    return datetime.fromtimestamp(When.of(day).span().end / 1_000_000, timezone.utc)


def true_at(rows: Rows, moment: datetime | None) -> Iterator[dict[str, Any]]:
    """Return the rows of an interval table that are true at a moment; None: at the end of all."""
    for row in rows:
        begun = row["begins"] is None or moment is None or row["begins"] <= moment
        if begun and (row["ends"] is None or (moment is not None and moment < row["ends"])):
            yield row


def quantity(row: dict[str, Any]) -> Quantity:
    return Quantity(row["low"], row["best"], row["high"])


def agrees(tables: dict[str, Rows], situation: Situation, moment: datetime | None) -> None:
    """Check that the interval tables say of a moment what the situation says, with no row for an unknown stock."""
    stocks = {(row["facility"], row["cohort"]): quantity(row) for row in true_at(tables["stocks"], moment)}
    assert Quantity(0, None, None) not in stocks.values()
    for place in situation.custody:
        for cohort in (None, "iraqi", "syrian"):
            held = situation.custody.held(facility=place, cohort=cohort)
            assert stocks.get((place, cohort), Quantity(0, None, None)) == held
    flowed = {
        (row["facility"], row["heading"], row["cohort"]): quantity(row) for row in true_at(tables["flows"], moment)
    }
    for place in situation.custody:
        for heading in HEADINGS:
            for cohort in (None, "iraqi"):
                known = getattr(situation.custody, heading)(facility=place, cohort=cohort)
                assert flowed.get((place, heading, cohort), exactly(0)) == known
    holds = {(row["facility"], row["role"]): row for row in true_at(tables["control"], moment)}
    for place in situation.facilities:
        row = holds.get((place, "control"))
        found = situation.facilities[place]
        assert (NOBODY if row and row["nobody"] else row and row["holder"]) == found.holder()
        assert (row and row["since"]) == (found.since() and str(found.since()))
        assert tuple(row["claimants"] if row else ()) == found.claimants()
    statuses = {row["agreement"]: row["status"] for row in true_at(tables["agreements"], moment)}
    assert statuses == {name: found.status for name, found in situation.agreements.items()}


def naming_all(told: Chronicle) -> Timeline:
    """Make a timeline of drafts, in which any name may be asked for."""
    line = told.timeline()
    line.record(agreement.StatementMade(about=[*(f"facility:{p}" for p in PLACES), "cohort:iraqi", "cohort:syrian"]))
    return line


def tables_of(line: Timeline, **cuts: Any) -> dict[str, Rows]:
    return {name: line.to_arrow(name, **cuts).to_pylist() for name in frames.NAMES}


cuts = st.fixed_dictionaries(
    {},
    optional={
        "reported": st.sampled_from(["2026-01-10", "2026-02-05"]),
        "policy": st.sampled_from(["lowest", "highest", "envelope"]),
    },
)


@settings(max_examples=30)
@given(messy_histories(), cuts)
def test_intervals_say_of_every_day_what_the_situation_says(told: Chronicle, cut: dict[str, Any]) -> None:
    """This holds for whatever was corrected, disputed, merged or reported late, within the same cuts."""
    line = naming_all(told)
    tables = tables_of(line, **cut)
    for day in (*DAYS, "2025-12-31", "2026-12-31"):
        agrees(tables, line.at(day, **cut), at(day))


@settings(max_examples=30)
@given(messy_histories(), st.sampled_from(DAYS))
def test_a_cut_in_the_middle_ends_the_intervals_there(told: Chronicle, day: str) -> None:
    """The last value is true at the cut, and has no end."""
    line = naming_all(told)
    agrees(tables_of(line, occurred=day), line.at(day), None)


@settings(max_examples=30)
@given(messy_histories(editorial=False), st.sampled_from(DAYS))
def test_postings_add_up_to_the_flows_of_the_ledger(told: Chronicle, day: str) -> None:
    """By heading and facility: sums of bounds, open where one is open."""
    line = naming_all(told)
    rows = line.to_arrow("postings").to_pylist()
    for place in PLACES:
        for heading in HEADINGS:
            found = [
                row
                for row in rows
                if (row["account"], row["heading"]) == (place, heading)
                and row["happened_by"] is not None
                and row["happened_by"] <= at(day)
            ]
            total = Total()
            for row in found:
                total = total - quantity(row) if row["share"] else total + quantity(row)
            assert total.balance().shown() == getattr(line.at(day).custody, heading)(facility=place)


@settings(max_examples=30)
@given(messy_histories())
def test_for_every_step_what_one_account_gives_another_gets(told: Chronicle) -> None:
    """Quantity by quantity, the signs add up to nothing."""
    signs: dict[Any, int] = {}
    for row in told.timeline().to_arrow("postings").to_pylist():
        key = (row["step"], row["low"], row["best"], row["high"])
        signs[key] = signs.get(key, 0) + row["sign"]
    assert set(signs.values()) <= {0}


@settings(max_examples=30)
@given(messy_histories())
def test_entries_that_happened_by_a_day_are_those_the_situation_has_folded(told: Chronicle) -> None:
    """`always OR happened_by <= t` is what `at` folds, and announcements are those made by then."""
    line = naming_all(told)
    rows = line.to_arrow().to_pylist()
    for day in DAYS:
        by = {row["id"] for row in rows if row["always"] or (row["happened_by"] and row["happened_by"] <= at(day))}
        assert by == {entry.id for entry in line.at(day).entries()}


def test_the_columns_are_those_documented() -> None:
    """The rows, the CSV file and the frame of entries agree on them."""
    line = Timeline()
    line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(1)))
    assert tuple(frames.SCHEMAS["entries"].names) == flat.COLUMNS
    assert [tuple(row) for row in flat.entry_rows(export(line))] == [flat.COLUMNS]
    for name in frames.NAMES:
        assert line.to_arrow(name).schema.equals(frames.SCHEMAS[name])


def test_uncertainty_stands_in_columns() -> None:
    """Bounds of time and number are null where the source gives none."""
    line = Timeline()
    line.record(
        custody.DetaineesEscaped(facility="a", quantity=between(120, 1500, best=200, text="بين")),
        occurred="2026-01~", reports=[Report("Reuters", published="2026-02-03"), Report("AFP", published="2026-02-01")],
        id="x",
    )  # fmt: skip
    line.record(custody.DetaineesEscaped(facility="a", quantity=about(150)), occurred="../2026-01-21", id="y")
    line.record(border.CrossingOpened(crossing="c"), id="z")
    line.record(facility.FacilityRegistered(facility="a"), id="r")
    rows = {row["id"]: row for row in line.to_arrow().to_pylist()}
    x, y, z, r = (rows[name] for name in "xyzr")
    assert (x["occurred"], x["earliest"], x["latest"]) == ("2026-01~", at("2025-12-31"), at("2026-01-31"))
    assert (x["approximate"], x["uncertain"], x["low"], x["best"], x["high"]) == (True, False, 120, 200, 1500)
    assert (x["quantity_text"], x["unit"], x["sources"]) == ("بين", "people", ["Reuters", "AFP"])
    assert x["first_published"] == at("2026-02-01")
    assert (y["earliest"], y["latest"], y["low"], y["best"], y["high"]) == (None, at("2026-01-21"), 0, 150, None)
    assert (z["occurred"], z["earliest"], z["latest"], z["low"]) == (None, None, None, None)
    assert (r["always"], r["happened_by"]) == (True, None)


def test_what_lasted_no_time_is_no_interval() -> None:
    """Of two holders on one day the last is in the table; no row begins where it ends."""
    line = Timeline()
    for authority in ("sdf", "syria-gov"):
        line.record(facility.ControlChanged(facility="a", authority=authority), occurred="2026-01-20")
    assert [row["holder"] for row in line.to_arrow("control").to_pylist()] == ["syria-gov"]


def test_who_lets_go_of_a_place_that_nobody_holds_is_not_known() -> None:
    """An authority is one that held it, or that the event names."""
    line = Timeline()
    line.record(facility.ControlChanged(facility="a", authority="sdf"), occurred="2026-01-01")
    line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(1)), occurred="2026-01-02")
    line.record(facility.ControlChanged(facility="a", manner="vacated"), occurred="2026-01-03")
    line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(2)), occurred="2026-01-04")
    line.record(custody.DetaineesReleased(facility="a", quantity=exactly(3), by="un"), occurred="2026-01-05")
    found = {row["best"]: row["authority"] for row in line.to_arrow("postings").to_pylist() if row["heading"]}
    assert found == {1: "sdf", 2: None, 3: "un"}


def test_a_plan_is_an_entry_and_no_posting() -> None:
    """Only what happened moves anybody."""
    line = Timeline()
    line.record(custody.DetaineesReleased(facility="a", quantity=exactly(5)), modality=Modality.PLANNED)
    assert [row["modality"] for row in line.to_arrow().to_pylist()] == ["planned"]
    assert line.to_arrow("postings").num_rows == 0


def test_agreements_keep_their_end_foreseen_and_what_became_of_them() -> None:
    """Each status from when to when, with the parties as far as they had gone."""
    line = Timeline()
    line.record(agreement.AgreementSigned(agreement="a", parties=("x", "y")), occurred="2026-01-18")
    line.record(agreement.AgreementEnteredIntoForce(agreement="a", until="2026-02~"), occurred="2026-01-20")
    line.record(agreement.AgreementTerminated(agreement="a"), occurred="2026-03-01")
    rows = line.to_arrow("agreements").to_pylist()
    assert [(row["status"], row["until"], row["ending"]) for row in rows] == [
        ("signed", None, None), ("in_force", "2026-02~", None), ("ended", "2026-02~", "terminated"),
    ]  # fmt: skip
    assert [(row["begins"], row["ends"]) for row in rows][0] == (at("2026-01-18"), at("2026-01-20"))
    assert dict(rows[0]["parties"]) == {"x": "signed", "y": "signed"}


def test_what_is_true_by_no_date_is_said() -> None:
    """An event whose time is open at the end, reported before it began, is folded only where time is left free."""
    line = Timeline()
    line.record(
        facility.ControlChanged(facility="a", authority="sdf"), occurred="2026-03-01/..",
        reports=[Report("Reuters", published="2026-01-01")],
    )  # fmt: skip
    table = line.to_arrow("control")
    assert table.num_rows == 0
    assert b"no date" in table.schema.metadata[b"reduced"]


def test_polars_and_pandas_hold_the_same_rows() -> None:
    """A number that is not known stays missing, and none becomes a fraction."""
    line = Timeline()
    line.record(custody.DetaineesEscaped(facility="a", quantity=about(150)), occurred="2026-01-21", id="x")
    line.record(border.CrossingOpened(crossing="c"), id="y")
    polars, pandas = line.to_polars(), line.to_pandas()
    assert polars["best"].to_list() == [150, None]
    assert pandas["best"].dtype == pd.ArrowDtype(pa.int64())
    assert pandas["best"].isna().tolist() == [False, True]
    assert polars["earliest"].to_list() == [at("2026-01-20"), None]


def test_every_projection_is_a_table() -> None:
    """Those of the library too: a row for each thing, and a number of which no bound is known is a number still."""
    line = Timeline()
    line.record(facility.FacilityRegistered(facility="camp", kind="camp", capacity=at_least(5)), occurred="2026-01-01")
    line.record(border.CrossingOpened(crossing="gate"), occurred="2026-01-02")
    assert line.to_arrow("facilities").to_pylist()[0]["capacity_low"] == 5
    assert line.to_arrow("facilities").schema.field("capacity_high").type == "int64"
    assert line.to_arrow("border").to_pylist() == [
        {"name": "crossings", "gate.status": "open", "gate.since": "2026-01-02"}
    ]
    assert line.to_arrow("custody").num_rows == 0


def test_a_table_there_is_none_of_is_refused() -> None:
    """The message lists those there are."""
    with pytest.raises(InvalidValue, match="expected one of entries, postings, stocks, flows, control"):
        Timeline().to_arrow("prisons")
    with pytest.raises(InvalidValue, match="no table is named"):
        Timeline().to_arrow(["control"])


def test_parquet_is_written_in_files_of_so_many_rows_and_replaced_whole(tmp_path: Path) -> None:
    """A shorter export leaves no file of a longer one behind."""
    line = Timeline()
    for number in range(7):
        line.record(border.CrossingOpened(crossing="c"), occurred=f"2026-01-0{number + 1}", id=f"x{number}")
    assert frames.write(line, tmp_path, rows_per_file=3).count == 7
    assert len(list((tmp_path / "entries").glob("*.parquet"))) == 3
    assert pq.read_table(tmp_path / "entries").num_rows == 7
    frames.write(line, tmp_path, occurred="2026-01-02")
    assert pq.read_table(tmp_path / "entries")["id"].to_pylist() == ["x0", "x1"]
    assert pq.read_table(tmp_path / "stocks").num_rows == 0


class TestAnswers:
    """Claims, findings, plans and entities, of which only leaves what may."""

    def test_each_is_a_table(self):
        """With the rows that a situation has."""
        chronicle = Timeline.demo()
        asked = chronicle.at()
        assert chronicle.to_polars("claims").height == len(asked.claims())
        assert chronicle.to_polars("findings")["kind"].to_list() == [found.kind for found in asked.findings]
        assert chronicle.to_polars("plans")["entry"].to_list() == [plan.id for plan in asked.plans.all]
        camp = chronicle.to_polars("entities").row(by_predicate=pl.col("tag") == "facility:al-hol-camp", named=True)
        assert (camp["kind"], camp["slug"], camp["entries"] > 1) == ("facility", "al-hol-camp", True)

    def test_entities_say_what_is_the_same_as_far_as_it_may_leave(self):
        """Other spellings, names that mean the same, and who judged so; a marked judgement joins nothing there."""
        line = Timeline()
        line.record(facility.FacilityRegistered(facility="a", aliases=("A", "أ")))
        names = [f"facility:{slug}" for slug in "abc"]
        for right, marks in zip(names[1:], ((), ("tlp:red",)), strict=True):
            same = entity.IdentityJudged(left=names[0], right=right, judgement="same", about=marks)
            line.record(same, reports=[Report("desk 3")], recorder="ana")
        line.record(custody.DetaineesEscaped(facility="c"), occurred="2026-01-02")
        found = line.to_polars("entities").select("tag", "aliases", "registered", "same", "judged_by").rows()
        assert found == [
            (names[0], ["A", "أ"], True, [names[1]], ["desk 3", "ana"]),
            (names[1], ["A", "أ"], True, [names[0]], ["desk 3", "ana"]),
            (names[2], [], False, [], []),
        ]

    def test_what_is_marked_stays(self):
        """No version, finding, plan or name of a marked entry leaves; small numbers become a range."""
        line = Timeline()
        open_ = line.record(custody.DetaineesEscaped(facility="f", quantity=exactly(3)), occurred="2026-01-02")
        line.dispute(open_, rival=custody.DetaineesEscaped(facility="f", quantity=exactly(4), about=("tlp:red",)))
        line.record(
            custody.TransferPlanned(operation="op", quantity=exactly(7), about=("tlp:red",)), modality=Modality.PLANNED
        )
        said = {name: line.to_polars(name, suppress_below=5) for name in ("claims", "findings", "plans", "entities")}
        assert said["claims"]["quantity_best"].to_list() == [None]
        assert said["claims"]["quantity_high"].to_list() == [4]
        assert said["findings"].height == said["plans"].height == 0
        assert said["entities"]["tag"].to_list() == ["facility:f"]
