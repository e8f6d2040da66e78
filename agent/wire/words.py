"""The words that are fixed on the wire."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    ADVISER = "adviser"
    MANAGER = "manager"
    CONTROLLER = "controller"
    ADMINISTRATOR = "administrator"
    MAINTENANCE = "maintenance"
    SECURITY = "security"
    DPO = "dpo"


class Capability(StrEnum):
    CONTACT_SEARCH = "contact.search"
    CONTACT_SHOW = "contact.show"
    CONTACT_LISTEN = "contact.listen"
    CONTACT_EXPORT = "contact.export"
    CONTACT_ANNOTATE = "contact.annotate"
    AUDIT_READ = "audit.read"
    INTAKE_READ = "intake.read"
    QUARANTINE_RETRY = "quarantine.retry"
    QUARANTINE_EXPORT = "quarantine.export"
    SOURCE_ACKNOWLEDGE = "source.acknowledge"
    STATUS_READ = "status.read"


class Purpose(StrEnum):
    """Why a recording is opened: the list of the privacy notice, section 5."""

    COMMISSION = "commission"
    """Checking a commission that the customer gave."""
    COMPLAINT = "complaint"
    """Proving what was said, for instance in a complaint."""
    QUALITY = "quality"
    """Securing the quality of the service."""
    TRAINING = "training"
    """Training the staff of the customer service."""
    PLANNING = "planning"
    """Planning and developing the customer service."""
    SURVEY = "survey"
    """A survey that measures the quality of contacts."""


class Medium(StrEnum):
    CALL = "call"
    EMAIL = "email"
    CHAT = "chat"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Outcome(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"


class ContactSort(StrEnum):
    """Order of a search; a leading minus is downwards."""

    NEWEST = "-started_at"
    OLDEST = "started_at"
    LONGEST = "-duration"
    SHORTEST = "duration"
    ADVISER = "adviser"
    SERVICE = "service"
