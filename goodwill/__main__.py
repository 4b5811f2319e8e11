"""`python -m goodwill` is the same as `goodwill`."""

from goodwill.cli.main import goodwill

if __name__ == "__main__":
    goodwill()
