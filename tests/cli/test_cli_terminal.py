"""Output of commands to a terminal, and in other encodings."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import orjson
import pytest

from support.shells import ESCAPE, STEERING, on_a_terminal, shell
from timeline import Draft, Report, Timeline, about, exactly
from timeline.cli.exits import Exit
from timeline.events import border, custody, facility


class TestTerminal:
    """Output reaches a terminal, or the next program."""

    @pytest.fixture
    def hostile(self, timeline, tmp_path):
        """A log whose sources try to steer whoever reads them, and write Arabic."""
        with Timeline.open(tmp_path / "h.db") as line:
            line.record(
                custody.DetaineesEscaped(
                    facility="al-hol-camp", quantity=exactly(3, text=ESCAPE), detail=f"{ESCAPE}[bold]loud[/bold]"
                ),
                occurred="2026-01-20",
                reports=[
                    Report(
                        f"{ESCAPE}وكالة",
                        published="2026-01-20",
                        quote=f"{ESCAPE}قال المسؤول إنّ ٣ فرّوا",
                        attributed_to=ESCAPE,
                    )
                ],
            )
            line.record(border.BorderMeasureTaken(sector="s", measure=f"{ESCAPE}\n#3 forged"), occurred="2026-01-21")
            line.record(facility.FacilityRegistered(facility="al-hol-camp", kind="camp", names={"en": ESCAPE}))
        return timeline

    @pytest.mark.parametrize(
        "words",
        [
            "show h.db --sources", "show h.db border", "why h.db custody al-hol-camp escaped", "findings h.db", "follow h.db --limit 3",
            "replay h.db", "diff h.db 2026-01-01 2026-02-01", "show h.db --json", "follow h.db --limit 3 --json", "replay h.db --json",
            "why h.db custody al-hol-camp escaped --json", "diff h.db 2026-01-01 2026-02-01 --json", f"why h.db custody {ESCAPE}",
            f"show {ESCAPE}.db", f"show h.db --at {ESCAPE}", f"{ESCAPE}",
        ],
    )  # fmt: skip
    def test_no_text_steers_a_terminal(self, words, hostile):
        """Escape sequences, bells, returns and overrides never come out; in JSON they are escaped."""
        told = hostile(*words.split(" "))
        assert not STEERING.search(told.out + told.err) or (
            "--json" in words and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", told.out)
        )

    def test_markup_of_others_is_text(self, hostile):
        """Markup of the library that prints it stays text."""
        assert "[bold]loud[/bold]" in hostile("show h.db --sources").out

    def test_an_entry_cannot_forge_another(self, hostile):
        """Each stands on one line, whatever breaks are in it."""
        assert len(hostile("follow h.db --limit 3").out.splitlines()) == 3

    @pytest.mark.parametrize("words", ["why h.db custody al-hol-camp escaped", "follow h.db --limit 1 --json"])
    def test_arabic_comes_out_as_it_was_written(self, words, hostile):
        """Letter for letter, in tables and in JSON."""
        assert "قال المسؤول إنّ ٣ فرّوا" in hostile(*words.split()).out

    def test_each_row_is_one_line_where_no_terminal_is(self, chronicle):
        """For `grep`; without colours, and without blanks at the end."""
        lines = chronicle("findings i.db --kind disputed").out.splitlines()
        assert len(lines) == 3 + len(chronicle("findings i.db --kind disputed --json").json()) + 1
        assert not any("\x1b" in line or line.endswith(" ") for line in lines)

    def test_columns_say_how_wide_it_is(self, chronicle, monkeypatch):
        """A table without room for its words stands row under row."""
        monkeypatch.setenv("COLUMNS", "60")
        told = chronicle("show i.db custody --at 2026-01-25").out
        assert "\nAl-Sinaa / Ghuwayran prison, Hasakah\n  held ≈4,000 · counted ≈4,000\n" in told
        assert max(map(len, told.splitlines())) <= 60

    def test_colours_and_no_colours(self, desk, tmp_path):
        """A terminal gets them, unless NO_COLOR says no."""
        assert "\x1b[36m2026-01-19" in on_a_terminal("timeline why d.db custody al-shaddadi-prison escaped", tmp_path)
        plain = on_a_terminal("NO_COLOR=1 timeline why d.db custody al-shaddadi-prison escaped", tmp_path)
        assert not re.search(r"\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-9])m", plain)

    def test_replay_goes_by_keys(self, desk, tmp_path):
        """Space goes on, b goes back, and q ends it before all is shown."""
        for day in ("2026-02-01", "2026-02-02", "2026-02-03"):
            desk("record", "d.db", "StatementMade", f"detail=on-{day}", "--occurred", day)
        told = on_a_terminal("timeline replay d.db --from 2026-02-01", tmp_path, keys=b" bbx q")
        assert re.findall(r"step (\d)", told) == ["1", "2", "1", "1", "2", "3"]
        assert re.findall(r"on-(2026-02-0\d)", told)[0] == "2026-02-01"

    def test_replay_ends_with_the_last_step(self, desk, tmp_path):
        """No key more is waited for."""
        assert on_a_terminal("timeline replay d.db", tmp_path, keys=b"  ").count("step 1") == 1

    @pytest.mark.parametrize("command", ["follow i.db --limit 417 --json", "export i.db - --to jsonl"])
    def test_who_had_enough_hears_nothing(self, command, chronicle, tmp_path):
        """`head` closes the pipe: no complaint, and the code shells have for it."""
        done = shell(f"timeline {command} | head -1; echo ${{PIPESTATUS[0]}}", tmp_path)
        assert done.stdout.splitlines()[1] == str(int(Exit.BROKEN_PIPE))
        assert done.stderr == ""

    def test_long_work_shows_how_far_it_is_on_a_terminal_only(self, timeline, tmp_path):
        """A bar on stderr, which is gone in the end; nothing of it elsewhere."""
        drafts = [Draft(border.CrossingOpened(crossing="al-qaim"), occurred="2026", id=f"e{n}") for n in range(2500)]
        with Timeline.open(tmp_path / "l.db") as line:
            line.record_all(drafts)
        assert "verifying" in on_a_terminal("timeline verify l.db > seal.txt", tmp_path)
        assert "verifying" not in (tmp_path / "seal.txt").read_text()
        assert shell("timeline verify l.db", tmp_path).stderr == "2,500 entries fit their digests.\n"

    def test_follow_tells_what_lands_until_it_is_interrupted(self, desk, tmp_path):
        """An entry that somebody else records comes up; Ctrl-C is its end, and no error."""
        program = Path(sys.executable).with_name("timeline")
        following = subprocess.Popen(
            [program, "follow", "d.db", "--after", "1", "--json"],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # in the background it is ignored
        )  # fmt: skip
        with following, ExitStack() as stack:
            stack.callback(following.kill)
            assert orjson.loads(following.stdout.readline())["id"] == "R2"
            desk("record", "d.db", "CrossingOpened", "crossing=al-qaim", "--id", "news")
            assert orjson.loads(following.stdout.readline())["id"] == "news"
            following.send_signal(signal.SIGINT)
            out, err = following.communicate(timeout=60)
        assert (out, err, following.returncode) == (b"", b"", Exit.DONE)

    def test_anything_else_that_is_interrupted_says_so(self, chronicle, monkeypatch):
        """By its code, and nothing else."""

        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("timeline.cli.out.print_out", interrupted)
        assert (chronicle("show", "i.db").code, chronicle("show", "i.db").err.strip()) == (Exit.INTERRUPTED, "")


@pytest.mark.parametrize("encoding", ["cp1252", "cp1256"])
def test_output_that_is_not_utf8_is_written_whole(encoding, tmp_path):
    """On a console of Windows, what the encoding lacks is written as JSON writes it, and JSON stays JSON."""
    with Timeline.open(tmp_path / "i.db") as line:
        line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=about(24000), detail="مخيم 😀"))
    said = shell(f"PYTHONIOENCODING={encoding} timeline show i.db > shown.txt && timeline --help > /dev/null", tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert "\\u224824,000" in (tmp_path / "shown.txt").read_text(encoding)
    said = shell(f"PYTHONIOENCODING={encoding} timeline replay i.db --json > shown.json", tmp_path)
    assert said.returncode == 0
    found = orjson.loads((tmp_path / "shown.json").read_text(encoding).encode())
    assert found["entry"]["event"]["data"]["detail"] == "مخيم 😀"
    said = shell(f"PYTHONIOENCODING={encoding} timeline page مخيم.db x.html 2> told.txt", tmp_path)
    assert (tmp_path / "told.txt").read_text(encoding).startswith("Error: ")
