"""The catalogues of translations: extracted from the source, merged with what is translated, compiled.

    python -m tests.translations update

A new message comes out empty, a changed one fuzzy; `tests/test_translations.py` fails until both are seen to.
What is no longer said is dropped. Messages are sorted and carry neither line numbers nor dates, so that a
difference between two versions of a catalogue is a difference of words. The glossary at the head of each
catalogue is kept as it stands.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LANGUAGES = ("sv", "fi")
KEYWORDS = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}

CLICK = Path(click.__file__).parent
CLICK_SPEAKS = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
"""Click's modules whose words a person can meet; both commands let it look them up in their own catalogue."""

UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""In place of the dates that Babel would write: they are in the history already."""
NOT_KEPT = (b'"POT-Creation', b'"PO-Revision', b'"Last-Translator', b'"Language-Team', b'"Report-', b'"Generated-By')
"""Lines of the header that change by themselves or say nothing."""
LINE_CELLS = 110


@dataclass(frozen=True)
class Domain:
    """The words of one program."""

    name: str
    locale: Path
    sources: tuple[str, ...]
    """Patterns of files below the root."""

    def po(self, language: str) -> Path:
        return self.locale / language / "LC_MESSAGES" / f"{self.name}.po"

    def mo(self, language: str) -> Path:
        return self.po(language).with_suffix(".mo")

    def files(self) -> Iterator[tuple[str, Path]]:
        """Each source with the name that the catalogue gives it."""
        for pattern in self.sources:
            for file in sorted(ROOT.glob(pattern)):
                yield file.relative_to(ROOT).as_posix(), file
        for module in CLICK_SPEAKS:
            yield f"click/{module}.py", CLICK / f"{module}.py"


DOMAINS = (
    Domain("earwitness", ROOT / "tui" / "locale", ("tui/**/*.py", "agent/errors.py")),
    Domain(
        "earwitness-agent", ROOT / "agent" / "locale", ("agent/cli/**/*.py", "agent/witness/*.py", "agent/errors.py")
    ),
)


def template(domain: Domain) -> Catalog:
    """Every message that the source holds, untranslated."""
    found = Catalog()
    for name, message, context in _extracted(domain):
        found.add(message, locations=[(name, 0)], context=context)
    return found


@cache
def _extracted(domain: Domain) -> list[tuple[str, str | tuple[str, ...], str | None]]:
    """Each message with its file and its context; the source stays as it is while a process runs."""
    return [
        (name, message, context)
        for name, file in domain.files()
        for _line, message, _comments, context in extract_from_file("python", file, keywords=KEYWORDS)
    ]


def kept(domain: Domain, language: str) -> Catalog:
    """The catalogue as it lies there; an empty one when there is none."""
    file = domain.po(language)
    if not file.exists():
        return Catalog(locale=language, header_comment="#", fuzzy=False)
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def merged(domain: Domain, language: str) -> Catalog:
    """The kept translations of the messages that the source holds now."""
    catalog = kept(domain, language)
    catalog.update(template(domain))
    catalog.project, catalog.version = domain.name, ""
    catalog.creation_date = catalog.revision_date = UNDATED
    return catalog


def written(catalog: Catalog) -> bytes:
    """A catalogue as a .po file."""
    file = io.BytesIO()
    write_po(file, catalog, width=LINE_CELLS, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return b"".join(line for line in file.getvalue().splitlines(True) if not line.startswith(NOT_KEPT))


def compiled(catalog: Catalog) -> bytes:
    """A catalogue as a .mo file."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def update() -> None:
    """Write every catalogue anew, and say what is left to do."""
    for domain in DOMAINS:
        for language in LANGUAGES:
            catalog = merged(domain, language)
            domain.po(language).parent.mkdir(parents=True, exist_ok=True)
            domain.po(language).write_bytes(written(catalog))
            domain.mo(language).write_bytes(compiled(catalog))
            fuzzy = sum(message.fuzzy for message in catalog if message.id)
            empty = sum(not all(forms(message.string)) for message in catalog if message.id)
            sys.stdout.write(f"{domain.name} {language}: {len(catalog)} messages, {empty} empty, {fuzzy} fuzzy\n")


def forms(words: str | tuple[str, ...]) -> tuple[str, ...]:
    """A message or its translation, each of its plural forms."""
    return words if isinstance(words, tuple) else (words,)


if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        sys.exit("python -m tests.translations update")
    update()
