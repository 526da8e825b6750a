"""Scale-out: other engines read the exported Parquet, and give of real data what the timeline itself gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from test_exchange_table import CENSUS, DATA, POPULATION, agreements

from examples.northeast_syria import load
from support.machine import needs
from timeline import NOBODY, Quantity, Timeline, When
from timeline.exchange import frames, table
from timeline.values.instants import stamp

TRUE_AT = "(begins IS NULL OR begins <= TIMESTAMP '{t}') AND (ends IS NULL OR TIMESTAMP '{t}' < ends)"
HELD = f"SELECT facility, low, best, high FROM stocks WHERE cohort IS NULL AND {TRUE_AT}"
HELD_IN_ALL = (
    "SELECT CAST(sum(low) AS BIGINT), CASE WHEN count(best) = count(*) THEN CAST(sum(best) AS BIGINT) END, "
    f"CASE WHEN count(high) = count(*) THEN CAST(sum(high) AS BIGINT) END FROM stocks WHERE cohort IS NULL AND {TRUE_AT}"
)
HOLDERS = f"SELECT facility, holder, nobody FROM control WHERE role = 'control' AND {TRUE_AT}"
STATUSES = f"SELECT agreement, status FROM agreements WHERE {TRUE_AT}"
FLOWED = f"SELECT facility, heading, low, best, high FROM flows WHERE cohort IS NULL AND {TRUE_AT}"


def ask(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask DuckDB, over all files of each table."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in frames.NAMES:
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{name}/*.parquet'")
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A local Spark with two workers; it needs Java."""
    needs("java", bring="Spark needs Java 17, apt-get install default-jre-headless")
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield session
    session.stop()


class Exported(NamedTuple):
    line: Timeline
    folder: Path


def exported(line: Timeline, folder: Path, **cuts: Any) -> Exported:
    """Make a timeline in files of few rows, so that there are many."""
    frames.write(line, folder, rows_per_file=40, **cuts)
    return Exported(line, folder)


@pytest.fixture(scope="module")
def census(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    line = Timeline()
    table.load(line, POPULATION, CENSUS)
    return exported(line, tmp_path_factory.mktemp("census"))


@pytest.fixture(scope="module")
def chronicle(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    line = Timeline()
    load(line)
    return exported(line, tmp_path_factory.mktemp("chronicle"))


def until(day: str) -> str:
    """Return the end of a day, as SQL has it."""
    return stamp(When.of(day).span().end)[:19].replace("T", " ")


def quantities(rows: list[tuple[Any, ...]]) -> dict[str, Quantity]:
    return {name: Quantity(*numbers) for name, *numbers in rows}


def test_a_census_is_many_files(census: Exported) -> None:
    """The answers come from more than one file."""
    assert len(list((census.folder / "stocks").glob("*.parquet"))) > 4


@pytest.mark.parametrize("day", ["2025-08-01", "2025-08-20", "2025-09-30"])
def test_what_each_facility_held(census: Exported, day: str) -> None:
    """On the first day, in the middle, and after the last count."""
    custody = census.line.at(day).custody
    held = {facility: custody.held(facility=facility) for facility in custody}
    assert quantities(ask(census.folder, HELD.format(t=until(day)))) == held
    assert len(held) == 12


def test_what_was_held_in_all(census: Exported) -> None:
    """Sums of bounds, over all facilities."""
    found = ask(census.folder, HELD_IN_ALL.format(t=until("2025-08-20")))
    assert Quantity(*found[0]) == census.line.at("2025-08-20").custody.held()


@pytest.mark.parametrize("day", ["2026-01-19", "2026-01-20", "2026-01-25", "2026-05-31"])
def test_who_held_each_place_of_the_chronicle(chronicle: Exported, day: str) -> None:
    """Including the day on which nobody held al-Hol."""
    found = {
        name: NOBODY if nobody else who for name, who, nobody in ask(chronicle.folder, HOLDERS.format(t=until(day)))
    }
    facilities = chronicle.line.at(day).facilities
    assert found == {name: facilities[name].holder() for name in facilities if "control" in facilities[name].roles}


def test_how_many_escaped_and_were_moved_in_the_chronicle(chronicle: Exported) -> None:
    """With shares apart, and sums left open where one number is."""
    custody = chronicle.line.at("2026-02-28").custody
    found = ask(chronicle.folder, FLOWED.format(t=until("2026-02-28")))
    assert {heading for _, heading, *_ in found} >= {"escaped", "recaptured", "repatriated", "sent", "received"}
    for place, heading, *numbers in found:
        assert Quantity(*numbers) == getattr(custody, heading)(facility=place), (place, heading)


def test_stocks_of_the_chronicle_as_published_by_a_day(chronicle: Exported, tmp_path: Path) -> None:
    """Files written for a cut answer for that cut."""
    cut = exported(chronicle.line, tmp_path, reported="2026-01-25", policy="lowest")
    custody = chronicle.line.at("2026-01-31", reported="2026-01-25", policy="lowest").custody
    held = {facility: custody.held(facility=facility) for facility in custody}
    found = quantities(ask(cut.folder, HELD.format(t=until("2026-01-31"))))
    assert found == {facility: quantity for facility, quantity in held.items() if quantity.known}
    assert len(found) > 3


def test_where_agreements_stood(tmp_path: Path) -> None:
    """Of the agency's own lists, with signatures reported late and agreements that were taken off."""
    line = Timeline()
    table.load(line, DATA / "agreements-287g" / "four_states.csv", agreements())
    folder = exported(line, tmp_path).folder
    for day in ("2025-03-31", "2025-06-30"):
        standing = {name: found.status for name, found in line.at(day).agreements.items()}
        assert dict(ask(folder, STATUSES.format(t=until(day)))) == standing
        assert "signed" in standing.values()


def test_spark_answers_as_duckdb_does(spark: Any, census: Exported, chronicle: Exported) -> None:
    """The same questions to the same files, by every table with a question."""
    questions = ((census, "2025-08-20", (HELD, HELD_IN_ALL)), (chronicle, "2026-01-20", (HOLDERS, FLOWED, STATUSES)))
    for asked, day, queries in questions:
        for name in frames.NAMES:
            spark.read.parquet(str(asked.folder / name)).createOrReplaceTempView(name)
        for query in queries:
            sql = query.format(t=until(day))
            found = [tuple(row) for row in spark.sql(sql).collect()]
            assert sorted(found, key=str) == sorted(ask(asked.folder, sql), key=str)
            assert found
