"""A customer's number, as a recorder wrote it, made into E.164; or the reason why it cannot be.

It owns what counts as withheld, what as internal, and the reading through `phonenumbers`. It guesses nothing:
a text with anything in it but digits and the marks that people put between them is kept as it stood, with a
problem. A number need only be possible (its length), not assigned: ranges for tests and fiction are not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote

import phonenumbers
from phonenumbers import (
    CountryCodeSource,
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
)

WITHHELD = frozenset({"", "unknown", "anonymous", "restricted", "noremoteparty", "null"})
"""What recorders write in place of a secret number, in lower case."""
EXTENSION_DIGITS = 5
"""A number of at most so many digits is internal."""
SAID_LIMIT = 200

_WRITTEN = re.compile(r"\+?[0-9][0-9 \u00a0\u202f()./-]*|\+[0-9 ()./-]+")
_MARKS = re.compile(r"[ \u00a0\u202f()./-]")
_URI = re.compile(r"(?:sips?|tel):([^@;]*)(?:[@;].*)?", re.IGNORECASE | re.DOTALL)
"""RFC 3261 and RFC 3966, as SIP recorders write a party."""


@dataclass(frozen=True, slots=True)
class Number:
    e164: str | None
    withheld: bool
    said: str
    """The text as it stood there."""
    problem: str = ""
    """Why it is no number of a customer; empty when it is one, or withheld."""


def read_number(
    said: str, *, country: str, withheld_words: Collection[str] = (), extensions: Collection[str] = ()
) -> Number:
    """Read a customer's number.

    Args:
        said: As the recorder wrote it: `0701…`, `0046 701 …`, `+46…`, `%2B46…`, a SIP address, or a withheld
        word. country: ISO 3166 code, for numbers that are written without one. withheld_words: Words of the
        source that stand for a secret number, beside the known ones. extensions: The internal numbers that
        are configured.
    """
    said = said[:SAID_LIMIT]
    written = _written(said)
    if written.casefold() in WITHHELD or written.casefold() in {word.strip().casefold() for word in withheld_words}:
        return Number(None, True, said)
    if is_extension(written, extensions):
        return Number(None, False, said, "an internal number, not a customer's")
    if not _WRITTEN.fullmatch(written):
        return Number(None, False, said, "not a telephone number")
    digits = _MARKS.sub("", written)
    number = _possible("+" + digits[2:] if digits.startswith("00") else digits, country)
    if number is None:
        return Number(None, False, said, "no possible telephone number, or one whose country is not certain")
    return Number(phonenumbers.format_number(number, PhoneNumberFormat.E164), False, said)


def is_extension(said: str, extensions: Collection[str] = ()) -> bool:
    """Tell whether a text is an internal number: a configured one, or one of few digits."""
    said = said.strip()
    return said in extensions or (said.isascii() and said.isdigit() and len(said) <= EXTENSION_DIGITS)


def _written(said: str) -> str:
    text = unquote(said).strip()
    uri = _URI.fullmatch(text)
    return uri[1].strip() if uri else text


def _possible(digits: str, country: str) -> PhoneNumber | None:
    """The number that these digits stand for, if they stand for only one."""
    if digits.startswith("+"):
        return _parsed(digits, None)
    metadata = PhoneMetadata.metadata_for_region(country)
    national = _parsed(digits, country)
    prefix = (metadata.national_prefix or "") if metadata else ""
    if not prefix.startswith("0") or digits.startswith("0"):
        return national
    # Without the zero that this country puts in front it can be national or, without its plus, international.
    if national is not None and (_has_country_code(national) or phonenumbers.is_valid_number(national)):
        return national
    international = _parsed("+" + digits, None)
    if international is not None and phonenumbers.is_valid_number(international):
        return international
    return None


def _has_country_code(number: PhoneNumber) -> bool:
    return bool(number.country_code_source == CountryCodeSource.FROM_NUMBER_WITHOUT_PLUS_SIGN)


def _parsed(digits: str, country: str | None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(digits, country, keep_raw_input=True)
    except NumberParseException:
        return None
    is_possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if is_possible else None
