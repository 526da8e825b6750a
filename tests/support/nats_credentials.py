"""Decentralised sign-in to NATS, as its operator, its accounts and their users make it: keys, and what they vouch for.

Source: the JSON Web Tokens of NATS, version 2.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import Any

import nkeys
from attrs import define, field

_UNLIMITED = {
    limit: -1
    for limit in ("subs", "data", "payload", "conn", "leaf", "imports", "exports", "mem_storage", "disk_storage", "streams", "consumer")
} | {"wildcards": True}  # fmt: skip


@define
class Identity:
    """Somebody with a key: an operator, an account or a user."""

    prefix: int
    seed: bytes = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.seed = nkeys.encode_seed(os.urandom(32), self.prefix)

    @property
    def public(self) -> str:
        return nkeys.from_seed(bytearray(self.seed)).public_key.decode()

    def vouch(self, whom: Identity, kind: str, **says: Any) -> str:
        """Return a token that names its holder, signed with this key."""
        claims = {
            "jti": secrets.token_hex(16), "iat": 1_760_000_000, "iss": self.public, "sub": whom.public, "name": kind,
            "nats": {"type": kind, "version": 2, **says},
        }  # fmt: skip
        said = f"{_text({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_text(claims)}"
        return f"{said}.{_base64(nkeys.from_seed(bytearray(self.seed)).sign(said.encode()))}"


class Operator:
    """Vouches for one account, whose users may sign in to every server that trusts the operator."""

    def __init__(self) -> None:
        self._key = Identity(nkeys.PREFIX_BYTE_OPERATOR)
        self._account, self._system = (Identity(nkeys.PREFIX_BYTE_ACCOUNT) for _ in range(2))

    def config(self) -> str:
        """Write the configuration of a server that trusts the operator."""
        accounts = "\n".join(
            f"{each.public}: {self._key.vouch(each, 'account', limits=_UNLIMITED if each is self._account else {})}"
            for each in (self._account, self._system)
        )
        return (
            f"operator: {self._key.vouch(self._key, 'operator')}\nsystem_account: {self._system.public}\n"
            f"resolver: MEMORY\nresolver_preload: {{\n{accounts}\n}}"
        )

    def credentials(self, **says: Any) -> str:
        """Write a credentials file for a new user of the account: a token, and the seed of the user's key."""
        user = Identity(nkeys.PREFIX_BYTE_USER)
        token = self._account.vouch(user, "user", subs=-1, data=-1, payload=-1, **says)
        return (
            f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n"
        )


def _text(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
