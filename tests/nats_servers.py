"""NATS servers for the tests, started from the wheel: one alone, or three that keep what one of them takes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sysconfig
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import nats

from timeline.log.address import Address

PROGRAM = Path(sysconfig.get_path("scripts")) / "nats-server"
START = 60.0


def free_ports(count: int) -> list[int]:
    """Ports nobody listens at, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def until(found: Callable[[], Any], what: str, seconds: float = START) -> Any:
    """What is found in the end."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, ValueError):
            if value := found():
                return value
        assert time.monotonic() < end, f"{what} took more than {seconds} seconds"
        time.sleep(0.05)


class Node:
    """One server: it can be killed, paused, and started again with what it had stored."""

    def __init__(self, folder: Path, name: str, extra: str = "", sync: str = "always") -> None:
        self.folder, self.name, self.extra, self.sync = folder / name, name, extra, sync
        self.folder.mkdir(parents=True)
        self.port, self.monitor = free_ports(2)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        config = self.folder / "server.conf"
        config.write_text(
            f'server_name: {self.name}\nlisten: "127.0.0.1:{self.port}"\nhttp: "127.0.0.1:{self.monitor}"\n'
            f'jetstream {{ store_dir: "{self.folder}/data", sync_interval: {self.sync} }}\n{self.extra}\n'
        )
        self.process = subprocess.Popen([PROGRAM, "-c", config, "-l", self.folder / "server.log"])

    def asked(self, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/{what}", timeout=2) as reply:
            return dict(json.load(reply))

    def healthy(self) -> bool:
        return self.asked("healthz")["status"] == "ok"

    def send(self, sign: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, sign)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Cluster:
    """Servers that know one another; one alone is a cluster too."""

    def __init__(self, folder: Path, size: int, sync: str = "always") -> None:
        routes = free_ports(size)
        known = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
        self.nodes = [
            Node(
                folder,
                f"n{number}",
                f'cluster {{ name: tests, listen: "127.0.0.1:{port}", routes: [{known}] }}' if size > 1 else "",
                sync,
            )
            for number, port in enumerate(routes)
        ]

    @property
    def url(self) -> str:
        return "nats://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def leader(self, stream: str) -> Node:
        """The server that leads a stream now."""

        def find() -> Node | None:
            for node in self.nodes:
                if node.process is None:
                    continue
                with contextlib.suppress(OSError, ValueError):
                    for account in node.asked("jsz?streams=1&accounts=1").get("account_details", []):
                        for detail in account.get("stream_detail", []):
                            leader = detail.get("cluster", {}).get("leader")
                            if detail["name"] == stream and leader == node.name:
                                return node
            return None

        return until(find, f"electing a leader of {stream}")

    def ready(self) -> None:
        until(lambda: all(node.healthy() for node in self.nodes), "starting the servers")

    def __enter__(self) -> Self:
        for node in self.nodes:
            node.start()
        try:
            self.ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for node in self.nodes:
            node.kill()


def ask(url: str, *requests: tuple[str, Any]) -> list[dict[str, Any]]:
    """What the servers answer to requests: a subject each, and JSON or bytes."""

    async def go() -> list[dict[str, Any]]:
        client = await nats.connect(url.split(","))
        try:
            return [
                json.loads((await client.request(subject, payload(body), timeout=5)).data) for subject, body in requests
            ]
        finally:
            await client.close()

    def payload(body: Any) -> bytes:
        return body if isinstance(body, bytes) else json.dumps(body).encode()

    return asyncio.run(go())


def replace_stream(address: Address, messages: list[bytes]) -> None:
    """Put these messages in place of what a stream holds, as somebody with all rights could."""
    url = ",".join(address.servers)
    (found,) = ask(url, (f"$JS.API.STREAM.INFO.{address.stream}", {}))
    ask(
        url,
        (f"$JS.API.STREAM.DELETE.{address.stream}", {}),
        (f"$JS.API.STREAM.CREATE.{address.stream}", found["config"]),
        *((found["config"]["subjects"][0], message) for message in messages),
    )
