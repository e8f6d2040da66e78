"""`earwitness-witness`, for another host or another OS user than the log's.

It knows none of an installation's keys, tables or settings, and imports nothing that does.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import threading
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from agent.audit.checkpoint import ED25519
from agent.audit.note import NoteInvalid, VerifierKey
from agent.cli.text import _, ngettext
from agent.witness.answering import Listening, answer_one
from agent.witness.cosigning import Witness
from agent.witness.memory import Memory, MemoryUnusable, Watched
from agent.witness.refusal import MemoryBroken, Refused

DEFAULT_FOLDER = Path("/var/lib/earwitness-witness")
ANSWER_S = 60
"""After which one request is given up, whoever has not finished saying it."""

folder_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_FOLDER,
    show_default=True,
    envvar="EARWITNESS_WITNESS_DIR",
    help=_("The folder of the witness: its key, and what it has seen."),
)


@click.group(
    help=_(
        "Keeps the last checkpoint that it saw of a log; cosigns the next one only if the log went on from there.\n\n"
        "\b\n"
        "On another host, or as another OS user than the agent's:\n"
        "  earwitness-witness init --name witness.example/w1    make its key, print its verifier key\n"
        "  earwitness-witness add-log VKEY                      pin a log (vkey: earwitness-agent export-log)\n"
        "  earwitness-witness answer                            answer one request on stdin; for a forced command\n"
        "  earwitness-witness serve --socket PATH               or answer on a Unix socket\n\n"
        "Exit codes of answer: 0 cosigned, 2 malformed, 10 unknown log, 11 not signed by the pinned key,\n"
        "12 other size, 13 shrank, 14 forked, 15 inconsistent, 16 memory broken, 17 not writable, 18 busy."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(version("earwitness"), prog_name="earwitness-witness")
def program() -> None:
    pass


@program.command(help=_("Make a witness with a key of its own, and print its verifier key."))
@folder_option
@click.option("--name", required=True, help=_("Name of its key, like a URL without scheme: witness.example/w1."))
def init(folder: Path, name: str) -> None:
    try:
        memory = Memory.create(folder, name)
    except (MemoryUnusable, OSError) as error:
        raise click.ClickException(_words(error)) from error
    click.echo(memory.cosigner.verifier.vkey)


@program.command(help=_("Print the verifier key of this witness."))
@folder_option
def vkey(folder: Path) -> None:
    click.echo(_opened(folder).cosigner.verifier.vkey)


@program.command(name="add-log", help=_("Pin a log by its verifier key."))
@folder_option
@click.argument("vkey")
def add_log(folder: Path, vkey: str) -> None:
    memory = _opened(folder)
    try:
        key = VerifierKey.read(vkey)
        if key.type != ED25519:
            raise NoteInvalid("not the key of a log")
        memory.watch(key)
    except NoteInvalid as error:
        raise click.UsageError(_words(error)) from error
    except (MemoryUnusable, Refused) as error:
        raise click.ClickException(_words(error)) from error


@program.command(help=_("Answer one request of HTTP on stdin, on stdout; the exit code says how."))
@folder_option
def answer(folder: Path) -> None:
    # Ends the process at whatever point: what was kept is kept whole, and an answer that was not given is asked again.
    signal.alarm(ANSWER_S)
    code = answer_one(_witness(folder), sys.stdin.buffer, sys.stdout.buffer)
    sys.exit(code)


@program.command(help=_("Answer on a Unix socket until SIGTERM. Whoever may open its folder may ask."))
@folder_option
@click.option("--socket", "path", type=click.Path(path_type=Path), required=True)
def serve(folder: Path, path: Path) -> None:
    witness = _witness(folder)
    if path.exists() and stat.S_ISSOCK(path.lstat().st_mode):
        path.unlink()
    try:
        listening = Listening(path, witness)
    except OSError as error:
        raise click.ClickException(_words(error)) from error
    with listening:
        for number in (signal.SIGTERM, signal.SIGINT):
            # In a thread: the handler runs inside serve_forever, which shutdown waits for.
            signal.signal(number, lambda *_caught: threading.Thread(target=listening.shutdown).start())
        click.echo(_("answers on {socket}").format(socket=path), err=True)
        listening.serve_forever()
    path.unlink(missing_ok=True)


@program.command(help=_("The last checkpoint that was seen of each log. Exit code 5 if what was remembered is broken."))
@folder_option
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object a line."))
def show(folder: Path, as_json: bool) -> None:
    memory = _opened(folder)
    logs = memory.all_watched()
    for log in logs:
        if isinstance(log, MemoryBroken):
            click.echo(_words(log), err=True)
        elif as_json:
            click.echo(json.dumps(_facts(memory, log)))
        else:
            _print_log(memory, log)
    if any(isinstance(log, MemoryBroken) for log in logs):
        sys.exit(5)


@program.command(help=_("Print the last checkpoint of a log, cosigned. Without ORIGIN, of the only log."))
@folder_option
@click.argument("origin", required=False)
def checkpoint(folder: Path, origin: str | None) -> None:
    logs = _opened(folder).all_watched()
    notes = [log.seen.note for log in logs if isinstance(log, Watched) and log.seen and origin in (None, log.key.name)]
    if len(notes) != 1:
        raise click.ClickException(_("There are {count} such checkpoints; name one log.").format(count=len(notes)))
    click.echo(str(notes[0]), nl=False)


def _facts(memory: Memory, log: Watched) -> dict[str, object]:
    seen = log.seen
    return {
        "origin": log.key.name,
        "vkey": log.key.vkey,
        "size": seen.checkpoint.size if seen else None,
        "root": seen.checkpoint.root.hex() if seen else None,
        "at": datetime.fromtimestamp(seen.cosigned.time_s, UTC).isoformat() if seen else None,
        "refused": memory.refused_of(log.key.name),
        "checkpoint": str(seen.note) if seen else None,
    }


def _print_log(memory: Memory, log: Watched) -> None:
    facts = _facts(memory, log)
    if log.seen is None:
        click.echo(_("{origin}: nothing seen yet").format_map(facts))
    else:
        said = ngettext(
            "{origin}: {size} entry, seen {at}, root {root}",
            "{origin}: {size} entries, seen {at}, root {root}",
            log.seen_size,
        )
        click.echo(said.format_map(facts))
    if facts["refused"]:
        click.echo(_("  refused and kept, because they contradict it: {refused}").format_map(facts))


def _opened(folder: Path) -> Memory:
    try:
        return Memory(folder)
    except (MemoryUnusable, OSError) as error:
        raise click.ClickException(_words(error)) from error


def _witness(folder: Path) -> Witness:
    return Witness(_opened(folder), lambda: int(time.time()))


def _words(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)


def main() -> None:
    os.umask(0o077)
    program(prog_name="earwitness-witness")


if __name__ == "__main__":
    main()
