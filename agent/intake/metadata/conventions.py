"""Which reader a source's convention stands for: one module for each, here is only the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.intake.metadata import (
    encoded,
    freepbx,
    freeswitch,
    issabel,
    oreka,
    pattern,
    plain,
    puzzel,
    rtpengine,
    threecx,
    vicidial,
    wazo,
)
from agent.intake.metadata.name import IsOurs, NameFacts
from agent.settings import Source
from agent.wire import Direction

Reader = Callable[[str, IsOurs], NameFacts]

READERS: Mapping[str, Reader] = {
    "freepbx": freepbx.read_name,
    "issabel": issabel.read_name,
    "freeswitch": freeswitch.read_name,
    "vicidial": vicidial.read_name,
    "oreka": oreka.read_name,
    "rtpengine": rtpengine.read_name,
    "wazo": wazo.read_name,
    "3cx": threecx.read_name,
    "puzzel": puzzel.read_name,
    "encoded": encoded.read_name,
    "plain": plain.read_name,
}
"""`pattern` has no reader of its own: its template is the source's."""

LEGS: Mapping[str, tuple[str, ...]] = {"puzzel": puzzel.LEGS}
"""Whose each channel is, of recorders that always write them so."""


def read_name(source: Source, relative_name: str, is_ours: IsOurs) -> NameFacts:
    """Read a name by the convention of its source.

    Args:
        source: Whose spool the file lies in.
        relative_name: Below that; text, without surrogates.
        is_ours: Tells whether a party is a telephone, a queue or a number of the house.
    """
    if source.pattern is None:
        return READERS[source.convention](relative_name, is_ours)
    missing = {word.casefold() for word in source.missing} | oreka.MISSING
    directions = {word.casefold(): Direction(way) for word, way in source.directions.items()}
    return pattern.read_name(relative_name, is_ours, source.pattern, missing, directions)


def legs_of(source: Source, channels: int) -> tuple[str, ...]:
    """Whose each channel of a recording is; empty when nothing says."""
    stated = tuple(source.legs) or LEGS.get(source.convention, ())
    return stated if len(stated) == channels > 1 else ()
