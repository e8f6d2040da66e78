"""What an installation holds, as tests compare it: contacts, quarantine, files in the vault, the verdict of verify."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.audit.verify import Report, Verification
from agent.installation import Installation, checkpoint_file, vault_folder
from agent.intake.in_place import InPlaceFiles
from db.queries import contacts, quarantine, removals
from db.records import ContactRecord, QuarantineRecord, RemovalRecord

EVERYTHING = 500


@dataclass(frozen=True)
class Stored:
    contacts: list[ContactRecord]
    quarantined: list[QuarantineRecord]
    removals: list[RemovalRecord]

    @property
    def sha256s(self) -> list[bytes]:
        """Of everything that was sealed, sorted, as often as it is there."""
        items = [item.sha256 for item in self.quarantined if item.sha256 is not None]
        return sorted([recording.sha256 for contact in self.contacts for recording in contact.recordings] + items)

    @property
    def sealed_ids(self) -> set[str]:
        items = {item.id for item in self.quarantined if item.wrapped_key is not None}
        return {recording.id for contact in self.contacts for recording in contact.recordings} | items


def stored(house: Installation) -> Stored:
    wanted = contacts.ContactFilter()
    with house.register.read():
        return Stored(
            contacts.page(wanted, sort="-started_at", offset=0, limit=EVERYTHING),
            quarantine.open_items(offset=0, limit=EVERYTHING, up_to_ms=None),
            removals.pending(),
        )


def verified(house: Installation, *, recordings: bool = True) -> Report:
    verifier = house.log.signer.verifier
    beside, in_place = checkpoint_file(house.settings), InPlaceFiles(house).check
    checking = Verification(house.register, verifier, house.vault, beside, in_place=in_place)
    return checking.run(recordings=recordings)


def findings(house: Installation) -> list[str]:
    """What is broken, in words."""
    return [str(finding) for finding in verified(house).findings]


def vault_files(house: Installation) -> list[Path]:
    """Every file in the vault, proven or not."""
    return sorted(found for found in vault_folder(house.settings).rglob("*") if found.is_file())


def spool_files(folder: Path) -> list[Path]:
    return sorted(found for found in folder.rglob("*") if not found.is_dir() or found.is_symlink())
