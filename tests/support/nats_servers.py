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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import nats

from support.machine import needs
from support.proxy import Route
from timeline.log.jetstream.address import Address

PROGRAM = Path(sysconfig.get_path("scripts")) / "nats-server"
START = 60.0


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens at, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def until(found: Callable[[], Any], what: str, seconds: float = START) -> Any:
    """Wait until something is found, and return it."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, ValueError):
            if value := found():
                return value
        assert time.monotonic() < end, f"{what} took more than {seconds} seconds"
        time.sleep(0.05)


class Node:
    """One server: it can be killed, paused, and started again with what it had stored."""

    def __init__(
        self,
        folder: Path,
        name: str,
        extra: str = "",
        sync: str = "always",
        limits: str = "",
        ports: Sequence[int] | None = None,
    ) -> None:
        self.folder, self.name, self.extra, self.sync, self.limits = folder / name, name, extra, sync, limits
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.monitor = ports or free_ports(2)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        config = self.folder / "server.conf"
        config.write_text(
            f'server_name: {self.name}\nlisten: "127.0.0.1:{self.port}"\nhttp: "127.0.0.1:{self.monitor}"\n'
            f'jetstream {{ store_dir: "{self.folder}/data", sync_interval: {self.sync}, {self.limits} }}\n{self.extra}\n'
        )
        needs(PROGRAM, bring="pip install --editable '.[dev]'")
        self.process = subprocess.Popen([PROGRAM, "-c", config, "-l", self.folder / "server.log"])

    def asked(self, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/{what}", timeout=2) as reply:
            return dict(json.load(reply))

    def __enter__(self) -> Self:
        self.start()
        try:
            until(self.healthy, "starting")
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def healthy(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "it has ended"
        return self.asked("healthz")["status"] == "ok"

    def keeps_nothing(self) -> bool:
        """Tell whether the server has stopped storing anything."""
        return self.asked("jsz").get("disabled", False)

    def stream(self, name: str) -> dict[str, Any]:
        """Return the server's view of a stream: empty if it has none."""
        accounts = self.asked("jsz?streams=1&accounts=1").get("account_details", [])
        details = [detail for account in accounts for detail in account.get("stream_detail", [])]
        return next((detail for detail in details if detail["name"] == name), {})

    def send(self, sign: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, sign)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Cluster:
    """Servers that know one another; one alone is a cluster too.

    Those that can be cut off reach one another through proxies only, and tell nobody of another way.
    """

    def __init__(self, folder: Path, size: int, sync: str = "always", *, cuttable: bool = False) -> None:
        ports = free_ports(3 * size)  # at once, or the system may give the same one twice
        numbers = range(size)
        self.routes = {(a, b): Route(ports[b]) for a in numbers for b in numbers if a != b and cuttable}
        self.nodes = [
            Node(
                folder,
                f"n{number}",
                self._cluster(number, ports[:size]) if size > 1 else "",
                sync,
                ports=ports[size + number :: size],
            )
            for number in numbers
        ]

    def _cluster(self, number: int, ports: list[int]) -> str:
        ways = [route.port for (start, _), route in self.routes.items() if start == number]
        known = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ways or ports)
        advertise = 'advertise: "127.0.0.1:1", ' if ways else ""
        return f'cluster {{ name: tests, listen: "127.0.0.1:{ports[number]}", {advertise}routes: [{known}] }}'

    @contextlib.contextmanager
    def cut_off(self, node: Node) -> Iterator[None]:
        """Cut one server off from the others; clients reach all of them."""
        cut = [route for ends, route in self.routes.items() if self.nodes.index(node) in ends]
        for route in cut:
            route.cut()
        try:
            yield
        finally:
            for route in cut:
                route.mend()

    @property
    def url(self) -> str:
        return "nats://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def leader(self, stream: str) -> Node:
        """Return the server that leads a stream now."""

        def find() -> Node | None:
            for node in self.nodes:
                if node.process is None:
                    continue
                with contextlib.suppress(OSError, ValueError):
                    if node.stream(stream).get("cluster", {}).get("leader") == node.name:
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
        for route in self.routes.values():
            route.close()


def ask(url: str, *requests: tuple[str, Any]) -> list[dict[str, Any]]:
    """Ask the servers: send each subject, with JSON or bytes, and return the answers."""

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
