"""The page on the command line: its session runs as it is printed, and it lists what there is and nothing else."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sysconfig
from pathlib import Path

import click
import orjson
import pytest

from timeline.cli.app import cli, run

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`([\w.]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
END = "== the end of a command =="


def steps():
    """Yield each command of the session, and its output on the page."""
    for block in CONSOLE.findall(PAGE):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *lines = step.splitlines()
            more = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
            yield "\n".join([first, *more]), "".join(f"{line}\n" for line in lines[len(more) :])


@pytest.mark.beside
def test_the_session_runs_as_printed(tmp_path: Path) -> None:
    """Typed into a shell, in order, each command prints what the page says."""
    for name, text in FILE.findall(PAGE):
        (tmp_path / name).write_text(text, "utf-8")
    told = [*steps()]
    script = "".join(f"{command}\nlast=$?; echo '{END}'; (exit $last)\n" for command, _ in told)
    scripts = sysconfig.get_path("scripts")
    environment = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}", "COLUMNS": "120", "LC_ALL": "C.UTF-8"}
    shell = ["bash", "-c", script]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(shell, cwd=tmp_path, env=environment, **streams, check=False, timeout=600)
    printed = done.stdout.decode().split(f"{END}\n")[:-1]
    assert len(printed) == len(told)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    wrong = [
        f"{command}\nprinted\n{got}\ninstead of\n{expected}"
        for (command, expected), got in zip(told, printed, strict=True)
        if not doctest.OutputChecker().check_output(expected, got, flags)
    ]
    assert not wrong, "\n".join(wrong)


def listed(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text, re.MULTILINE))


@pytest.mark.parametrize("command", cli.commands.values(), ids=str)
def test_the_page_lists_every_option_and_no_other(command: click.Command) -> None:
    """Under the name of a command stand its options, and nothing that it does not take."""
    section = PAGE.partition(f"\n### {command.name}\n")[2].partition("\n### ")[0]
    options = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
    assert listed(r"^\| `(--[\w-]+)`", section) == options


def test_the_page_lists_every_command_and_no_other() -> None:
    """The section on commands has a heading for each, in the order of `timeline --help`."""
    assert re.findall(r"^### (\w+)$", PAGE.partition("\n## Commands\n")[2], re.MULTILINE) == list(cli.commands)


@pytest.mark.parametrize("command", cli.commands.values(), ids=str)
def test_every_command_has_help_with_an_example_that_is_understood(command: click.Command) -> None:
    """Each option says what it does, and each example names arguments and options that the command has."""
    assert command.help is not None
    examples = re.findall(r"^ +timeline (\w+) ((?:.*\\\n)*.*)$", command.help, re.MULTILINE)
    assert examples
    for name, rest in examples:
        assert name == command.name
        words = re.findall(r'"[^"]*"|[^\s\\]+', f" {rest}".partition(" > ")[0])
        command.make_context(name, [word.strip('"') for word in words])
    assert all(option.help for option in command.params if isinstance(option, click.Option))


SHAPES = {
    "demo": "new.db", "copy": "i.db y.db", "record": "x.db CrossingOpened crossing=al-qaim", "follow": "i.db --limit 40",
    "import": "x.db e.csv", "show": "i.db", "tell": "i.db", "replay": "i.db", "diff": "i.db 2026-01-20 2026-01-21",
    "why": "i.db custody al-shaddadi-prison escaped", "findings": "i.db",
    "judge": "i.db same cohort:arab cohort:foreign", "entities": "i.db", "verify": "i.db", "evidence": "x.db .",
    "schema": "",
    "export": "i.db e.csv --to csv", "page": "x.db r.html",
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the chronicle, and a table made of it."""
    there = tmp_path_factory.mktemp("shapes")
    run(["demo", str(there / "i.db")])
    run(["record", str(there / "x.db"), "CrossingOpened", "crossing=al-qaim", "--source", "A", "--archived", "e.csv"])
    run(["export", str(there / "i.db"), str(there / "e.csv"), "--to", "csv"])
    return there


@pytest.mark.parametrize("command", cli.commands)
@pytest.mark.slow
def test_json_has_the_names_that_the_page_lists(
    command: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The JSON of a command has these names, and over the chronicle no others."""
    monkeypatch.chdir(place)
    names = re.search(rf"^\| (?:`\w+`, )?`{command}`(?:, `\w+`)? \| (.*) \|$", PAGE, re.MULTILINE)
    assert names is not None
    run([command, *SHAPES[command].split(), "--json"])
    told = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    objects = [one for line in told for one in (line if isinstance(line, list) else [line])]
    found = {name for one in objects for name in one}
    documented = listed(r"`([\w$]+)`", names[1])
    optional = (
        {"occurred", "modality", "after", "part_of", "fulfils", "recorder", "reports"}
        if "event" in documented
        else set()
    )
    assert documented - optional <= found <= documented
