"""Where entries are kept: one contract, in memory and in a SQLite file."""

from timeline.log.base import BaseLog, Expect, Head, Log, Stored
from timeline.log.memory import MemoryLog
from timeline.log.sqlite import SqliteLog

__all__ = ["BaseLog", "Expect", "Head", "Log", "MemoryLog", "SqliteLog", "Stored"]
