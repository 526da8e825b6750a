"""The ways between NATS servers, through proxies of our own: one server can be cut off from all others."""

from __future__ import annotations

import contextlib
import socket
import threading


class Route:
    """One server's way to another.

    While it is cut nothing passes, and neither end is told: so it is on a network that drops packets.
    Connections are kept, also new ones, and what was said meanwhile arrives when it is mended.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._open = threading.Event()
        self._open.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._open.clear()

    def mend(self) -> None:
        self._open.set()

    def close(self) -> None:
        """Accept nobody more, and let go of whoever waits."""
        self.mend()
        with contextlib.suppress(OSError):  # it may be closed already
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
            except ConnectionRefusedError:  # it is down
                client.close()
                continue
            except OSError:  # closed
                return
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._hand_on, args=ends, daemon=True).start()

    def _hand_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := source.recv(1 << 16):
                self._open.wait()
                target.sendall(said)
        self._open.wait()
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
