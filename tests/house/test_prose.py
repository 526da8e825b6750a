"""The prose of the documentation: few long sentences, and none of the words that make a reader stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if not {"_build", "examples"} & set(page.parts)),
]
LONGEST = 25
"""How many words a sentence should have at most."""
SHARE = 0.02
"""The share of all sentences that may be longer."""
AVOID = re.compile(
    r"\b(so many|of late|anew|at hand|comes? to be|is to be|falls? with|stands? for|be it|leads? nowhere"
    r"|letter by letter)\b",
    re.IGNORECASE,
)
_NOT_PROSE = re.compile(r"^```.*?^```$|<!-- generated: .*?<!-- end -->|<!--.*?-->", re.DOTALL | re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[*-]|\d+\.|#+|>)\s+")
_END = re.compile(r"(?<=[.!?؟])[)*]*\s+(?=[\"(\[`*A-Z0-9ء-ي])")


def prose(page: Path) -> str:
    """Read a page without its code, and without what is drawn from the code."""
    text = _NOT_PROSE.sub("", page.read_text("utf-8"))
    return re.sub(r"`[^`]*`", "code", re.sub(r"\]\([^)]*\)", "]", text))


def sentences(text: str) -> Iterator[str]:
    """Split prose into sentences: paragraphs, list items, headings and cells each begin one."""
    for paragraph in re.split(r"\n\s*\n", text):
        units = [""]
        for line in paragraph.splitlines():
            if line.startswith("|"):
                units += line.strip("|").split("|")
            elif _ITEM.match(line):
                units.append(_ITEM.sub("", line))
            else:
                units[-1] += " " + line
        for unit in units:
            yield from filter(str.strip, _END.split(unit))


def words(sentence: str) -> list[str]:
    return re.findall(r"[\w’'.%/-]*\w[\w’'.%/-]*", sentence)


def test_few_sentences_are_long() -> None:
    """At most one sentence in fifty has more than 25 words."""
    every = [sentence for page in PAGES for sentence in sentences(prose(page)) if len(words(sentence)) > 2]
    long = [sentence for sentence in every if len(words(sentence)) > LONGEST]
    assert len(long) <= SHARE * len(every), "\n".join(long)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_uses_a_word_that_makes_a_reader_stop(page: Path) -> None:
    """Words of ours that no technical writer would use are found here, and not by a reader."""
    assert AVOID.findall(prose(page)) == []
