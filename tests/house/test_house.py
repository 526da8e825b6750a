"""The house rules: layers, exports, the error tree, what the pure core may touch, packaging."""

from __future__ import annotations

import ast
import inspect
import pickle
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import timeline
from timeline import errors, testing
from timeline.testing import logs, strategies

SOURCE = Path(timeline.__file__).parent
LAYERS = (
    {"errors"},
    {"extras", "deferred", "generated", "progress", "collector"},
    {"values"},
    {"events", "displayable"},
    {"entry"},
    {"editing", "log", "history"},
    {"projections", "subscription"},
    {"index"},
    {"answers"},
    {"live"},
    {"timeline"},
    {"testing"},
    {"exchange"},
    {"display"},
    {"cli", "faces"},
    {"__main__"},
)
"""From the bottom up; a module imports from rows below its own, or from its own package."""
PURE = {"values", "events", "displayable", "entry", "editing", "history", "projections", "index", "answers"}
MODULES = [m.name for m in pkgutil.walk_packages([str(SOURCE)], "timeline.")]


def room(module: str) -> str:
    return module.split(".")[1]


def imports(module: str) -> set[str]:
    """Return the modules of this library that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(import_module(module)))):
        if isinstance(node, ast.ImportFrom):
            if node.module == "timeline":
                found |= {f"timeline.{alias.name}" for alias in node.names}
            elif (node.module or "").startswith("timeline."):
                found.add(str(node.module))
    return found


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    """No module imports from its own row or above."""
    row = {name: number for number, names in enumerate(LAYERS) for name in names}
    for imported in imports(module):
        if room(imported) != room(module):
            assert row[room(imported)] < row[room(module)], f"{module} imports {imported}"


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Not within a package either: each module can be read after those it imports."""
    graph = {module: {name for name in imports(module) if name in MODULES} - {module} for module in MODULES}
    packages = {module for module in MODULES if hasattr(import_module(module), "__path__")}
    try:
        TopologicalSorter({m: names - packages for m, names in graph.items() if m not in packages}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_contributing_draws_the_layers() -> None:
    """Its table has a row for each layer, the highest first."""
    text = (SOURCE.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("\n## Layers\n")[2].partition("\n## ")[0]
    rows = [set(re.findall(r"`(\w+)/?`", line.split("|")[1])) for line in table.splitlines() if line.startswith("| `")]
    assert rows == list(reversed(LAYERS))


def test_projections_never_import_one_another() -> None:
    """Each is a view of its own; the ledger and the operations belong to custody."""
    views = {f"timeline.projections.{name}" for name in ("facilities", "custody", "agreements", "border", "entities")}
    parts = {f"timeline.projections.{name}" for name in ("stocks", "flows", "ledger", "operations", "accounts")}
    for view in views:
        assert imports(view).isdisjoint(views)
        assert view == "timeline.projections.custody" or imports(view).isdisjoint(parts)


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) in PURE])
def test_the_core_is_pure(module: str) -> None:
    """No clock, no files, no randomness, no JSON below the log."""
    source = inspect.getsource(import_module(module))
    for name in ("json", "orjson", "secrets", "random", "sqlite3", "os", "io", "time", "threading", "socket"):
        assert f"import {name}\n" not in source, name
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    called = {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}
    assert called.isdisjoint({"now", "utcnow", "today", "open", "print", "sleep"})


def test_every_module_has_a_place() -> None:
    """A new module is given its row on purpose."""
    assert {room(m) for m in MODULES} == {name for names in LAYERS for name in names}


@pytest.mark.parametrize("package", [timeline, testing, strategies, logs])
def test_what_is_exported_is_what_is_listed(package: ModuleType) -> None:
    """`__all__` is sorted, complete, and all of it is there."""
    public = {n for n, v in vars(package).items() if not n.startswith("_") and not inspect.ismodule(v)}
    assert list(package.__all__) == sorted(package.__all__, key=_isort)
    assert set(package.__all__) == public


