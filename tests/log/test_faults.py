"""PostgreSQL under load while things go wrong, and what is on the log afterwards.

Once each by default, `FAULTS` times when that is set: `make faults` asks for twenty.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

import timeline
from bench.servers import compared, on_postgres
from support.postgres_server import Server, new_schema
from support.proxy import COMMITTED, Cutter
from support.small_disk import small_disk
from timeline.log.postgres import PostgresLog

pytestmark = pytest.mark.beside
TIMES = int(os.environ.get("FAULTS", "1"))
FULL = "FAULTS" in os.environ
SOURCE = Path(timeline.__file__).parents[1]
SECONDS = 3600 if FULL else 120
BATCH = 3
TURNS = 30 if FULL else 12

CHILD = """
import secrets, sys
from timeline import exactly
from timeline.entry import Draft
from timeline.errors import ConcurrencyConflict, LogError
from timeline.events import border, custody
from timeline.log import Expect
from timeline.log.postgres import PostgresLog

def batch(name, turn, detail=""):
    return [Draft(border.CrossingOpened(crossing=f"{name}.{turn}.{n}", detail=detail)) for n in range(3)]

def said(*words):
    print(*words, flush=True)

url, schema, name, turns = sys.argv[1:]
turns = int(turns)
log = PostgresLog(url, schema=schema)
said("ready")
sys.stdin.readline()
"""
WRITE = """
for turn in range(turns):
    log.append(batch(name, turn))
    said(turn)
"""
FILL = """
turn = 0
while turn < turns:
    try:
        log.append(batch(name, turn, secrets.token_hex(30_000)))
        said(turn)
        turn += 1
    except LogError as error:  # nothing of it was kept: the same again, when there is room
        said("refused")
        sys.stdin.readline()
"""
COUNT = """
after = number = taken = 0
while taken < turns:
    for entry in log.read(tags=["facility:counter"], after=after):
        after, number = entry.position, entry.event.quantity.low
    draft = Draft(custody.HeadcountReported(facility="counter", quantity=exactly(number + 1)))
    try:
        log.append(draft, expect=Expect(tags=["facility:counter"], after=after))
        taken += 1
    except ConcurrencyConflict:
        said("conflict")
"""
TAIL = """
with log.follow() as news:
    for entry in news:
        said(entry.position, entry.id)
        if entry.position == turns:
            break
