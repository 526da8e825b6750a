"""A text, and the drafts made from it: each quotes the text, conforms to the schema, and means what the text means."""

import json
from collections import Counter
from pathlib import Path

import pytest

from examples import article
from timeline import Modality, Timeline, schema
from timeline.cli.app import run
from timeline.exchange import native
from timeline.log.conformity import first_fault

FOLDER = Path(article.__file__).parent / "extraction"
TEXT = (FOLDER / "text.md").read_text("utf-8")
LINES = [json.loads(line) for line in (FOLDER / "drafts.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def line():
    """A timeline of the drafts, read strictly, that folds everything again for each question."""
    with (FOLDER / "drafts.jsonl").open("rb") as file:
        found = list(native.read(file, "drafts.jsonl", strict=True))
    line = Timeline(check=True)
    line.record_as_given([one.draft for one in found])
    return line


def test_there_is_a_draft_for_each_of_the_twenty_facts():
    """T1 to T20, once each."""
    assert sorted(draft["id"] for draft in LINES) == sorted(f"T{number}" for number in range(1, 21))


@pytest.mark.parametrize("draft", LINES, ids=lambda draft: draft["id"])
def test_each_conforms_and_quotes_its_span(draft):
    """The quote stands in the text once, so that it can be found."""
    assert first_fault(draft, schema(), "draft") is None
    (report,) = draft["reports"]
    assert TEXT.count(report["quote"]) == 1


@pytest.mark.parametrize("draft", LINES, ids=lambda draft: draft["id"])
def test_each_means_what_the_fact_of_the_article_means(draft):
    """It is of the same type, and in the same sense, as the fact that was drafted by hand."""
    told = {entry.id: entry for entry in article.build().entries()}
    fact = told["F" + draft["id"][1:]]
    assert draft["event"]["type"] == fact.type
    assert draft.get("modality", "actual") == fact.modality.value


def test_what_is_feared_has_not_happened(line):
    """Two fears and two expectations change nothing."""
    s = line.at()
    assert Counter(entry.modality for entry in line.entries()) == {
        Modality.ACTUAL: 16, Modality.HYPOTHETICAL: 2, Modality.PLANNED: 2,
    }  # fmt: skip
    assert s.custody.escaped(facility="ne-syria-detention-sites").high == 0
    assert not s.border.incidents
    assert str(s.custody.operations["centcom-transfer-2026"].moved) == "≈150"
    assert s.facilities["ne-syria-detention-sites"].holder("guarding") is None
    assert s.findings.counts() == {}


def test_the_command_takes_them(tmp_path, monkeypatch, capsys):
    """All of them, from standard input; with one bad line, none."""
    import io
    import sys

    def record(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return run(["record", str(tmp_path / "log.db"), "-", "--json"])

    data = (FOLDER / "drafts.jsonl").read_bytes()
    assert record(data.replace(b'"high": null', b'"hihg": null', 1)) == 3
    assert "event.data.quantity has no high" in capsys.readouterr().err
    assert record(data) == 0
    assert len(capsys.readouterr().out.splitlines()) == 20
