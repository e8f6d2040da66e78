"""Something leaves the register as a file: where to, why, how far it has come, and where it went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from agent.client import clean
from agent.errors import EarwitnessError, NotSignedIn
from tui import new_file
from tui.screens.shell import Dialog
from tui.text import _, sentence

BAR_CELLS = 40
REASON_LENGTH = 500
Answer = TypeVar("Answer")


class ExportForm(Dialog[Answer]):
    """Derive from it: say what is exported, and write it in `export`. It returns what that returned."""

    CSS_PATH: ClassVar[str] = "export_form.tcss"
    TITLE_WORDS: ClassVar[str]
    WHY_WORDS: ClassVar[str]
    """The label of the reason."""
    NO_REASON_WORDS: ClassVar[str]
    """What is said when there is none."""
    NOTE_WORDS: ClassVar[str]

    class Progressed(Message):
        def __init__(self, told: Content) -> None:
            super().__init__()
            self.told = told

    class Written(Message):
        def __init__(self, answer: object) -> None:
            super().__init__()
            self.answer = answer

    class NotWritten(Message):
        """Nothing remains of it; `why` is a sentence."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    def __init__(self, suggested_name: str) -> None:
        super().__init__()
        self._suggested_name = suggested_name
        self._is_writing = False

    def about(self) -> str:
        """What is exported, in a line; it may hold outside text."""
        raise NotImplementedError

    async def export(self, path: Path, reason: str, on_progress: Callable[[Content], None]) -> Answer:
        """Write the file.

        Raises:
            NotWritten: the disk refuses.
            EarwitnessError: the agent does.
        """
        raise NotImplementedError

    def compose_more(self) -> ComposeResult:
        """What is asked besides, between the file's name and the reason."""
        yield from ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Label(self.TITLE_WORDS, classes="title", markup=False)
            yield Label(_("File, on the machine where this program runs"), classes="label", markup=False)
            yield Input(str(Path.cwd() / self._suggested_name), id="path")
            yield from self.compose_more()
            yield Label(self.WHY_WORDS, classes="label", markup=False)
            yield Input(id="reason", max_length=REASON_LENGTH)
            yield Label(Content(clean(self.about())), classes="note")
            yield Label(self.NOTE_WORDS, classes="note", markup=False)
            yield Label("", id="progress", markup=False)
            yield Label("", classes="error", markup=False)

    def on_mount(self) -> None:
        self.query_one("#reason", Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        path, reason = (self.query_one(name, Input).value.strip() for name in ("#path", "#reason"))
        if self._is_writing:
            return
        if not path:
            self._refuse(_("Name a file."))
        elif not reason:
            self._refuse(self.NO_REASON_WORDS)
            self.query_one("#reason", Input).focus()
        else:
            self._refuse("")
            self._is_writing = True
            self.run_worker(self._write(Path(path).expanduser(), reason), name="export", group="export", exclusive=True)

    async def _write(self, path: Path, reason: str) -> None:
        try:
            answer = await self.export(path, reason, self._progressed)
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self.NotWritten(sentence(error)))
        except new_file.NotWritten as error:
            self.post_message(self.NotWritten(str(error)))
        else:
            self.post_message(self.Written(answer))

    def _progressed(self, told: Content) -> None:
        self.post_message(self.Progressed(told))

    def on_export_form_progressed(self, message: Progressed) -> None:
        self.query_one("#progress", Label).update(message.told)

    def on_export_form_written(self, message: Written) -> None:
        self.dismiss(message.answer)  # type: ignore[arg-type]  # a message cannot be generic over the screen's answer

    def on_export_form_not_written(self, message: NotWritten) -> None:
        self._is_writing = False
        self.query_one("#progress", Label).update("")
        self._refuse(message.why)

    def _refuse(self, why: str) -> None:
        self.query_one("#progress", Label).display = not why  # the error needs the line where there are only 24
        error = self.query_one(".error", Label)
        error.update(Content(clean(why)))
        error.set_class(bool(why), "-shown")
        if why:
            self.call_after_refresh(error.scroll_visible, animate=False)


def bar(done: int, whole: int, figures: str) -> Content:
    """A bar of glyphs that every console has, and the figures."""
    full = BAR_CELLS * min(done, whole) // max(1, whole)
    return Content.assemble(("█" * full, "$primary"), ("░" * (BAR_CELLS - full), "$text-muted"), " ", figures)