"""


class Child:
    """Another process at the log, which says what it was promised."""

    def __init__(self, code, url, schema, name, turns):
        self.name = name
        self.said = []
        self._encouraged = 0
        self.heard = threading.Condition()
        self._process = subprocess.Popen(
            [sys.executable, "-c", CHILD + textwrap.dedent(code), url, schema, name, str(turns)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def ready(self):
        """Once it has begun, which takes longest: let all begin before one is waited for."""
        self.wait_for(lambda said: said == ["ready"])
        self.said.clear()

    def _read(self):
        for line in self._process.stdout:
            with self.heard:
                self.said.append(line.strip())
                self.heard.notify_all()
        with self.heard:
            self.heard.notify_all()

    def wait_for(self, true):
        """Until it has said enough, or can say no more."""
        with self.heard:
            assert self.heard.wait_for(lambda: true(self.said) or self._process.poll() is not None, SECONDS)

    def go(self):
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def encourage(self):
        """Try again after a refusal."""
        if self.said.count("refused") > self._encouraged:
            self._encouraged += 1
            self.go()

    @property
    def over(self):
        return self._process.poll() is not None

    def kill(self):
        self._process.kill()

    def ended(self):
        """Wait for the end of its output, and return its exit code."""
        self._reader.join(SECONDS)
        with self._process:
            return self._process.wait(SECONDS)

    @property
    def promised(self):
        """The turns whose append returned."""
        return [int(line) for line in self.said if line.isdigit()]


class Found(NamedTuple):
    """Faults in the history of an append: promised entries, and those lost, torn or repeated."""

    promised: int
    lost: int
    duplicated: int
    out_of_order: int

    @classmethod
    def of(cls, log, writers, followed):
        entries = list(log.read())
        names = [entry.event.crossing for entry in entries]
        place = {name: number for number, name in enumerate(names)}
        promised = [f"{w.name}.{turn}.{n}" for w in writers for turn in w.promised for n in range(BATCH)]
        whole = [names[i : i + BATCH] for i in range(0, len(names), BATCH)]
        torn = sum(batch != [f"{batch[0].rpartition('.')[0]}.{n}" for n in range(BATCH)] for batch in whole)
        own = [[place[f"{w.name}.{turn}.0"] for turn in w.promised if f"{w.name}.{turn}.0" in place] for w in writers]
        swapped = sum(a > b for places in own for a, b in zip(places, places[1:]))
        gaps = [entry.position for entry in entries] != list(range(1, len(entries) + 1))
        missed = followed != [(entry.position, entry.id) for entry in entries]
        assert log.verify() == log.head()
        return cls(
            len(promised),
            len(set(promised) - set(names)),
            sum(n - 1 for n in Counter(names).values()),
            torn + swapped + gaps + missed,
        )


class Tail:
    """A follower in a thread, from the first entry on."""

    def __init__(self, url, schema):
        self.seen = []
        self._log = PostgresLog(url, schema=schema)
        self._news = self._log.follow()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        self.seen.extend((entry.position, entry.id) for entry in self._news)

    def until(self, position):
        """Wait until it has seen a position, and return the entries that it saw."""
        deadline = time.monotonic() + SECONDS
        while self._news.after < position and time.monotonic() < deadline and self._thread.is_alive():
            time.sleep(0.01)
        self.__exit__()
        return self.seen

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._news.stop()
        self._thread.join(SECONDS)
        self._log.close()


@contextmanager
def load(url, schema, *, writers=3, turns=TURNS, code=WRITE):
    """Run writers, which end at the latest with the block."""
    children = [Child(code, url, schema, f"w{n}", turns) for n in range(writers)]
    try:
        for child in children:
            child.ready()
        for child in children:
            child.go()
        yield children
    finally:
        for child in children:
            child.kill()
            child.ended()


@pytest.fixture(scope="module")
def server():
    """A server of this module's own, which writes to the disk as one in use does."""
    with closing(Server(durable=True)) as made:
        yield made


@pytest.fixture
def check(counts):
    """Reads the history afterwards, adds to the counts, and says that nothing is wrong."""

    def checked(fault, log, writers, tail):
        found = Found.of(log, writers, tail.until(log.head().position))
        counts.add("PostgreSQL", fault, times=1, **found._asdict())
        assert found.promised > 0
        assert found == Found(found.promised, lost=0, duplicated=0, out_of_order=0)

    return checked


@pytest.mark.parametrize("time", range(TIMES))
def test_a_killed_writer(server, check, time):
    """Of several that write, one dies: what it was promised is there, and the others go on."""
    chance, schema = random.Random(time), new_schema()
    with PostgresLog(server.url, schema=schema) as log, Tail(server.url, schema) as tail:
        with load(server.url, schema) as writers:
            writers[0].wait_for(lambda said: len(said) > chance.randrange(1, TURNS - 8))
            writers[0].kill()
            assert [writer.ended() for writer in writers] == [-signal.SIGKILL, 0, 0]
        check("a writer killed", log, writers, tail)


@pytest.mark.parametrize("time", range(TIMES))
def test_a_killed_server(server, check, time):
    """All its processes die at once, and it is started again: nobody has to do anything."""
    chance, schema = random.Random(time), new_schema()
    with PostgresLog(server.url, schema=schema) as log, Tail(server.url, schema) as tail:
        with load(server.url, schema) as writers:
            writers[1].wait_for(lambda said: len(said) > chance.randrange(1, TURNS - 8))
            server.kill()
            server.start()
            assert [writer.ended() for writer in writers] == [0, 0, 0]
        check("the server killed", log, writers, tail)


