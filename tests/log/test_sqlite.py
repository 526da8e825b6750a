"""The log in a file: what is opened, what is left alone, several processes, and sudden ends."""

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import timeline
from support.small_disk import small_disk
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import (
    CannotOpen,
    DamagedLog,
    InvalidValue,
    LogError,
    NewerFormat,
    NotATimeline,
    ReadOnlyLog,
    TamperedLog,
)
from timeline.events import border
from timeline.log import SqliteLog, sqlite_file
from timeline.log.looking import Look

SOURCE = Path(timeline.__file__).parents[1]
PAGE = 4096


def opened(crossing="rabia", **given):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=crossing), **given)


@pytest.fixture
def path(tmp_path):
    """This holds for a file that is still missing."""
    return tmp_path / "incidents.db"


@pytest.fixture
def filled(path):
    """A closed file with 300 entries."""
    with SqliteLog(path) as log:
        log.append([opened(f"crossing-{n}", id=f"e{n}") for n in range(300)])
    return path


@pytest.mark.parametrize("many", [1, 49, 50, 51, 100, 101])
def test_a_batch_of_any_length_is_kept_whole(path, many):
    """Rows are written fifty at a time, and those left over one by one."""
    with SqliteLog(path) as log:
        log.append([opened(f"crossing-{n}", id=f"e{n}") for n in range(many)])
        assert [entry.id for entry in log.read()] == [f"e{n}" for n in range(many)]
        assert log.verify().position == many


def listing(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def left_alone(path, error, match=None):
    """Check that the file is refused by name, and that nothing in its directory changed."""
    before = listing(path.parent)
    with pytest.raises(error, match=match) as caught:
        SqliteLog(path)
    assert listing(path.parent) == before
    assert type(caught.value) is error
    assert caught.value.path == path


# -- files ------------------------------------------------------------------------------------------


def test_closing_leaves_one_file(path):
    """No journal, no draft, no lock remains beside it."""
    with SqliteLog(path) as log:
        log.append(opened())
    assert list(listing(path.parent)) == [path.name]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_text_or_a_path(path, kind):
    """Both are taken."""
    with SqliteLog(kind(path)) as log:
        assert log.path == path


def test_a_file_is_ours_and_in_write_ahead_mode(path):
    """Its header says whose it is, which format, and how it is written."""
    SqliteLog(path).close()
    connection = sqlite3.connect(path)
    assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in
            ("application_id", "user_version", "journal_mode")] == [0x746C6E65, 2, "wal"]  # fmt: skip
    connection.close()


@pytest.mark.parametrize(("durability", "level"), [("power_cut", 2), ("crash", 1)])
def test_durability_is_asked_for_by_name(path, durability, level):
    """The default survives a power cut; bulk loading may ask for less."""
    with SqliteLog(path, durability=durability) as log:
        assert log._connection.execute("PRAGMA synchronous").fetchone() == (level,)
    for target in (path, f"sqlite:///{path}"):
        with Timeline.open(target, durability=durability) as line:
            assert line.log._connection.execute("PRAGMA synchronous").fetchone() == (level,)
    with SqliteLog(path) as log:
        assert log._connection.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.parametrize("url", ["postgresql://localhost/incidents", "nats://localhost/incidents"])
def test_a_server_is_not_asked_for_less_durability(url):
    """The durability of its batches is set on the server, and an option without effect is refused."""
    with pytest.raises(InvalidValue, match="durability is 'crash': expected 'power_cut' for a log on a server"):
        Timeline.open(url, durability="crash")


def test_an_empty_file_is_a_new_log(path):
    """Somebody made the name first, as temporary files are made."""
    path.touch()
    with SqliteLog(path) as log:
        assert log.append(opened())[0].position == 1
    with SqliteLog(path) as log:
        assert log.verify().position == 1


@pytest.mark.parametrize("content", [b"h", b"incidents: none\n" * 50, b"SQLite format 3\0", b"SQLite format 3\0" + b"x" * 83,
                                     bytes(4096), b"PK\x03\x04" * 100])  # fmt: skip
def test_another_kind_of_file_is_left_alone(path, content):
    """Text, archives, zeros, and a header cut short."""
    path.write_bytes(content)
    left_alone(path, NotATimeline, "another file; it was left as it was")


