"""Logs of entries: one contract, in memory, in a SQLite file, on a PostgreSQL server, and on NATS.

`timeline.log.postgres` and `timeline.log.jetstream` are imported only when they are used, as each needs an extra.
"""

from timeline.log.base import BaseLog, Log
from timeline.log.copying import copy_log
from timeline.log.follower import Follower
from timeline.log.memory import MemoryLog
from timeline.log.query import Expect
from timeline.log.sqlite import SqliteLog
from timeline.log.stored import Head, Stored

__all__ = ["BaseLog", "Expect", "Follower", "Head", "Log", "MemoryLog", "SqliteLog", "Stored", "copy_log"]
