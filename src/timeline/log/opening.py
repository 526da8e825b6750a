"""Which log a path or a URL means."""

from __future__ import annotations

import os
from pathlib import Path

from timeline.errors import CannotOpen
from timeline.log.base import BaseLog
from timeline.log.clocks import Clock, utc_now
from timeline.log.sqlite import SqliteLog


def open_log(target: str | os.PathLike[str], *, clock: Clock = utc_now, read_only: bool = False) -> BaseLog:
    """The log kept at a path, at `sqlite:///path`, `postgresql://…` or `nats://…`; made if it is not there.

    With `read_only=True` every append is refused, and a file is neither made nor changed.

    Raises: CannotOpen and its kinds, LogUnreachable, MissingExtra.

    >>> with open_log("sqlite:///incidents.db") as log:
    ...     log.head().position
    0
    """
    if not isinstance(target, str | os.PathLike):
        raise CannotOpen(f"{target!r} is no path: expected one, or a URL. Timeline() lives in memory.", path=target)
    text = os.fspath(target)
    scheme, separator, rest = text.partition("://")
    if not separator:
        if text in ("", ":memory:"):
            raise CannotOpen(f"{text!r} is no path: expected one. Timeline() lives in memory.", path=text)
        return SqliteLog(text, clock=clock, read_only=read_only)
    if scheme in ("postgresql", "postgres"):
        from timeline.log.postgres import PostgresLog

        return _opened(PostgresLog(text, clock=clock), read_only=read_only)
    if scheme in ("nats", "tls"):
        from timeline.log.jetstream import JetStreamLog

        return _opened(JetStreamLog(text, clock=clock), read_only=read_only)
    if scheme != "sqlite" or not rest.startswith("/") or rest == "/":
        address = rest.rpartition("@")[2]  # what stands before it may be a secret
        shown = f"{scheme}://{address}"
        raise CannotOpen(
            f"{shown!r} is not a log this version can open: expected a path, sqlite:///path, "
            "postgresql://user@host/database, or nats://host/stream.",
            path=shown,
        )
    return SqliteLog(Path(rest[1:]), clock=clock, read_only=read_only)


def _opened(log: BaseLog, *, read_only: bool) -> BaseLog:
    log.read_only = read_only
    return log
