"""Seals and proofs, which a third party can check with nothing but a few lines of text.

A *seal* fixes the log up to a position. A proof shows that an entry is on a sealed log, or that an earlier seal
is of the same log. Each has one canonical text; `docs/proofs.md` gives every byte.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, NamedTuple, Self

import orjson
from attrs import frozen

from timeline.entry import Draft, Ref, entry_id
from timeline.errors import InvalidProof, TamperedLog, UnknownTarget
from timeline.log import codec, merkle
from timeline.log.base import BaseLog
from timeline.log.query import Query
from timeline.log.statements import count, read, unhex, unlike, write
from timeline.log.stored import Stored
from timeline.values.instants import microseconds, stamp

_SEAL, _INCLUSION, _CONSISTENCY = "timeline-seal/1", "timeline-inclusion/1", "timeline-consistency/1"
_DEEPEST = 64
"""The length of the longest path: a log has fewer than 2⁶⁴ entries."""


@frozen
class Seal:
    """The log up to a position, in three values that reveal any later change before it.

    `digest` is the digest of the chain there, `root` the Merkle root over the leaves (RFC 9162). As text, a seal is
    one line of canonical JSON, which can be signed, printed or published.

    >>> from timeline import Timeline
    >>> print(str(Timeline().seal())[:60])
    {"digest":"","root":"e3b0c44298fc1c149afbf4c8996fb92427ae41e
    """

    size: int
    digest: bytes
    root: bytes

    def __str__(self) -> str:
        return write(_SEAL, digest=self.digest.hex(), root=self.root.hex(), size=self.size)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a seal from its text.

        Raises: InvalidProof for anything but the text of a seal, unchanged.
        """
        match read(_SEAL, text):
            case {"digest": digest, "root": root, "size": size, **more} if not more:
                return cls(count(size), unhex(digest, 32 if size else 0), unhex(root, 32))
        raise unlike(_SEAL)


class Opening(NamedTuple):
    """The values from which a leaf is computed."""

    salt: bytes
    content: bytes
    id: str
    recorded: int


@frozen(kw_only=True)
class InclusionProof:
    """The proof that an entry stands at its position on a sealed log, with this content.

    `shown` holds the values from which its leaf was computed; for a redacted entry, the leaf itself.
    """

    position: int
    size: int
    shown: Opening | bytes
    path: merkle.Path

    @property
    def leaf(self) -> bytes:
        """The leaf that is proved to be on the log."""
        return self.shown if isinstance(self.shown, bytes) else codec.leaf(*self.shown)

    @property
    def draft(self) -> Draft | None:
        """The content of the entry; None when it was redacted."""
        return None if isinstance(self.shown, bytes) else codec.draft_of(self.shown.content, id=self.shown.id)

    def check(self, seal: Seal) -> None:
        """Check that the proof holds for this seal.

        Raises: InvalidProof when it does not.
        """
        (node,) = merkle.hashes([self.leaf])
        if self.size != _seal(seal).size or not merkle.included(
            self.position - 1, self.size, node, self.path, seal.root
        ):
            raise InvalidProof(
                f"the proof does not show position {self.position} to be on the log of this seal, which is of "
                f"{seal.size} entries: expected a proof made for this very seal. Ask for one, and trust none so far."
            )

    def __str__(self) -> str:
        return write(_INCLUSION, entry=self._entry(), path=[h.hex() for h in self.path], size=self.size)

    def _entry(self) -> dict[str, Any]:
        if isinstance(self.shown, bytes):
            return {"leaf": self.shown.hex(), "position": self.position}
        return {
            "content": self.shown.content.decode(),
            "id": self.shown.id,
            "position": self.position,
            "recorded_at": stamp(self.shown.recorded),
            "salt": self.shown.salt.hex(),
        }

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof from its text; it proves nothing before `check`.

        Raises: InvalidProof for anything but the text of such a proof, unchanged.
        """
        match read(_INCLUSION, text):
            case {"entry": {"position": position, **entry}, "path": path, "size": size, **more} if not more:
                return cls(position=count(position), size=count(size), shown=_shown(entry), path=_path(path))
        raise unlike(_INCLUSION)


@frozen
class ConsistencyProof:
    """The proof that the log of a later seal begins with the log of an earlier one, unchanged."""

    earlier: int
    later: int
    path: merkle.Path

    def check(self, earlier: Seal, later: Seal) -> None:
        """Check that the proof holds for these seals.

        Raises: InvalidProof when it does not.
        """
        sizes = (_seal(earlier).size, _seal(later).size)
        held = merkle.consistent(sizes, (earlier.root, later.root), self.path)
        if sizes != (self.earlier, self.later) or not held:
            raise InvalidProof(
                f"the proof does not show the seal of {later.size} entries to go on from that of {earlier.size}: "
                "expected a proof made for these very seals. Ask for one, and do not trust the later seal until then."
            )

    def __str__(self) -> str:
        return write(_CONSISTENCY, earlier=self.earlier, later=self.later, path=[h.hex() for h in self.path])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof from its text; it proves nothing before `check`.

        Raises: InvalidProof for anything but the text of such a proof, unchanged.
        """
        match read(_CONSISTENCY, text):
            case {"earlier": earlier, "later": later, "path": path, **more} if not more:
                return cls(count(earlier), count(later), _path(path))
        raise unlike(_CONSISTENCY)


# -- making them ---------------------------------------------------------------------------------------


def seal(log: BaseLog, size: int | None = None) -> Seal:
    """Seal a log, or its first `size` entries.

    Raises: TamperedLog when it has fewer.
    """
    return _sealed(log, size)[0]


def check_seal(log: BaseLog, seal: Seal) -> None:
    """Check that a log begins with what was sealed.

    Raises: TamperedLog.
    """
    _checked(log, seal)


def prove(log: BaseLog, what: Ref | Seal, within: Seal) -> InclusionProof | ConsistencyProof:
    """Prove that an entry, or the log of an earlier seal, is within a seal of this log.

    Raises: TamperedLog when the log is not the one that was sealed; UnknownTarget; InvalidProof for an entry or a
    seal that is not within it.
    """
    nodes = _checked(log, within)
    if isinstance(what, Seal):
        return _prove_consistency(log, what, within, nodes)
    id = entry_id(what)
    row = log.rows_by_id([id]).get(id)
    if row is None:
        raise UnknownTarget(f"there is no entry {id!r} on the log: expected the id of an entry there.", target=id)
    if row.position > within.size:
        raise InvalidProof(
            f"entry {id!r} is at position {row.position}, after the {within.size} entries of the seal: expected one "
            "recorded before the log was sealed. Make a new seal."
        )
    shown = row.leaf if row.redacted else Opening(row.salt, row.content, row.id, row.recorded)
    path = merkle.inclusion(row.position - 1, nodes)
    return InclusionProof(position=row.position, size=within.size, shown=shown, path=path)


def _prove_consistency(log: BaseLog, earlier: Seal, later: Seal, nodes: list[bytes]) -> ConsistencyProof:
    if earlier.size > later.size:
        raise InvalidProof(
            f"the seal of {earlier.size} entries cannot be within one of {later.size}: expected the earlier one first."
        )
    check_seal(log, earlier)
    return ConsistencyProof(earlier.size, later.size, merkle.consistency(earlier.size, nodes))


def _sealed(log: BaseLog, size: int | None) -> tuple[Seal, list[bytes]]:
    leaves: list[bytes] = []
    last: Stored | None = None
    for last in log.stored(Query(before=None if size is None else size + 1)):
        leaves.append(last.leaf)
    if size is not None and len(leaves) != size:
        raise TamperedLog(
            f"the log ends at position {len(leaves)}, but {size} entries of it were sealed: entries were removed. "
            "Restore the log from a copy you trust.",
            position=len(leaves) + 1,
        )
    nodes = merkle.hashes(leaves)
    return Seal(len(leaves), last.digest if last else b"", merkle.root(nodes)), nodes


def _seal(value: Any) -> Seal:
    """Return the value, if it is a seal.

    Raises: InvalidProof.
    """
    if not isinstance(value, Seal):
        raise InvalidProof(
            f"{value!r} is not a seal: expected line.seal(), Seal.parse(text), or the result of check(key) of a "
            "signed seal.",
            value=value,
        )
    return value


def _checked(log: BaseLog, seal: Seal) -> list[bytes]:
    found, nodes = _sealed(log, _seal(seal).size)
    if found != seal:
        raise TamperedLog(
            f"the log up to position {seal.size} is not the one that was sealed: it was rewritten, or the seal is "
            "of another log. Restore the log from a copy you trust.",
            position=seal.size,
        )
    return nodes


# -- reading them -------------------------------------------------------------------------------------


def _path(value: Any) -> merkle.Path:
    if not isinstance(value, list) or len(value) > _DEEPEST:
        raise InvalidProof(
            f"the path is not a list of at most {_DEEPEST} hashes: expected the path that the log gave, unchanged."
        )
    return tuple(unhex(item, 32) for item in value)


def _shown(entry: Any) -> Opening | bytes:
    """Read the opening of a leaf, or the leaf of a redacted entry."""
    match entry:
        case {"leaf": leaf, **more} if not more:
            return unhex(leaf, 32)
        case {"content": str(content), "id": str(id), "recorded_at": str(at), "salt": salt, **more} if not more:
            if _whole(content):
                return Opening(unhex(salt, 16), content.encode(), id, _recorded(at))
    raise unlike(_INCLUSION)


def _whole(content: str) -> bool:
    """Tell whether a content is one JSON object, so that no byte of it can pass for the id that follows in the leaf."""
    with suppress(ValueError):
        return isinstance(orjson.loads(content), dict)
    return False


def _recorded(text: str) -> int:
    with suppress(ValueError):
        recorded = microseconds(datetime.fromisoformat(text).replace(tzinfo=timezone.utc))
        if stamp(recorded) == text:
            return recorded
    raise InvalidProof(f"{text!r} is not an instant as the log writes it: expected 2026-01-21T09:00:00.000000Z.")
