"""An import in a process of its own that is killed (SIGKILL) so many seconds after it began; 0: never.

`python -m tests.killed FOLDER SECONDS` imports; `python -m tests.killed` prints what is in the database.
"""

import os
import signal
import sys
import threading
import time


def main(words: list[str]) -> None:
    """Import a folder or say what is there."""
    from goodwill.cli.opening import open_house

    open_house()
    if not words:
        from tests.imported import as_text, state

        sys.stdout.write(as_text(state()))
        return
    folder, seconds = words[0], float(words[1])
    from goodwill.cli.main import goodwill

    if seconds:
        threading.Thread(target=_kill_after, args=(seconds,), daemon=True).start()
    goodwill(["import", folder, "--json"])


def _kill_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
