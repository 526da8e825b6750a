"""A replicated log in a JetStream stream."""

from timeline.log.jetstream.log import JetStreamLog
from timeline.log.patience import PATIENCE

__all__ = ["PATIENCE", "JetStreamLog"]
