"""`goodwill` as a later version: the same code with one more change of the database, in a package of the test's own.

`python -m tests.cli.future FOLDER COMMAND…`; FOLDER was made by `package`.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.commands import ROOT, environment

LATER = "9001_later"
DIES = "DIES_BEFORE_ITS_PROOFS"
"""The variable that has the later version killed when its changes are made and nothing is checked yet."""
ADDS = """
        migrations.CreateModel("Later", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("firm", "motto", models.CharField(max_length=20, default="")),
"""
LOSES = """
        migrations.RunPython(lambda apps, editor: apps.get_model("store", "Rating").objects.all()[:1].get().delete()),
"""
UNCOUNTS = """
        migrations.RunPython(lambda apps, editor: apps.get_model("store", "MonthTally").objects.all().delete()),
"""
FORGETS = """
        migrations.RunPython(lambda apps, editor: (open_journal(editor.connection),
            apps.get_model("store", "JournalEntry").objects.all().delete(), close_journal(editor.connection))),
"""
BREAKS = (
    ADDS
    + """
        migrations.RunPython(lambda apps, editor: [][0]),
"""
)


def package(folder: Path, operations: str = ADDS, more: str = "") -> Path:
    """The changes of today and one more, made of these operations."""
    names = sorted(path.stem for path in (ROOT / "goodwill" / "store" / "migrations").glob("0*.py"))
    made = folder / "later_migrations"
    made.mkdir(parents=True)
    real = str(ROOT / "goodwill" / "store" / "migrations")
    (made / "__init__.py").write_text(f"__path__.append({real!r})\n")
    (made / f"{LATER}.py").write_text(
        "from django.db import migrations, models\n"
        "from goodwill.store.triggers import close_journal, open_journal\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [('store', {names[-1]!r})]\n    {more}\n    operations = [{operations}    ]\n"
    )
    return folder


def later(folder: Path, *words: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the later version to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tests.cli.future", str(folder), *words],
        env=environment(home, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _die(report: object, work: object) -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError((report, work))


def main(words: list[str]) -> None:
    """Be the later version."""
    sys.path.insert(0, words[0])
    from goodwill.config import settings

    settings.MIGRATION_MODULES = {"store": "later_migrations"}  # type: ignore[attr-defined]
    from goodwill.cli import upgrade
    from goodwill.cli.main import goodwill

    if os.environ.get(DIES):
        upgrade._prove = _die
    goodwill(words[1:], prog_name="goodwill")


if __name__ == "__main__":
    main(sys.argv[1:])
