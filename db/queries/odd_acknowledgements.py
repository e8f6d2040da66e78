"""Who looked into which finding, and what they remarked."""

from __future__ import annotations

from db.models import OddAcknowledgement
from db.queries.reading import asked
from db.records import AcknowledgementRecord


def add(record: AcknowledgementRecord) -> None:
    OddAcknowledgement.insert(
        finding=record.finding,
        at_ms=record.at_ms,
        account=record.account,
        newest_seq=record.newest_seq,
        remark=record.remark,
    ).execute()


def newest() -> dict[str, AcknowledgementRecord]:
    """Of each finding the acknowledgement that came last."""
    rows = asked(
        "SELECT finding, at_ms, account, newest_seq, remark FROM odd_acknowledgement"
        " WHERE id IN (SELECT MAX(id) FROM odd_acknowledgement GROUP BY finding)"
    )
    return {str(row[0]): AcknowledgementRecord(*row) for row in rows}
