"""The front page: what an index of packages shows of it, and the pictures on it."""

import importlib.util
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from readme_renderer import markdown

ROOT = Path(__file__).parents[2]


def script(name):
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Links(HTMLParser):
    """Collects where a page leads, and what it loads."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src")]


def relative(html):
    return [link for link in Links(html).found if not re.match(r"https?://|mailto:|#", link)]


def test_the_page_of_the_package_has_no_relative_link():
    """An index of packages has none of the files beside it; this renderer is the one that indexes use."""
    shown = markdown.render((ROOT / "README.package.md").read_text("utf-8"))
    assert shown and not relative(shown)
    assert relative(markdown.render((ROOT / "README.md").read_text("utf-8")))  # the check would see them


def test_the_page_of_the_package_is_made_from_the_readme():
    """Run docs/packaged.py after a change of the front page."""
    assert (ROOT / "README.package.md").read_text("utf-8") == script("packaged").fresh()


@pytest.mark.parametrize("source", ["https://example.org/code", "https://example.org/code/"])
def test_links_are_absolute_once_the_project_has_an_address(source):
    """Pages and pictures lead there; code and what is absolute stay as they are."""
    made = script("packaged").packaged
    assert made("[a](docs/a.md#b) ![c](d.svg)", source) == (
        "[a](https://example.org/code/docs/a.md#b) ![c](https://example.org/code/d.svg)"
    )
    for text in ("[x](https://example.org/)", "[x](#here)", "```sh\n[x](y)\n```"):
        assert made(text, source) == made(text, None) == text


def test_the_moving_picture_is_current_and_moves():
    """It shows every answer with its source, and the last one where pictures stand still."""
    moving = script("moving")
    stored = (ROOT / "docs" / "al-aqtan.svg").read_text("utf-8")
    assert stored == moving.picture(moving.steps())
    assert [step.holder for step in moving.steps()] == ["SDF", "Syrian government", "SDF"]
    tree = ET.fromstring(stored)
    answers = [group for group in tree.iter() if group.get("class") == "said"]
    assert [group.get("style").rpartition(": ")[2] for group in answers] == ["0", "0", "1"]
    assert not re.search(r"(href|src|url)\s*[=(]\s*[\"']?https?:", stored)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_command_line_completes_itself(shell):
    """As docs/cli.md says, also as `python -m timeline`."""
    environment = {**os.environ, "_TIMELINE_COMPLETE": f"{shell}_source"}
    ran = subprocess.run(
        [sys.executable, "-m", "timeline"], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "timeline" in ran.stdout and "complete" in ran.stdout


def test_the_module_is_the_command_line():
    """`python -m timeline -h` explains what there is, and so does `-h` after a command."""
    for arguments in (["-h"], ["show", "-h"]):
        ran = subprocess.run(
            [sys.executable, "-m", "timeline", *arguments], capture_output=True, text=True, timeout=60, check=True
        )
        assert ran.stdout.startswith("Usage: timeline")
