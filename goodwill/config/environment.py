"""The environment, read strictly: an unknown or malformed GOODWILL_ variable is an error that names its remedy."""

import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from platformdirs import user_data_path

KNOWN = {
    "GOODWILL_HOME": "folder for the data",
    "GOODWILL_SECRET_KEY": "key that signs sessions and links; made and kept in the home when absent",
    "GOODWILL_URL": "address under which people reach the house, e.g. https://goodwill.example",
    "GOODWILL_HOSTS": "further host names, separated by commas",
    "GOODWILL_DEBUG": "yes for developers only",
    "GOODWILL_MAIL_URL": "smtp://user:password@host:587?tls=yes, or absent to hand letters over by hand",
    "GOODWILL_MAIL_FROM": "sender of our letters",
    "GOODWILL_WORKERS": "web processes of `goodwill serve`",
    "GOODWILL_PRIVATE_HOSTS": "hosts of our own network that we may call, separated by commas",
    "GOODWILL_FEED_FOLDERS": "folders below which daily files may be watched, separated by commas",
    "GOODWILL_API_PER_MINUTE": "requests that one token may make in a minute",
    "GOODWILL_LOG": "line for people or json for machines",
    "GOODWILL_LOG_LEVEL": "least level that is logged: DEBUG, INFO, WARNING or ERROR",
    "GOODWILL_METRICS_TOKEN": "token that opens /metrics; absent, it opens to this machine only",
    "GOODWILL_ENGINE": "what reads the lake: duckdb, postgres://user:password@host:5432/name, or spark://host:15002",
}

_LEAST_KEY = 32
_KEY_PATIENCE_SECONDS = 2.0


class EnvironmentProblem(ImproperlyConfigured):
    """A variable that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters leave by SMTP."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool


def refuse_unknown() -> None:
    """Raise where a GOODWILL_ variable is misspelt, so that a typing error never passes for a default."""
    for name in os.environ:
        if name.startswith("GOODWILL_") and name not in KNOWN:
            raise EnvironmentProblem(f"{name} is not known; the variables are: {', '.join(sorted(KNOWN))}")


def text(name: str, default: str = "") -> str:
    """The variable's text without surrounding blanks."""
    return os.environ.get(name, default).strip()


def yes(name: str) -> bool:
    """True for yes, false for no or absence; anything else is refused."""
    word = text(name, "no").lower()
    if word not in ("yes", "no"):
        raise EnvironmentProblem(f"{name} is {word!r}; write yes or no")
    return word == "yes"


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within bounds."""
    word = text(name) or str(default)
    if not word.isascii() or not word.isdigit() or not least <= int(word) <= most:
        raise EnvironmentProblem(f"{name} is {word!r}; write a whole number from {least} to {most}")
    return int(word)


def one_of(name: str, *words: str) -> str:
    """One of these words; the first where the variable is absent."""
    word = text(name) or words[0]
    if word not in words:
        raise EnvironmentProblem(f"{name} is {word!r}; write one of: {', '.join(words)}")
    return word


def token(name: str) -> str:
    """A secret that programs show, long enough not to be guessed; empty where absent."""
    given = text(name)
    if given and len(given) < 16:
        raise EnvironmentProblem(f"{name} is too short; use at least 16 random characters")
    return given


def names(name: str) -> frozenset[str]:
    """Words separated by commas, in lower case."""
    return frozenset(word.strip().lower() for word in text(name).split(",") if word.strip())


def folders(name: str) -> tuple[Path, ...]:
    """Absolute folders separated by commas or as the platform separates paths; a relative one is refused."""
    found = [Path(word.strip()).expanduser() for part in text(name).split(",") for word in part.split(os.pathsep)]
    given = tuple(path for path in found if path != Path())
    for path in given:
        if not path.is_absolute():
            raise EnvironmentProblem(f"{name} holds {str(path)!r}; write absolute folders")
    return given


def home() -> Path:
    """The data folder, made (readable by its owner only) where it is absent."""
    chosen = text("GOODWILL_HOME")
    path = Path(chosen).expanduser() if chosen else user_data_path("goodwill", appauthor=False)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.resolve()
    except OSError as problem:
        raise EnvironmentProblem(
            f"the home {path} cannot be made ({problem.strerror}); "
            f"make it for the user who runs this, or name another folder in GOODWILL_HOME"
        ) from None


def secret_key(folder: Path) -> str:
    """The signing key of the environment, or the home's own, made once and readable by its owner only."""
    if given := text("GOODWILL_SECRET_KEY"):
        if len(given) < _LEAST_KEY:
            raise EnvironmentProblem("GOODWILL_SECRET_KEY is too short; use at least 32 random characters")
        return given
    file = folder / "secret.key"
    try:
        key = _new_key(file) or _kept_key(file)
    except (OSError, UnicodeError) as problem:
        said = getattr(problem, "strerror", "") or "it is no text"
        raise EnvironmentProblem(
            f"{file} cannot be used ({said}); the home must belong to the user who runs this "
            f"(chown -R USER {folder}) and must not be full"
        ) from None
    if len(key) < _LEAST_KEY:
        raise EnvironmentProblem(f"{file} holds no whole key; remove it, and a new one is made: people sign in anew")
    return key


