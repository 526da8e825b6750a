"""A TCP proxy before a NATS server that can cut a connection after a message was stored and before the answer."""

from __future__ import annotations

import selectors
import socket
import threading

_STORED = b'{"stream":"'
"""How the server's word that a message, or a batch, was stored begins."""


class Proxy:
    """Hands on what client and server say, and drops every so many-th acknowledgement with its connection."""

    def __init__(self, port: int, *, every: int) -> None:
        self.cut = 0
        """How many acknowledgements were dropped."""
        self._server = port
        self._every = every
        self._stored = 0
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"nats://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accept nobody more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with (
            client,
            socket.create_connection(("127.0.0.1", self._server)) as server,
            selectors.DefaultSelector() as ready,
        ):
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    try:
                        said = key.fileobj.recv(1 << 16)
                        if not said or (key.fileobj is server and _STORED in said and self._drops()):
                            return
                        key.data.sendall(said)
                    except OSError:  # one of them is gone
                        return

    def _drops(self) -> bool:
        with self._lock:
            self._stored += 1
            if self._stored % self._every:
                return False
            self.cut += 1
            return True
