"""A log in a PostgreSQL database."""

from timeline.log.postgres.log import PostgresLog

__all__ = ["PostgresLog"]
