"""TCP proxies before servers: one cuts connections before the answer, one lets nothing pass for a while."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

COMMITTED = b"COMMIT\0"
"""PostgreSQL's word that a transaction was committed, as its protocol carries it."""
STORED = b'{"stream":"'
"""How the word of a NATS server that a message, or a batch, was stored begins."""


class Proxy:
    """Hands on what clients and a server say; the server listens at a port of this machine, or at a path."""

    def __init__(self, server: int | Path) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def passes(self, said: bytes, *, answer: bool) -> bool:
        """Tell whether to hand on this message, now or later; otherwise the connection ends without a word."""
        raise NotImplementedError

    def close(self) -> None:
        """Accept nobody more."""
        with suppress(OSError):  # it may be closed already
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # closed
                return
            try:
                server = self._connect()
            except OSError:  # it is down
                client.close()
                continue
            for source, target in ((client, server), (server, client)):
                ends = {"source": source, "target": target, "answer": source is server}
                threading.Thread(target=self._hand_on, kwargs=ends, daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._server, int):
            return socket.create_connection(("127.0.0.1", self._server))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._server))
        return server

    def _hand_on(self, *, source: socket.socket, target: socket.socket, answer: bool) -> None:
        with suppress(OSError):  # one of them is gone
            while (said := source.recv(1 << 16)) and self.passes(said, answer=answer):
                target.sendall(said)
        self.passes(b"", answer=answer)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Cutter(Proxy):
    """Drops every n-th answer that holds a word, with its connection."""

    def __init__(self, server: int | Path, word: bytes, *, every: int) -> None:
        self.cut = 0
        """How many were dropped."""
        self._word = word
        self._every = every
        self._heard = 0
        self._lock = threading.Lock()
        super().__init__(server)

    def passes(self, said: bytes, *, answer: bool) -> bool:
        if not answer or self._word not in said:
            return True
        with self._lock:
            self._heard += 1
            drops = self._heard % self._every == 0
            self.cut += drops
            return not drops


class Route(Proxy):
    """One server's way to another.

    While it is cut nothing passes, and neither end learns of it, as on a network that drops packets.
    Connections are kept, also new ones, and what was said meanwhile arrives when it is mended.
    """

    def __init__(self, server: int) -> None:
        self._open = threading.Event()
        self._open.set()
        super().__init__(server)

    def passes(self, said: bytes, *, answer: bool) -> bool:  # noqa: ARG002
        return self._open.wait()

    def cut(self) -> None:
        self._open.clear()

    def mend(self) -> None:
        self._open.set()

    def close(self) -> None:
        """Accept nobody more, and let go of whoever waits."""
        self.mend()
        super().close()