@pytest.mark.parametrize("script", ["CREATE TABLE entries (x)", "PRAGMA application_id = 5; CREATE TABLE x (y)"])
def test_another_program_s_database_is_left_alone(path, script):
    """Even if its table has the same name."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    left_alone(path, NotATimeline, "a database of another program")


def test_a_directory_is_no_timeline(tmp_path):
    """The name is taken by a directory."""
    left_alone(tmp_path, NotATimeline, "is not a file")


def test_a_link_to_nowhere_is_no_timeline(path):
    """Nothing is made behind it."""
    path.symlink_to(path.parent / "missing")
    left_alone(path, NotATimeline, "is not a file")


def test_a_directory_is_not_made(tmp_path):
    """A mistyped directory is said, and not created."""
    path = tmp_path / "missing" / "incidents.db"
    with pytest.raises(CannotOpen, match="is not a directory.*Create it") as caught:
        SqliteLog(path)
    assert caught.value.path == path
    assert not path.parent.exists()


def test_a_newer_format_is_left_alone(filled):
    """A later version of the library wrote it; the message says to upgrade."""
    content = bytearray(filled.read_bytes())
    content[60:64] = (7).to_bytes(4, "big")
    filled.write_bytes(content)
    left_alone(filled, NewerFormat, "has format 7, .* knows up to 2.*Upgrade")
    with pytest.raises(NewerFormat) as caught:
        SqliteLog(filled)
    assert (caught.value.found, caught.value.known) == (7, 2)


def test_nothing_is_made_in_a_read_only_directory(path, modes):
    """A new log needs a directory that may be written."""
    modes(path.parent, 0o555)
    left_alone(path, ReadOnlyLog, "may not be written")


def overwrite(path, start, content):
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


DAMAGE = {
    "cut in the middle of a page": lambda path: os.truncate(path, path.stat().st_size // 2 + 100),
    "cut between pages": lambda path: os.truncate(path, 3 * PAGE),
    "cut after the header": lambda path: os.truncate(path, 150),
    "zeros after the first page": lambda path: overwrite(path, PAGE, bytes(path.stat().st_size - PAGE)),
    "garbage in the header": lambda path: overwrite(path, 16, random.Random(2).randbytes(40)),
    "garbage after the header": lambda path: overwrite(path, 100, random.Random(3).randbytes(PAGE - 100)),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_left_alone(filled, kind):
    """The storage engine cannot read it: nothing is repaired, and nothing is made beside it."""
    DAMAGE[kind](filled)
    left_alone(filled, DamagedLog, "is damaged .*; it was left as it was. Restore it from a copy")


@pytest.mark.parametrize("garbage", [random.Random(1).randbytes(3 * PAGE), b"\xff" * 2 * PAGE])
def test_damage_in_the_middle_is_found_by_verify(filled, garbage):
    """An opening does not read the whole file; a check of the log does."""
    overwrite(filled, filled.stat().st_size // 2 // PAGE * PAGE, garbage)
    with SqliteLog(filled, read_only=True) as log, pytest.raises(DamagedLog, match="is damaged"):
        log.verify()


def test_an_opening_reads_a_few_pages_of_a_file(filled, monkeypatch):
    """SQLite's own check of all pages is left to `verify`."""
    asked = []
    fetch = Look.fetch
    monkeypatch.setattr(Look, "fetch", lambda look, sql, values=(): asked.append(sql) or fetch(look, sql, values))
    with SqliteLog(filled, read_only=True) as log:
        assert not any("check" in sql for sql in asked)
        log.verify()
        assert any("quick_check" in sql for sql in asked)


def test_a_journal_beside_a_damaged_file_is_left_alone(filled):
    """It may hold what can still be saved, or belong to a process that has the file open."""
    DAMAGE["cut between pages"](filled)
    (journal := filled.with_name(filled.name + "-wal")).write_bytes(b"")
    with pytest.raises(DamagedLog):
        SqliteLog(filled)
    assert journal.exists()


def test_a_file_without_our_tables_is_damaged(path):
    """The header is ours, and the entries are gone."""
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA application_id = {sqlite_file.APPLICATION_ID}; CREATE TABLE x (y)")
    connection.close()
    left_alone(path, DamagedLog, "no such table")


def test_garbage_over_the_header_is_some_other_file(filled):
    """Nothing says that it was a timeline once."""
    overwrite(filled, 0, random.Random(4).randbytes(100))
    left_alone(filled, NotATimeline, "another file")


