"""Catalogues of translations: `python -m tests.house.catalogues --update` collects and compiles them."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[2] / "goodwill"
LOCALE = PACKAGE / "web" / "locale"
LANGUAGES = {"ru": 4, "hu": 2}
"""Language and its number of plural forms, as Django's own catalogues count them."""


def po(language: str) -> Path:
    """The language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def collect() -> None:
    """Collect the messages from code and templates into the catalogues (needs gettext)."""
    words = [sys.executable, "-m", "django", "makemessages", "--no-location", "--no-obsolete", "--no-wrap"]
    for language in LANGUAGES:
        po(language).parent.mkdir(parents=True, exist_ok=True)
        words += ["-l", language]
    words += ["-i", "static/*", "-i", "migrations/*"]
    # The settings name the folder that is written to. Without this path they would be those of the installed
    # package, which in a second working tree is the first one: its catalogues would lose what only this one says.
    subprocess.run(
        [*words, "--settings", "goodwill.config.settings"],
        cwd=PACKAGE,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for language in LANGUAGES:
        catalogue = polib.pofile(str(po(language)), wrapwidth=0)
        # A moment of making would make two equal collections differ.
        catalogue.metadata["POT-Creation-Date"] = ""
        catalogue.metadata["Language"] = language
        for message in catalogue:
            if message.msgid_plural:
                for index in range(LANGUAGES[language]):
                    message.msgstr_plural.setdefault(index, "")
        catalogue.save()


def compile_() -> None:
    """Compile each catalogue beside itself."""
    for language in LANGUAGES:
        catalogue = polib.pofile(str(po(language)))
        catalogue.save_as_mofile(str(po(language).with_suffix(".mo")))


def compiled(language: str) -> bytes:
    """What compiling the catalogue gives now."""
    with tempfile.NamedTemporaryFile(suffix=".mo") as out:
        polib.pofile(str(po(language))).save_as_mofile(out.name)
        return Path(out.name).read_bytes()


if __name__ == "__main__":
    import tests.home  # noqa: F401  a home of its own, so that settings can be read

    if "--update" in sys.argv:
        collect()
    compile_()
