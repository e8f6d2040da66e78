"""Direct opens in the log: what the sentry tells, and what the agent sees by itself when there is no sentry.

It enters and acknowledges; it marks nothing and needs no right. The sentry (`agent.sentry`) is another process, of
which only the protocol is used here.
"""