@pytest.mark.parametrize("time", range(TIMES))
def test_an_answer_lost_after_the_commit(server, check, counts, time):
    """The connection is cut when the server has committed: the append is found by its ids, and not done twice."""
    schema = new_schema()
    proxy = Cutter(server.socket, COMMITTED, every=random.Random(time).randrange(3, 7))
    url = f"postgresql://postgres@127.0.0.1:{proxy.port}/postgres?sslmode=disable&gssencmode=disable"
    with closing(proxy), PostgresLog(server.url, schema=schema) as log, Tail(server.url, schema) as tail:
        with load(url, schema) as writers:
            assert [writer.ended() for writer in writers] == [0, 0, 0]
        assert proxy.cut >= 5
        counts.add("On the way, with PostgreSQL", "answers of commits lost", number=proxy.cut)
        check("answers of commits lost", log, writers, tail)


@pytest.fixture(scope="module")
def small():
    """A server on a small disk of its own, and the disk."""
    folder = Path(tempfile.mkdtemp(prefix="timeline-pg-"))
    try:
        with small_disk(folder, "300m") as disk, closing(Server(folder, durable=True)) as made:
            yield made, disk
    finally:
        folder.rmdir()


@pytest.mark.parametrize("time", range(TIMES))
def test_a_full_disk(small, check, counts, time):
    """An entry that does not fit is refused, or ends the server; with room again, all goes on."""
    server, disk = small
    schema = new_schema()
    with PostgresLog(server.url, schema=schema) as log, Tail(server.url, schema) as tail:
        disk.fill(left=random.Random(time).randrange(2_000_000, 9_000_000))
        pause = threading.Event()
        with load(server.url, schema, turns=2 * TURNS, code=FILL) as writers:
            while not all(writer.over for writer in writers):
                if not server.running or any("refused" in writer.said for writer in writers):
                    disk.clear()
                if not server.running:
                    counts.add("On the way, with PostgreSQL", "the server ended by a full disk", number=1)
                    server.start()
                if not disk.filled:
                    for writer in writers:
                        writer.encourage()
                pause.wait(0.05)
            assert [writer.ended() for writer in writers] == [0, 0, 0]
        assert not disk.filled, "nobody found the disk full"
        refused = sum(writer.said.count("refused") for writer in writers)
        counts.add("On the way, with PostgreSQL", "appends refused by a full disk", number=refused)
        check("the disk full", log, writers, tail)
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        admin.execute("CHECKPOINT")


def test_many_writers_and_readers(server, check):
    """Eight write while three read along: nothing is missed, not even for a moment."""
    turns, schema = (200 if FULL else 8), new_schema()
    total = 8 * turns * BATCH
    with PostgresLog(server.url, schema=schema) as log, Tail(server.url, schema) as tail:
        with load(server.url, schema, writers=2, turns=total, code=TAIL) as readers:
            with load(server.url, schema, writers=8, turns=turns) as writers:
                assert [writer.ended() for writer in writers] == [0] * 8
            assert [reader.ended() for reader in readers] == [0, 0]
        expected = [f"{row.position} {row.id}" for row in log.stored()]
        assert [reader.said for reader in readers] == [expected] * 2
        check("nothing: 8 writers, 3 readers", log, writers, tail)


def test_no_increment_is_lost(server, counts):
    """Processes that count under conditions take each number once."""
    (many, each), schema = ((8, 1250) if FULL else (4, 15)), new_schema()
    with PostgresLog(server.url, schema=schema) as log:
        begun = time.monotonic()
        with load(server.url, schema, writers=many, turns=each, code=COUNT) as counters:
            assert [counter.ended() for counter in counters] == [0] * many
        took = time.monotonic() - begun
        numbers = [entry.event.quantity.low for entry in log.read(tags="facility:counter")]
        counts.add(
            "Counting under conditions", f"PostgreSQL, {many} processes",
            appends=len(numbers), lost=many * each - len(set(numbers)), seconds=round(took),
            conflicts=sum(counter.said.count("conflict") for counter in counters),
        )  # fmt: skip
        assert numbers == list(range(1, many * each + 1))
        assert log.verify().position == many * each


@pytest.mark.parametrize("size", [1, 100])
def test_the_promises_have_a_price(server, size):
    """Appending reaches a fair share of what bare INSERTs of the same bytes do, in the same moment."""
    with on_postgres(server) as (log, bare):
        ours, floor = compared(log, bare, size, rounds=20)
    assert ours > floor / 10
