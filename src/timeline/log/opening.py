"""Opening a log by its path or URL."""

from __future__ import annotations

import os
from pathlib import Path

from timeline.errors import CannotOpen, InvalidValue
from timeline.log.base import BaseLog
from timeline.log.clocks import Clock, utc_now
from timeline.log.sqlite import Durability, SqliteLog


def open_log(
    target: str | os.PathLike[str],
    *,
    clock: Clock = utc_now,
    durability: Durability = "power_cut",
    read_only: bool = False,
) -> BaseLog:
    """Open the log at a path, `sqlite:///path`, `postgresql://…` or `nats://…`; make it if it is not there.

    `durability="crash"` is for bulk loading into a file: a batch then survives a crash of this process, but not
    a power cut. With `read_only=True` every append is refused, and a file is neither made nor changed.

    Raises: CannotOpen and its kinds, LogUnreachable, MissingExtra; InvalidValue for a durability that is unknown, or
    that a server cannot be asked for.

    >>> with open_log("sqlite:///incidents.db") as log:
    ...     log.head().position
    0
    """
    if not isinstance(target, str | os.PathLike):
        raise _not_a_path(target)
    text = os.fspath(target)
    scheme, separator, rest = text.partition("://")
    if not separator:
        if text in ("", ":memory:"):
            raise _not_a_path(text)
        return SqliteLog(text, clock=clock, durability=durability, read_only=read_only)
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        return SqliteLog(Path(rest[1:]), clock=clock, durability=durability, read_only=read_only)
    log = _open_on_server(scheme, text, clock, durability)
    log.read_only = read_only
    return log


def _open_on_server(scheme: str, url: str, clock: Clock, durability: Durability) -> BaseLog:
    if scheme not in ("postgresql", "postgres", "nats", "tls"):
        address = url.partition("://")[2].rpartition("@")[2]  # what stands before it may be a secret
        shown = f"{scheme}://{address}"
        raise CannotOpen(
            f"{shown!r} is not a log this version can open: expected a path, sqlite:///path, "
            "postgresql://user@host/database, or nats://host/stream.",
            path=shown,
        )
    if durability != "power_cut":
        raise InvalidValue(
            f"durability is {durability!r}: expected 'power_cut' for a log on a server. Leave durability out.",
            value=durability,
        )
    if scheme in ("nats", "tls"):
        from timeline.log.jetstream import JetStreamLog

        return JetStreamLog(url, clock=clock)
    from timeline.log.postgres import PostgresLog

    return PostgresLog(url, clock=clock)


def _not_a_path(target: object) -> CannotOpen:
    return CannotOpen(
        f"{target!r} is not a path: expected a path or a URL. For a timeline in memory, write Timeline().", path=target
    )
