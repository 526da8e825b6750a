"""The address of a stream, read from a URL; secrets are kept out of everything that is printed."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from attrs import field, frozen

from timeline.errors import CannotOpen

_URL = re.compile(
    r"(?P<scheme>nats|tls)://(?P<place>[^/?#]*)/?(?P<path>[^?#]*)(?:\?(?P<options>[^#]*))?(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
"""Parsed here, since the standard library expects a single host in a URL."""
_STREAM = re.compile(r"[\w-]+", re.ASCII)
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
_SEED = rb"SUA[A-P][A-Z2-7]{54}"
_FILES = {
    "user_credentials": re.compile(
        rb".*BEGIN NATS USER JWT-+\s+[\w-]+\.[\w-]+\.[\w-]+\s+-+END NATS USER JWT.*BEGIN USER NKEY SEED-+\s+"
        + _SEED
        + rb"\s.*",
        re.DOTALL,
    ),
    "nkeys_seed": re.compile(rb"\s*" + _SEED + rb"\s*"),
}
"""The content of files with secrets; for any other content the driver would wait without an error."""
_EXPECTED = "expected nats://host:4222, or nats://user:password@host-a:4222,host-b:4222/stream?replicas=3."


@frozen
class Address:
    """The servers, the stream on them, the number of replicas (None: as it is), and how to sign in.

    >>> address = Address.parse("nats://desk:secret@a,b:4333/incidents?replicas=3")
    >>> print(address, "kept by", address.replicas)
    stream 'incidents' at a:4222, b:4333 kept by 3
    """

    servers: tuple[str, ...]
    stream: str
    replicas: int | None
    secrets: Mapping[str, str] = field(repr=False)
    """A user and password, a token, or nothing."""
    files: Mapping[str, Any]
    """The paths of files with other secrets: credentials, or the seed of an nkey."""
    tls: ssl.SSLContext | None
    """None lets the servers decide; otherwise only an encrypted connection is made."""

    def __str__(self) -> str:
        return f"stream {self.stream!r} at {', '.join(server.partition('://')[2] for server in self.servers)}"

    @classmethod
    def parse(
        cls,
        url: str,
        *,
        stream: str | None = None,
        replicas: int | None = None,
        credentials: str | os.PathLike[str] | None = None,
        nkey: str | os.PathLike[str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Self:
        """Read an address from a URL; arguments take precedence over it.

        Raises: CannotOpen, which repeats nothing of a URL that may hold a password.
        """
        parts = _URL.fullmatch(url)
        who, _, hosts = parts["place"].rpartition("@") if parts else ("", "", "")
        if parts is None or not all(map(_is_host, hosts.split(","))):
            raise CannotOpen(f"the URL names no NATS server: {_EXPECTED}")
        scheme, path, query = parts["scheme"].lower(), parts["path"], parts["options"] or ""
        if "@" in path + query or parts["rest"]:
            raise CannotOpen(
                "the URL does not end with a stream and its replicas (it is not repeated here, as it may hold part of "
                f"a password; write special characters as %40 and the like): {_EXPECTED}"
            )
        options = dict(parse_qsl(query))
        said = options.pop("replicas", None)
        count = said if replicas is None else str(replicas)
        if options:
            raise CannotOpen(f"the URL has an option besides replicas, its only one: {_EXPECTED}")
        if count not in {None, "1", "3", "5"}:
            raise CannotOpen(f"the number of replicas is not 1, 3 or 5: {_EXPECTED}")
        return cls(
            tuple(f"{scheme}://{_with_port(host)}" for host in hosts.split(",")),
            _stream(stream or path.strip("/") or "timeline"),
            int(count) if count else None,
            _secrets(who),
            {name: _file(name, path) for name, path in zip(_FILES, (credentials, nkey), strict=True) if path},
            tls or (ssl.create_default_context() if scheme == "tls" else None),
        )


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and int(found[2] or 0) < 1 << 16


def _with_port(host: str) -> str:
    return host if re.search(r":\d+$", host) else f"{host}:4222"


def _secrets(who: str) -> dict[str, str]:
    user, colon, password = who.partition(":")
    if colon:
        return {"user": unquote(user), "password": unquote(password)}
    return {"token": unquote(user)} if user else {}


def _stream(name: str) -> str:
    if not _STREAM.fullmatch(name):
        raise CannotOpen(f"{name!r} cannot name a stream: expected letters, digits, - and _.")
    return name


def _file(kind: str, path: str | os.PathLike[str]) -> str:
    try:
        said = Path(path).read_bytes()
    except OSError as error:
        raise CannotOpen(
            f"{path} cannot be read ({error.strerror}): expected a file with the secret to sign in with.",
            path=path,
        ) from error
    if not _FILES[kind].fullmatch(said):
        raise CannotOpen(
            f"{path} does not hold the secret of a user: expected a credentials file, with a JWT and a seed, for "
            "credentials=, or a file with only the seed of a user (SU…) for nkey=.",
            path=path,
        )
    return os.fspath(path)
