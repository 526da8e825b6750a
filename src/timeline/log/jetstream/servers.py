"""Talking to NATS servers: one connection at a time, and what stays unanswered is asked of another server."""

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
"""Seconds the first try waits for an answer, and the longest; each further one waits twice as long."""
_PAUSE = (0.002, 1.0)
"""The first and the longest pause between two tries, in seconds."""
_INCOMPLETE, _CROWDED = 10176, 10210
"""Refusals of a batch that may pass: part of it was lost on the way, or too many others are under way."""
NO_ROOM = 10023
"""The servers store as much as they may."""
_FULL = re.compile(r"maximum \w+( per subject)? exceeded")
"""The servers' words, with a code for many things, for a stream that holds as much as it may."""


class NotYet(Exception):
    """The servers are there, but not ready: trying again may help."""


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
        """Try, with so many seconds for an answer, until patience ends; after longer and longer pauses.

        Raises: LogUnreachable, and whatever an attempt raises that trying again cannot mend.
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
                elsewhere = pause == _PAUSE[1]  # by now another server may know better
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
        """The answer to a request of the JetStream API.

        Raises: Refused.
        """
        return await self.request(f"$JS.API.{what}", b"" if body is None else orjson.dumps(body), seconds)

    async def request(
        self, subject: str, payload: bytes, seconds: float, headers: dict[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """The answer to a message.

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
        """A connection that was alive a moment ago."""
        if self._client is None or not self._client.is_connected:
            await self.hang_up()
            self._client = await asyncio.wait_for(_connect(self._address, self._order, self._hear), seconds)
            await self._greet(self._client)
        return self._client

    async def _hear(self, error: Exception) -> None:
        """What else goes wrong shows in what is asked next; what is forbidden is just not answered."""
        if "violation for publish" in str(error).lower():
            self._forbidden = str(error)

    def _raise_forbidden(self) -> None:
        forbidden, self._forbidden = self._forbidden, ""
        if forbidden:
            kind = CannotOpen if "$js.api.stream.info" in forbidden.lower() else ReadOnlyLog
            raise kind(
                f"{self._address}: this user may not do that ({forbidden}). Sign in as one who may, or have the right "
                "granted."
            )

    async def hang_up(self) -> None:
        """Let go of the connection, whatever state it is in."""
        client, self._client = self._client, None
        if client is not None:
            await _close(client)


async def _connect(address: Address, servers: list[str], hear: Callable[[Exception], Awaitable[None]]) -> Client:
    """One try at each server, in their order; it ends at one that is there but does not answer.

    Raises: CannotOpen for a sign-in that is refused, and for a server that cannot show who it is.
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
            raise CannotOpen(f"{address}: the connection cannot be encrypted ({error.reason}).") from error
        if isinstance(error, NatsError) and "authorization" in str(error).lower():
            raise CannotOpen(f"{address}: the servers refuse this sign-in. Check the user, token or key.") from error
        raise
    return client


def _sealed(client: Client, secret: str) -> str:
    """A secret, once it is sure to be encrypted: nats-py would talk in the clear to a server that offers no TLS.

    Raises: CannotOpen.
    """
    if not client._server_info.get("tls_required"):  # noqa: SLF001 - nats-py says it nowhere else
        raise CannotOpen(
            "the server offers no encryption: expected TLS. Nothing secret was sent. Turn TLS on there, or write nats://."
        )
    return secret


async def _close(client: Client) -> None:
    """Close a connection whose other end may not answer any more."""
    with suppress(NatsError, OSError, TimeoutError):
        await asyncio.wait_for(client.close(), 0.2)
