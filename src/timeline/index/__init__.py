"""The index: what was folded, kept so that a question is a search."""
