"""Benchmarks: ratios against the official SDK, measured in one run."""
