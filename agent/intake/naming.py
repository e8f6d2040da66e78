"""By what later arrivals find a recording: digests of its name and of its call, which say neither.

They are HMACs under the log's key, bound to the source.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.audit.log import AccessLog
from agent.intake.metadata.sidecar import sidecars_of
from agent.settings import Source


def name_digest(log: AccessLog, source: Source, relative_name: str) -> str:
    """Of a recording's name without its suffix."""
    return name_digest_of_stem(log, source, stem_of(relative_name))


def name_digest_of_stem(log: AccessLog, source: Source, stem: str) -> str:
    return log.digest("arrival", f"{source.name}\0{stem}")


def call_digest(log: AccessLog, source: Source, call_key: str | None) -> str | None:
    return None if call_key is None else log.digest("call", f"{source.name}\0{call_key}")


def stem_of(relative_name: str) -> str:
    """A name without its last suffix; the dot of a folder or of a hidden file begins none."""
    folders, slash, name = relative_name.rpartition("/")
    stem, dot, _suffix = name.rpartition(".")
    return folders + slash + (stem if dot and stem else name)


def stems_beside(sidecar_name: str) -> Iterator[str]:
    """The stems of recordings that a sidecar may belong to, the more exact first: `a.wav.json` and `a.json`."""
    stem = stem_of(sidecar_name)
    yield stem_of(stem)
    if stem_of(stem) != stem:
        yield stem


def is_beside(sidecar_name: str, relative_name: str) -> bool:
    return sidecar_name in sidecars_of(relative_name)
