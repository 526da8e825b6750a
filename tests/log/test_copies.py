"""Evidence: the copies of sources, each compared with its fingerprint, and nothing else read."""

import hashlib
import os

import pytest

from timeline import Report, Timeline
from timeline.cli.exits import Exit
from timeline.errors import CannotRead, FileMissing, InvalidValue
from timeline.events import border
from timeline.exchange import archived
from timeline.exchange.table import Column

OPENED = border.CrossingOpened(crossing="rabia")
PAGE = b"<p>The crossing was opened.</p>"
SHA = hashlib.sha256(PAGE).hexdigest()


@pytest.fixture
def folder(tmp_path):
    """A folder with one copy in it, and a file beside it that nobody may read."""
    folder = tmp_path / "copies"
    (folder / "2026").mkdir(parents=True)
    (folder / "2026" / "sana.html").write_bytes(PAGE)
    (tmp_path / "secret.html").write_bytes(PAGE)
    return folder


def resting_on(*copies):
    """Make a timeline with an entry e1, e2 … for each copy, given by path and fingerprint."""
    line = Timeline()
    for number, (path, sha256) in enumerate(copies, 1):
        report = Report("SANA", url=f"https://example.org/{path}", archived=path, sha256=sha256)
        line.record(OPENED, reports=[report], id=f"e{number}")
    return line


CONDITIONS = {
    "as it was": (("2026/sana.html", SHA), "sound"),
    "in capitals": (("2026/sana.html", SHA.upper()), "sound"),
    "without a fingerprint": (("2026/sana.html", None), "unsealed"),
    "another": (("2026/sana.html", "0" * 64), "changed"),
    "not there": (("2026/afp.html", SHA), "missing"),
    "a folder": (("2026", SHA), "missing"),
    "above": (("../secret.html", SHA), "outside"),
    "above and back": (("2026/../2026/sana.html", SHA), "sound"),
    "absolute": (("/etc/passwd", SHA), "outside"),
    "the folder of the system": (("2026/../../..", SHA), "outside"),
    "with a NUL": (("2026/\0", SHA), "unreadable"),
    "on the web": (("https://web.archive.org/web/1/https://example.org", SHA), "elsewhere"),
    "by another scheme": (("file:///etc/passwd", SHA), "elsewhere"),
    "only a fingerprint": ((None, SHA), "elsewhere"),
    "at a blank path": (("", SHA), "elsewhere"),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_each_copy_is_in_a_condition(case, folder):
    """It is named with the entry that rests on it, and only some conditions are faults."""
    given, condition = CONDITIONS[case]
    found = resting_on(given).check_evidence(folder)
    assert [(copy.condition, [entry.id for entry in copy.entries]) for copy in found.copies] == [(condition, ["e1"])]
    assert bool(found.faults) == (condition in ("missing", "changed", "outside", "unreadable"))


def test_a_link_out_of_the_folder_is_not_followed(folder):
    """A file that is reached only by a link is outside, wherever the link lies."""
    (folder / "link.html").symlink_to(folder.parent / "secret.html")
    (folder / "loop").symlink_to("loop")
    found = resting_on(("link.html", SHA), ("loop", SHA)).check_evidence(folder)
    assert [copy.condition for copy in found.copies][0] == "outside"
    assert [copy.condition for copy in found.copies][1] in ("unreadable", "missing")
    assert str(found.copies[1]).endswith("the evidence of e2: its links lead in a circle")


def test_a_pipe_is_not_waited_for(folder):
    """Only a plain file is a copy."""
    os.mkfifo(folder / "pipe")
    assert resting_on(("pipe", SHA)).check_evidence(folder).copies[0].condition == "missing"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("2026", "missing: 2026 (SANA), the evidence of e1: a folder is there, expected a file"),
        ("afp.html", "missing: afp.html (SANA), the evidence of e1"),
        ("../secret.html", "outside: ../secret.html (SANA), the evidence of e1: expected a path inside the folder"),
        ("a\0b", "unreadable: a\ufffdb (SANA), the evidence of e1: no file can have this path"),
        ("x" * 5000, f"unreadable: {'x' * 200}… (SANA), the evidence of e1: File name too long"),
    ],
)
def test_each_fault_says_what_hinders(path, said, folder):
    """It repeats no path that is far too long, and no character that steers a terminal."""
    (fault,) = resting_on((path, SHA)).check_evidence(folder).faults
    assert str(fault) == said


