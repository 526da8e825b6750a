"""A page to share: one file, which opens from disk and needs no network."""

from timeline.display.page.writing import write

__all__ = ["write"]
