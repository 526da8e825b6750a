"""Acknowledged entries are kept: writers, servers and connections fail under load, and the history is checked.

Each fault strikes once by default, and what costs most strikes the leader alone; `make faults` lets each
strike twenty times.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest

from bench.servers import compared, on_jetstream
from support.fault_counts import Counts
from support.nats_servers import Cluster, Node, ask, until
from support.nats_writer import batch
from support.proxy import STORED, Cutter
from support.small_disk import Disk, small_disk
from timeline.errors import LogUnreachable
from timeline.log.jetstream import PATIENCE, JetStreamLog

pytestmark = pytest.mark.beside
ROUNDS = int(os.environ.get("FAULTS", "1"))
WRITER = Path(__file__).parents[1] / "support" / "nats_writer.py"
MORE = 5
"""How many further acknowledgements show that a writer goes on."""
WRONG = ("lost", "duplicated", "out_of_order")


class Load:
    """Some writers on a stream, and what they say happened."""

    def __init__(
        self, servers: Cluster, folder: Path, names: list[str], url: str = "", patience: float = PATIENCE
    ) -> None:
        self.url = url or servers.url
        self.environment = os.environ | {"PATIENCE": str(patience)}
        self.servers, self.folder, self.names = servers, folder, names
        self.stream = f"load-{secrets.token_hex(6)}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.slowest = 0.0
        with JetStreamLog(servers.url, stream=self.stream, replicas=len(servers.nodes)) as log:
            assert log.head().position == 0

    def start(self, name: str, *more: str) -> None:
        errors = (self.folder / f"{name}.errors").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, WRITER, self.url, self.stream, name, self.folder, *more],
            stderr=errors, env=self.environment,
        )  # fmt: skip
        errors.close()

    def said(self, name: str, what: str) -> list[dict]:
        """Return the lines of one kind in a writer's history."""
        path = self.folder / f"{name}.history"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [said for line in lines if line.endswith("\n") and what in (said := json.loads(line))]

    def acknowledged(self, name: str) -> list[dict]:
        return self.said(name, "positions")

    def go_on(self) -> None:
        """Wait until every writer has had some more batches acknowledged."""
        before = {name: len(self.acknowledged(name)) for name in self.names}

        def all_more() -> bool:
            for name in self.names:
                assert self.processes[name].poll() is None, (self.folder / f"{name}.errors").read_text()
            return all(len(self.acknowledged(name)) >= before[name] + MORE for name in self.names)

        try:
            until(all_more, "going on", 120)
        except AssertionError as error:
            error.add_note("\n".join(str(self.said(name, "refused")[-1:]) for name in self.names))
            raise

    def finish(self) -> None:
        (self.folder / "stop").touch()
        for name, process in self.processes.items():
            assert process.wait(120) == 0, (self.folder / f"{name}.errors").read_text()

    def __enter__(self) -> Self:
        for name in self.names:
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def check(self) -> Counter[str]:
        """Compare the log with the histories.

        Nothing acknowledged is lost, doubled or elsewhere; batches are whole; a writer's are in its order.
        """
        with JetStreamLog(self.servers.url, stream=self.stream) as log:
            head = log.verify()
            entries = list(log.read())
        assert [entry.position for entry in entries] == list(range(1, head.position + 1))
        there = {entry.id: entry.position for entry in entries}
        found = Counter(promised=0, lost=0, duplicated=len(entries) - len(there), out_of_order=0)
        for name in self.names:
            for ack in self.acknowledged(name):
                ids = [f"{name}.{ack['number']}.{part}" for part in range(len(ack["positions"]))]
                found["promised"] += len(ids)
                found["lost"] += sum(id not in there for id in ids)
                found["out_of_order"] += [there.get(id) for id in ids] != ack["positions"]
                self.slowest = max(self.slowest, ack["took"])
            own = [entry.id.split(".") for entry in entries if entry.id.startswith(f"{name}.")]
            numbers = [(int(number), int(part)) for _, number, part in own]
            found["out_of_order"] += numbers != sorted(numbers)
            sizes = Counter(number for number, _ in numbers)
            found["out_of_order"] += sum(size != 1 + number % 3 for number, size in sizes.items())  # torn
        return found


@contextlib.contextmanager
def load(servers: Cluster, folder: Path, *names: str, patience: float = PATIENCE) -> Iterator[Load]:
    with Load(servers, folder, list(names), patience=patience) as running:
        running.go_on()
        yield running


def kill_writer(running: Load) -> None:
    """Kill the process of a writer; a new one repeats its last attempt."""
    running.processes["a"].kill()
    running.processes["a"].wait()
    running.start("a")


def restarted(pick: Callable[[Load], Node]) -> Callable[[Load], None]:
    def strike(running: Load) -> None:
        node = pick(running)
        node.kill()
        running.go_on()
        node.start()
        running.servers.ready()

    return strike


