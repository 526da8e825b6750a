"""Examples of programs that use `timeline`: real episodes, from public reporting."""
