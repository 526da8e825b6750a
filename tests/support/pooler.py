"""A pooler before PostgreSQL, as PgBouncer is one: it signs clients in itself, and lends them sessions."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal

from support.proxy import Proxy

Mode = Literal["session", "transaction", "statement"]
_ENCRYPT = {80877103, 80877104}
"""What a client asks first, where it would like to encrypt."""


class Pooler(Proxy):
    """Lends a session to a client for as long as it stays, or for a transaction, or for a statement.

    The session that was given back last is lent first. At most `size` are open.
    """

    def __init__(self, server: Path, mode: Mode, size: int = 5) -> None:
        self._path, self._mode = server, mode
        self._free = threading.Semaphore(size)
        self._idle: list[tuple[socket.socket, bytes]] = []
        self._greeting = b""
        self._sessions: list[socket.socket] = []
        super().__init__(server)

    def close(self) -> None:
        """Accept nobody more, and end every session."""
        super().close()
        for session in self._sessions:
            session.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            wishes = self._signed_in(client)
            client.sendall(self._welcome(wishes))
            lent: tuple[socket.socket, bytes] | None = None
            while (said := _message(client))[:1] != b"X":
                lent = lent or self._lend(wishes)
                if self._mode == "statement" and b"BEGIN" in said:
                    return
                lent[0].sendall(said)
                if said[:1] in (b"Q", b"S") and _answered(lent[0], client) and self._mode != "session":
                    self._give_back(lent)
                    lent = None
            if lent:
                self._give_back(lent)

    def _signed_in(self, client: socket.socket) -> bytes:
        """Read the client's request, and let the client in without a password."""
        while True:
            wishes = _sized(client)
            if int.from_bytes(wishes[4:8], "big") not in _ENCRYPT:
                return wishes
            client.sendall(b"N")

    def _welcome(self, wishes: bytes) -> bytes:
        """Return the greeting of a server; the pooler remembers the first one."""
        if not self._greeting:
            lent = self._lend(wishes)
            self._greeting = lent[1]
            self._give_back(lent)
        return self._greeting

    def _lend(self, wishes: bytes) -> tuple[socket.socket, bytes]:
        self._free.acquire()
        if self._idle:
            return self._idle.pop()
        session, greeting = self._connect(), b""
        self._sessions.append(session)
        session.sendall(wishes)
        while (said := _message(session))[:1] != b"Z":
            greeting += said if said[:1] != b"K" else b""
        key = b"K" + (12).to_bytes(4, "big") + (1).to_bytes(4, "big") + bytes(4)  # of its own, as every pooler has
        return session, greeting + key + said

    def _give_back(self, session: tuple[socket.socket, bytes]) -> None:
        self._idle.append(session)
        self._free.release()


def _answered(session: socket.socket, client: socket.socket) -> bool:
    """Hand on what a session answers; whether no transaction is open in it afterwards."""
    while (said := _message(session))[:1] != b"Z":
        client.sendall(said)
    client.sendall(said)
    return said[5:] == b"I"


def _message(end: socket.socket) -> bytes:
    """Read the next message of an end.

    Raises: OSError when it has gone.
    """
    kind = end.recv(1)
    if not kind:
        raise ConnectionResetError
    return kind + _sized(end)


def _sized(end: socket.socket) -> bytes:
    size = end.recv(4, socket.MSG_WAITALL)
    return size + end.recv(int.from_bytes(size, "big") - 4, socket.MSG_WAITALL)
