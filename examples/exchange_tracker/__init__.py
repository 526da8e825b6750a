"""A tracker of prisoner exchanges: a domain of its own, which every face shows.

**Every row is invented.** On the command line: `timeline --with examples.exchange_tracker show tracker.db deals`.
"""

from examples.exchange_tracker.projections import PROJECTIONS, deals, lists, releases
from examples.exchange_tracker.rows import load

__all__ = ["PROJECTIONS", "deals", "lists", "load", "releases"]
