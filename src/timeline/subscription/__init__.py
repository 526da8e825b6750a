"""Read models: tables of your own that follow a log, with each entry applied exactly once.

`timeline.subscription.postgres` is imported only when it is used, as it needs an extra.
"""

from timeline.subscription.model import Parked, ReadModel
from timeline.subscription.sqlite import SqliteModel
from timeline.subscription.subscription import Subscription

__all__ = ["Parked", "ReadModel", "SqliteModel", "Subscription"]
