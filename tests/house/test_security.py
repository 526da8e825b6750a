"""Limits of input: it cannot run code, reach into SQL, exhaust memory, or expose a secret."""

import ast
import inspect
import io
import json
import pkgutil
import time
from importlib import import_module

import attrs
import pytest

import timeline
from timeline import Draft, Report, Timeline, UnknownEvent, When
from timeline.errors import InvalidDraft, InvalidEvent, InvalidValue, InvalidWhen, LogError
from timeline.events import border
from timeline.generated import filler, identifier
from timeline.log import MemoryLog, SqliteLog, codec, fieldcode, jsonl, sqlite_file, sqlite_index
from timeline.log import sqlite as sqlite_log

MODULES = [
    m.name
    for m in pkgutil.walk_packages(timeline.__path__, "timeline.")
    if not m.name.endswith("__main__") and not m.name.startswith("timeline.testing")  # the kit for tests reads no data
]
UNSAFE_IMPORTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "importlib"}
BY_HAND = {"timeline.cli.domains"}
"""The modules that import what whoever runs a command names, or has installed: no data names it."""
GENERATES = "timeline.generated"
"""The module that runs code which the library has put together, of identifiers only."""
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__", "import_module"}


def named(node):
    """Return the names in an expression."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


@pytest.mark.parametrize("module", sorted({*MODULES} - BY_HAND - {GENERATES}))
def test_nothing_named_in_data_is_imported_or_run(module):
    """No module unpickles, imports by name, or evaluates text; methods of those names aside."""
    tree = ast.parse(inspect.getsource(import_module(module)))
    imported = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {str(n.module).split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    if {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)} & {"importlib.resources"}:
        imported.discard("importlib")  # reads our own files, and imports nothing
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert imported.isdisjoint(UNSAFE_IMPORTS)
    assert called.isdisjoint(UNSAFE_CALLS)


def test_generated_code_holds_names_of_fields_and_no_data():
    """Its callers give it text of their own, with nothing put in but numbers, and names that are identifiers."""
    callers = [m for m in MODULES if "from timeline.generated import" in inspect.getsource(import_module(m))]
    assert callers == [
        "timeline.events.naming", "timeline.history.duplicates", "timeline.log.fieldcode", "timeline.log.stored",
    ]  # fmt: skip
    with pytest.raises(InvalidValue, match="is not the name of a field"):
        identifier("x; import os")
    with pytest.raises(InvalidValue, match="is not the name of a field"):
        filler(Report, ["source", "x; import os"])
    cls = attrs.make_class("Odd", {"plain": attrs.field(default=0)})
    odd = next(iter(attrs.fields(cls))).evolve(name="x; import os")
    cls.__attrs_attrs__ = (odd,)
    for make in (fieldcode.make_reader, fieldcode.make_writer):
        with pytest.raises(InvalidValue, match="is not the name of a field"):
            make(cls, fieldcode.Nested(*[None] * 4))


def test_sql_is_put_together_from_our_own_words_only():
    """Values are parameters; what is put into a statement is a constant, or a list of conditions made of such."""
    tree = ast.parse("".join(map(inspect.getsource, (sqlite_log, sqlite_file, sqlite_index))))
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.JoinedStr)]
    words = ("SELECT", "INSERT", "UPDATE", "DELETE", "PRAGMA", "BEGIN", "CREATE", "DROP", "WHERE")
    sql = [n for n in texts if any(isinstance(p, ast.Constant) and p.value.strip().startswith(words) for p in n.values)]
    fixed = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert len(sql) >= 6
    for statement in sql:
        for name in named(statement):
            assert name.strip("_").isupper() or name in {"where"} | fixed, ast.unparse(statement)
    conditions = [
        n.args[0] for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "where.append"
    ]
    assert conditions
    assert all(isinstance(condition, ast.Constant) for condition in conditions)
    into = [n.args[1] for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "insert_rows"]
    assert len(into) == 2
    assert all(isinstance(table, ast.Constant) or all(map(str.isupper, named(table))) for table in into)


HOSTILE = ["'; DROP TABLE entries; --", '"', "%", "_", "?", "\\", "\x01", "\u200f"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_query_is_a_value(tmp_path, text):
    """Tags, types, ids and contents are looked for as they stand."""
    with SqliteLog(tmp_path / "a.db") as log:
        log.append([Draft(border.CrossingOpened(crossing="c", detail=text, about=[f"x:{text}"]), id="e")])
        assert [entry.event.detail for entry in log.read(tags=[f"x:{text}"])] == [text]
        assert list(log.read(tags=[text], types=[f"x.{text}"])) == []
        assert log.rows_by_id([text]) == {}
        assert log.verify().position == 1


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [codec.DEEPEST, 900, 5000, 100_000])
def test_what_is_nested_too_deep_gets_one_error(depth):
    """The limit holds for appending and for restoring."""
    with pytest.raises(InvalidEvent, match="nested deeper than 64"):
        MemoryLog().append([Draft(UnknownEvent("x.y", 1, {"a": nested(depth)}))])
    line = b'{"position":1,"content":' + b"[" * depth + b"]" * depth + b',"id":"a","leaf":"","salt":"","tags":[]}'
    with pytest.raises(LogError, match="line 1 is not an entry"):
        jsonl.restore(MemoryLog(), [line])


def test_what_is_nested_as_deep_as_may_be_is_kept():
    """It comes back from a log and from JSON lines."""
    log, copy = MemoryLog(), MemoryLog()
    log.append([Draft(UnknownEvent("x.y", 1, {"a": nested(codec.DEEPEST - 5)}))])
    file = io.BytesIO()
    jsonl.write(log, file)
    file.seek(0)
    assert jsonl.restore(copy, jsonl.lines(file)) == log.head()
    assert list(copy.read()) == list(log.read())


def test_what_is_too_long_gets_one_error():
    """A content, a slug, an id, a time."""
    log = MemoryLog()
    with pytest.raises(InvalidEvent, match=r"says 2,000,\d+ bytes: expected at most 1,000,000") as caught:
        log.append([Draft(border.CrossingOpened(crossing="c", detail="x" * 2_000_000))])
    assert len(str(caught.value)) < 500
    with pytest.raises(InvalidEvent, match="crossing has 201 characters"):
        border.CrossingOpened(crossing="c" * 201)
    with pytest.raises(ValueError, match="does not name an entry"):
        Draft(border.CrossingOpened(crossing="c"), id="c" * 201)
    for tag, message in (("x:" + "y" * 499, "501 characters: expected at most 500"), ("x:\x00", "a NUL character")):
        with pytest.raises(InvalidDraft, match=message):
            log.append([Draft(border.CrossingOpened(crossing="c", about=[tag]))])
    began = time.monotonic()
    with pytest.raises(InvalidWhen, match="goes on for 1,000,006 characters") as caught:
        When.parse("[" + "2026," * 200_001)
    assert len(str(caught.value)) < 500
    assert time.monotonic() - began < 1
    assert log.append([Draft(border.CrossingOpened(crossing="c" * 200, detail="ع" * 490_000))])[0].position == 1


def test_a_line_too_long_is_refused_before_it_is_read(tmp_path, monkeypatch):
    """Memory holds a small part of a file of any size; the content of an entry has its own limit."""
    monkeypatch.setattr(jsonl, "LONGEST", 1000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" + b" " * 5000)
    with pytest.raises(LogError, match="line 2 is longer than 1,000 bytes") as caught:
        Timeline().restore(path)
    assert caught.value.line == 2


def test_a_line_whose_entry_is_too_long_is_refused():
    """As it would be when appended."""
    content = json.loads(codec.encode(Draft(border.CrossingOpened(crossing="c"))))
    content["event"]["data"]["detail"] = "x" * 1_000_001
    with pytest.raises(LogError, match="line 1 is not an entry.*at most 1,000,000"):
        jsonl.restore(MemoryLog(), [json.dumps({"content": content, "leaf": "", "position": 1, "id": "a", "tags": [], "salt": "",
                                               "recorded_at": "2026-01-01T00:00:00.000000Z"}).encode()])  # fmt: skip


def test_a_damaged_file_is_not_quoted(tmp_path):
    """SQLite quotes the text that it cannot read; we do not."""
    with SqliteLog(tmp_path / "a.db") as log:
        log.append([Draft(border.CrossingOpened(crossing="c"), reports=[Report("AFP")])])
        log._connection.execute("UPDATE entries SET id = CAST(x'7365637265742fff' AS TEXT)")
        with pytest.raises(
            LogError, match=f"^{tmp_path / 'a.db'} is damaged .it holds text that is not UTF-8"
        ) as caught:
            log.verify()
        assert "secret" not in str(caught.value)


def test_an_entry_is_printed_without_its_salt():
    """An entry, printed or in an error, keeps its salt to itself."""
    line = Timeline()
    entry = line.record(border.CrossingOpened(crossing="c"))
    assert entry.salt.hex() not in repr(entry) + str(entry)
    assert str(entry.salt) not in repr(entry)
    assert not next(a for a in attrs.fields(type(entry)) if a.name == "salt").repr
