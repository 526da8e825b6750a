"""The rules of English that can be counted: how docstrings open, how long sentences are, which words are avoided."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.english import ROOT, all_sentences, avoided, long_sentences, openers

PACKAGES = [
    path.relative_to(ROOT) for folder in ("src/timeline", "tests") for path in sorted((ROOT / folder).iterdir())
]
PLACES = [
    *(
        path
        for path in PACKAGES
        if path.suffix in ("", ".py") and path.name not in ("__init__.py", "__pycache__", "py.typed")
    ),
    *map(Path, ("src/pytest_incident_timeline.py", "examples", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
]
MOST = 0.02
"""The share of sentences that may be longer."""


EVERYWHERE = pytest.mark.parametrize("path", [ROOT / path for path in PLACES], ids=map(str, PLACES))


@EVERYWHERE
def test_docstrings_of_functions_open_with_a_verb(path: Path) -> None:
    """Those of properties, values and tests open with anything but a clause."""
    assert openers(path) == []


@EVERYWHERE
def test_sentences_are_short(path: Path) -> None:
    """At most two in a hundred have more than 25 words."""
    assert len(long_sentences(path)) <= MOST * len(all_sentences(path)), "\n".join(long_sentences(path))


@EVERYWHERE
def test_words_to_avoid_are_avoided(path: Path) -> None:
    """CONTRIBUTING lists them; code may be named by them."""
    assert avoided(path) == []


def test_what_breaks_the_rules_is_found(tmp_path: Path) -> None:
    """A clause, a noun, a long sentence and a word to avoid are found, each where it is."""
    file = tmp_path / "module.py"
    file.write_text(
        'class A:\n    """What it is."""\n\n    @property\n    def b(self):\n        """A value."""\n\n'
        '    def c(self):\n        """The value."""\n        raise ValueError("nobody was told of it")  # anew\n\n'
        f'    def d(self):\n        """Return {"many words and " * 9}more. `told`."""\n'
    )
    assert openers(file) == [f"{file}:1: What it is.", f"{file}:8: The value."]
    assert [found.partition(": ")[0] for found in long_sentences(file)] == [f"{file}:12"]
    assert sorted(found.partition(" ")[0] for found in avoided(file)) == [f"{file}:10:", f"{file}:10:"]
