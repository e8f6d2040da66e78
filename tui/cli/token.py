"""The session token between two commands: one small file for each agent, readable by its owner alone.

    $XDG_RUNTIME_DIR/earwitness/<hash of the place>.token     0600 in a folder of 0700

It refuses a folder or a file that somebody else could have put there: a symbolic link, another owner, open
to others. Everything is done relative to the folder that was checked, so that it cannot be exchanged
between check and use.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from tui.text import _

TOKEN_LIMIT_BYTES = 4096


class UnsafeFolder(click.ClickException):
    """The folder for the token, or the token in it, is not the person's own."""


class TokenFile:
    """The token for one agent.

    Args:
        place: What names the agent: its socket, or its host and socket.
        parent: Where the folder `earwitness` is made; None: the person's runtime directory.
    """

    def __init__(self, place: str, *, parent: Path | None = None) -> None:
        self._name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:24] + ".token"
        self._parent = parent

    def read(self) -> str | None:
        """The kept token, None when there is none.

        Raises:
            UnsafeFolder: somebody else may have written it.
        """
        with self._folder() as folder:
            try:
                file = os.open(self._name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise UnsafeFolder(_("The kept session is not a plain file. Remove it and sign in.")) from error
            try:
                _check_own(os.fstat(file), stat.S_ISREG)
                token = os.read(file, TOKEN_LIMIT_BYTES)
            finally:
                os.close(file)
        return token.decode("ascii", "replace").strip() or None

    def write(self, token: str) -> None:
        """Keep a token in place of the one before; a reader sees the old or the new one, never a part."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._folder() as folder:
            unfinished = f".{secrets.token_hex(8)}"
            file = os.open(unfinished, flags, 0o600, dir_fd=folder)
            try:
                try:
                    os.fchmod(file, 0o600)
                    os.write(file, token.encode("ascii"))
                finally:
                    os.close(file)
                os.rename(unfinished, self._name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                os.unlink(unfinished, dir_fd=folder)
                raise

    def remove(self) -> None:
        """Forget the token, if there is one."""
        with self._folder() as folder, suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=folder)

    @contextmanager
    def _folder(self) -> Iterator[int]:
        path = (self._parent or _runtime_dir()) / "earwitness"
        try:
            with suppress(FileExistsError):
                path.mkdir(mode=0o700, parents=True)
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            message = _("The folder {folder} cannot be used to keep a session: {why}")
            raise UnsafeFolder(message.format(folder=path, why=error.strerror)) from error
        try:
            _check_own(os.fstat(folder), stat.S_ISDIR)
            yield folder
        finally:
            os.close(folder)


def _check_own(found: os.stat_result, is_kind: Callable[[int], bool]) -> None:
    if not is_kind(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise UnsafeFolder(
            _("The kept session, or its folder, belongs to somebody else or is open to others. Remove it.")
        )


def _runtime_dir() -> Path:
    """The person's own directory that ends with their login: XDG Base Directory Specification, 0.8."""
    said = os.environ.get("XDG_RUNTIME_DIR", "")
    if Path(said).is_absolute():
        return Path(said)
    usual = Path(f"/run/user/{os.geteuid()}")
    if usual.is_dir():
        return usual
    return Path.home() / ".cache"