def test_damage_to_what_an_entry_says_is_found_by_verify(filled):
    """A change that the storage engine reads without complaint does not fit its digest."""
    content = filled.read_bytes()
    place = content.index(b'"crossing-150"')
    overwrite(filled, place, b'"crossing-950"')
    with SqliteLog(filled) as log, pytest.raises(TamperedLog, match="position 151 does not fit"):
        log.verify()


def test_a_database_that_is_damaged_while_open_says_so(filled):
    """An error of the storage engine becomes one of ours, in reading and in appending."""
    log = SqliteLog(filled)
    overwrite(filled, PAGE, b"\xff" * (filled.stat().st_size - PAGE))
    for work in (lambda: list(log.read()), lambda: log.append(opened())):
        with pytest.raises(DamagedLog, match=rf"{filled} is damaged \((file|database|.*malformed).*\)") as caught:
            work()
        assert caught.value.path == filled
    log.close()


def test_a_full_disk_keeps_nothing_of_the_batch(path):
    """The error is said as it is, and the log can be used when there is room again."""
    with SqliteLog(path) as log:
        log.append(opened())
        pages = log._connection.execute("PRAGMA page_count").fetchone()[0]
        log._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LogError, match="full.*Nothing of the batch was kept. Make room"):
            log.append([opened(f"crossing-{n}") for n in range(200)])
        log._connection.execute("PRAGMA max_page_count = 10000")
        assert [e.position for e in log.append([opened()] * 2)] == [2, 3]
        assert log.verify().position == 3


def test_a_log_without_room_is_named_as_it_was_given(tmp_path):
    """Its draft concerns nobody, and is gone."""
    with small_disk(tmp_path, "16k") as disk:
        disk.fill(0)
        with pytest.raises(LogError, match=r"incidents\.db: SQLite reports.*Make room") as caught:
            SqliteLog(tmp_path / "incidents.db")
        assert ".new" not in str(caught.value)
        assert [file.name for file in tmp_path.iterdir()] == ["ballast"]


def test_a_database_that_becomes_read_only_says_so(path):
    """As when a disk is remounted."""
    with SqliteLog(path) as log:
        log._connection.execute("PRAGMA query_only = 1")
        with pytest.raises(ReadOnlyLog, match="may not be written") as caught:
            log.append(opened())
        assert caught.value.path == path


def test_a_lock_that_is_never_given_back_is_said(path, monkeypatch):
    """After waiting its turn in vain, the message says who has it: another program."""
    monkeypatch.setattr(sqlite_file, "BUSY", 0.01)
    with SqliteLog(path) as log:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogError, match="stayed locked by another program"):
            log.append(opened())
        other.execute("ROLLBACK")
        other.close()
        assert log.append(opened())[0].position == 1


@pytest.mark.parametrize("begun", ["filled", "empty"])
def test_a_file_locked_while_it_is_opened_is_not_called_damaged(path, monkeypatch, begun):
    """Another program has it to itself: that passes."""
    if begun == "filled":
        SqliteLog(path).close()
    else:
        path.touch()
    monkeypatch.setattr(sqlite_file, "BUSY", 0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LogError, match="stayed locked by another program") as caught:
        SqliteLog(path)
    assert not isinstance(caught.value, CannotOpen)
    other.execute("ROLLBACK")
    other.close()
    SqliteLog(path).close()


def test_switching_to_write_ahead_mode_waits_its_turn(path, monkeypatch):
    """A reader of the empty file holds it up, and is waited for."""
    other = sqlite3.connect(path, isolation_level=None)
    other.executescript("CREATE TABLE x (y); BEGIN; SELECT * FROM x")
    other.execute("SELECT * FROM x").fetchall()
    monkeypatch.setattr(sqlite_file.time, "sleep", lambda seconds: other.execute("COMMIT"))
    ours = sqlite3.connect(path, isolation_level=None, timeout=0)
    sqlite_file._write_ahead(ours)
    assert ours.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    ours.close()
    other.close()