def test_what_the_system_refuses_to_read_is_said(folder, monkeypatch):
    """The words are those of the system."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(folder), "open", refuse)
    (fault,) = resting_on(("2026/sana.html", SHA)).check_evidence(folder).faults
    assert str(fault) == "unreadable: 2026/sana.html (SANA), the evidence of e1: Permission denied"


def test_every_byte_counts(folder):
    """One changed byte is named, with both fingerprints and every entry that rests on the copy."""
    line = resting_on(("2026/sana.html", SHA))
    line.record(OPENED, reports=line.entries()[0].reports, id="again")
    for n in range(len(PAGE)):
        (folder / "2026" / "sana.html").write_bytes(PAGE[:n] + bytes([PAGE[n] ^ 1]) + PAGE[n + 1 :])
        (fault,) = line.check_evidence(folder).faults
        assert fault.condition == "changed"
    assert f"the evidence of e1, again: its SHA-256 is {fault.found}, expected {SHA}" in str(fault)


def test_a_report_is_completed_before_its_copy_is_checked(folder):
    """One entry says where the copy lies, a later one its fingerprint."""
    line = Timeline()
    line.record(OPENED, reports=[Report("SANA", archived="2026/sana.html")], id="e1")
    line.corroborate("e1", reports=[Report("SANA", sha256="1" * 64)], id="e2")
    (copy,) = line.check_evidence(folder).copies
    assert (copy.condition, [entry.id for entry in copy.entries]) == ("changed", ["e1", "e2"])


def test_publications_without_a_copy_are_counted(folder):
    """Nobody need keep copies."""
    line = Timeline()
    line.record(OPENED, reports=[Report("SANA"), Report("AFP")])
    found = line.check_evidence(folder)
    assert (found.copies, found.without_copy, str(found)) == ((), 2, "2 without a copy")


def test_what_was_redacted_rests_on_nothing(folder):
    """Its reports are gone."""
    line = resting_on(("nowhere.html", SHA))
    line.redact("e1")
    assert line.check_evidence(folder).copies == ()


def test_there_must_be_a_folder(folder):
    """A file is none. The command line exits with 3 for it, and with 4 for what is missing."""
    with pytest.raises(CannotRead, match="is not a folder"):
        Timeline().check_evidence(folder / "2026" / "sana.html")
    with pytest.raises(FileMissing, match="is not there: expected the folder of the copies"):
        Timeline().check_evidence(folder / "no")


CELLS = {"url": Column("url"), "archived": Column("path"), "sha256": Column("hash"), "retrieved": Column("time")}
RESULTS = f"""url,status,path,hash,time
https://example.org/1,success,2026/sana.html,{SHA.upper()},2026-01-22T09:00:00Z
https://example.org/2,failed,,,2026-01-22T09:01:00Z
https://example.org/3,success,2026/afp.html,{SHA},2026-01-22T09:02:00Z
https://example.org/1,success,2026/sana.html,no hash,2026-01-22T09:00:00Z
"""


def archive(line, path, **options):
    """Load the results of an archiver."""
    return archived.load(line, path, CELLS, only={"status": "success"}, recorder="archiver", **options)


@pytest.fixture
def line():
    """A timeline of entries that rest on one page, with a dispute that rests on it too."""
    line = Timeline()
    report = Report("SANA", url="https://example.org/1", published="2026-01-21", quote="opened")
    line.record(OPENED, reports=[report], id="e1")
    line.record(
        border.CrossingClosed(crossing="al-qaim"), reports=[Report("SANA", url="https://example.org/1")], id="e2"
    )
    line.dispute("e2", reports=[report], id="e3")
    return line


def test_the_results_of_an_archiver_complete_the_reports(line, folder, tmp_path):
    """Of every entry and rival with that URL; a row without a source on the log, and a bad one, are problems."""
    (tmp_path / "results.csv").write_text(RESULTS)
    before = [claim.reports for claim in line.at().claims()]
    loaded = archive(line, tmp_path / "results.csv")
    assert [problem.line for problem in loaded.problems] == [4, 5]
    assert "no report on the log has this URL" in loaded.problems[0].reason
    assert "expected 64 hexadecimal digits" in loaded.problems[1].reason
    assert loaded.skipped == 1
    assert [entry.recorder for entry in loaded.entries] == ["archiver"] * 3
    after = [claim.reports for claim in line.at().claims()]
    assert [len(reports) for reports in after] == [len(reports) for reports in before]
    assert {report.sha256 for reports in after for report in reports} == {SHA}
    assert [copy.condition for copy in line.check_evidence(folder).copies] == ["sound", "sound"]


def test_loading_the_results_again_changes_nothing(line, tmp_path):
    """A later copy of the same page is another report."""
    path = tmp_path / "results.csv"
    path.write_text(RESULTS)
    archive(line, path)
    assert archive(line, path).entries == ()
    path.write_text(RESULTS.replace("sana.html", "sana-2.html"))
    assert len(archive(line, path).entries) == 3
    assert [report.archived for report in line.at().claims("e1")[0].reports] == ["2026/sana.html", "2026/sana-2.html"]


def test_json_results_are_read_too(line, tmp_path):
    """As an array of objects."""
    row = f'{{"url": "https://example.org/1", "status": "success", "path": "a.html", "hash": "{SHA}", "time": "2026"}}'
    (tmp_path / "results.json").write_text(f"[{row}]")
    assert len(archive(line, tmp_path / "results.json").entries) == 3


def test_other_fields_of_a_report_are_not_the_archivers(line, tmp_path):
    """It says where a copy lies, not what was said."""
    with pytest.raises(InvalidValue, match="report has quote: expected the cells of url, archived"):
        archived.load(line, tmp_path / "results.csv", {**CELLS, "quote": Column("text")})
    with pytest.raises(InvalidValue, match="report has no url"):
        archived.load(line, tmp_path / "results.csv", {"archived": Column("path")})


def test_the_command_names_what_is_wrong(folder, tmp_path, capsys):
    """It ends with the code of what does not fit."""
    from timeline.cli.app import run

    log = str(tmp_path / "log.db")
    told = ["--source", "SANA", "--archived", "2026/sana.html", "--id", "e1"]
    run(["record", log, "CrossingOpened", "crossing=rabia", *told, "--sha256", SHA])
    assert run(["evidence", log, str(folder)]) == Exit.DONE
    assert capsys.readouterr().out.endswith("1 sound, 0 without a copy\n")
    (folder / "2026" / "sana.html").unlink()
    assert run(["evidence", log, str(folder)]) == Exit.NOT_VERIFIED
    assert "missing: 2026/sana.html (SANA), the evidence of e1\n" in capsys.readouterr().out
