"""The agent's side of a witness: hand it each new head, check its cosignature, keep it; say when it refuses.

A witness that is behind is given a proof from the size that it names. One that has seen more entries than there are, or
another beginning, says that this log was cut, rolled back or rewritten: that is an entry (`log.witness`, failed), once
for each finding, and stays in `trouble`. An ordinary cosignature is no entry; it would call for the next one.
"""

from __future__ import annotations

from agent.audit import tree
from agent.audit.checkpoint import CheckpointInvalid
from agent.audit.cosignature import COSIGNATURE, Cosigned, check_cosigned
from agent.audit.entry import AGENT, Draft
from agent.audit.log import AccessLog
from agent.audit.note import Note, NoteInvalid, VerifierKey, read_checkpoint, read_note, read_signatures, tree_size
from agent.audit.submission import ADD_CHECKPOINT, REFUSAL_HEADER, Submission
from agent.errors import WrongUse
from agent.forwarding.delivery import NotDelivered, Patience
from agent.forwarding.exchange import Answer, Exchange, over_command, over_socket, over_url
from agent.installation import Installation
from agent.settings import WitnessSettings
from agent.wire import Outcome
from db.queries import log as stored
from db.queries import witness as witnessed
from db.records import CosignatureRecord

ATTEMPTS = 3
"""A witness names the size that it holds; it may move once more meanwhile."""
FORKED, INCONSISTENT, SHRANK = "forked", "inconsistent", "shrank"
_OK, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _UNPROCESSABLE = 200, 403, 404, 409, 422


class Witnessing:
    """One witness of one log.

    Args:
        house: Whose log.
        settings: Which witness.

    Raises:
        WrongUse: the settings hold no key of a witness.
    """

    def __init__(self, house: Installation, settings: WitnessSettings) -> None:
        self._house = house
        self._name = settings.name
        try:
            self._key = VerifierKey.read(settings.vkey)
            if self._key.type != COSIGNATURE:
                raise NoteInvalid("the key of a log, not of a witness")
        except NoteInvalid as error:
            raise WrongUse(what=f"witness {settings.name}: vkey: {error}") from error
        self._ask = exchange_of(settings)

    def carry(self, patience: Patience) -> bool:
        """Have the newest head cosigned, unless it is. See `agent.forwarding.delivery.Carry`."""
        with self._house.register.read():
            newest = stored.newest_checkpoint()
            last = witnessed.newest_cosignature(self._name)
        if newest is None or (last is not None and last.note == newest.note):
            return False
        seen_size = last.size if last else 0
        for _attempt in range(ATTEMPTS):
            submission = self._submission(seen_size)
            answer = self._ask(ADD_CHECKPOINT, submission.body, patience)
            if answer.status == _OK:
                self._keep(submission.note, answer)
                return False
            seen_size = self._size_after(answer, submission)
        raise NotDelivered("it names another size each time")

    def _submission(self, seen_size: int) -> Submission:
        """The newest head, with its proof from what the witness has seen.

        Raises:
            NotDelivered: it has seen more than there is, or the head is none.
        """
        with self._house.register.read():
            newest = stored.newest_checkpoint()
            assert newest is not None
            try:
                note = read_note(newest.note)
                checkpoint = read_checkpoint(note.text)
            except (NoteInvalid, CheckpointInvalid) as error:
                raise NotDelivered("the newest head in the register is damaged; run earwitness-agent verify") from error
            if seen_size <= checkpoint.size:
                return Submission(seen_size, self._proof(seen_size, checkpoint.size), note, checkpoint)
        raise self._alarm(SHRANK, seen_size, checkpoint.size)

    @staticmethod
    def _proof(old: int, size: int) -> tuple[bytes, ...]:
        return tuple(tree.consistency_proof(old, size, AccessLog.node)) if old else ()

    def _size_after(self, answer: Answer, submission: Submission) -> int:
        """The size that the witness holds, when that is why it did not cosign.

        Raises:
            NotDelivered: it refuses for another reason.
        """
        if answer.status == _CONFLICT:
            try:
                return tree_size(answer.body.decode("ascii").removesuffix("\n"))
            except (NoteInvalid, UnicodeDecodeError) as error:
                raise NotDelivered("it holds another size and does not say which") from error
        if answer.status == _UNPROCESSABLE:
            word = FORKED if answer.headers.get(REFUSAL_HEADER.lower()) == FORKED else INCONSISTENT
            raise self._alarm(word, submission.old_size, submission.checkpoint.size)
        raise NotDelivered(_WORDS.get(answer.status, f"it does not cosign (status {answer.status})"))

    def _keep(self, note: Note, answer: Answer) -> None:
        try:
            cosigned = self._cosigned(note, answer)
        except (NoteInvalid, UnicodeDecodeError) as error:
            raise NotDelivered("it answers with a cosignature that its key has not made") from error
        record = CosignatureRecord(
            self._name, read_checkpoint(note.text).size, cosigned.time_s * 1000, str(note), str(cosigned.line)
        )

        def job() -> None:
            witnessed.add_cosignature(record)
            witnessed.end_refusals(self._name)

        self._house.register.write(job)

    def _cosigned(self, note: Note, answer: Answer) -> Cosigned:
        return check_cosigned(Note(note.text, read_signatures(answer.body.decode("utf-8"))), self._key)

    def _alarm(self, word: str, seen_size: int, size: int) -> NotDelivered:
        """Say in the log, once, that the witness contradicts it; what to say to people."""
        detail: dict[str, str | int | None] = {"witness": self._name, "seen": seen_size, "size": size}

        def job() -> None:
            if witnessed.add_refusal(self._name, word, seen_size, self._house.now_ms()):
                self._house.log.append(Draft(AGENT, "log.witness", Outcome.FAILED, reason=word, detail=detail))

        self._house.register.write(job)
        return NotDelivered(_ALARMS[word].format(seen=seen_size, size=size))


_WORDS = {
    400: "it cannot read what it is given",
    _FORBIDDEN: "it holds another key of this log; see earwitness-witness add-log",
    _NOT_FOUND: "it does not know this log; give it the log's verifier key with earwitness-witness add-log",
    500: "it has lost what it remembered of this log; see earwitness-witness show",
    503: "it is busy",
    507: "it cannot keep anything: its disk is full or read-only",
}
_ALARMS = {
    SHRANK: "ALARM: it has seen {seen} entries of this log and there are {size}: it was cut or rolled back",
    FORKED: "ALARM: it has seen another head of {seen} entries: this log was rewritten",
    INCONSISTENT: "ALARM: the first {seen} entries that it has seen are not the beginning of the {size} there are",
}


def exchange_of(settings: WitnessSettings) -> Exchange:
    """The way to a witness."""
    if settings.command:
        return over_command(settings.command)
    if settings.socket:
        return over_socket(settings.socket)
    return over_url(settings.url or "")
