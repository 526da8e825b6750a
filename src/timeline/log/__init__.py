"""Where entries are kept: one contract, in memory and in a SQLite file."""

from timeline.log.base import BaseLog, Expect, Log
from timeline.log.memory import MemoryLog
from timeline.log.sqlite import SqliteLog
from timeline.log.stored import Head, Stored

__all__ = ["BaseLog", "Expect", "Head", "Log", "MemoryLog", "SqliteLog", "Stored"]
