"""A TCP proxy before PostgreSQL that can cut a connection after a commit and before its answer."""

from __future__ import annotations

import selectors
import socket
import threading
from pathlib import Path

_COMMITTED = b"COMMIT\0"
"""The server's word that a transaction was committed, as the protocol carries it."""


class Proxy:
    """Hands on what client and server say, and drops every so many-th word of a commit with its connection."""

    def __init__(self, server: Path, *, every: int) -> None:
        self.cut = 0
        """How many commits were answered, and the answer dropped."""
        self._server = str(server)
        self._every = every
        self._commits = 0
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """Where clients connect."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable&gssencmode=disable"

    def close(self) -> None:
        """Accept nobody more."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, selectors.DefaultSelector() as ready:
            server.connect(self._server)
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    said = key.fileobj.recv(1 << 16)
                    if not said or (key.fileobj is server and _COMMITTED in said and self._drops()):
                        return
                    key.data.sendall(said)

    def _drops(self) -> bool:
        with self._lock:
            self._commits += 1
            if self._commits % self._every:
                return False
            self.cut += 1
            return True
