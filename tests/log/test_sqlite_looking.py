"""Reading a log in a file without changing it, and noticing what happens to files that are open."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import timeline
from timeline import Draft, Timeline
from timeline.errors import CannotOpen, DamagedLog, LogError, NotATimeline, ReadOnlyLog
from timeline.events import border
from timeline.log import SqliteLog, looking
from timeline.log.copying import extend
from timeline.log.looking import Look

SOURCE = Path(timeline.__file__).parents[1]


def opened(crossing="rabia", **given):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=crossing), **given)


def listing(folder):
    """Return the bytes of each file, and the time of its last change."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in sorted(folder.iterdir())}


@pytest.fixture
def path(tmp_path):
    """A closed file with 1,200 entries."""
    path = tmp_path / "incidents.db"
    with SqliteLog(path) as log:
        log.append([opened(f"crossing-{n % 50}", id=f"e{n}") for n in range(1200)])
    return path


class Program:
    """Another process that has the file open, and appends on request."""

    CODE = """
        import sys
        from timeline import Draft
        from timeline.events import border
        from timeline.log import SqliteLog
        with SqliteLog(sys.argv[1]) as log:
            print("open", flush=True)
            for line in sys.stdin:
                for _ in range(int(line)):
                    head = log.append(Draft(border.CrossingOpened(crossing="rabia", detail="d" * 500)))[0]
                print(head.position, flush=True)
    """

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(self.CODE), str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )  # fmt: skip
        assert self.process.stdout.readline() == "open\n"

    def append(self, many):
        self.process.stdin.write(f"{many}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self):
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


@pytest.fixture
def program(path):
    """A program that has the file open; it is killed in the end if it has not ended."""
    program = Program(path)
    yield program
    if program.process.poll() is None:
        program.kill()


def all_of_it(line):
    """Ask, read, find, and verify."""
    crossings = len(line.at().border.crossings)
    return crossings, len(line.entries()), line.entries(tags=["facility:crossing-3"])[0].id, line.verify().position


# -- reading only -----------------------------------------------------------------------------------


def test_who_looks_changes_nothing(path):
    """Neither the file nor what lies beside it, also where keyframes would be kept; and what is asked later is there."""
    before = listing(path.parent)
    with Timeline.open(path, read_only=True) as line:
        assert line.log.read_only
        situation = line.at()
        assert all_of_it(line) == (50, 1200, "e3", 1200)
    assert len(situation.entries()) == 1200
    assert listing(path.parent) == before


def test_keyframes_that_are_there_are_used(path, monkeypatch):
    """A reader folds nothing that was folded already."""
    with Timeline.open(path) as line:
        line.at()
    before = listing(path.parent)
    monkeypatch.setattr("timeline.index.complete.CompleteView.add", lambda self, entries: 1 / 0)
    with Timeline.open(path, read_only=True) as line:
        assert len(line.at().border.crossings) == 50
    assert listing(path.parent) == before


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written_is_read(path, modes, what):
    """Also when root asks, whom the system would let write."""
    modes(*((path, 0o444) if what == "file" else (path.parent, 0o555)))
    before = listing(path.parent)
    with Timeline.open(path) as line:
        assert all_of_it(line) == (50, 1200, "e3", 1200)
    assert listing(path.parent) == before


def test_nothing_is_appended_to_what_is_only_read(path, tmp_path):
    """Every way of writing is refused, with the reason."""
    with Timeline.open(path, read_only=True) as line:
        acts = [
            lambda: line.record(border.CrossingOpened(crossing="x")),
            lambda: line.redact("e3"),
            lambda: line.restore(tmp_path / "copy.jsonl"),
            lambda: extend(line.log, [], line.head()),
        ]
        line.dump(tmp_path / "copy.jsonl")
        for act in acts:
            with pytest.raises(
                ReadOnlyLog, match="open to be read only.*nothing was appended.*read_only=True"
            ) as caught:
                act()
            assert caught.value.path == path
        line.log.write_cache([])
        assert line.head().position == 1200


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    """Nor is an empty one made a log."""
    with pytest.raises(CannotOpen, match="is not there"):
        Timeline.open(tmp_path / "missing.db", read_only=True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    with pytest.raises(NotATimeline, match="empty.db is empty: expected a timeline. Record an entry in it first"):
        Timeline.open(tmp_path / "empty.db", read_only=True)
    assert listing(tmp_path)["empty.db"][0] == b""


def test_who_looks_sees_what_another_program_appends(path, program):
    """Before it has written anything, while it writes, and when it is gone; its files stay as it left them."""
    with Timeline.open(path, read_only=True) as line:
        assert line.head().position == 1200
        assert program.append(3) == 1203
        before = listing(path.parent)
        assert [entry.position for entry in line.entries(after=1200)] == [1201, 1202, 1203]
        assert listing(path.parent) == before
        assert program.append(2000) == 3203
        assert line.verify().position == 3203
        program.close()
        assert line.head().position == 3203
        with SqliteLog(path) as log:
            log.append(opened())
        assert line.head().position == 3204


def test_what_a_killed_program_left_beside_the_file_is_read(path, program):
    """Nothing is written, neither with the index of the write-ahead file nor without it."""
    assert program.append(3) == 1203
    program.kill()
    for ending in ("", "-shm"):
        if ending:
            path.with_name(path.name + ending).unlink()
        before = listing(path.parent)
        assert "incidents.db-wal" in before
        with Timeline.open(path, read_only=True) as line:
            assert line.verify().position == 1203
        assert listing(path.parent) == before
    with Timeline.open(path) as line:
        assert line.verify().position == 1203
    assert [*listing(path.parent)] == ["incidents.db"]


def test_what_changes_all_the_time_is_not_read_half(path, monkeypatch):
    """A read during which the file changed is made again, and in the end given up."""
    stamps = iter(range(10**9))
    quiet = looking.Files.of(path)
    look = Look(path)
    monkeypatch.setattr(looking.Files, "of", lambda path: quiet._replace(main=(0, 0, 0, next(stamps) // 5)))
    assert look.fetch("SELECT count(*) FROM entries") == [(1200,)]
    monkeypatch.setattr(looking.Files, "of", lambda path: quiet._replace(main=(0, 0, 0, next(stamps))))
    with pytest.raises(sqlite3.OperationalError, match="changed 100 times"):
        look.fetch("SELECT count(*) FROM entries")
    with pytest.raises(sqlite3.OperationalError, match="changed 100 times"):
        look.fetch("SELECT nothing FROM entries")
    look.close()


# -- several at once ----------------------------------------------------------------------------------


def test_opening_a_file_twice_keeps_its_locks(path):
    """A program that opens its log once more, and closes that, is not forgotten by others: none takes its journal away."""
    with SqliteLog(path) as log:
        log.append(opened())
        SqliteLog(path).close()
        Timeline.open(path, read_only=True).close()
        Program(path).close()
        assert log.append(opened())[0].position == 1202
        other = Program(path)
        assert other.append(1) == 1203
        other.close()
        assert log.verify().position == 1203


# -- files that are replaced --------------------------------------------------------------------------


def remove(path):
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink()


GONE = {
    "deleted": remove,
    "replaced": lambda path: shutil.copy(path, path.with_suffix(".copy")) and path.with_suffix(".copy").replace(path),
    "moved away": lambda path: path.rename(path.with_suffix(".old")),
    "without its journal": lambda path: path.with_name(path.name + "-wal").unlink(),
}


@pytest.mark.parametrize("what", GONE)
def test_a_file_that_was_changed_for_another_takes_no_append(path, what):
    """Nobody would read a file written there."""
    log = SqliteLog(path)
    log.append(opened())
    GONE[what](path)
    with pytest.raises(
        LogError, match="was deleted or replaced while the log was open; nothing was appended"
    ) as caught:
        log.append(opened())
    assert caught.value.path == path
    log.close()


@pytest.fixture
def backup(path):
    """A copy of the closed file, as somebody keeps it."""
    return Path(shutil.copy(path, path.with_suffix(".backup")))


@pytest.mark.parametrize("read_only", [False, True])
def test_a_backup_is_not_read_with_the_journal_of_another_file(path, backup, program, read_only):
    """It was put in the place of a log that a program had open, or that a killed one left."""
    program.append(1500)
    program.kill()
    shutil.copy(backup, path)
    before = {name: content for name, (content, _) in listing(path.parent).items()}
    with pytest.raises(CannotOpen, match=r"-wal does not belong to .*incidents.db.* Move away the files") as caught:
        Timeline.open(path, read_only=read_only)
    assert type(caught.value) is CannotOpen
    assert {name: content for name, (content, _) in listing(path.parent).items()} == before
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink()
    with Timeline.open(path, read_only=read_only) as line:
        assert line.verify().position == 1200


def test_a_newer_copy_is_not_read_with_an_older_journal(path, program, tmp_path):
    """The entries that it holds already would be taken back."""
    program.append(3)
    program.kill()
    newer = tmp_path / "newer.db"
    with Timeline.open(path, read_only=True) as line, Timeline.open(newer) as other:
        line.dump(tmp_path / "all.jsonl")
        other.restore(tmp_path / "all.jsonl")
        other.record_all([opened() for _ in range(5)])
    shutil.copy(newer, path)
    with pytest.raises(CannotOpen, match="does not belong"):
        Timeline.open(path)


def test_a_copy_of_both_files_is_whole(path, program, tmp_path):
    """The file and its write-ahead file belong together, also where the first holds a part of it already."""
    program.append(1500)
    program.kill()
    (tmp_path / "there").mkdir()
    for ending in ("", "-wal"):
        shutil.copy(path.with_name(path.name + ending), tmp_path / "there" / (path.name + ending))
    with Timeline.open(tmp_path / "there" / path.name) as line:
        assert line.verify().position == 2700


def test_a_log_of_which_all_is_in_the_journal_is_read(tmp_path):
    """The first entries of a new log were not yet taken into the file."""
    path = tmp_path / "incidents.db"
    SqliteLog(path).close()
    program = Program(path)
    program.append(2)
    program.kill()
    with Timeline.open(path, read_only=True) as line:
        assert line.verify().position == 2
    with Timeline.open(path) as line:
        assert line.verify().position == 2


def test_a_damaged_file_is_damaged_with_a_journal_too(path, program):
    """Nothing says then to which file it belongs."""
    program.append(1500)
    program.kill()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    path.with_name(path.name + "-wal").write_bytes(b"\x00")
    with pytest.raises(DamagedLog):
        Timeline.open(path)


def test_what_cannot_be_read_whole_is_refused(path, program, monkeypatch):
    """An index that cannot be used, or no room for a copy: the entries of the write-ahead file are not left out."""
    program.append(3)
    program.kill()
    path.with_name(path.name + "-shm").write_bytes(b"")
    path.with_name(path.name + "-shm").unlink()

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(CannotOpen, match=r"cannot be read with the -wal file beside it .*No space left.*Copy both"):
        Timeline.open(path, read_only=True)


def test_an_index_that_cannot_be_used_is_refused(path, monkeypatch):
    """SQLite gives up, and so do we."""

    def gives_up(look, sql, values=()):
        error = sqlite3.OperationalError("attempt to write a readonly database")
        error.sqlite_errorname = "SQLITE_READONLY_CANTINIT"
        raise error

    monkeypatch.setattr(Look, "fetch", gives_up)
    with pytest.raises(CannotOpen, match="cannot be read with the -wal file beside it .*Copy both"):
        Timeline.open(path, read_only=True)


def test_a_file_that_is_being_made_is_waited_for(path, monkeypatch):
    """While another program lays it out, it is locked, and a journal lies beside it."""
    other = sqlite3.connect(path.with_name("new.db"), isolation_level=None)
    other.execute("CREATE TABLE x (y)")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("INSERT INTO x VALUES (1)")
    look = Look(path.with_name("new.db"))
    assert looking.Files.of(path.with_name("new.db")).journal
    monkeypatch.setattr(looking, "BUSY", 0.01)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        look.fetch("SELECT * FROM x")
    other.execute("COMMIT")
    assert look.fetch("SELECT * FROM x") == [(1,)]
    other.close()
    look.close()
