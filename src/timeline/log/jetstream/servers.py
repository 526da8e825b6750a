"""Requests to NATS servers: one connection at a time; an unanswered request goes to another server."""

from __future__ import annotations

import asyncio
import random
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import orjson

from timeline.errors import CannotOpen, LogUnreachable, ReadOnlyLog
from timeline.extras import needs
from timeline.log.jetstream.address import Address

with needs("jetstream"):
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.errors import Error as NatsError
    from nats.errors import MaxPayloadError, NoRespondersError

__all__ = ["NO_ROOM", "Client", "MaxPayloadError", "Msg", "NoRespondersError", "NotYet", "Refused", "Servers"]

T = TypeVar("T")
_ANSWER = (1.0, 8.0)
"""Seconds to wait for an answer: in the first try, and at most; each try waits twice as long as the one before."""
_PAUSE = (0.002, 1.0)
"""The first and the longest pause between two tries, in seconds."""
_INCOMPLETE, _CROWDED = 10176, 10210
"""Codes of refusals that may pass: part of the batch was lost, or too many other batches are in progress."""
NO_ROOM = 10023
"""The code for servers that store as much as they may."""
_FULL = re.compile(r"maximum \w+( per subject)? exceeded")
"""The description, under a general code, for a stream that holds as much as it may."""


class NotYet(Exception):
    """The servers answer, but are not ready: trying again may help."""


class Refused(Exception):
    """The servers answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{description} ({code})")
        self.code = code


class Servers:
    """The servers at an address, used by one coroutine at a time.

    `greet` is called with each new connection.
    """

    def __init__(self, address: Address, patience: float, greet: Callable[[Client], Awaitable[None]]) -> None:
        self._address = address
        self._patience = patience
        self._greet = greet
        self._order = random.sample(address.servers, len(address.servers))  # spreads the load  # nosec B311
        self._client: Client | None = None
        self._forbidden = ""

    async def until_answered(self, attempt: Callable[[float], Awaitable[T]]) -> T:
        """Repeat an attempt, after growing pauses, until it is answered or patience ends.

        Each attempt gets the seconds that it may wait for an answer.

        Raises: LogUnreachable, and errors of an attempt that another try cannot mend.
        """
        clock = asyncio.get_running_loop().time
        end, seconds, pause = clock() + self._patience, _ANSWER[0], _PAUSE[0]
        while True:
            try:
                return await attempt(min(seconds, self._patience))
            except MaxPayloadError:
                raise
            except NotYet as error:
                why: Exception = error
                elsewhere = pause == _PAUSE[1]  # another server may be ahead of this one
            except (TimeoutError, NatsError, OSError) as error:
                why = error
                elsewhere = True
                self._raise_forbidden()
            if elsewhere:
                await self.hang_up()
                self._order.append(self._order.pop(0))
            if clock() + pause > end:
                raise LogUnreachable(
                    f"{self._address}: no server answered as expected for {self._patience:g} seconds "
                    f"({str(why) or type(why).__name__}). See that most of them run, can be reached and have room on "
                    "their disks and under max_file_store, and try again; a batch that was being appended may have "
                    "landed, so give its drafts the same ids."
                ) from why
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # spreads the tries  # noqa: S311  # nosec B311
            seconds, pause = min(2 * seconds, _ANSWER[1]), min(2 * pause, _PAUSE[1])

    async def ask(self, what: str, body: Mapping[str, Any] | None, seconds: float) -> Mapping[str, Any]:
        """Return the answer to a request of the JetStream API.

        Raises: Refused.
        """
        return await self.request(f"$JS.API.{what}", b"" if body is None else orjson.dumps(body), seconds)

    async def request(
        self, subject: str, payload: bytes, seconds: float, headers: dict[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Return the answer to a message.

        Raises: Refused.
        """
        client = await self.client(seconds)
        reply = await client.request(subject, payload, timeout=seconds, headers=headers)
        answer: Mapping[str, Any] = orjson.loads(reply.data)
        if error := answer.get("error"):
            code, said = error.get("err_code", 0), error.get("description", "")
            if _FULL.fullmatch(said):
                code = NO_ROOM
            if code in {_INCOMPLETE, _CROWDED} or (error.get("code") == 503 and code != NO_ROOM):
                raise NatsError(said)
            raise Refused(code, said)
        return answer

    async def client(self, seconds: float) -> Client:
        """Return a connection that is alive, as far as is known; make one if there is none."""
        if self._client is None or not self._client.is_connected:
            await self.hang_up()
            self._client = await asyncio.wait_for(_connect(self._address, self._order, self._hear), seconds)
            await self._greet(self._client)
        return self._client

    async def _hear(self, error: Exception) -> None:
        """Note a permission error, to which no answer comes; other errors show in the next request."""
        if "violation for publish" in str(error).lower():
            self._forbidden = str(error)

    def _raise_forbidden(self) -> None:
        forbidden, self._forbidden = self._forbidden, ""
        if forbidden:
            kind = CannotOpen if "$js.api.stream.info" in forbidden.lower() else ReadOnlyLog
            raise kind(
                f"{self._address}: this user lacks a permission ({forbidden}). Sign in as a user who has it, or have "
                "it granted."
            )

    async def hang_up(self) -> None:
        """Close the connection, whatever its state."""
        client, self._client = self._client, None
        if client is not None:
            await _close(client)


async def _connect(address: Address, servers: list[str], hear: Callable[[Exception], Awaitable[None]]) -> Client:
    """Try each server once, in order, up to one that accepts the connection but does not answer.

    Raises: CannotOpen for a refused sign-in, and for a server whose certificate does not fit.
    """
    client = Client()
    sealed = partial(_sealed, client) if address.tls else str
    sign_in: dict[str, Any] = {name: partial(sealed, secret) for name, secret in address.secrets.items()}
    try:
        await client.connect(
            servers,
            name="incident-timeline",
            dont_randomize=True,
            no_echo=True,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            connect_timeout=1,
            error_cb=hear,
            tls=address.tls,
            **sign_in,
            **address.files,
        )
        sealed("")
    except BaseException as error:
        await _close(client)
        if isinstance(error, ssl.SSLError):
            raise CannotOpen(
                f"{address}: the connection cannot be encrypted ({error.reason}). Check the certificates, or pass tls=."
            ) from error
        if isinstance(error, NatsError) and "authorization" in str(error).lower():
            raise CannotOpen(f"{address}: the servers refuse this sign-in. Check the user, token or key.") from error
        raise
    return client


def _sealed(client: Client, secret: str) -> str:
    """Return a secret, once it is sure to be encrypted: nats-py would send it in the clear to a server without TLS.

    Raises: CannotOpen.
    """
    if not client._server_info.get("tls_required"):  # noqa: SLF001 - nats-py says it nowhere else
        raise CannotOpen(
            "the server offers no encryption: expected TLS. Nothing secret was sent. Turn TLS on there, or write nats://."
        )
    return secret


async def _close(client: Client) -> None:
    """Close a connection whose other end may no longer answer."""
    with suppress(NatsError, OSError, TimeoutError):
        await asyncio.wait_for(client.close(), 0.2)
