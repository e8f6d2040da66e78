"""What an action of the log was, as a sentence for people. It asks nobody."""

from __future__ import annotations

from tui.text import _

DIRECT_OPEN = "file.open"


def action_sentence(action: str) -> str:
    """What happened when this was allowed; empty for an action that is not known here."""
    return _sentences().get(action, "")


def known_actions() -> tuple[str, ...]:
    """The actions that are known here, in the order of the alphabet."""
    return tuple(sorted(_sentences()))


def _sentences() -> dict[str, str]:
    return {
        "account.add": _("An account was made."),
        "account.agreement": _("A secrecy agreement was put on file."),
        "account.disable": _("An account was disabled."),
        "account.enable": _("An account was enabled again."),
        "account.grant": _("A role was given to an account."),
        "account.password": _("A password was set."),
        "account.revoke": _("A role was taken from an account."),
        "agent.start": _("The agent started."),
        "agent.stop": _("The agent stopped in good order."),
        "audit.export": _("Entries of the log were exported for an auditor."),
        "audit.read": _("The log was read."),
        "contact.enrich": _("What came later told more of a contact."),
        "contact.incomplete": _("Only one leg of a call has come."),
        "contact.join": _("The agent took in a further recording of a contact."),
        "contact.export": _("A recording was exported."),
        "contact.listen": _("A part of a recording was asked for, to be heard."),
        "contact.note": _("A note was written on a contact."),
        "contact.released": _("The asking for a recording ended: this is what was really released."),
        "contact.search": _("Contacts were searched for."),
        "contact.show": _("A contact was opened."),
        "contact.tag": _("A tag was put on a contact."),
        "contact.take_in": _("The agent took a recording in."),
        "contact.untag": _("A tag was taken off a contact."),
        "contact.waveform": _("The picture of a recording was drawn."),
        "file.open": _("A file was opened directly on the server, past the agent."),
        "intake.read": _("The intake was looked at."),
        "log.forget": _("Words that were typed in searches were erased beside the log, as the settings say."),
        "log.heartbeat": _("The log says that it goes on; nothing else happened."),
        "log.restored": _("The log was restored from a copy."),
        "log.verify": _("The whole log was checked."),
        "log.witness": _("A witness says that the log was cut, put back or rewritten."),
        "odd.acknowledge": _("Something odd was looked into and acknowledged."),
        "quarantine.add": _("A file that could not be taken in was put in quarantine."),
        "quarantine.end": _("A file left the quarantine."),
        "quarantine.export": _("A quarantined file was exported, as it came."),
        "quarantine.read": _("The quarantine was looked at."),
        "quarantine.retry": _("A quarantined file was read once more."),
        "search.forget": _("A saved search was forgotten."),
        "search.list": _("The saved searches were listed."),
        "search.save": _("A search was saved."),
        "sentry.counted": _("Opens that are expected by the settings were counted."),
        "sentry.late": _("Direct opens went on before their entries were written."),
        "sentry.difference": _("The two witnesses of opened files do not agree."),
        "sentry.gap": _("For a while nobody saw who opened files."),
        "sentry.start": _("The sentry began to watch the files."),
        "sentry.stop": _("The sentry stopped watching the files."),
        "session.begin": _("Somebody signed in."),
        "session.end": _("Somebody signed out."),
        "session.use": _("A session was used that is not valid."),
        "source.acknowledge": _("What recordings in place have become was acknowledged."),
        "source.changed": _("A recording was changed where its recorder keeps it."),
        "source.foreign": _("A file that is no recording lies among those that a recorder keeps."),
        "source.renamed": _("A recording was renamed where its recorder keeps it."),
        "source.returned": _("A recording is again what was taken in, where its recorder keeps it."),
        "source.silent": _("A recorder has been silent for too long of its office time."),
        "source.vanished": _("A recording is gone from where its recorder kept it."),
        "status.read": _("The state of the agent was looked at."),
        "unmatched.read": _("Calls without a recording, and recordings without a call, were looked at."),
    }
