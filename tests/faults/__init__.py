"""Faults, by a seed, and the one invariant that none of them may break: docs/reliability.md."""
