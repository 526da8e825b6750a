"""The documentation: every example runs, every link leads somewhere, every drawn section is current."""

import contextlib
import doctest
import importlib
import importlib.util
import inspect
import io
import pkgutil
import re
import string
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import psycopg
import pytest

import timeline
from timeline.events import declare as eventtype

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *(page for page in sorted(DOCS.rglob("*.md")) if "_build" not in page.parts)]
LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
MODULES = [
    "timeline",
    *(
        module.name
        for module in pkgutil.walk_packages(timeline.__path__, "timeline.")
        if module.name != "timeline.__main__"
    ),
]


class Block(NamedTuple):
    line: int
    code: str


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def python_blocks(text: str) -> Iterator[Block]:
    for match in FENCE.finditer(text):
        if match[1] == "python":
            yield Block(text.count("\n", 0, match.start()) + 1, match[2])


def prose(text: str) -> str:
    return FENCE.sub("", text)


def anchors(page: Path) -> set[str]:
    """Make the anchors of a page's headings as GitHub makes them."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(page.read_text("utf-8"))):
        kept = "".join(c for c in heading.lower() if c in "-_ " or c not in string.punctuation).strip()
        slug = base = re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", kept))
        number = 0
        while slug in found:
            number += 1
            slug = f"{base}-{number}"
        found.add(slug)
    return found


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(block: Block, page: str, namespace: dict[str, object]) -> str:
    """Run a block and return its failures as text; empty if there are none."""
    if ">>>" not in block.code:
        code = compile("\n" * block.line + block.code, page, "exec", dont_inherit=True)
        exec(code, namespace)
        return ""
    parsed = doctest.DocTestParser().get_doctest(block.code, {}, f"{page}:{block.line}", page, block.line)
    parsed.globs = namespace
    output = io.StringIO()
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(parsed, out=output.write, clear_globs=False)
    return output.getvalue()


importlib.import_module("examples.exchange_tracker")  # so that no page that shows it is the first to declare its events


@pytest.fixture
def own_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """An example starts with the events of the library and of `examples`; those it declares are forgotten after it."""
    shipped = ("timeline.events", "timeline.exchange.presets", "examples.")
    own = {name: kind for name, kind in eventtype._BY_NAME.items() if kind.cls.__module__.startswith(shipped)}
    monkeypatch.setattr(eventtype, "_BY_NAME", own)


@pytest.fixture
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page about servers finds the URL of one, with a database of its own, in the environment."""
    page = request.getfixturevalue("page")
    if "TIMELINE_URL" in page.read_text("utf-8"):
        postgres = request.getfixturevalue("postgres")
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE docs")
        monkeypatch.setenv("TIMELINE_URL", postgres.url.replace("/postgres?", "/docs?"))
    if "TIMELINE_NATS" in page.read_text("utf-8"):
        monkeypatch.setenv("TIMELINE_NATS", f"{request.getfixturevalue('nats_cluster').url}/incidents?replicas=3")


def marked(page: Path) -> object:
    """Mark a page whose examples need a server."""
    return pytest.param(
        page, marks=[pytest.mark.beside] if re.search("TIMELINE_(URL|NATS)", page.read_text("utf-8")) else []
    )


@pytest.mark.usefixtures("own_events", "server")
@pytest.mark.parametrize("page", [marked(page) for page in PAGES], ids=name_of)
@pytest.mark.slow
def test_every_example_of_a_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The python blocks of a page run in order, in one namespace, and show what they say they show; so do its tests."""
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": name_of(page)}
    for block in python_blocks(page.read_text("utf-8")):
        with contextlib.redirect_stdout(io.StringIO()):
            wrong = run(block, name_of(page), namespace)
        assert not wrong, wrong
    for name in [name for name in namespace if name.startswith("test_")]:
        test = namespace[name]
        assert callable(test)
        test(**{fixture: request.getfixturevalue(fixture) for fixture in inspect.signature(test).parameters})


@pytest.mark.usefixtures("own_events")
@pytest.mark.parametrize("module", MODULES)
def test_every_docstring_example_runs(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples in the docstrings of a module run, and show what they say they show."""
    monkeypatch.chdir(tmp_path)
    output = io.StringIO()
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder().find(importlib.import_module(module)):
        runner.run(example, out=output.write)
    assert not output.getvalue(), output.getvalue()


@pytest.mark.parametrize("page", LINKED, ids=name_of)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    """A relative link names a file that is there, and an anchor one of its headings."""
    for target in LINK.findall(prose(page.read_text("utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_relative_to(ROOT), f"{name_of(page)} links outside the project: {target}"
        assert file.exists(), f"{name_of(page)} links to {target}, which is not there"
        assert not anchor or anchor in anchors(file), f"{name_of(page)} links to {target}, a heading that is not there"


def test_every_page_is_reached_from_the_map() -> None:
    """The index, and that of the API, name every page of the documentation, and every notebook."""
    maps = (DOCS / "index.md", DOCS / "api" / "index.md")
    linked = {(page.parent / target).resolve() for page in maps for target in LINK.findall(page.read_text("utf-8"))}
    assert {page for page in PAGES if page.is_relative_to(DOCS) and page not in maps} <= linked
    assert set((ROOT / "examples").glob("*.ipynb")) <= linked


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_generated_sections_are_current(page: Path) -> None:
    """Tables, diagrams and lists drawn from the code say what the code says; else run `make docs`."""
    text = page.read_text("utf-8")
    assert generator().render(text) == text


def test_the_page_on_answers_names_what_there_is() -> None:
    """Each name that the page places in a file is defined in that file."""
    placed = re.findall(r"`([\w.]+)`(?: in|:) `([\w/]+\.py)`", (DOCS / "answers.md").read_text("utf-8"))
    assert len(placed) > 20
    for name, path in placed:
        source = (Path(timeline.__file__).parent / path).read_text("utf-8")
        for part in name.split("."):
            assert re.search(rf"\b(?:class|def) {part}\b", source), f"{path} has no {name}"


QUESTIONS = re.compile(r"^### ([^\n]*\?)$\n\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CALLS = (
    ".claims(",
    ".told(",
    ".spread(",
    ".disputed(",
    ".versions(",
    ".history(",
    ".learned(",
    ".bisect(",
    ".delays(",
    ".diff(",
    "line.entry(",
    ".plans",
    ".spans(",
)


def test_thirty_questions_take_at_most_four_lines_each() -> None:
    """The page of questions has thirty or more, each answered in four lines, and two or more by each call."""
    asked = dict(QUESTIONS.findall((DOCS / "questions.md").read_text("utf-8")))
    lines = {question: re.findall(r"^(?:>>>|\.\.\.) (.*)$", code, re.MULTILINE) for question, code in asked.items()}
    assert len(asked) >= 30
    assert all(len(code) <= 4 for code in lines.values())
    for call in CALLS:
        assert sum(call in "".join(code) for code in lines.values()) >= 2, call


def test_every_generated_section_stands_somewhere() -> None:
    """Some page shows each section that the generator can draw."""
    shown = {name for page in PAGES for name in re.findall(r"<!-- generated: ([\w-]+) -->", page.read_text("utf-8"))}
    assert shown == set(generator().SECTIONS)


def test_the_diagrams_hold_every_status() -> None:
    """A diagram leaves out no status of its table."""
    generate = generator()
    for table in generate.LIFECYCLES:
        drawn = set(re.findall(r"\w+", generate.diagram(table)))
        assert set(generate.statuses(table)) <= drawn
