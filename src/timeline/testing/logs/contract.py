"""The contract: all cases together."""

from __future__ import annotations

from timeline.testing.logs.batches import Batches
from timeline.testing.logs.durable import Durable
from timeline.testing.logs.editorial import Editorial
from timeline.testing.logs.judging import Judging
from timeline.testing.logs.machine import Machine
from timeline.testing.logs.reading import Readable
from timeline.testing.logs.redaction import Redacting
from timeline.testing.logs.sealing import Sealing
from timeline.testing.logs.writers import Writers


class LogContract(Readable, Batches, Editorial, Judging, Redacting, Sealing, Writers, Machine):
    """The promises of every log: atomic, ordered, conditional, idempotent, erasable, sealed, safe for threads.

    Judgements of names are among its cases, because a log must find them by either name.

    A subclass whose name begins with `Test` is collected by pytest. It gives `open`, a function or
    class that opens the log at a place: `open(place, *, clock=...)`. It may also override

    1. `places`, a fixture that names new places, where these are no paths;
    2. `rewrite`, which changes stored rows behind the log's back;
    3. `interrupt`, which breaks into an append, where rows do not go through `_insert`;
    4. `examples` and `steps`, how much the state machine tries.

    >>> from timeline import MemoryLog
    >>> class TestMemoryLog(LogContract):
    ...     @staticmethod
    ...     def open(place, **options):
    ...         return MemoryLog(**options)
    """


class DurableLogContract(Durable, LogContract):
    """The promises of a log that outlives its process, in addition to those of `LogContract`.

    1. A log is the same when it is opened again.
    2. Several handles, in one process or many, see the entries of each other at once.
    3. A killed process loses nothing that `append` returned.

    `open` and the places must survive pickling, so that another process can open the log. Use a class or a
    function of a module, not a lambda.

    >>> from timeline import SqliteLog
    >>> class TestSqliteLog(DurableLogContract):
    ...     open = SqliteLog
    """

    durable = True
