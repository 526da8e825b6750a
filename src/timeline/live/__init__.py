"""The live index: what is known of a log, kept current with it, and keyframes kept beside it."""
