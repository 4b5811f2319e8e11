"""Estimators: tables in, results with their doubt out; usable from a notebook without Django."""
