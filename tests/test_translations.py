"""The Swedish and Finnish catalogues: complete, true to the source, and safe to fill."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from babel.messages.catalog import Message

from tests.translations import DOMAINS, LANGUAGES, ROOT, Domain, compiled, forms, merged, template, written
from tui.query_terms import CONTACT_TERMS, LOG_TERMS

CATALOGUES = pytest.mark.parametrize(
    ("domain", "language"),
    [pytest.param(domain, language, id=f"{domain.name}-{language}") for domain in DOMAINS for language in LANGUAGES],
)

RENEW = "make translations renews the catalogues; then translate what is new"


def pairs(domain: Domain, language: str) -> Iterator[tuple[str, str]]:
    """Each message with its translation, each plural form by itself."""
    for message in merged(domain, language):
        if message.id:
            yield from zip(forms(message.id), forms(message.string), strict=True)


def different(domain: Domain, language: str, aspect: Callable[[str], object]) -> list[tuple[str, str]]:
    """The translations that differ from their message in something that must not differ."""
    return [(said, meant) for said, meant in pairs(domain, language) if meant and aspect(said) != aspect(meant)]


# --- complete ------------------------------------------------------------------------------------------------


@CATALOGUES
def test_every_message_is_translated_and_looked_at(domain: Domain, language: str) -> None:
    messages: list[Message] = [message for message in merged(domain, language) if message.id]
    undone = [message.id for message in messages if message.fuzzy or not all(forms(message.string))]
    assert not undone, RENEW


@CATALOGUES
def test_both_plural_forms_are_there(domain: Domain, language: str) -> None:
    catalog = merged(domain, language)
    assert catalog.num_plurals == 2
    assert not [message.id for message in catalog if message.pluralizable and len(forms(message.string)) != 2]


@CATALOGUES
def test_the_catalogue_holds_what_the_source_says_and_nothing_else(domain: Domain, language: str) -> None:
    assert domain.po(language).read_bytes() == written(merged(domain, language)), RENEW


@CATALOGUES
def test_what_is_read_at_run_time_is_the_compilation_of_what_is_translated(domain: Domain, language: str) -> None:
    assert domain.mo(language).read_bytes() == compiled(merged(domain, language)), RENEW


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_every_word_in_the_source_reaches_the_catalogue(domain: Domain) -> None:
    """Neither a variable nor a call inside an f-string is extracted; the template of an error is marked elsewhere."""
    found = {(message.context, text) for message in template(domain) for text in forms(message.id)}
    lost = [call for call in calls(domain) if not said_in(call) <= found]
    assert [ast.unparse(call) for call in lost] == ["_(type(error).sentence)"]


# --- true ----------------------------------------------------------------------------------------------------


@CATALOGUES
def test_placeholders_are_the_same(domain: Domain, language: str) -> None:
    assert not different(domain, language, lambda text: Counter(re.findall(r"\{[^{}]*\}|%\([a-z]+\)s|%[sd]", text)))


@CATALOGUES
def test_options_and_query_terms_keep_their_names(domain: Domain, language: str) -> None:
    terms = "|".join({term.example.partition(":")[0] for term in CONTACT_TERMS + LOG_TERMS if ":" in term.example})
    names = re.compile(rf"--[a-z][a-z-]*|\b(?:{terms}):(?=\S)|[A-Z]+_[A-Z]+|\bctrl\+.|\bF\d+\b")
    assert not different(domain, language, lambda text: Counter(names.findall(text)))


@CATALOGUES
def test_brackets_that_could_be_markup_are_the_same(domain: Domain, language: str) -> None:
    assert not different(domain, language, lambda text: re.findall(r"\[[^\]]*\]?", text))


@CATALOGUES
def test_blanks_and_lines_at_both_ends_are_the_same(domain: Domain, language: str) -> None:
    assert not different(domain, language, lambda text: re.findall(r"^[ \n\t]*|[ \n\t]*$", text))


@CATALOGUES
def test_a_sentence_ends_as_a_sentence_and_a_label_as_a_label(domain: Domain, language: str) -> None:
    def ending(text: str) -> str:
        is_abbreviation = text.endswith(".") and len(text) < 5
        return "" if is_abbreviation or text[-1] not in ".:?!…;" else text[-1]

    assert not different(domain, language, ending)


@CATALOGUES
def test_paragraphs_and_blocks_that_are_not_rewrapped_are_the_same(domain: Domain, language: str) -> None:
    assert not different(domain, language, lambda text: (text.count("\n"), text.count("\n\n"), text.count("\b\n")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_both_programs_say_is_translated_the_same(language: str) -> None:
    people, server = (dict(pairs(domain, language)) for domain in DOMAINS)
    assert not {text for text in people.keys() & server.keys() if people[text] != server[text]}


# --- the words in the source -----------------------------------------------------------------------------------


def calls(domain: Domain) -> Iterator[ast.Call]:
    """Each call that looks a word up, also where Babel does not see it."""
    for name, file in domain.files():
        if name.startswith("click/"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_call_of_name = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call_of_name and node.func.id in ("_", "ngettext", "pgettext"):
                yield node


def said_in(call: ast.Call) -> set[tuple[str | None, str | None]]:
    """The messages of a call with their context; None for one that is not literal."""
    texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in call.args]
    function = call.func.id if isinstance(call.func, ast.Name) else ""
    if function == "pgettext":
        return {(texts[0], texts[1])}
    return {(None, text) for text in (texts[:2] if function == "ngettext" else texts[:1])}


def test_the_programs_look_where_the_catalogues_lie() -> None:
    from agent.cli import text as server
    from tui import text as people

    for domain, module in zip(DOMAINS, (people, server), strict=True):
        assert (domain.name, domain.locale) == (module.DOMAIN, module.LOCALE_DIR)
        assert set(module.LANGUAGES) == {"en", *LANGUAGES}
    assert all(domain.locale.is_relative_to(ROOT) for domain in DOMAINS)
