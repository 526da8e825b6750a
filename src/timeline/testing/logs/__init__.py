"""The contract of a log as one suite, which any log must pass: subclass it, say how to open yours, run pytest.

    class TestMyLog(DurableLogContract):
        open = MyLog

`LogContract` is for a log that is gone with its process; `DurableLogContract` asks for more.
"""

from timeline.extras import needs as _needs

with _needs("testing"):
    import hypothesis  # noqa: F401 - so that what is missing is said at once
    import pytest

_CASES = ("base", "reading", "batches", "editorial", "judging", "redaction", "sealing", "writers", "durable", "machine")
pytest.register_assert_rewrite(*(f"{__name__}.{cases}" for cases in _CASES))

from timeline.testing.logs.contract import DurableLogContract, LogContract  # noqa: E402 - rewritten first

__all__ = ["DurableLogContract", "LogContract"]