def test_switching_to_write_ahead_mode_is_given_up_in_the_end(path, monkeypatch):
    """A reader that never ends is said to be one."""
    monkeypatch.setattr(sqlite_file, "BUSY", -1.0)
    other = sqlite3.connect(path, isolation_level=None)
    other.executescript("CREATE TABLE x (y); BEGIN; SELECT * FROM x")
    other.execute("SELECT * FROM x").fetchall()
    ours = sqlite3.connect(path, isolation_level=None, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite_file._write_ahead(ours)
    ours.close()
    other.close()


def test_a_log_that_was_made_meanwhile_is_used(path, monkeypatch):
    """Another process gave the name to its file first; ours is thrown away."""
    make = sqlite_file._initialise

    def slow(draft, named):
        make(draft, named)
        path.write_bytes(draft.read_bytes())
        with SqliteLog(path) as winner:
            winner.append(opened(id="theirs"))

    monkeypatch.setattr(sqlite_file, "_initialise", slow)
    with SqliteLog(path) as log:
        assert [entry.id for entry in log.read()] == ["theirs"]
    assert list(listing(path.parent)) == [path.name]


# -- processes --------------------------------------------------------------------------------------

CHILD = """
import os, signal, sys
from timeline.entry import Draft
from timeline.events import border
from timeline.log import SqliteLog

def opened(id=None, crossing="rabia"):
    return Draft(border.CrossingOpened(crossing=crossing), id=id)

path, name = sys.argv[1:3]
print("ready", flush=True)
sys.stdin.readline()
"""


def child(path, name, code):
    """Start another process, which waits for a line before it goes on."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + textwrap.dedent(code), str(path), name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def together(path, code, names="abcd"):
    """Let several processes loose at once, and give what they print."""
    children = [child(path, name, code) for name in names]
    for one in children:
        assert one.stdout.readline() == "ready\n"
    for one in children:
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate(timeout=60)[0] for one in children]
    assert [one.returncode for one in children] == [0] * len(children)
    return said


def test_processes_append_at_once_to_an_empty_file(path):
    """Each finds or makes the same log; every batch lands whole, and positions have no gaps."""
    path.touch()
    together(path, """
        with SqliteLog(path) as log:
            for turn in range(20):
                entries = log.append([opened(f"{name}-{turn}-{n}") for n in range(3)])
                assert [e.position - entries[0].position for e in entries] == [0, 1, 2]
    """)  # fmt: skip
    with SqliteLog(path) as log:
        entries = list(log.read())
        assert [e.position for e in entries] == list(range(1, 241))
        assert {e.id for e in entries} == {f"{p}-{t}-{n}" for p in "abcd" for t in range(20) for n in range(3)}
        assert all(a.recorded_micros <= b.recorded_micros for a, b in itertools.pairwise(entries))
        assert log.verify().position == 240
    assert list(listing(path.parent)) == [path.name]


# -- sudden ends ------------------------------------------------------------------------------------

ENDLESS = """
    log = SqliteLog(path)
    turn = 0
    while True:
        entries = log.append([opened(f"{turn}-{n}") for n in range(4)])
        print(entries[-1].position, flush=True)
        turn += 1
"""


def whole(log):
    """Check that batches of four are whole, in order, and that everything fits."""
    found = [entry.id for entry in log.read()]
    assert found == [f"{turn}-{n}" for turn in range(len(found) // 4) for n in range(4)]
    assert log.verify().position == len(found)
    return len(found)


@pytest.mark.parametrize("lines", [2, 23])
def test_a_killed_process_leaves_one_file_in_the_end(path, lines):
    """The next opening takes in the files that it left beside the log."""
    SqliteLog(path).close()
    killed = child(path, "a", ENDLESS)
    assert killed.stdout.readline() == "ready\n"
    killed.stdin.write("go\n")
    killed.stdin.flush()
    for _ in range(lines):
        killed.stdout.readline()
    killed.kill()
    promised = [int(line) for line in killed.communicate()[0].split("\n")[:-1]]
    assert killed.returncode == -signal.SIGKILL
    with SqliteLog(path) as log:
        kept = whole(log)
        assert kept >= max(promised, default=4 * lines)
        assert log.append(opened())[0].position == kept + 1
        assert log.verify().position == kept + 1
    assert list(listing(path.parent)) == [path.name]


def test_a_process_killed_while_another_waits_lets_it_in(path):
    """The lock of a dead process does not count."""
    with SqliteLog(path) as log:
        ended = child(path, "a", """
            class Mortal(SqliteLog):
                def insert(self, rows):
                    super().insert(rows)
                    print("inside", flush=True)
                    sys.stdin.readline()

            Mortal(path).append(opened("lost"))
        """)  # fmt: skip
        ended.stdin.write("go\n")
        ended.stdin.flush()
        assert [ended.stdout.readline() for _ in range(2)] == ["ready\n", "inside\n"]
        ended.kill()
        ended.communicate()
        assert log.append(opened(id="kept"))[0].position == 1
        assert [entry.id for entry in log.read()] == ["kept"]
