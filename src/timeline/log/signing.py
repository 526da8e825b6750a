"""Signed seals: who vouches for a log. Ed25519 (RFC 8032), by the library `cryptography`.

    pip install "incident-timeline[signing]"

Keys are those of `cryptography`, which loads, keeps and encrypts them. This module never sees a file or a
password.
"""

from __future__ import annotations

from typing import Self

from attrs import field, frozen

from timeline.errors import InvalidProof
from timeline.extras import needs
from timeline.log.proofs import Seal
from timeline.log.statements import read, unhex, unlike, write

with needs("signing"):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_SIGNED = "timeline-signed-seal/1"


@frozen
class SignedSeal:
    """A seal and a signature of its text. It bears no key: the signer must be known from elsewhere."""

    seal: Seal
    signature: bytes = field(repr=False)

    def check(self, key: Ed25519PublicKey) -> Seal:
        """Return the seal, if the holder of this key signed it.

        Raises: InvalidProof if not.
        """
        try:
            key.verify(self.signature, str(self.seal).encode())
        except InvalidSignature as error:
            raise InvalidProof(
                f"the seal of {self.seal.size} entries was not signed with this key: expected a signature by its "
                "holder. Find out in a way you trust whose key it is, and do not trust the seal until then."
            ) from error
        return self.seal

    def __str__(self) -> str:
        return write(_SIGNED, seal=str(self.seal), signature=self.signature.hex())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a signed seal from its text; the signature proves nothing before `check`.

        Raises: InvalidProof for anything but the text of a signed seal, unchanged.
        """
        match read(_SIGNED, text):
            case {"seal": str(seal), "signature": signature, **more} if not more:
                return cls(Seal.parse(seal), unhex(signature, 64))
        raise unlike(_SIGNED)


def sign(seal: Seal, key: Ed25519PrivateKey) -> SignedSeal:
    """Sign a seal.

    >>> from timeline import Timeline
    >>> key = Ed25519PrivateKey.generate()
    >>> signed = sign(Timeline().seal(), key)
    >>> signed.check(key.public_key()).size
    0
    """
    return SignedSeal(seal, key.sign(str(seal).encode()))
