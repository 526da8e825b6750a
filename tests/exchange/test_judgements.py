"""Judgements of nomenklatura on entities that were written as FollowTheMoney."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from timeline import Timeline
from timeline.errors import InvalidValue
from timeline.events import custody, entity, facility
from timeline.exchange import ftm, judgements

HOL, HAWL, HOOL, ROJ = (f"facility:{slug}" for slug in ("al-hol-camp", "al-hawl", "al-hool", "al-roj"))
SDF = "authority:sdf"


@pytest.fixture
def line() -> Timeline:
    line = Timeline()
    for tag in (HOL, HAWL, HOOL, ROJ):
        slug = tag.partition(":")[2]
        line.record(facility.ControlChanged(facility=slug, authority="sdf"), occurred="2026-01-02")
    return line


def exported(line: Timeline, path: Path) -> dict[str, str]:
    """Return the ids of names, as they stand in the file that a resolver reads."""
    ftm.write(line, path, dataset="northeast_syria")
    found = [json.loads(text) for text in path.read_text("utf-8").splitlines()]
    kinds = {"Address": "facility", "Organization": "authority"}
    return {
        f"{kinds[one['schema']]}:{one['properties'].get('full', one['properties'].get('name'))[0]}": one["id"]
        for one in found
        if one["schema"] in kinds
    }


def resolver(path: Path, ids: dict[str, str], *edges: tuple[Any, ...]) -> Path:
    """Write the file of a resolver by hand; of an edge, all after the judgement may be left out."""
    rows = [
        [
            ids.get(target, target),
            ids.get(source, source),
            judgement,
            *more,
            *(None, "ana", "2026-02-01T10:00:00")[len(more) :],
        ]
        for target, source, judgement, *more in edges
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def load(line: Timeline, tmp_path: Path, *edges: tuple[Any, ...]) -> Any:
    ids = exported(line, tmp_path / "entities.json")
    return judgements.load(line, resolver(tmp_path / "resolver.ijson", ids, *edges), dataset="northeast_syria")


def said(found: Any) -> list[tuple[str, str, str, str | None]]:
    return [(e.event.left, e.event.judgement, e.event.right, e.recorder) for e in found.entries]


def test_each_judgement_is_recorded_by_its_user(line: Timeline, tmp_path: Path) -> None:
    """The first on the log is the canonical one, wherever it stands in the edge; the user is the recorder."""
    found = load(
        line, tmp_path,
        (HAWL, HOL, "positive", None, "Ana Haddad", "2026-02-01T10:00:00.123456"),
        (ROJ, HOL, "negative", 0.4, "ben@desk.example", "2026-02-02T10:00:00"),
        (HOOL, ROJ, "unsure", None, None, None),
    )  # fmt: skip
    assert said(found) == [
        (HOOL, "unsure", ROJ, None),
        (HOL, "same", HAWL, "ana-haddad"),
        (HOL, "different", ROJ, "ben-desk-example"),
    ]
    assert [entry.event.detail for entry in found.entries][:2] == [
        "nomenklatura", "nomenklatura, 2026-02-01T10:00:00.123456",
    ]  # fmt: skip
    assert line.at().entities[HAWL].same == (HAWL,)


def test_names_that_an_id_of_the_resolver_connects_are_the_same(line: Timeline, tmp_path: Path) -> None:
    """It decides that two are one by an edge from each to an id of its own, also by way of a second such id."""
    found = load(
        line, tmp_path,
        ("NK-a1", HAWL, "positive"),
        ("NK-a1", "NK-b2", "positive"),
        ("Q1043157", "NK-b2", "positive"),
        ("Q1043157", "NK-a1", "positive"),
        ("NK-b2", HOOL, "positive", None, "ben"),
        ("NK-b2", HOL, "positive"),
        ("NK-b2", ROJ, "negative"),
    )  # fmt: skip
    assert sorted(said(found), key=str) == [
        (HOL, "different", ROJ, "ana"), (HOL, "same", HAWL, "ana"), (HOL, "same", HOOL, "ben"),
    ]  # fmt: skip
    assert set(line.at().entities[HOL].same) == {HAWL, HOOL}
    assert not line.at().findings.of(kind="contradictory_identity")


def test_what_is_not_ours_is_counted(line: Timeline, tmp_path: Path) -> None:
    """Suggestions, entities of others, an entity of ours that is one of theirs, and names of another data set."""
    found = load(
        line, tmp_path,
        (HOL, HAWL, "no_judgement", 0.91),
        ("Q1043157", "NK-a1", "positive"),
        ("NK-a1", HOL, "positive"),
        ("eu-sanctions-77", HOOL, "negative"),
        (HOL, next(iter(ftm.names_by_id("elsewhere", [HAWL]))), "negative"),
    )  # fmt: skip
    assert (len(found.entries), found.skipped) == (0, 5)
    assert "0 recorded" in str(found)
    assert "5 skipped" in str(found)


def test_twice_is_as_once(line: Timeline, tmp_path: Path) -> None:
    """A file that came in once changes nothing; a judgement that was made again since counts from then on."""
    first = (HOL, HAWL, "positive", None, "ana", "2026-02-01T10:00:00")
    load(line, tmp_path, first)
    again = load(line, tmp_path, first)
    assert (len(again.entries), again.unchanged) == (0, 1)
    for judgement, day in (("negative", "02"), ("positive", "03")):
        found = load(line, tmp_path, (HOL, HAWL, judgement, None, "ben", f"2026-02-{day}T10:00:00"))
        assert len(found.entries) == 1
    assert line.at().entities[HAWL].same == (HAWL,)


def test_what_was_retracted_here_does_not_come_back(line: Timeline, tmp_path: Path) -> None:
    """An editor has the last word on this log."""
    (entry,) = load(line, tmp_path, (HOL, HAWL, "positive")).entries
    line.retract(entry)
    load(line, tmp_path, (HOL, HAWL, "positive"))
    assert HOL not in line.at().entities


def test_a_bad_line_stops_nothing_else(line: Timeline, tmp_path: Path) -> None:
    """No JSON, no list, too short, an unknown word, and names of two kinds are problems of their lines."""
    ids = exported(line, tmp_path / "entities.json")
    path = resolver(tmp_path / "r.ijson", ids, (HOL, HAWL, "positive"), (HOL, SDF, "positive"), (HOL, ROJ, "perhaps"))
    path.write_text(path.read_text("utf-8") + '{"target": 1}\n[1, 2]\nno\n\n', "utf-8")
    found = judgements.load(line, path, dataset="northeast_syria")
    assert said(found) == [(HOL, "same", HAWL, "ana")]
    assert [problem.line for problem in found.problems] == [2, 3, 4, 5, 6]
    for problem, part in zip(
        found.problems, ("two tags of one kind", "perhaps", "a list", "target", "not JSON"), strict=True
    ):
        assert part in str(problem)


def test_a_data_set_has_a_name(line: Timeline, tmp_path: Path) -> None:
    """The one that was given to the export."""
    path = resolver(tmp_path / "r.ijson", {}, (HOL, HAWL, "positive"))
    with pytest.raises(InvalidValue, match="dataset is 'Two Words'"):
        judgements.load(line, path, dataset="Two Words")


def test_statements_follow_judgements(line: Timeline, tmp_path: Path) -> None:
    """The canonical id of a name is that of the name that represents it; its own id stays."""
    ids = exported(line, tmp_path / "entities.json")
    line.record(entity.IdentityJudged(left=HOL, right=HAWL, judgement="same"))
    line.record(custody.DetaineesEscaped(facility="al-hawl"), occurred="2026-01-05")
    ftm.write(line, tmp_path / "s.csv", dataset="northeast_syria", statements=True)
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        found = {row["entity_id"]: row["canonical_id"] for row in csv.DictReader(file)}
    assert found[ids[HAWL]] == found[ids[HOL]] == ids[HOL]
    assert found[ids[ROJ]] == ids[ROJ]
