"""Fixtures for tests of the command line."""

from __future__ import annotations

import io
import shlex
import sys
from types import SimpleNamespace

import orjson
import pytest

from timeline.cli.app import run


@pytest.fixture
def timeline(tmp_path, monkeypatch, capsys):
    """Runs a command line in an empty directory: its exit code, and what it printed where."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)

    def typed(*words, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = run(shlex.split(words[0]) if len(words) == 1 else [*words])
        printed = capsys.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err, json=lambda: orjson.loads(printed.out))

    return typed


@pytest.fixture
def chronicle(timeline):
    """The same, in a directory with the chronicle in `i.db`."""
    timeline("demo", "i.db")
    return timeline


@pytest.fixture
def desk(timeline):
    """The same, in a directory where somebody reported an escape, and somebody else another number."""
    timeline(
        "record d.db DetaineesEscaped facility=al-shaddadi-prison quantity=~1500 --occurred 2026-01-19 --source AFP --published 2026-01-19 --id R1"
    )
    timeline(
        "record d.db DetaineesEscaped facility=al-shaddadi-prison quantity=~120 --dispute #1 --source AP --published 2026-01-20 --id R2"
    )
    return timeline
