"""Successive releases of a living data set: each of them is what was reported on its day."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline import Report, Timeline, exactly
from timeline.errors import InvalidValue
from timeline.events import agreement, custody
from timeline.exchange import releases
from timeline.exchange.table import Column, RowMapping, counted, slugged

LISTS = Path(__file__).parents[1] / "data" / "agreements-287g" / "all_lists.csv"
CENSUS = RowMapping(
    custody.HeadcountReported,
    {"facility": Column("place"), "quantity": Column("held", counted)},
    occurred=Column("date"),
    id=lambda cells: cells["place"],
)

Listed = dict[str, str]


def key(row: Any) -> str:
    return slugged(f"{row['list']} {row['state']} {row['agency']} {row['county']} {row['type']} {row['support_type']}")


SIGNED = RowMapping(
    agreement.AgreementSigned,
    {"agreement": key, "parties": lambda row: ("ice", slugged(row["agency"])), "detail": Column("moa")},
    occurred=Column("signed"),
    id=key,
)


def publications(path: Path) -> dict[str, dict[str, dict[str, Listed]]]:
    """Rebuild each list from what changed: publication → list → row by key."""
    lists: dict[str, dict[str, Listed]] = {}
    found: dict[str, dict[str, dict[str, Listed]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            now = lists.setdefault(row["list"], {})
            if row["event"] == "delisted":
                now.pop(key(row), None)
            else:
                now[key(row)] = row
            found.setdefault(row["published"], {})[row["list"]] = dict(now)
    return found


def release(
    line: Timeline, rows: list[Listed], path: Path, published: str, mapping: Any = CENSUS, dataset: str = "census"
) -> releases.Released:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*(rows[0] if rows else ("place", "held", "date"))])
        writer.writeheader()
        writer.writerows(rows)
    return releases.load(line, path, mapping, dataset=dataset, report=Report("ICE", published=published))


def said(line: Timeline, reported: str | None = None, dataset: str = "census") -> dict[str, tuple[str, str, str]]:
    """Return the rows of a data set as reported by then: what stands, by id."""
    found = line.at(reported=reported).entries(tags=[f"dataset:{dataset}"])
    return {str(e.id): (str(e.occurred or ""), e.event.detail, str(getattr(e.event, "quantity", ""))) for e in found}


def row(place: str, held: int, date: str = "2026-01-01") -> Listed:
    return {"place": place, "held": str(held), "date": date}


# -- real lists -----------------------------------------------------------------------------------------


def replayed(path: Path, folder: Path) -> int:
    """Load every list in its order, ask for each by its publication, and count the questions that were asked."""
    line, lists = Timeline(), publications(path)
    for published, both in lists.items():
        for name, rows in both.items():
            released = release(line, list(rows.values()), folder / "list.csv", f"{published}-05:00", SIGNED, name)
            assert all("05/082025" in problem.reason for problem in released.problems)
            assert not released.undecided
    asked = 0
    for published, both in lists.items():
        for name, rows in both.items():
            good = {id: (row["signed"], row["moa"], "") for id, row in rows.items() if row["signed"] != "05/082025"}
            assert said(line, f"{published}-05:00", name) == good, (published, name)
            asked += 1
    return asked


def test_successive_lists_replay_exactly(tmp_path: Path) -> None:
    """Of 56 publications, each list is what was reported by its publication: dates, agencies, and nothing else."""
    lists = publications(LISTS)
    assert len(lists) == 56
    assert replayed(LISTS, tmp_path) == sum(map(len, lists.values()))


def test_each_list_may_be_loaded_again(tmp_path: Path) -> None:
    """Nothing changes, whichever comes first: the log knows what each of them said."""
    line, lists = Timeline(), list(publications(LISTS).items())[:12]
    for published, both in [*lists, *lists]:
        head = line.head()
        for name, rows in both.items():
            release(line, list(rows.values()), tmp_path / "list.csv", f"{published}-05:00", SIGNED, name)
    assert line.head() == head


# -- one behaviour each ---------------------------------------------------------------------------------


def test_a_row_is_new_changes_goes_and_comes_back(tmp_path: Path) -> None:
    """Each is what it is as of the release, and as it was before."""
    line, path = Timeline(), tmp_path / "list.csv"
    told = [
        release(line, [row("a", 1), row("b", 2)], path, "2026-02-01"),
        release(line, [row("a", 5), row("c", 3)], path, "2026-03-01"),
        release(line, [row("a", 5), row("b", 4), row("c", 3)], path, "2026-04-01"),
        release(line, [row("c", 3)], path, "2026-05-01"),
    ]
    assert [str(one).partition(", 0 skipped")[0] for one in told] == [
        "2 new, 0 changed, 0 gone, 0 back, 0 as before",
        "1 new, 1 changed, 1 gone, 0 back, 0 as before",
        "0 new, 1 changed, 0 gone, 1 back, 2 as before",
        "0 new, 0 changed, 2 gone, 0 back, 1 as before",
    ]
    numbers = {
        day: {id: one[2] for id, one in said(line, day).items()} for day in ("2026-02-15", "2026-03-15", "2026-04-15")
    }
    assert numbers == {
        "2026-02-15": {"a": "1", "b": "2"}, "2026-03-15": {"a": "5", "c": "3"}, "2026-04-15": {"a": "5", "b": "4", "c": "3"},
    }  # fmt: skip
    assert list(said(line)) == ["c"]
    assert line.at(reported="2026-02-15").custody.held(facility="a") == exactly(1)


def test_a_bad_row_is_neither_changed_nor_gone(tmp_path: Path) -> None:
    """The entry under its id stays, and the row is a problem of its line."""
    line, path = Timeline(), tmp_path / "list.csv"
    release(line, [row("a", 1), row("b", 2)], path, "2026-02-01")
    told = release(line, [row("a", 1, "2026-02-30")], path, "2026-03-01")
    assert (told.gone, told.undecided, [p.line for p in told.problems]) == (("b",), 0, [2])
    assert list(said(line)) == ["a"]


def test_a_bad_row_without_an_id_may_be_any(tmp_path: Path) -> None:
    """So no row is taken for gone."""
    line, path = Timeline(), tmp_path / "list.csv"
    release(line, [row("a", 1), row("b", 2)], path, "2026-02-01")
    told = release(line, [row("", 1)], path, "2026-03-01")
    assert (told.gone, told.undecided) == ((), 2)
    assert "2 missing, but a bad row may be one of them" in str(told)


def test_without_an_id_a_changed_row_is_another(tmp_path: Path) -> None:
    """The id comes from what the row says, not from when the release was published."""
    line, path = Timeline(), tmp_path / "list.csv"
    nameless = RowMapping(
        CENSUS.event, CENSUS.fields, occurred=CENSUS.occurred, report={"source": "UN", "published": "2020"}
    )
    release(line, [row("a", 1), row("a", 1), row("b", 2)], path, "2026-02-01", nameless)
    told = release(line, [row("a", 1), row("a", 1), row("b", 7)], path, "2026-03-01", nameless)
    assert (len(told.new), len(told.gone), told.unchanged) == (1, 1, 2)
    assert {str(one.reports[0]) for one in line.at().entries()} == {"UN, 2026-02-01", "UN, 2026-03-01"}


def test_what_an_editor_decided_stands(tmp_path: Path) -> None:
    """A row that a desk retracted is not brought back by the next release, and one redacted never is."""
    line, path = Timeline(), tmp_path / "list.csv"
    release(line, [row("a", 1), row("b", 2)], path, "2026-02-01")
    line.retract("a", reason="wrong camp")
    line.redact("b", reason="endangers somebody")
    told = release(line, [row("a", 1), row("b", 3)], path, "2026-03-01")
    assert (told.unchanged, told.changed, told.new) == (2, (), ())
    assert said(line) == {}


def test_a_row_that_a_desk_retracted_and_the_release_drops_is_a_problem(tmp_path: Path) -> None:
    """Everything else of the release is recorded."""
    line, path = Timeline(), tmp_path / "list.csv"
    release(line, [row("a", 1), row("b", 2)], path, "2026-02-01")
    line.retract("a", reason="wrong camp")
    told = release(line, [row("b", 3)], path, "2026-03-01")
    assert (told.changed, told.gone, len(told.problems)) == (("b",), (), 1)
    assert told.problems[0].reason.startswith("a: ")


def test_releases_come_in_their_order(tmp_path: Path) -> None:
    """One that is older and says otherwise would change what later ones said: it is refused."""
    line, path = Timeline(), tmp_path / "list.csv"
    release(line, [row("a", 1)], path, "2026-03-01")
    head = line.head()
    with pytest.raises(InvalidValue, match="2026-02-01 is not after the last release of 'census' on the log"):
        release(line, [row("a", 2)], path, "2026-02-01")
    assert line.head() == head


def test_an_id_of_something_else_is_a_problem(tmp_path: Path) -> None:
    """A data set changes its own rows only; so do two rows of one id."""
    line, path = Timeline(), tmp_path / "list.csv"
    line.record(custody.HeadcountReported(facility="x", quantity=exactly(9)), id="a")
    told = release(line, [row("a", 1), row("b", 2), row("b", 3), row("b", 2)], path, "2026-03-01")
    assert [p.line for p in told.problems] == [2, 4]
    assert (told.new, told.unchanged) == (("b",), 1)


def test_a_date_that_went_away_cannot_be_corrected(tmp_path: Path) -> None:
    """It is a problem of its row, which stays as it was."""
    line, path = Timeline(), tmp_path / "list.csv"
    release(line, [row("a", 1)], path, "2026-02-01")
    told = release(line, [row("a", 1, "")], path, "2026-03-01")
    assert "no longer has a date" in told.problems[0].reason
    assert list(said(line)) == ["a"]


@pytest.mark.parametrize("report", [Report("ICE"), Report("ICE", published="2026/.."), "2026-02-01"])
def test_a_release_has_a_date(report: Any, tmp_path: Path) -> None:
    """Without one, nobody could ask for it."""
    with pytest.raises(InvalidValue, match="expected the release with its date"):
        releases.load(Timeline(), tmp_path / "x.csv", CENSUS, dataset="census", report=report)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3)), min_size=1, max_size=5))
def test_any_releases_replay_exactly(tmp_path_factory: pytest.TempPathFactory, lists: list[dict[str, int]]) -> None:
    """Rows come, go and change: by each publication, the log says what that release said."""
    line, path = Timeline(), tmp_path_factory.mktemp("releases") / "list.csv"
    for day, found in enumerate(lists, 1):
        release(line, [row(place, held) for place, held in found.items()], path, f"2026-02-{day:02}")
    for day, found in enumerate(lists, 1):
        assert {id: one[2] for id, one in said(line, f"2026-02-{day:02}").items()} == {
            k: str(v) for k, v in found.items()
        }