def _new_key(file: Path) -> str:
    """Make the key; "" where there is one already."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return ""
    key = secrets.token_urlsafe(64)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(key)
    except OSError:
        file.unlink(missing_ok=True)  # an empty one would be taken for the key at the next start
        raise
    return key


def _kept_key(file: Path) -> str:
    """The key that is there, waiting a moment for whoever is just making it: pages and worker start together."""
    end = time.monotonic() + _KEY_PATIENCE_SECONDS
    while len(key := file.read_text(encoding="ascii").strip()) < _LEAST_KEY and time.monotonic() < end:
        time.sleep(0.05)
    return key


def database(folder: Path) -> dict[str, Any]:
    """Django's description of the database: SQLite in the home, or what DATABASE_URL names."""
    url = text("DATABASE_URL")
    if not url:
        url = f"sqlite:///{folder / 'goodwill.sqlite3'}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        if not parts.path.startswith("/"):
            raise EnvironmentProblem("DATABASE_URL for SQLite is sqlite:////absolute/path.sqlite3")
        path = unquote(parts.path)
        return sqlite(path[1:] if path.startswith("//") else path)
    if parts.scheme in ("postgres", "postgresql"):
        if not parts.path.strip("/"):
            raise EnvironmentProblem("DATABASE_URL for PostgreSQL is postgresql://user:password@host:5432/name")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": parts.port or "",
            # A server that is gone is noticed in seconds, not in minutes.
            "OPTIONS": {"connect_timeout": "10"} | dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise EnvironmentProblem(f"DATABASE_URL begins with {parts.scheme!r}; write sqlite:// or postgresql://")


def sqlite(path: str) -> dict[str, Any]:
    """SQLite for several threads and processes: WAL, writers queue (IMMEDIATE), foreign keys on."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
                "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;"
            ),
        },
        "CONN_MAX_AGE": None,
    }


def mail_server() -> MailServer | None:
    """The mail server of GOODWILL_MAIL_URL, or None where letters are handed over by hand."""
    url = text("GOODWILL_MAIL_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise EnvironmentProblem("GOODWILL_MAIL_URL is smtp://user:password@host:587?tls=yes or smtps://…:465")
    use_ssl = parts.scheme == "smtps"
    tls = dict(parse_qsl(parts.query)).get("tls", "no" if use_ssl else "yes")
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if use_ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=tls == "yes",
        use_ssl=use_ssl,
    )


def engine() -> str:
    """What reads the lake, as `duckdb`, `postgresql://…` or `sc://…` (Spark Connect)."""
    word = text("GOODWILL_ENGINE", "duckdb") or "duckdb"
    if word == "duckdb":
        return word
    parts = urlsplit(word)
    try:
        is_whole = bool(parts.hostname) and (parts.port is None or 0 < parts.port < 65_536)
    except ValueError:
        is_whole = False
    if is_whole and parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        return f"postgresql{word[len(parts.scheme) :]}"
    if is_whole and parts.scheme in ("spark", "sc"):
        return f"sc{word[len(parts.scheme) :]}"
    raise EnvironmentProblem(
        "GOODWILL_ENGINE is duckdb, postgres://user:password@host:5432/name, or spark://host:15002 (Spark Connect)"
    )
