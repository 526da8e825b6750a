"""How other processes open a log on a server: apart from the tests, so that they need not take in what those need."""

from timeline.log.jetstream import JetStreamLog
from timeline.log.postgres import PostgresLog


def open_postgres(place, **options):
    """The place names the server and the schema."""
    url, schema = place.split()
    return PostgresLog(url, schema=schema, **options)


def open_jetstream(place, **options):
    """The place names the server and the stream."""
    url, stream = place.split()
    return JetStreamLog(url, stream=stream, **options)
