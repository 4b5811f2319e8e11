"""A throw-away PostgreSQL on loopback, run as an ordinary user: `python -m tests.cluster COMMAND…`.

The command gets DATABASE_URL. Exit code 77 says that PostgreSQL's programs are not on this machine.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = 77


def programs() -> Path | None:
    """The folder of initdb and pg_ctl (newest version), or None where they are absent."""
    # Debian keeps them off the PATH; a wrapper on the PATH may know only half of them.
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if folders:
        return folders[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster(*, database: str = "goodwill", is_durable: bool = False) -> Iterator[str]:
    """Start a cluster, yield its DATABASE_URL, and take it away. What is measured writes as durably as a firm's own."""
    where = programs()
    if where is None:
        raise FileNotFoundError("initdb")
    folder = Path(tempfile.mkdtemp(prefix="goodwill-pg-"))
    # PostgreSQL refuses to run as root; Debian's package brings the user `postgres`.
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(folder, "postgres")
    port = free_port()
    data = folder / "data"
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        f"-c fsync={'on' if is_durable else 'off'} -c max_connections=60 -c shared_buffers=128MB -c max_wal_size=2GB"
    )

    def run(*words: str) -> None:
        subprocess.run([*become, str(where / words[0]), *words[1:]], check=True, stdout=subprocess.DEVNULL, cwd="/")

    run("initdb", "-D", str(data), "-U", "goodwill", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "goodwill", database)
        yield f"postgresql://goodwill@127.0.0.1:{port}/{database}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the given command inside a cluster."""
    if programs() is None:
        return MISSING
    with cluster() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
