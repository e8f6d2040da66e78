"""Where our fields stand in the sidecars of recorders that are known: data only, places in the order of belief.

A place is a path with dots (see `agent.intake.metadata.sidecar`). Sources: the makers' own documentation of these
files. What a recorder writes but what means nothing certain is not in here: Webex masks the customer among the
`participants`, and its `callType` tells main call from consultation, not the direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Places = Mapping[str, tuple[str, ...]]

_OWN: Places = {
    "started_at": ("started_at",),
    "number": ("number",),
    "caller": ("caller",),
    "called": ("called",),
    "direction": ("direction",),
    "adviser": ("adviser", "agent"),
    "extension": ("extension",),
    "service": ("service",),
    "queue": ("queue",),
    "queue_name": ("queue_name",),
    "call_id": ("call_id",),
    "channel1": ("channel1",),
    "channel2": ("channel2",),
}

_PUZZEL: Places = {
    "started_at": ("**.Session.startTime", "**.Session.start_time", "**.Session.start"),
    "number": ("**.Request.0.remoteAddress",),
    "called": ("**.Session.accessNumber", "**.Session.access_number"),
    "queue": ("**.Request.0.queue_key", "**.Request.0.queueKey"),
    "queue_name": ("**.Request.0.queue_description", "**.Request.0.queueDescription", "**.Request.0.description"),
    "call_id": ("**.Session.sessionID", "**.Session.sessionId", "**.Session.session_id"),
}

_GENESYS: Places = {
    "started_at": ("startTime", "mediaFiles.0.startTime"),
    "caller": ("callerPhoneNumber", "mediaFiles.0.callerPhoneNumber"),
    "called": ("dialedPhoneNumber", "mediaFiles.0.dialedPhoneNumber"),
}

_WEBEX: Places = {
    "started_at": ("startTime", "attributes.startTime"),
    "channel1": ("channel1", "attributes.channel1"),
    "channel2": ("channel2", "attributes.channel2"),
}

_SINCH: Places = {
    "started_at": ("Agent.ConnectedToAgentTimestamp",),
    "number": ("CustomerEndpoint.Address",),
    "adviser": ("Agent.Username",),
    "queue_name": ("Attributes.QueueName",),
}

_BCR: Places = {
    "started_at": ("timestamp_unix_ms",),
    "direction": ("direction",),
    "number": ("calls.0.phone_number",),
}

MAPS: Mapping[str, Places] = MappingProxyType(
    {"own": _OWN, "puzzel": _PUZZEL, "genesys": _GENESYS, "webex": _WEBEX, "sinch": _SINCH, "bcr": _BCR}
)
