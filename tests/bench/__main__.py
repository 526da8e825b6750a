"""Prints the tables of the benchmark: `make bench`, or `make bench SIZES="1000 100000 1000000"`."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Literal

from bench.contestants import Timings, fair_peer, floor, ours, peer
from bench.growth import build, in_a_process_of_its_own
from bench.proportion import in_proportion

RUNS = 5
BARS = {"append 1": 1.35, "append 1,000": 1.5, "load": 1.7, "fair": 1.0, "100 dates": 100.0}
AGAINST = {"fair": "fair peer", "100 dates": "fair peer"}
WORDS = {
    "append 1": "append, one entry a transaction",
    "append 1,000": "append, 1,000 a transaction",
    "load": "load all entries, events decoded",
    "fold": "fold from the file: four projections against one aggregate",
    "fair": "fold from the file: four projections with findings, against an aggregate that makes the same",
    "100 dates": "one holder asked at 100 dates, against 100 replays of that aggregate",
}


def against_others(many: int = 10_000, single: int = 300) -> None:
    """Run each in turn, five times; return medians, and ratios of medians."""
    runs: dict[str, list[Timings]] = {name: [] for name in ("ours", "peer", "fair peer", "floor")}
    for _ in range(RUNS):
        for name, contestant in (("ours", ours), ("peer", peer), ("fair peer", fair_peer), ("floor", floor)):
            with tempfile.TemporaryDirectory() as folder:
                runs[name].append(contestant(Path(folder), many, single))
    print(f"\n{os.cpu_count()} cores, Python {sys.version.split()[0]}, {RUNS} interleaved runs, medians\n")
    print("| what | µs an entry | × peer | × peer, of the processor | bar | × floor |\n|---|---|---|---|---|---|")
    for what, words in WORDS.items():
        mine, its = runs["ours"], runs[AGAINST.get(what, "peer")]
        clock = median(run[what].clock for run in mine)
        ratios = f"{_ratio(its, mine, what, 'clock'):,.2f} | {_ratio(its, mine, what, 'processor'):,.2f}"
        bare = f"{_ratio(runs['floor'], mine, what, 'clock'):.2f}" if what in runs["floor"][0] else "–"
        print(f"| {words} | {clock * 1e6:,.1f} | {ratios} | {BARS.get(what, '–')} | {bare} |")
    print("\n| bytes written by a durable single append | ours | peer |\n|---|---|---|")
    few = 200  # of logs so short that no keyframes are cached
    print(f"| mean of {few} | {bytes_of(ours, few):,.0f} | {bytes_of(peer, few):,.0f} |")


def _ratio(its: list[Timings], mine: list[Timings], what: str, kind: Literal["clock", "processor"]) -> float:
    """Return how many times as long others took, in medians."""
    taken, ours_took = (median(getattr(run[what], kind) for run in runs) for runs in (its, mine))
    return float(taken / ours_took)


def bytes_of(contestant: Callable[[Path, int, int], Any], single: int) -> float:
    """Measure the bytes that a contestant passes to the system for each single append, as Linux counts them."""

    def written(many: int) -> int:
        with tempfile.TemporaryDirectory() as folder:
            before = _written()
            contestant(Path(folder), 2 * single, many)
            return _written() - before

    return (written(2 * single) - written(single)) / single


def _written() -> int:
    counted = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counted["wchar"])


def growing(sizes: list[int]) -> None:
    """Print a row for one log of each size."""
    print("\n| entries | replay, µs an entry | reopen / replay | at, ms | at and one holder, ms | replay / at |"
          " late / replay | bytes an entry |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    for many in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "long.db"
            build(path, many)
            f = in_a_process_of_its_own(path, many)
        replay = f["replay"]
        print(
            f"| {many:,} | {replay / many * 1e6:.1f} | {f['reopen'] / replay:.2%} | {f['at'] * 1e3:.3f} | "
            f"{f['at, and one holder'] * 1e3:.3f} | {replay / f['at']:,.0f} | "
            f"{f['late append, and a question'] / replay:.2%} | {f['memory']:.0f} |"
        )


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or [1_000, 10_000, 100_000]
    against_others()
    growing(sizes)
    in_proportion()
