"""Read the prose of this project, and find what breaks its rules of English.

    python tests/support/english.py src/timeline/log docs/logs.md

prints what is found in these folders and files.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tokenize import COMMENT, generate_tokens
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROOT = Path(__file__).parents[2]
LONGEST = 25
CLAUSES = _words("""
    How However That What Whatever Where Wherever Whether Which Whichever Who Whoever Whom Whose Why
""")
"""Words that a docstring of a function never opens with."""
NOT_VERBS = _words("""
    A About All Alone Also An And Another Any Anybody Anything As At Bare Before Both But By Deterministic Drafts Each
    Earlier Either Every Everybody Everything Few For From Further Headed Held If Immutable In Incremental Into It Its JSON
    Keyed Known Less Long Low Many More Most Neither Never No Nobody None Not Nothing Of On One Only Or Other Others Out
    Planned Published Reopened Several Short Since So Some Somebody Something Such The Their There These This Those To
    Two Up Verbatim When While Whole With Without Yes You
""")
"""Other words that are not verbs in the imperative."""
VERBS_IN_S = _words("Access Address Assess Bypass Compress Cross Discuss Dismiss Express Guess Pass Press Process Toss")
VALUES = ("property", "cached_property", "setter", "fixture", "overload")
"""Decorators of functions whose docstring names a value."""


class Sentence(NamedTuple):
    """One sentence, and where it is."""

    where: str
    text: str

    @property
    def words(self) -> int:
        """The number of words; a piece of code is one."""
        return len(re.findall(r"[^\W_](?:[\w'’.,/–-]*\w)?", re.sub(r"`[^`]*`", "code", self.text)))


class Docstring(NamedTuple):
    """The docstring of a module, a class or a function."""

    where: str
    text: str
    opens_with_a_verb: bool
    """False for modules, classes, properties and tests."""

    @property
    def opener(self) -> str:
        """The first word."""
        return re.sub(r"[^\w].*", "", self.text.split()[0])


def docstrings(path: Path) -> Iterator[Docstring]:
    """Read the docstrings of a file of Python."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield Docstring(f"{path}:{getattr(node, 'lineno', 1)}", text, _acts(node))


def _acts(node: ast.AST) -> bool:
    """Tell whether a node is a function that does something, rather than a value or a test."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("test_"):
        return False
    decorators = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
    return not any(word in decorators for word in VALUES)


def texts(path: Path) -> Iterator[Sentence]:
    """Read the comments, messages and docstrings in a file of Python, or the prose of a page.

    Other texts in tests are data.
    """
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        yield from (Sentence(str(path), paragraph) for paragraph in prose(text))
        return
    found = (
        ((d.where, d.text) for d in docstrings(path))
        if path.resolve().is_relative_to(ROOT / "tests")
        else _strings(path)
    )
    yield from (Sentence(where, paragraph) for where, string in found for paragraph in prose(string))
    for token in generate_tokens(StringIO(text).readline):
        if token.type == COMMENT:
            yield Sentence(f"{path}:{token.start[0]}", token.string)


def _strings(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield f"{path}:{node.lineno}", node.value


def prose(text: str) -> Iterator[str]:
    """Yield the paragraphs of a docstring or a page, without code, tables and headings."""
    text = re.sub(r"^(```|~~~|:::).*?^\1.*?$", "\n", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->|<[^>]+>", " ", text, flags=re.DOTALL)
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[*-]|\d+\.) )", text):
        lines = [line for line in paragraph.splitlines() if not re.match(r"\s*(\||#|>>>|\.\.\. |\(\w+\)=)", line)]
        if lines and not paragraph.lstrip().startswith(">>>") and not lines[0].startswith("    "):
            yield re.sub(r"^\s*(?:[*-]|\d+\.) ", "", " ".join(line.strip() for line in lines))


def sentences(where: str, text: str) -> Iterator[Sentence]:
    """Split prose into sentences."""
    for paragraph in prose(text):
        bare = re.sub(r"\]\([^)]*\)", "]", paragraph).replace("e.g.", "for example").replace("i.e.", "that is")
        for sentence in re.split(r"(?<=[.!?])[*_)\]\"”]*\s+(?=[*_(\[\"“]*(?:`|[^\W\d_a-z]))", bare):
            if sentence.strip():
                yield Sentence(where, sentence.strip())


def files(place: Path) -> list[Path]:
    """List the files of Python and the pages under a folder, or the file itself."""
    found = [place] if place.is_file() else sorted([*place.rglob("*.py"), *place.rglob("*.md")])
    return [path for path in found if "_build" not in path.parts and "data" not in path.parts]


def openers(place: Path) -> list[str]:
    """Find docstrings that open with a clause, and those of functions that open with anything but a verb."""
    found = []
    for path in files(place):
        for docstring in docstrings(path) if path.suffix == ".py" else ():
            word = docstring.opener
            nominal = word in NOT_VERBS or (word.endswith("s") and word not in VERBS_IN_S) or not word.istitle()
            if word in CLAUSES or (docstring.opens_with_a_verb and nominal):
                found.append(f"{docstring.where}: {docstring.text.splitlines()[0]}")
    return found


def all_sentences(place: Path) -> list[Sentence]:
    """Read every sentence of the docstrings and pages under a folder."""
    return [
        sentence
        for path in files(place)
        for where, text in (
            [(d.where, d.text) for d in docstrings(path)]
            if path.suffix == ".py"
            else [(str(path), path.read_text("utf-8"))]
        )
        for sentence in sentences(where, text)
    ]


def long_sentences(place: Path) -> list[str]:
    """Find the sentences with more than 25 words."""
    return [f"{s.where}: {s.words} words: {s.text}" for s in all_sentences(place) if s.words > LONGEST]


def words_to_avoid() -> list[str]:
    """Read the list in CONTRIBUTING."""
    line = re.search(r"^Words to avoid: (.*)\.$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    assert line, "CONTRIBUTING lists the words to avoid"
    return re.findall(r"`([^`]+)`", line[1])


def avoided(place: Path) -> list[str]:
    """Find the words to avoid, outside pieces of code."""
    pattern = re.compile(
        rf"(?<![\w.`])(?<!there )(?:{'|'.join(words_to_avoid())})(?! longer| more than| less than)(?![\w(`=])",
        re.IGNORECASE,
    )
    found = (
        (text, pattern.search(re.sub(r"``.*?``|`[^`]*`", "code", text.text)))
        for path in files(place)
        for text in texts(path)
    )
    return [f"{text.where}: *{word[0]}*: {text.text[:110]}" for text, word in found if word]


def main(*places: str) -> None:
    """Print what is found in these places."""
    for place in map(Path, places):
        print(*openers(place), *long_sentences(place), *avoided(place), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
