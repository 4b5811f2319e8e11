"""Goodwill keeps the books of customer goodwill: promises, cases, loyalty, and what kindness costs and earns."""

__version__ = "0.1.0"
