"""Benchmarks: ratios in one run against a peer and against a bare floor. `make bench` runs them; no test is timed."""