def _isort(name: str) -> tuple[int, str]:
    """Sort constants, then classes, then functions, as a linter does."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize("package", [timeline, testing, strategies, logs])
def test_every_public_name_says_what_it_is(package: ModuleType) -> None:
    """Each exported class and function has a docstring."""
    for name in package.__all__:
        value = getattr(package, name)
        if inspect.isclass(value) or inspect.isroutine(value):
            assert (value.__doc__ or "").strip(), name


ERRORS = [e for e in vars(errors).values() if inspect.isclass(e) and issubclass(e, errors.TimelineError)]


def test_the_error_tree_is_as_drawn() -> None:
    """The module's docstring draws the tree that the classes make."""
    drawn: dict[str, str] = {}
    stack: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        word = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ").split()
        if word and word[0] in vars(errors):
            depth = line.index(word[0])
            while stack and stack[-1][0] >= depth:
                stack.pop()
            drawn[word[0]] = stack[-1][1] if stack else "Exception"
            stack.append((depth, word[0]))
    assert drawn == {e.__name__: e.__bases__[0].__name__ for e in ERRORS}


@pytest.mark.parametrize("error", ERRORS)
def test_errors_survive_pickling_with_their_data(error: type[errors.TimelineError]) -> None:
    """An error raised in another process arrives whole."""
    copy = pickle.loads(pickle.dumps(error("what was found", path="x")))
    assert (type(copy), str(copy), copy.path) == (error, "what was found", "x")


def test_an_error_says_what_it_does_not_carry() -> None:
    """Asking for data that was not given names the error."""
    with pytest.raises(AttributeError, match="IdConflict carries no 'position'"):
        errors.IdConflict("x").position  # noqa: B018


def test_bad_values_are_value_errors_too() -> None:
    """Code that knows nothing of this library catches them as it would others."""
    assert all(issubclass(e, ValueError) for e in ERRORS if issubclass(e, errors.InvalidValue))


def test_importing_brings_in_three_libraries_only() -> None:
    """The core needs attrs, pendulum and orjson, and what those need."""
    code = (
        "import sys, timeline; timeline.When('2026'); from importlib.metadata import packages_distributions as p; d = p();"
        "print(sorted({n for m in {m.split('.')[0] for m in sys.modules} for n in d.get(m, [])}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    needed = {"attrs", "pendulum", "orjson", "incident-timeline"}
    theirs = {"python-dateutil", "six", "tzdata", "typing_extensions", "typing-extensions", "time-machine"}
    assert (
        needed - {"incident-timeline"}
        <= set(ast.literal_eval(found))
        <= needed | theirs | {"setuptools", "pip"} | _site()
    )


def _site() -> set[str]:
    """Return the modules that this environment loads into every interpreter, before any import."""
    code = (
        "import sys; before = set(sys.modules); from importlib.metadata import packages_distributions as p; d = p();"
        "print(sorted({n for m in {m.split('.')[0] for m in before} for n in d.get(m, [])}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return set(ast.literal_eval(found))


MAY_REPEAT = {
    *("load", "read", "write"),  # each format, and each face, reads and writes what is its own
    *("check", "evolve"),  # the parts of a projection
    *(
        "agreements",
        "border",
        "change",
        "claim",
        "finding",
        "findings",
        "reasons",
        "record",
        "value",
    ),  # each face shows it
    *("export", "replay", "schema"),  # the command of a function
}
"""Names that say the same wherever they stand."""


def test_a_name_stands_for_one_thing() -> None:
    """No public class or function of one module is called like one of another."""
    places: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names = {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, defined)}
        for name in names:
            if not name.startswith("_"):
                places.setdefault(name, []).append(str(path.relative_to(SOURCE)))
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in MAY_REPEAT} == {}
    assert all(len(places.get(name, ())) > 1 for name in MAY_REPEAT), "what no longer repeats leaves the list"


def test_no_two_files_of_tests_share_a_name() -> None:
    """Pytest refuses the second one, and only where both are collected."""
    names = Counter(path.name for path in Path(__file__).parents[1].rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_files_are_short() -> None:
    """A file that wants a table of contents wants to be two."""
    lengths = {
        str(path.relative_to(SOURCE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCE.rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > 480} == {}


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring."""
    first = function.body[0]
    docstring = first if isinstance(first, ast.Expr) and ast.get_docstring(function, clean=False) else None
    explained = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - explained


@pytest.mark.parametrize("folder", ["src", "examples", "docs"])
def test_functions_are_short(folder: str) -> None:
    """One can see the whole of a function at once: it has at most 40 lines."""
    functions = [
        (f"{path.relative_to(SOURCE.parents[1])}:{node.lineno} {node.name}", _lines(node))
        for path in (SOURCE.parents[1] / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [(name, n) for name, n in functions if n > 40] == []
