"""Examples of what can be built with `timeline`: real episodes, told from public reporting."""
