"""A JetStream stream as a log needs it: its last position, its messages, and conditional appends at its end."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import orjson

from timeline.errors import CannotOpen, LogError, LogUnreachable
from timeline.log.clocks import ServerClock
from timeline.log.jetstream import stream_config
from timeline.log.jetstream.address import Address
from timeline.log.jetstream.servers import (
    NO_ROOM,
    Client,
    MaxPayloadError,
    Msg,
    NoRespondersError,
    NotYet,
    Refused,
    Servers,
)
from timeline.values.instants import microseconds

T = TypeVar("T")
_FEW = 16
"""The most messages that are fetched from the leader alone."""
_NEAR = 1.0
"""Seconds to wait for a server that is not the leader, before the leader is asked."""
_FRESH = 0.1
"""Seconds for which the last information about a stream counts as current."""
_SURE = 1.0
"""Seconds for which a stream has to be missing, at all servers asked, before it counts as deleted."""
_BYTES_A_SECOND = 4 << 20
"""The rate at which a server is expected to take a batch."""
_NO_PEERS, _NO_MESSAGE, _NAME_TAKEN, _NO_STREAM, _WRONG_LAST, _TOO_MANY = 10005, 10037, 10058, 10059, 10071, 10199


class Overtaken(Exception):
    """Another writer appended first."""


class Stream:
    """The stream at an address; its sequence is the log's position.

    `called` is called when another writer asks for a pause, with the number of its requests so far.
    """

    def __init__(self, address: Address, patience: float, called: Callable[[int], None]) -> None:
        self._address = address
        self._name = address.stream
        self._subject = stream_config.subject(address)
        self._sure = min(_SURE, patience / 2)
        self._called = called
        self._news: Callable[[int], None] | None = None
        self._looked = -_FRESH
        self.clock = ServerClock()
        self._servers = Servers(address, patience, self._subscribe)
        self.close = self._servers.hang_up

    # -- opening -----------------------------------------------------------------------------------

    async def open(self) -> None:
        """Find the stream, or make it.

        Raises: CannotOpen, NotATimeline, NewerFormat; an existing stream is left as it was.
        """
        try:
            config = await self._servers.until_answered(self._find_or_make)
        except LogUnreachable as error:
            raise CannotOpen(str(error), path=str(self._address)) from error
        except Refused as refused:
            raise CannotOpen(f"{self._address}: the servers answer {refused}.", path=str(self._address)) from refused
        stream_config.inspect(self._address, config)
        stream_config.inspect_replicas(self._address, config)

    async def _find_or_make(self, seconds: float) -> Mapping[str, Any]:
        try:
            found = await self._servers.ask(f"STREAM.INFO.{self._name}", None, seconds)
        except Refused as refused:
            if refused.code != _NO_STREAM:
                raise
            found = await self._make(seconds)
        return dict(found["config"])

    async def _make(self, seconds: float) -> Mapping[str, Any]:
        try:
            return await self._servers.ask(f"STREAM.CREATE.{self._name}", stream_config.wanted(self._address), seconds)
        except Refused as refused:
            if refused.code == _NO_PEERS:  # servers that have just started have yet to find one another
                raise NotYet(str(refused)) from refused
            if refused.code != _NAME_TAKEN:
                raise
            raise NotYet("another program is making the stream") from refused

    async def check(self) -> None:
        """Check, if the last look was not just now, that the stream is there and keeps its entries.

        Raises: NotATimeline, CannotOpen, LogError; LogUnreachable.
        """
        if time.monotonic() - self._looked > _FRESH:
            await self.look()

    async def look(self) -> None:
        """Check that the stream is there and keeps its entries, and note the servers' time."""
        await self._answered(self._info)

    # -- reading -----------------------------------------------------------------------------------

    async def last(self, known: int) -> int:
        """Ask the leader of the stream for the last position, which is not before a known one.

        Raises: LogUnreachable.
        """

        async def attempt(seconds: float) -> int:
            last = int((await self._state(seconds))["last_seq"])
            if last < known:
                raise NotYet(f"the stream ends at position {last}, though it had {known} before")
            return last

        return await self._answered(attempt)

    async def fetch(self, first: int, last: int) -> list[bytes | None]:
        """Fetch the messages from one position to another; None for a deleted one.

        Raises: LogUnreachable.
        """

        async def attempt(seconds: float) -> list[bytes | None]:
            near = await self._near(first, last, seconds) if last - first >= _FEW else {}
            positions = range(first, last + 1)
            far = [position for position in positions if position not in near]
            found = await asyncio.gather(*(self._one(position, seconds) for position in far))
            missing = {position for position, payload in zip(far, found, strict=True) if payload is None}
            if missing and not missing <= await self._deleted(seconds):
                raise NotYet("the leader of the stream does not have all messages yet")
            return list(map((near | dict(zip(far, found, strict=True))).get, positions))

        return await self._answered(attempt)

    async def _near(self, first: int, last: int, seconds: float) -> dict[int, bytes]:
        """Fetch what any server gives quickly; the leader is asked for messages that are missing."""
        client = await self._servers.client(seconds)
        found: dict[int, bytes] = {}
        end = asyncio.Event()

        async def take(message: Msg) -> None:
            headers = message.headers or {}
            if "Status" in headers:
                end.set()
            else:
                found[int(headers["Nats-Sequence"])] = message.data

        inbox = client.new_inbox()
        subscription = await client.subscribe(inbox, cb=take)
        wanted = orjson.dumps({"seq": first, "batch": last + 1 - first})
        await client.publish(f"$JS.API.DIRECT.GET.{self._name}", wanted, reply=inbox)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(end.wait(), _NEAR)
        await subscription.unsubscribe()
        return found

    async def _one(self, position: int, seconds: float) -> bytes | None:
        try:
            found = await self._servers.ask(f"STREAM.MSG.GET.{self._name}", {"seq": position}, seconds)
        except Refused as refused:
            if refused.code != _NO_MESSAGE:
                raise
            return None
        return base64.b64decode(found["message"].get("data", ""))

    async def _deleted(self, seconds: float) -> set[int]:
        state = await self._state(seconds, {"deleted_details": True})
        return {*range(1, state["first_seq"]), *state.get("deleted", ())}

    async def _state(self, seconds: float, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Ask for the state of the stream at its leader; other servers may lack acknowledged messages."""
        return dict((await self._info(seconds, body))["state"])

    async def _info(self, seconds: float, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        found = await self._servers.ask(f"STREAM.INFO.{self._name}", body, seconds)
        if "cluster" in found and "leader" not in found["cluster"]:
            raise NotYet("the stream has no leader")
        stream_config.inspect(self._address, found["config"])
        self._looked = time.monotonic()
        self.clock.said(microseconds(datetime.fromisoformat(found["ts"])))
        return found

    async def _answered(self, attempt: Callable[[float], Awaitable[T]]) -> T:
        """Try until patience ends.

        Raises: LogUnreachable; LogError for what the servers refuse.
        """
        try:
            return await self._answered_or_refused(attempt)
        except Refused as refused:
            raise self._refused(refused) from refused

    async def _answered_or_refused(self, attempt: Callable[[float], Awaitable[T]]) -> T:
        """Try until patience ends; a stream that a server does not know (yet) is asked for again.

        A server of a cluster that is behind the others says of a new stream that there is none.

        Raises: LogUnreachable, Refused.
        """
        missing_since: float | None = None

        async def attempt_again(seconds: float) -> T:
            nonlocal missing_since
            try:
                return await attempt(seconds)
            except Refused as refused:
                if refused.code != _NO_STREAM:
                    raise
                now = time.monotonic()
                missing_since = now if missing_since is None else missing_since
                if now - missing_since >= self._sure:
                    raise
                raise NotYet("the stream is not there") from refused

        return await self._servers.until_answered(attempt_again)

    def _refused(self, refused: Refused) -> LogError:
        if refused.code == _NO_STREAM:
            return LogError(
                f"{self._address} was deleted: expected the log that was opened. Restore the stream from a backup, or "
                "copy or restore the log into a new one and open that."
            )
        return LogError(f"{self._address}: the servers answer {refused}. Nothing of it was kept.")

    # -- appending ---------------------------------------------------------------------------------

    async def append(self, payloads: Sequence[bytes], after: int) -> None:
        """Append messages, whole or not at all, if the last position is still `after`.

        Each append needs a first payload of its own, by which it is recognised after a lost answer.

        Raises: Overtaken, LogError; LogUnreachable, after which the messages may have landed all the same.
        """
        try:
            await self._answered_or_refused(partial(self._append, payloads, after))
        except MaxPayloadError as error:
            raise LogError(
                f"an entry of {max(map(len, payloads))} bytes is more than these servers take: shorten it, or raise "
                "max_payload in their configuration. Nothing of the batch was kept."
            ) from error
        except Refused as refused:
            raise self._not_kept(len(payloads), refused) from refused

    def _not_kept(self, many: int, refused: Refused) -> LogError:
        if refused.code == _TOO_MANY:
            return LogError(
                f"a batch of {many} entries is more than these servers take as a whole: {refused}. Append it in parts, "
                "or raise max_msgs of jetstream.limits.batch in their configuration. Nothing of it was kept."
            )
        if refused.code == NO_ROOM:
            return LogError(
                f"{self._address}: the servers have no room for more: {refused}. Delete what else they store, or raise "
                "max_file_store in their configuration, or a limit of the stream; then append the same drafts again, "
                "with the same ids."
            )
        return self._refused(refused)

    async def _append(self, payloads: Sequence[bytes], after: int, seconds: float) -> None:
        try:
            await self._publish(payloads, after, seconds + sum(map(len, payloads)) / _BYTES_A_SECOND)
        except NoRespondersError:
            await self._info(seconds)  # the stream may have been deleted
            raise
        except Refused as refused:
            if refused.code not in {_WRONG_LAST, NO_ROOM}:
                raise
            found = await self._one(after + 1, seconds)
            if found is None and refused.code == NO_ROOM:
                raise
            if found is None and after + 1 not in await self._deleted(seconds):
                raise NotYet("another writer's append is in progress") from refused
            if found != payloads[0]:
                raise Overtaken from refused
            await self._finish(payloads, after, refused, seconds)

    async def _finish(self, payloads: Sequence[bytes], after: int, refused: Refused, seconds: float) -> None:
        """Complete a batch of which only the beginning is there: a single server may run out of room within a batch."""
        there = int((await self._state(seconds))["last_seq"]) - after
        if there >= len(payloads):
            return
        if refused.code == NO_ROOM:
            raise NotYet(f"the first {there} of {len(payloads)} entries are there, without room for more: {refused}")
        await self._append(payloads[there:], after + there, seconds)

    async def _publish(self, payloads: Sequence[bytes], after: int, seconds: float) -> None:
        expected = {"Nats-Expected-Last-Sequence": str(after)}
        if len(payloads) == 1:
            await self._servers.request(self._subject, payloads[0], seconds, expected)
            return
        client = await self._servers.client(seconds)
        batch = secrets.token_hex(16)
        for number, payload in enumerate(payloads, 1):
            headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number), **(expected if number == 1 else {})}
            if number < len(payloads):
                await client.publish(self._subject, payload, headers=headers)
            else:
                await self._servers.request(self._subject, payload, seconds, {**headers, "Nats-Batch-Commit": "1"})

    async def delete(self, positions: Iterable[int]) -> None:
        """Overwrite messages where they are stored, and leave their positions empty.

        Raises: LogUnreachable.
        """

        async def attempt(position: int, seconds: float) -> None:
            with suppress(Refused):  # the message may be gone already
                await self._servers.ask(f"STREAM.MSG.DELETE.{self._name}", {"seq": position}, seconds)
            if await self._one(position, seconds) is not None:
                raise NotYet(f"position {position} is still to be deleted")

        for position in positions:
            await self._answered(partial(attempt, position))

    # -- news --------------------------------------------------------------------------------------

    async def listen(self, news: Callable[[int], None]) -> None:
        """Call `news` with the position of each message stored from now on; some calls may be missing.

        Raises: LogUnreachable.
        """
        self._news = news
        await self.close()
        await self._servers.until_answered(self._servers.client)

    async def call(self, calls: int) -> None:
        """Ask the other writers of this stream to pause, for the `calls`-th time.

        Raises: LogUnreachable.
        """

        async def attempt(seconds: float) -> None:
            await (await self._servers.client(seconds)).publish(f"{self._name}.waiting", b"%d" % calls)

        await self._answered(attempt)

    async def _subscribe(self, client: Client) -> None:
        async def called(message: Msg) -> None:
            self._called(int(message.data))

        async def heard(message: Msg) -> None:
            if self._news is not None:
                self._news(int((message.headers or {})["Nats-Sequence"]))

        await client.subscribe(f"{self._name}.waiting", cb=called)
        if self._news is not None:
            await client.subscribe(f"{self._name}.news", cb=heard)
