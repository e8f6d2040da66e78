"""What is known of a call, and from where: sidecar, file name, call record, tags and file time merged into one answer.

It owns the shape of the answer and `attention`, which names what is missing or odd. It invents nothing: what
stays unknown is None. What is believed over what, see `agent.intake.metadata.evidence`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from agent.intake.metadata.evidence import SAMPLES, Evidence, RecordOf
from agent.intake.tags import Tags
from agent.intake.wav import WavHeader
from agent.settings import Settings, Source
from agent.wire import Direction, Provenance


@dataclass(frozen=True, slots=True)
class CallFacts:
    started_at: datetime
    """In UTC."""
    number: str | None
    """The customer's, E.164."""
    withheld: bool
    direction: Direction | None
    extension: str | None
    adviser_name: str | None
    adviser_account: str | None
    service: str | None
    call_id: str | None
    """The recorder's own name of the call, by which a call record (CDR) is joined."""
    call_key: str | None
    """The same for all files of one source that are legs, or the mix, of one call; see `NameFacts`."""
    leg: str
    """Which of these files it is: `in`, `out`, an SSRC; empty for a mix, and for a file that is the whole call."""
    legs: tuple[str, ...]
    """Whose each channel is, `adviser` or `caller`; empty when nothing says."""
    strangers: tuple[str, ...] | None
    """Who in the file name is none of the house, as it stands there; None when the name does not say who took part."""
    attention: str | None
    """Which facts are missing or odd, in English and without text from outside; None when all is well."""
    provenance: Mapping[str, Provenance]
    """What each of `started_at`, `duration`, `number`, `direction`, `extension`, `adviser`, `service` and, where known,
    `legs` was read from; under `sidecar`, `name` and `tags` what is wrong with the whole of these, if anything is."""


def facts_of(
    source: Source,
    settings: Settings,
    relative_name: str,
    sidecar: bytes | None,
    header: WavHeader,
    tags: Tags,
    file_mtime: datetime,
    record_of: RecordOf | None = None,
) -> CallFacts:
    """Merge everything that is known of a recording.

    It reads nothing but its arguments, so that it can be asked again when a sidecar or a call record comes later.

    Args:
        source: The spool it lay in.
        settings: For advisers and services.
        relative_name: Below the spool, with surrogates for bytes that are not UTF-8.
        sidecar: The content of its sidecar, at most `SIDECAR_LIMIT_BYTES` + 1; None when it has none.
        header: Of the recording.
        tags: Its ID3 texts.
        file_mtime: When the file was last written, with a zone.
        record_of: What the telephone system's own records say of a call, by the recorder's name of it.
    """
    evidence = Evidence.gather(source, settings, relative_name, sidecar, header, tags, record_of)
    started_at, started = evidence.started_at(file_mtime)
    direction, directed = evidence.direction()
    extension, extended = evidence.extension(direction)
    number, numbered = evidence.number(direction)
    local = evidence.local(started_at)
    adviser, advised = evidence.adviser(extension, local)
    service, served = evidence.service(direction, adviser, local)
    legs, divided = evidence.legs()
    provenance = {
        "started_at": started,
        "duration": Provenance(read_from=SAMPLES, problem=header.interrupted),
        "number": numbered,
        "direction": directed,
        "extension": extended,
        "adviser": advised,
        "service": served,
        **({"legs": divided} if legs else {}),
        **evidence.troubles(),
    }
    strangers = evidence.strangers()
    if number.withheld:
        provenance = {field: _without(origin, strangers or ()) for field, origin in provenance.items()}
    is_internal = evidence.name.is_internal
    missing = {
        "direction": direction is None and not is_internal,
        "number": number.e164 is None and not number.withheld and not is_internal,
        "adviser": adviser is None,
        "service": service is None,
    }
    return CallFacts(
        started_at=started_at,
        number=number.e164,
        withheld=number.withheld,
        direction=direction,
        extension=extension,
        adviser_name=adviser.name if adviser else None,
        adviser_account=adviser.account if adviser else None,
        service=service,
        call_id=evidence.name.call_id or evidence.sidecar.texts.get("call_id") or None,
        call_key=evidence.name.call_key,
        leg=evidence.name.leg,
        legs=legs,
        strangers=strangers,
        attention=_attention([field for field, is_missing in missing.items() if is_missing], provenance),
        provenance=MappingProxyType(provenance),
    )


def _without(origin: Provenance, strangers: tuple[str, ...]) -> Provenance:
    """A provenance that does not say a withheld number, which may stand where another party is expected."""
    return origin.model_copy(update={"said": "withheld"}) if origin.said in strangers else origin


def _attention(missing: list[str], provenance: Mapping[str, Provenance]) -> str | None:
    parts = ["not known: " + ", ".join(missing)] if missing else []
    odd = {"start": "started_at", "sidecar": "sidecar", "tags": "tags"}
    parts += [f"{word}: {provenance[key].problem}" for word, key in odd.items() if _has_problem(provenance, key)]
    return "; ".join(parts) or None


def _has_problem(provenance: Mapping[str, Provenance], key: str) -> bool:
    return key in provenance and bool(provenance[key].problem)
