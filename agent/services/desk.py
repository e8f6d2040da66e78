"""Everything that can be asked of the agent, behind one gate. The API holds one desk; so do commands on the server."""

from __future__ import annotations

from agent.access.sessions import Sessions
from agent.direct_opens.service import DirectOpens
from agent.forwarding.outside import Outside
from agent.installation import Installation
from agent.intake.loop import IntakeLoop
from agent.intake.pipeline import Pipeline, Taken
from agent.intake.recordings import Recordings
from agent.services.audit import Audit
from agent.services.audit_export import AuditExport
from agent.services.caller import Asking, Caller
from agent.services.contacts import Contacts
from agent.services.forgetting import Forgetting
from agent.services.gate import Gate
from agent.services.guards import Guards
from agent.services.health import Health
from agent.services.intake import IntakeDesk
from agent.services.listening import Listening
from agent.services.log_state import LogStates
from agent.services.news import News
from agent.services.odd.desk import OddDesk
from agent.services.scans import Scans
from agent.services.sessions import MINUTE_MS, SessionDesk
from agent.services.unmatched import UnmatchedDesk


class Desk:
    def __init__(self, house: Installation) -> None:
        idle_ms = round(house.settings.session_idle_minutes * MINUTE_MS)
        self.house = house
        self.gate = Gate(house, Sessions(idle_ms=idle_ms, now_ms=house.now_ms))
        self.sessions = SessionDesk(self.gate)
        self.contacts = Contacts(self.gate)
        self.listening = Listening(self.gate, self.contacts, Recordings(house))
        self.audit = Audit(self.gate)
        self.audit_export = AuditExport(self.gate)
        self.odd = OddDesk(self.gate)
        self.forgetting = Forgetting(house)
        self.outside = Outside(house)
        self.direct_opens = DirectOpens(house)
        self.guards = Guards(witnesses=self.outside.witness_states, sentry=self.direct_opens.state)
        self.log_states = LogStates(self.gate, self.odd, self.guards)
        self.news = News()
        self.pipeline = Pipeline(house)
        self.loop = IntakeLoop(house, self.pipeline, self._taken)
        self.intake = IntakeDesk(self.gate, self.pipeline, self.loop, self.news)
        self.scans = Scans(house, self.news)
        self.unmatched = UnmatchedDesk(self.gate, self.pipeline.calls)
        self.health = Health(self.gate, self.loop, self.outside, self.direct_opens)
        house.register.after_commit.append(self._written)

    def _taken(self, taken: Taken) -> None:
        if taken.contact_id is not None:
            self.news.publish("contacts", taken.account)
        self.news.publish("intake")

    def _written(self) -> None:
        self.news.publish("audit")

    def caller(self, asking: Asking, *, is_use: bool = True) -> Caller:
        """The person who asks; see `Gate.caller`."""
        return self.gate.caller(asking, is_use=is_use)
