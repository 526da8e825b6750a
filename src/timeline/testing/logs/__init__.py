"""The contract of a log as one suite, which any log must pass: subclass it, say how to open yours, run pytest.

    class TestMyLog(DurableLogContract):
        open = MyLog

`LogContract` is for a log that is gone with its process; `DurableLogContract` asks for more.
"""

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{cases}" for cases in ("base", "reading", "batches", "editorial", "sealing", "writers", "durable")),
    f"{__name__}.machine",
)

from timeline.testing.logs.contract import DurableLogContract, LogContract  # noqa: E402 - rewritten first

__all__ = ["DurableLogContract", "LogContract"]
