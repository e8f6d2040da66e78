"""The sentry: a small privileged process that sees who opens a watched file, before the open goes on.

It is handed a plan (`plan.py`) on its standard input, marks the watched places with fanotify, gives up the capability
that this took, and from then on answers each open: the agent's own at once, every other once the agent has made its
entry durable, or at a deadline. It opens no recording, no register, no key, and imports nothing of the agent but
itself: the standard library and this folder is all that runs with its rights (an import contract and a test hold it).

    kernel ──events──▶ fanotify ▶ who (process) · which file (whereabouts) ▶ judgement ▶ outbox ▶ link ──▶ agent
           ◀─answer──                                                                       ▲ ack ◀──────┘
           ──audit stream──▶ audit_stream ▶ reconciling ──difference──▶ outbox

Pure, no I/O: `plan`, `events`, `inotify_events`, `mounts`, `judgement`, `protocol`, `outbox`, `audit_records`,
`audit_rules`, `reconciling`. `docs/sentry.md` says what it can see and what not.
"""
