"""An error on the wire."""

from __future__ import annotations

from pydantic import Field

from agent.wire.body import Body


class Problem(Body):
    """An error on the wire: an RFC 9457 body, `application/problem+json`."""

    type: str
    """`urn:earwitness:error:` and the code."""
    title: str
    status: int
    detail: str
    """The sentence, in English."""
    code: str
    parameters: dict[str, str] = Field(default_factory=dict)
    """What fills the sentence's placeholders, for a client that says it in another language."""
    request_id: str = ""
    """Under this id the agent's journal says more, and the log has its entry."""
