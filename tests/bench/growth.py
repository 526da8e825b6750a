"""One long log: what a question, a reopening and a late report cost, and what an entry takes in memory.

Times are of the processor, so that whatever else a machine does meanwhile counts for nothing.
"""

from __future__ import annotations

import gc
import random
import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from bench.workload import DAYS, PLACES, START, draft, drafts
from timeline import Timeline
from timeline.log import SqliteLog


def build(path: Path, many: int) -> None:
    """Make a log of this many entries, appended by the thousand, and durable against a crash only."""
    with Timeline(SqliteLog(path, durability="crash")) as line:
        for start in range(0, many, 1000):
            line.log.append(drafts(many, start, min(start + 1000, many)))


def measure(path: Path, many: int) -> dict[str, float]:
    """Measure seconds, or for `memory` bytes per entry."""
    figures: dict[str, float] = {}
    line = Timeline.open(path)
    gc.collect()
    before = _resident()
    figures["replay"] = _timed(lambda: line.at().findings)
    gc.collect()
    figures["memory"] = (_resident() - before) / many
    rng = random.Random(7)
    asked = [(START + timedelta(days=rng.randrange(DAYS))).isoformat() for _ in range(200)]
    figures["at"] = median(_timed(lambda when=when: line.at(when)) for when in asked)
    figures["at, and one holder"] = median(
        _timed(lambda when=when: line.at(when).facilities.get(rng.choice(PLACES))) for when in asked
    )
    late = draft(many // 2, many)
    figures["late append, and a question"] = _timed(
        lambda: (line.record_all([late]), line.at(asked[0]).custody.held(facility=PLACES[0]))
    )
    figures["close"] = _timed(line.close)
    again = Timeline.open(path)
    figures["reopen"] = _timed(lambda: again.at(asked[1]).facilities.get(PLACES[1]))
    again.close()
    return figures


def in_a_process_of_its_own(path: Path, many: int) -> dict[str, float]:
    """Measure in a new process, so that memory holds nothing from before."""
    code = f"from bench.growth import *; print(repr(measure(Path({str(path)!r}), {many})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: dict[str, float] = eval(done.stdout)  # noqa: S307  # our own output
    return found


def _timed(work: Any) -> float:
    start = process_time()
    work()
    return process_time() - start


def _resident() -> int:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize()
