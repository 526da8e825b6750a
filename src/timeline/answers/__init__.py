"""Answers: situations, what they say at a path, why, and how it came to be."""
