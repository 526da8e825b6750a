"""Prints the tables of the benchmark: `make bench`, or `make bench SIZES="1000 100000 1000000"`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.contestants import floor, ours, peer
from bench.growth import build, in_a_process_of_its_own
from bench.proportion import in_proportion

RUNS = 5
BARS = {"append 1": 1.3, "append 1,000": 3.0, "load": 3.0, "fold": 5.0}
WORDS = {
    "append 1": "append, one entry a transaction",
    "append 1,000": "append, 1,000 a transaction",
    "load": "load all entries, events decoded",
    "fold": "fold from the file: four projections against one aggregate",
}


def against_others(many: int = 10_000, single: int = 300) -> None:
    """Run each in turn, five times; return medians, and ratios of medians."""
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "peer": [], "floor": []}
    for _ in range(RUNS):
        for name, contestant in (("ours", ours), ("peer", peer), ("floor", floor)):
            with tempfile.TemporaryDirectory() as folder:
                runs[name].append(contestant(Path(folder), many, single))
    print(f"\n{os.cpu_count()} cores, Python {sys.version.split()[0]}, {RUNS} interleaved runs, medians\n")
    print("| what | µs an entry | × peer | bar | × floor |\n|---|---|---|---|---|")
    for what, words in WORDS.items():
        mine, its, bare = (median(run[what] for run in runs[name]) for name in ("ours", "peer", "floor"))
        print(f"| {words} | {mine * 1e6:,.1f} | {its / mine:.2f} | {BARS[what]} | {bare / mine:.2f} |")


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
