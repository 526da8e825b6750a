"""The index: projections folded once and kept, so that a question is a search and not a fold."""
