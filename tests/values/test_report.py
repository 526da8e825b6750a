"""Attributions: sources, the Admiralty code, and modality."""

import pickle

import pytest

from timeline import Timeline
from timeline.errors import InvalidReport, InvalidWhen
from timeline.events import agreement
from timeline.values.report import Modality, Report
from timeline.values.when import When


def test_a_source_is_enough():
    """Everything but the source may be unknown."""
    report = Report("Reuters")
    assert (report.source, report.published, report.url, report.language) == ("Reuters", None, None, None)
    assert (report.quote, report.attributed_to, report.reliability, report.credibility) == (None, None, None, None)


@pytest.mark.parametrize("source", ["", "  ", None, 5])
def test_a_source_has_a_name(source):
    """Somebody published it; even an unnamed official is called something."""
    with pytest.raises(InvalidReport, match="unnamed US official"):
        Report(source)


def test_only_the_source_is_positional():
    """Everything else is given by keyword."""
    with pytest.raises(TypeError):
        Report("Reuters", "2026-01-21")


def test_publication_is_read_as_a_time():
    """`published` takes whatever a When takes, and refuses what it refuses."""
    assert Report("SANA", published="2026-01~").published == When("2026-01~")
    with pytest.raises(InvalidWhen):
        Report("SANA", published="now")


@pytest.mark.parametrize("name", ["url", "language", "quote", "attributed_to"])
def test_texts_are_texts(name):
    """A field of wording holds text or None."""
    assert getattr(Report("SANA", **{name: "نص"}), name) == "نص"
    with pytest.raises(InvalidReport, match=f"{name} is 5: expected text or None"):
        Report("SANA", **{name: 5})


@pytest.mark.parametrize("grade", list("ABCDEF"))
def test_reliability_is_graded_a_to_f(grade):
    """Every grade of the source is taken."""
    assert Report("SANA", reliability=grade).reliability == grade


@pytest.mark.parametrize("grade", range(1, 7))
def test_credibility_is_graded_1_to_6(grade):
    """Every grade of the information is taken."""
    assert Report("SANA", credibility=grade).credibility == grade


@pytest.mark.parametrize("rating", [{"reliability": "G"}, {"reliability": "a"}, {"reliability": 1},
                                    {"credibility": 0}, {"credibility": 7}, {"credibility": "2"},
                                    {"credibility": True}])  # fmt: skip
def test_ratings_off_the_scales_are_refused(rating):
    """The message lists the scale and an example."""
    with pytest.raises(InvalidReport, match="on the Admiralty scale, or None where nobody judged it. Write"):
        Report("SANA", **rating)


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (Report("Reuters"), "Reuters"),
        (Report("Reuters", published="2026-01-21", credibility=3), "Reuters, 2026-01-21, rated 3"),
        (Report("Reuters", reliability="B"), "Reuters, rated B"),
        (
            Report("SANA", attributed_to="an official", reliability="C", credibility=2, url="https://sana.sy/1"),
            "SANA, citing an official, rated C2, https://sana.sy/1",
        ),
    ],
)
def test_a_report_is_one_line(report, line):
    """The text holds the known facts, in reading order."""
    assert str(report) == line


def test_reports_are_values():
    """They are frozen, hashable, and survive pickling."""
    report = Report("SANA", published="2026-01-21", quote="نقل")
    assert pickle.loads(pickle.dumps(report)) == report
    assert len({report, Report("SANA", published="2026-01-21", quote="نقل")}) == 1
    with pytest.raises(AttributeError):
        report.source = "X"


def test_modalities_are_stored_in_words():
    """Four modalities, each stored as its lower-case name."""
    assert {m.name: m.value for m in Modality} == {
        "ACTUAL": "actual", "PLANNED": "planned", "HYPOTHETICAL": "hypothetical", "DENIED": "denied",
    }  # fmt: skip
    assert repr(Modality.ACTUAL) == "Modality.ACTUAL"


def test_no_text_steers_a_terminal():
    """Escape sequences in a report, an entry or a claim become visible marks when it is printed."""
    report = Report("\x1b]0;x\x07agency", attributed_to="a\x9b1m", url="https://example.org/\u202e")
    line = Timeline()
    entry = line.record(agreement.CommitmentMade(what="\x1b[2Jgone"), reports=[report], occurred="2026-01-01")
    (claim,) = line.at().claims(entry)
    for shown in (report, entry, claim):
        assert "\ufffd" in str(shown)
        assert not set(str(shown)) & set("\x1b\x07\x9b\u202e")
