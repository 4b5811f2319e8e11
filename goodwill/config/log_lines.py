"""Log lines without secrets: whoever reads a log must not be able to sign in with it, nor learn who is in the books."""

import logging
import re

_TOKEN = re.compile(r"/(join|enter|new-password|reset/key)/[^\s/\"'?&]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class DiscreetFormatter(logging.Formatter):
    """Takes one-time links and e-mail addresses out of every line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be kept."""
        return _ADDRESS.sub("…@…", _TOKEN.sub(r"/\1/…", super().format(record)))
