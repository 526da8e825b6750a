"""A program that appends to a log on NATS without pause, and keeps a history of what was acknowledged.

It is started by the tests, killed by them, and started again; then it repeats what it had tried last. So it
does when the servers have not answered for as long as PATIENCE says.

    python nats_writer.py URL STREAM NAME FOLDER [COUNT]

With COUNT it counts instead: COUNT times it adds one to the last number on the log, under a condition.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from timeline.entry import Draft
from timeline.errors import ConcurrencyConflict, LogUnreachable
from timeline.events import custody
from timeline.log import Expect
from timeline.log.jetstream import PATIENCE, JetStreamLog
from timeline.values.quantity import exactly


def batch(name: str, number: int) -> list[Draft]:
    """Make one to three drafts, always the same for a number."""
    event = custody.DetaineesEscaped(facility=name, quantity=exactly(number))
    return [Draft(event, id=f"{name}.{number}.{part}") for part in range(1 + number % 3)]


def write(log: JetStreamLog, name: str, folder: Path) -> None:
    path = folder / f"{name}.history"
    before = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    number = max((line["number"] for line in before), default=1)
    with path.open("a", buffering=1) as history:
        while not (folder / "stop").exists():
            print(json.dumps({"number": number}), file=history)
            begun = time.monotonic()
            try:
                entries = log.append(batch(name, number))
            except LogUnreachable as error:
                print(json.dumps({"number": number, "refused": str(error)}), file=history)
                continue
            took = time.monotonic() - begun
            ack = {"number": number, "positions": [entry.position for entry in entries], "took": took}
            print(json.dumps(ack), file=history)
            number += 1


def count(log: JetStreamLog, name: str, folder: Path, times: int) -> None:
    taken, conflicts, number, after = [], 0, 0, 0
    while len(taken) < times:
        for entry in log.read(after=after):
            number, after = number + 1, entry.position
        expect = Expect(types=custody.HeadcountReported, after=after)
        draft = Draft(
            custody.HeadcountReported(facility="counter", quantity=exactly(number)), id=f"count.{number}.{name}"
        )
        try:
            log.append([draft], expect=expect)
        except ConcurrencyConflict:
            conflicts += 1
        else:
            taken.append(number)
    (folder / f"{name}.counted").write_text(json.dumps({"taken": taken, "conflicts": conflicts}))


def follow(log: JetStreamLog, folder: Path, name: str) -> None:
    with (folder / f"{name}.followed").open("w", buffering=1) as seen:
        for entry in log.follow():
            print(json.dumps([entry.position, entry.id]), file=seen)


def main(url: str, stream: str, name: str, folder: str, *rest: Any) -> None:
    with JetStreamLog(url, stream=stream, patience=float(os.environ.get("PATIENCE", PATIENCE))) as log:
        if name.startswith("reader"):
            follow(log, Path(folder), name)
        elif rest:
            count(log, name, Path(folder), int(rest[0]))
        else:
            write(log, name, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
