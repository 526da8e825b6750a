"""Write the chronicle as the JSON lines that `Timeline.demo()` restores: `python -m examples.northeast_syria.pack`."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from examples.northeast_syria import load
from timeline import Timeline

DEMO = Path(__file__).parents[2] / "src" / "timeline" / "data" / "demo.jsonl"
RECORDED = datetime(2026, 6, 1, tzinfo=timezone.utc)


def pack(path: Path) -> None:
    """Record every row at one moment, and dump the log."""
    line = Timeline(clock=lambda: RECORDED)
    load(line)
    line.dump(path)


if __name__ == "__main__":
    pack(DEMO)
