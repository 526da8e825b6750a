"""Small disks that tests fill up, for those who may mount them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


class Disk:
    """A small file system of its own, and something on it that takes up room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    @property
    def filled(self) -> bool:
        return self._ballast.exists()

    def fill(self, left: int) -> None:
        """Take up all room but some bytes, whoever else takes some meanwhile."""
        with self._ballast.open("wb") as file:
            while (room := shutil.disk_usage(self.folder).free - left) > 0:
                with suppress(OSError):  # there was not so much any more
                    os.posix_fallocate(file.fileno(), 0, room)
                    return

    def clear(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Disk]:
    """Mount a disk at an existing folder; skip the test if that is not allowed here."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", folder]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"a disk can only be filled up where a small one can be mounted: {mounted.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", folder], check=True)
