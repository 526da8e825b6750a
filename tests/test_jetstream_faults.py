"""What was acknowledged is kept: writers, servers and connections fail under load, and the history is checked.

Each fault strikes once by default; `make faults` lets it strike twenty times.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from nats_servers import Cluster, Node, until
from timeline.log.jetstream import JetStreamLog

ROUNDS = int(os.environ.get("FAULTS", "1"))
WRITER = Path(__file__).parent / "nats_writer.py"
MORE = 5
"""How many further acknowledgements show that a writer goes on."""


class Load:
    """Some writers on a stream, and what they say happened."""

    def __init__(self, servers: Cluster, folder: Path, names: list[str]) -> None:
        self.servers, self.folder, self.names = servers, folder, names
        self.stream = f"load-{secrets.token_hex(6)}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        with JetStreamLog(servers.url, stream=self.stream, replicas=len(servers.nodes)) as log:
            assert log.head().position == 0

    def start(self, name: str, *more: str) -> None:
        errors = (self.folder / f"{name}.errors").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, WRITER, self.servers.url, self.stream, name, self.folder, *more], stderr=errors
        )
        errors.close()

    def acknowledged(self, name: str) -> list[dict]:
        path = self.folder / f"{name}.history"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [ack for line in lines if line.endswith("\n") and "positions" in (ack := json.loads(line))]

    def go_on(self) -> None:
        """Wait until every writer has had some more batches acknowledged."""
        before = {name: len(self.acknowledged(name)) for name in self.names}

        def all_more() -> bool:
            for name in self.names:
                assert self.processes[name].poll() is None, (self.folder / f"{name}.errors").read_text()
            return all(len(self.acknowledged(name)) >= before[name] + MORE for name in self.names)

        until(all_more, "going on", 120)

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
        found = Counter(entries=len(entries), duplicated=len(entries) - len(there))
        for name in self.names:
            numbers = []
            for ack in self.acknowledged(name):
                ids = [f"{name}.{ack['number']}.{part}" for part in range(len(ack["positions"]))]
                found["acknowledged"] += len(ids)
                found["lost"] += sum(id not in there for id in ids)
                found["elsewhere"] += [there.get(id) for id in ids] != ack["positions"]
                found["slowest"] = max(found["slowest"], round(ack["took"]))
            own = [entry.id.split(".") for entry in entries if entry.id.startswith(f"{name}.")]
            numbers = [(int(number), int(part)) for _, number, part in own]
            found["out of order"] += numbers != sorted(numbers)
            sizes = Counter(number for number, _ in numbers)
            found["torn"] += sum(size != 1 + number % 3 for number, size in sizes.items())
        return found


@contextlib.contextmanager
def load(servers: Cluster, folder: Path, *names: str) -> Iterator[Load]:
    with Load(servers, folder, list(names)) as running:
        running.go_on()
        yield running


def kill_writer(running: Load) -> None:
    """The process of a writer is killed, and a new one repeats what it had tried last."""
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


FAULTS = {
    "a writer is killed": kill_writer,
    "a follower is killed": restarted(follower),
    "the leader is killed": restarted(leader),
    "a follower is paused": paused(follower),
    "the leader is paused": paused(leader),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_acknowledged_is_kept(nats_cluster: Cluster, tmp_path: Path, fault: str, record_property) -> None:
    """Nothing is lost, doubled, torn or out of order, and writers go on while a server is away."""
    with load(nats_cluster, tmp_path, "a", "b", "c") as running:
        for _ in range(ROUNDS):
            FAULTS[fault](running)
            running.go_on()
        running.finish()
        found = running.check()
    record_property("found", dict(found))
    print(f"{fault}, {ROUNDS} times: {dict(found)}")
    wrong = {name: found[name] for name in ("lost", "duplicated", "elsewhere", "torn", "out of order")}
    assert not any(wrong.values()), wrong
    assert found["slowest"] < 60
