"""The copies of what entries rest on: whether each is where its report says, and as it was.

Only files inside the folder of evidence are read, and nothing is fetched. A copy at an address on the web is counted,
and not checked.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from attrs import frozen

from timeline.entry import Entry
from timeline.errors import CannotRead, FileMissing
from timeline.log import files
from timeline.values.report import Report, with_copy
from timeline.values.visible import visible

Condition = Literal["sound", "unsealed", "missing", "changed", "outside", "unreadable", "elsewhere"]
"""`sound`: as it was; `unsealed`: there, and no fingerprint to compare with; `missing`: not there; `changed`: there
with another fingerprint; `outside`: its path leads out of the folder; `unreadable`: the system refuses to read it;
`elsewhere`: on the web, or nowhere that the report names."""
FAULTS: tuple[Condition, ...] = ("missing", "changed", "outside", "unreadable")
_FEW = 5
"""The most entries that a line names."""
_LONG = 200
"""The most characters of a path that a line shows."""


@frozen
class Copy:
    """A copy of a publication: its report, the condition of the copy, and the entries that rest on it.

    `found` is the fingerprint of the file that is there; None if none was read. `reason` says what hinders;
    empty if the condition says it all.
    """

    report: Report
    condition: Condition
    entries: tuple[Entry, ...]
    found: str | None = None
    reason: str = ""

    def __str__(self) -> str:
        place = self.report.archived or self.report.url or "no place"
        where = place if len(place) <= _LONG else f"{place[:_LONG]}…"
        names = ", ".join(entry.id for entry in self.entries[:_FEW])
        more = f" and {len(self.entries) - _FEW} more" if len(self.entries) > _FEW else ""
        why = f": {self.reason}" if self.reason else ""
        return visible(f"{self.condition}: {where} ({self.report.source}), the evidence of {names}{more}{why}")


@frozen
class Evidence:
    """The copies of all publications on a log, in the order of their first entries."""

    copies: tuple[Copy, ...]
    without_copy: int
    """The number of publications without a copy."""

    @property
    def faults(self) -> tuple[Copy, ...]:
        """The copies that are missing, changed, outside the folder or unreadable."""
        return tuple(copy for copy in self.copies if copy.condition in FAULTS)

    def __str__(self) -> str:
        counts = {name: sum(copy.condition == name for copy in self.copies) for name in get_args(Condition)}
        told = [f"{count} {name}" for name, count in counts.items() if count] + [f"{self.without_copy} without a copy"]
        return "\n".join([*map(str, self.faults), ", ".join(told)])


def check_evidence(entries: Iterable[Entry], folder: str | os.PathLike[str]) -> Evidence:
    """Compare the copies that the reports of entries name with the files in a folder.

    Raises: FileMissing if nothing is there, and CannotRead for what is not a folder.
    """
    path = files.path_given(folder)
    if not path.exists():
        raise FileMissing(f"{path} is not there: expected the folder of the copies. Mend the path.", path=str(path))
    if not path.is_dir():
        raise CannotRead(f"{path} is not a folder: expected the one that holds the copies.", path=str(path))
    found = _publications(entries)
    inside = path.resolve()
    copies = (_checked(report, tuple(named), inside) for report, named in found if report.has_copy)
    return Evidence(tuple(copies), sum(not report.has_copy for report, _ in found))


def _publications(entries: Iterable[Entry]) -> list[tuple[Report, list[Entry]]]:
    """Gather the reports of a log, each completed by what others say of the same copy, with their entries."""
    found: dict[Report, list[tuple[Report, list[Entry]]]] = {}
    for entry in entries:
        for report in entry.reports:
            same = found.setdefault(report.without_copy(), [])
            together = ((n, both) for n, (one, _) in enumerate(same) if (both := with_copy(one, report)) is not None)
            place, both = next(together, (len(same), report))
            named = same[place][1] if place < len(same) else []
            named += [entry] if not named or named[-1] is not entry else []
            same[place : place + 1] = [(both, named)]
    return [publication for same in found.values() for publication in same]


def _checked(report: Report, entries: tuple[Entry, ...], folder: Path) -> Copy:
    if not report.archived or "://" in report.archived:
        return Copy(report, "elsewhere", entries)
    condition, found, reason = _compared(folder, report.archived, report.sha256)
    return Copy(report, condition, entries, found, reason)


def _compared(folder: Path, archived: str, expected: str | None) -> tuple[Condition, str | None, str]:
    try:
        path = (folder / archived).resolve()
        if not path.is_relative_to(folder):
            return "outside", None, "expected a path inside the folder"
        if not path.is_file():
            return "missing", None, _instead(path)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return "unreadable", None, error.strerror or str(error)
    except ValueError:
        return "unreadable", None, "no file can have this path"
    except RuntimeError:
        return "unreadable", None, _CIRCLE
    if expected is None:
        return "unsealed", found, ""
    return (
        ("sound", found, "")
        if found == expected
        else ("changed", found, f"its SHA-256 is {found}, expected {expected}")
    )


_CIRCLE = "its links lead in a circle"


def _instead(path: Path) -> str:
    """Say what is there in place of a file; an empty text where nothing is."""
    if path.is_dir():
        return "a folder is there, expected a file"
    if path.is_symlink():
        return _CIRCLE
    return "something is there that is not a file" if os.path.lexists(path) else ""
