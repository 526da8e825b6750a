"""Writing a file whole or not at all, in the place of an earlier one but never of a log."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from timeline.errors import CannotOpen
from timeline.log.files import path_given
from timeline.log.looking import Look
from timeline.log.sqlite_file import APPLICATION_ID


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield the path of a draft, which takes the place of a file once the block is done.

    1. If the block fails, what stood at the path stays as it was.
    2. A link and the permissions of the earlier file stay.
    3. A pipe, and a file in a folder that may not be written, are written to directly.

    Raises: InvalidValue for what is not a path, CannotOpen where a log is. An OSError names the path that was given.
    """
    given = path_given(path)
    require_no_log(given)
    target = given.resolve()
    direct = target.exists() and not (target.is_file() and os.access(target.parent, os.W_OK))
    draft = target if direct else target.with_name(f".{secrets.token_hex(8)}.new")
    try:
        yield draft
        if not direct:
            _take_its_place(draft, target)
    except OSError as error:
        if error.filename in (None, str(draft)):
            error.filename = str(given)
        raise
    finally:
        if not direct:
            draft.unlink(missing_ok=True)


def require_no_log(path: Path) -> None:
    """Refuse to write to a path where a log is.

    The file is read through SQLite alone. A program that opens and closes a log by itself releases its locks on it.

    Raises: CannotOpen.
    """
    if not path.is_file():
        return
    look = Look(path)
    try:
        ((application,),) = look.fetch("PRAGMA application_id")
    except sqlite3.Error:
        return
    finally:
        look.close()
    if application == APPLICATION_ID:
        raise CannotOpen(f"{path} holds a timeline: expected another path. Choose one for the new file.", path=path)


def _take_its_place(draft: Path, target: Path) -> None:
    """Give a complete draft the name and the permissions of the file that it replaces."""
    if target.exists():
        shutil.copymode(target, draft)
    draft.replace(target)
