"""Functions with which other processes open a log on a server, without the imports of the tests."""

from timeline.log.jetstream import JetStreamLog
from timeline.log.postgres import PostgresLog


def open_postgres(place, **options):
    """Open the log at a place, which names the server and the schema."""
    url, schema = place.split()
    return PostgresLog(url, schema=schema, **options)


def open_jetstream(place, **options):
    """Open the log at a place, which names the server and the stream."""
    url, stream = place.split()
    return JetStreamLog(url, stream=stream, **options)