def paused(pick: Callable[[Load], Node]) -> Callable[[Load], None]:
    def strike(running: Load) -> None:
        node = pick(running)
        node.send(signal.SIGSTOP)
        try:
            running.go_on()
        finally:
            node.send(signal.SIGCONT)
        running.servers.ready()

    return strike


def leader(running: Load) -> Node:
    return running.servers.leader(running.stream)


def follower(running: Load) -> Node:
    return next(node for node in running.servers.nodes if node is not leader(running))


PICKS = [leader, follower] if ROUNDS > 1 else [leader]
FAULTS = {
    "a writer killed": kill_writer,
    "a follower killed": restarted(follower),
    "the leader killed": restarted(leader),
    "a follower paused": paused(follower),
    "the leader paused": paused(leader),
}


@pytest.fixture
def check(counts: Counts) -> Callable[..., None]:
    """Reads the history afterwards, adds to the counts, and says that nothing is wrong."""

    def checked(fault: str, running: Load, times: int) -> None:
        found = running.check()
        counts.add("JetStream, 3 servers", fault, times=times, **found)
        counts.add("The longest that an append took, with JetStream", fault, seconds=round(running.slowest))
        assert found["promised"] > 0
        assert not any(found[name] for name in WRONG), found

    return checked


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_acknowledged_is_kept(nats_cluster: Cluster, tmp_path: Path, check, fault: str) -> None:
    """Nothing is lost, doubled, torn or out of order, and writers go on while a server is away."""
    with load(nats_cluster, tmp_path, "a", "b", "c") as running:
        for _ in range(ROUNDS):
            FAULTS[fault](running)
            running.go_on()
        running.finish()
        check(fault, running, ROUNDS)
    assert running.slowest < PATIENCE


