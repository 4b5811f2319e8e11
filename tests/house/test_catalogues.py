"""Every sentence is there in Russian and Hungarian, with every plural form, and the compiled file is current."""

import re
import shutil
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import ngettext

from tests.house import catalogues

_HOLES = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def holes(text: str) -> list[str]:
    return sorted(match.group(0) for match in _HOLES.finditer(text))


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    catalogue = polib.pofile(str(catalogues.po(language)))
    assert len(catalogue) > 100
    missing = [message.msgid for message in catalogue if not message.translated() or message.fuzzy]
    assert not missing, f"{len(missing)} missing: {missing[:20]}"


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_plural_has_all_its_forms(language: str) -> None:
    forms = catalogues.LANGUAGES[language]
    thin = [
        message.msgid
        for message in polib.pofile(str(catalogues.po(language)))
        if message.msgid_plural
        and (len(message.msgstr_plural) != forms or not all(v.strip() for v in message.msgstr_plural.values()))
    ]
    assert not thin


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_translation_keeps_the_values_of_its_sentence(language: str) -> None:
    lost = []
    for message in polib.pofile(str(catalogues.po(language))):
        for text in [message.msgstr, *message.msgstr_plural.values()]:
            wanted = {tuple(holes(message.msgid)), tuple(holes(message.msgid_plural or message.msgid))}
            if text and tuple(holes(text)) not in wanted:
                lost.append((message.msgid, text))
    assert not lost, lost[:10]


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_compiled_catalogue_is_current(language: str) -> None:
    assert catalogues.po(language).with_suffix(".mo").read_bytes() == catalogues.compiled(language)


def test_russian_counts_by_its_own_rules() -> None:
    catalogue = polib.pofile(str(catalogues.po("ru")))
    plural = next(m for m in catalogue if m.msgid_plural and "%(n)" not in m.msgid)
    with translation.override("ru"):
        said = {ngettext(plural.msgid, plural.msgid_plural, n) for n in (1, 2, 5, 21)}
    assert not said & {plural.msgid, plural.msgid_plural}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs Debian's package gettext")
def test_the_catalogues_know_every_sentence_of_the_code(tmp_path: Path) -> None:
    kept = {language: catalogues.po(language).read_bytes() for language in catalogues.LANGUAGES}
    try:
        catalogues.collect()
        for language, before in kept.items():
            old = {(m.msgctxt, m.msgid) for m in polib.pofile(before.decode())}
            new = {(m.msgctxt, m.msgid) for m in polib.pofile(str(catalogues.po(language)))}
            assert new == old, f"run make messages: {sorted(map(str, new ^ old))[:10]}"
    finally:
        for language, before in kept.items():
            catalogues.po(language).write_bytes(before)


def test_no_alias_hides_a_sentence_from_the_collector() -> None:
    known = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
    aliased = re.compile(r"\b(?:n|p)?gettext(?:_lazy|_noop)? as (\w+)")
    hidden = [
        (path.name, match.group(1))
        for path in catalogues.PACKAGE.rglob("*.py")
        for match in aliased.finditer(path.read_text())
        if match.group(1) not in known
    ]
    assert not hidden
