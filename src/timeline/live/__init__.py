"""The live index: an index kept current with its log, whoever appends, and cached beside it."""