@pytest.fixture(scope="module")
def cuttable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three servers that can be cut off from one another."""
    with Cluster(tmp_path_factory.mktemp("nats") / "cuttable", 3, cuttable=True) as servers:
        yield servers


@pytest.mark.parametrize("pick", PICKS)
def test_a_server_that_is_cut_off_costs_nothing(cuttable: Cluster, tmp_path: Path, check, pick) -> None:
    """Nothing passes between it and the other two, clients reach all three: the two go on, and it takes nothing."""
    with load(cuttable, tmp_path, "a", "b", "c") as running:
        for _ in range(ROUNDS):
            node = pick(running)
            with cuttable.cut_off(node):
                running.go_on()
                ends = {each.name: each.stream(running.stream)["state"]["last_seq"] for each in cuttable.nodes}
                assert ends.pop(node.name) < min(ends.values()), "it was not cut off"
            cuttable.ready()
            running.go_on()
        running.finish()
        check(f"the {pick.__name__} cut off from the others", running, ROUNDS)
    assert running.slowest < PATIENCE


@pytest.fixture
def disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, dict[str, Disk]]]:
    """Three servers, each on a disk of its own: small, and still too large to be filled by what is appended."""
    folder = tmp_path_factory.mktemp("nats")
    with ExitStack() as stack:
        small = {}
        for name in ("n0", "n1", "n2"):
            (folder / name).mkdir()
            small[name] = stack.enter_context(small_disk(folder / name, "256m"))
        yield stack.enter_context(Cluster(folder, 3)), small


def start_again(servers: Cluster, nodes: list[Node]) -> None:
    """Restart servers as their operator would after the disk was full."""
    for node in nodes:
        node.kill()
        node.start()
    servers.ready()


@pytest.mark.parametrize("pick", PICKS)
def test_a_full_disk_of_one_server_costs_nothing(disks, tmp_path: Path, check, pick) -> None:
    """It stores nothing more until it is started again with room; the others go on."""
    servers, small = disks
    with load(servers, tmp_path, "a", "b", "c") as running:
        for _ in range(ROUNDS):
            node = pick(running)
            small[node.name].fill(left=100_000)
            until(node.keeps_nothing, "filling a disk", 120)
            running.go_on()
            small[node.name].clear()
            start_again(servers, [node])
            running.go_on()
        running.finish()
        check(f"the disk of the {pick.__name__} full", running, ROUNDS)
    assert running.slowest < PATIENCE


def test_full_disks_of_all_servers_refuse_appends(disks, tmp_path: Path, check, counts: Counts) -> None:
    """The error says what to look at; once the servers have room again, everybody goes on with what was refused."""
    servers, small = disks
    with load(servers, tmp_path, "a", "b", "c", patience=2.0) as running:

        def refused() -> list[str]:
            return [line["refused"] for name in running.names for line in running.said(name, "refused")]

        for _ in range(ROUNDS):
            before = len(refused())
            for disk in small.values():
                disk.fill(left=100_000)
            until(lambda before=before: len(refused()) > before, "refusing", 120)
            until(lambda: sum(node.keeps_nothing() for node in servers.nodes) > 1, "filling disks", 120)
            for disk in small.values():
                disk.clear()
            start_again(servers, servers.nodes)
            running.go_on()
        running.finish()
        check("all disks full", running, ROUNDS)
    assert all("have room" in error for error in refused())
    counts.add("On the way, with JetStream", "appends refused by full disks", number=len(refused()))


def test_nobody_is_asked_while_a_stream_has_no_leader(tmp_path: Path) -> None:
    """Servers that keep more than they may elect none, and each tells what it happens to have; with room, all is there."""
    with (
        Cluster(tmp_path, 3) as servers,
        JetStreamLog(servers.url, stream="full", replicas=3) as log,
        JetStreamLog(servers.url, stream="full", patience=2.0) as hasty,
    ):

        def started_again(limits: str) -> None:
            for node in servers.nodes:
                node.limits = limits
            start_again(servers, servers.nodes)

        def leaderless() -> bool:
            (found,) = ask(servers.url, ("$JS.API.STREAM.INFO.full", {}))
            return "state" in found and "leader" not in found["cluster"]

        log.append(batch("a", 1))
        assert hasty.head().position == 2
        started_again("max_file_store: 100")
        until(leaderless, "telling without a leader")
        with pytest.raises(LogUnreachable, match=r"no leader.*max_file_store"):
            hasty.head()
        started_again("")
        log.append(batch("a", 2))
        assert [entry.id for entry in log.read()] == ["a.1.0", "a.1.1", "a.2.0", "a.2.1", "a.2.2"]


def test_connections_are_cut_before_the_answer(nats_cluster: Cluster, tmp_path: Path, check) -> None:
    """Every seventh acknowledgement of one server is lost with its connection, while three writers are at work."""
    proxy = Cutter(nats_cluster.nodes[0].port, STORED, every=7)
    with Load(nats_cluster, tmp_path, ["a", "b", "c"], url=f"nats://127.0.0.1:{proxy.port}") as running:
        until(lambda: proxy.cut >= 3 * ROUNDS, "cutting connections", 60 * ROUNDS)
        running.go_on()
        running.finish()
        check("answers lost with their connections", running, proxy.cut)
    proxy.close()


def test_readers_see_one_log_while_writers_write(nats_cluster: Cluster, tmp_path: Path, check) -> None:
    """Eight writers, and two readers that follow: each reader is given every entry once, in order."""
    with Load(nats_cluster, tmp_path, list("abcdefgh")) as running:
        for name in ("reader1", "reader2"):
            running.start(name)
        running.go_on()
        (tmp_path / "stop").touch()
        for name in running.names:
            assert running.processes[name].wait(120) == 0
        with JetStreamLog(nats_cluster.url, stream=running.stream) as log:
            expected = [[entry.position, entry.id] for entry in log.read()]
        for name in ("reader1", "reader2"):
            seen = tmp_path / f"{name}.followed"
            until(lambda seen=seen: len(seen.read_text().splitlines()) >= len(expected), "reading", 60)
            assert [json.loads(line) for line in seen.read_text().splitlines()] == expected
        check("nothing: 8 writers, 2 readers", running, 1)


def test_no_update_is_lost_under_contention(nats_cluster: Cluster, tmp_path: Path, counts: Counts) -> None:
    """Eight processes count on one log, each step under a condition: every number is taken by exactly one."""
    each = 1250 if ROUNDS > 1 else 15
    running = Load(nats_cluster, tmp_path, [])
    with running:
        begun = time.monotonic()
        for name in "abcdefgh":
            running.start(name, str(each))
        for process in running.processes.values():
            assert process.wait(3600) == 0
        took = time.monotonic() - begun
    counted = [json.loads(path.read_text()) for path in tmp_path.glob("*.counted")]
    taken = sorted(number for one in counted for number in one["taken"])
    conflicts = sum(one["conflicts"] for one in counted)
    with JetStreamLog(nats_cluster.url, stream=running.stream) as log:
        numbers = [entry.event.quantity.low for entry in log.read()]
        log.verify()
    counts.add(
        "Counting under conditions", "JetStream, 8 processes",
        appends=len(numbers), lost=8 * each - len(set(numbers)), seconds=round(took), conflicts=conflicts,
    )  # fmt: skip
    assert taken == numbers == list(range(8 * each))


@pytest.mark.parametrize("size", [1, 100])
def test_the_promises_have_a_price(nats_cluster: Cluster, size: int) -> None:
    """Appending reaches a fair share of what bare messages of the same bytes do, in the same moment."""
    with on_jetstream(nats_cluster) as (log, bare):
        ours, floor = compared(log, bare, size, rounds=20)
    assert ours > floor / 10
