"""Write the chronicle as the JSON lines that `Timeline.demo()` restores: `python -m examples.northeast_syria.pack`."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import orjson

from examples.northeast_syria import load
from timeline import Timeline

DEMO = Path(__file__).parents[2] / "src" / "timeline" / "data" / "demo.jsonl"
RECORDED = datetime(2026, 6, 1, tzinfo=timezone.utc)


def pack(path: Path) -> None:
    """Record every row at one moment, and dump the log; what was there keeps its salt, so that changes are few."""
    line = Timeline(clock=lambda: RECORDED)
    load(line)
    before = {row["id"]: row for row in map(orjson.loads, path.read_bytes().splitlines())} if path.exists() else {}
    line.dump(path)
    lines = [_kept(row, before.get(row["id"])) for row in map(orjson.loads, path.read_bytes().splitlines())]
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in lines))


def _kept(row: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """Return a line of the log with the salt and leaf that it had, if it says the same."""
    said = ("content", "recorded_at")
    same = before is not None and all(row[name] == before[name] for name in said)
    return {**row, "salt": before["salt"], "leaf": before["leaf"]} if same and before else row


if __name__ == "__main__":
    pack(DEMO)
