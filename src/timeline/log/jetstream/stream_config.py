"""Configurations of streams: the one of a new log, and those that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timeline.errors import CannotOpen, NewerFormat, NotATimeline
from timeline.log.jetstream.address import Address

FORMAT = 1
_MARK = "incident-timeline"
"""The name of the format in the metadata of a stream."""
_LIMITS = {"max_msgs": "discard", "max_bytes": "discard", "max_msgs_per_subject": "discard_new_per_subject"}
"""The limits of a stream's size, each with the setting that decides what happens at the limit."""
_REFUSES = {"discard": "new", "discard_new_per_subject": True}


def subject(address: Address) -> str:
    """Return the one subject whose messages a stream keeps."""
    return f"{address.stream}.entries"


def wanted(address: Address) -> dict[str, Any]:
    """Return the configuration of a new stream."""
    return {
        "name": address.stream,
        "subjects": [subject(address)],
        "num_replicas": address.replicas or 1,
        "storage": "file",
        "allow_atomic": True,
        "allow_direct": True,
        "deny_purge": True,
        "republish": {"src": subject(address), "dest": f"{address.stream}.news", "headers_only": True},
        "metadata": {_MARK: str(FORMAT)},
    }


def inspect(address: Address, config: Mapping[str, Any]) -> None:
    """Check that a stream is a log of this version, and loses nothing.

    Raises: NotATimeline, NewerFormat, CannotOpen.
    """
    where = str(address)
    mark = str(config.get("metadata", {}).get(_MARK, ""))
    version = int(mark) if mark.isdecimal() else 0
    if not version:
        raise NotATimeline(
            f"{where} belongs to another program; it was left as it was. Choose another name.", path=where
        )
    if version > FORMAT:
        raise NewerFormat(
            f"{where} has format {version}, and this version of incident-timeline knows up to {FORMAT}; it was "
            "left as it was. Upgrade: pip install --upgrade incident-timeline.",
            path=where,
            found=version,
            known=FORMAT,
        )
    if unfit := _unfit(address, config):
        raise CannotOpen(
            f"{where} {unfit}. Change the setting on the servers (nats stream edit {address.stream}). If it cannot be "
            "changed there, set it when restoring a backup of the stream (nats stream backup, nats stream restore).",
            path=where,
        )


def inspect_replicas(address: Address, config: Mapping[str, Any]) -> None:
    """Check that as many servers keep a stream as the address says.

    Raises: CannotOpen.
    """
    if address.replicas not in {None, config["num_replicas"]}:
        raise CannotOpen(
            f"{address} is kept by {config['num_replicas']} server(s): expected {address.replicas}. Change it "
            f"there (nats stream edit {address.stream} --replicas={address.replicas}), or leave replicas out.",
            path=str(address),
        )


def _unfit(address: Address, config: Mapping[str, Any]) -> str:
    """Name a setting that makes a stream lose entries or mix others in; return an empty text without one."""
    if thrown := _thrown_away(config):
        return f"throws entries away ({thrown}): expected a stream that keeps all of them"
    if config.get("storage", "file") != "file":
        return f"is kept in memory (storage {config['storage']}) and lost when its servers stop: expected storage file"
    if config.get("no_ack") or config.get("persist_mode", "default") == "async":
        return "acknowledges entries before it has stored them (no_ack, or persist_mode async): expected neither"
    subjects = config.get("subjects", [])
    if subjects != [subject(address)] or config.get("sources"):
        return f"takes messages of {subjects or 'other streams'}: expected those of {subject(address)!r} alone"
    if config.get("first_seq", 0) > 1:
        return f"begins at position {config['first_seq']}: expected one that begins at 1"
    if not config.get("allow_atomic"):
        return "takes no batch as a whole: expected allow_atomic, which servers have from 2.12 on"
    return ""


def _thrown_away(config: Mapping[str, Any]) -> str:
    """Name a setting that makes a stream drop messages that it has acknowledged."""
    for limit, refusing in _LIMITS.items():
        if config.get(limit, -1) > 0 and config.get(refusing) != _REFUSES[refusing]:
            return f"{limit} {config[limit]}"
    if config.get("max_age", 0) > 0:
        return f"max_age {config['max_age'] / 1e9:g} seconds"
    if config.get("retention", "limits") != "limits":
        return f"retention {config['retention']}"
    return next((name for name in ("allow_msg_ttl", "allow_rollup_hdrs") if config.get(name)), "")
