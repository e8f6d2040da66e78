from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading

import pytest

from agent.errors import IntegrityBroken, Undecodable
from tests.tui.player.sounds import FileSource, becomes_true, made
from tui.player.fetch import CHUNK_BYTES
from tui.player.legs import Legs
from tui.player.player import OutputLost, Player, State

LONG = made("PCM_16", duration_s=60.0, channels=2)
SHORT = made("ALAW", duration_s=0.6)


class Scene:
    """A player at work, with what it said of itself."""

    def __init__(self, sound, **options):
        self.source = FileSource(sound.file)
        self.states = []
        self.player = Player(sound.recording, self.source, on_change=self._changed, device="null", **options)

    def _changed(self):
        if not self.states or self.states[-1] is not self.player.state:
            self.states.append(self.player.state)

    async def reaches(self, state):
        await becomes_true(lambda: self.player.state is state)

    async def plays_past(self, position_s):
        await becomes_true(lambda: self.player.position_s > position_s)


def play(body, sound=SHORT, **options):
    async def scene():
        told = Scene(sound, **options)
        running = asyncio.create_task(told.player.run())
        try:
            await body(told)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        assert asyncio.all_tasks() == {asyncio.current_task()}

    threads = set(threading.enumerate())
    asyncio.run(scene())
    for thread in set(threading.enumerate()) - threads:
        thread.join(20)
        assert not thread.is_alive()


def test_a_recording_is_fetched_played_and_ended():
    async def body(scene):
        scene.player.play()
        await scene.reaches(State.ENDED)
        assert [state for state in scene.states if state is not State.IDLE] == [
            State.FETCHING,
            State.PLAYING,
            State.ENDED,
        ]
        assert scene.player.position_s == scene.player.duration_s == pytest.approx(0.6)
        assert scene.player.is_audible is False

    play(body)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "FLOAT", "ULAW", "GSM610", "IMA_ADPCM", "MS_ADPCM"])
def test_every_encoding_plays_to_its_end(subtype):
    async def body(scene):
        scene.player.play()
        await scene.reaches(State.ENDED)

    play(body, made(subtype, duration_s=0.3))


def test_nothing_is_fetched_before_it_is_wanted():
    async def body(scene):
        scene.player.seek(20.0)
        await becomes_true(lambda: scene.player.is_audible is not None)
        assert scene.source.asked == []
        assert scene.player.state is State.IDLE

    play(body, LONG)


def test_a_seek_fetches_there_first_and_plays_on_from_there():
    async def body(scene):
        scene.source.gate.clear()
        scene.player.play()
        await becomes_true(lambda: len(scene.source.asked) == 3)
        scene.player.seek(30.0)
        assert scene.player.position_s == 30.0
        await becomes_true(lambda: len(scene.source.asked) > 3)
        assert scene.source.asked[3][0] == scene.recording_offset
        scene.source.gate.set()
        await scene.plays_past(30.0)

    async def with_offset(scene):
        scene.recording_offset = LONG.recording.data_offset + 30 * 32000 // CHUNK_BYTES * CHUNK_BYTES
        await body(scene)

    play(with_offset, LONG)


def test_a_pause_keeps_the_position_and_fetches_no_more():
    async def body(scene):
        scene.player.play()
        await scene.plays_past(0.1)
        scene.player.pause()
        assert scene.player.state is State.PAUSED
        asked = len(scene.source.asked)
        scene.player.seek(50.0)
        assert scene.player.state is State.PAUSED
        assert scene.player.position_s == 50.0
        assert len(scene.source.asked) == asked
        scene.player.play()
        await scene.plays_past(50.0)

    play(body, LONG)


def test_a_seek_is_kept_inside_the_recording():
    async def body(scene):
        scene.player.seek(-3.0)
        assert scene.player.position_s == 0.0
        scene.player.seek(1000.0)
        assert scene.player.position_s == scene.player.duration_s

    play(body)


def test_playing_after_the_end_starts_again():
    async def body(scene):
        scene.player.play()
        await scene.reaches(State.ENDED)
        scene.player.play()
        await scene.reaches(State.PLAYING)
        await scene.reaches(State.ENDED)

    play(body)


def test_going_back_after_the_end_waits_there():
    async def body(scene):
        scene.player.play()
        await scene.reaches(State.ENDED)
        scene.player.seek(0.2)
        assert scene.player.state is State.PAUSED
        assert scene.player.position_s == pytest.approx(0.2)

    play(body)


def test_another_leg_is_heard_from_the_same_moment_on():
    async def body(scene):
        scene.player.play()
        await scene.plays_past(0.2)
        before_s = scene.player.position_s
        scene.player.hear(Legs.CALLER)
        assert scene.player.legs is Legs.CALLER
        assert before_s <= scene.player.position_s < before_s + 1
        await scene.plays_past(before_s + 0.1)

    play(body, LONG)


def test_an_error_of_the_agent_stops_and_is_kept():
    async def body(scene):
        scene.source.error = IntegrityBroken(what="The recording r1")
        scene.player.play()
        await scene.reaches(State.FAILED)
        assert isinstance(scene.player.error, IntegrityBroken)
        scene.source.error = None
        scene.player.play()
        await scene.reaches(State.ENDED)
        assert scene.player.error is None

    play(body)


def test_the_death_of_the_output_is_said_and_playing_again_starts_another():
    async def body(scene):
        scene.player.play()
        await scene.plays_past(0.3)
        process_of(scene.player).kill()
        await scene.reaches(State.FAILED)
        assert isinstance(scene.player.error, OutputLost)
        stopped_s = scene.player.position_s
        assert stopped_s > 0.3
        scene.player.play()
        await scene.plays_past(stopped_s + 0.1)

    play(body, LONG)


def test_a_device_that_takes_no_more_sound_is_noticed():
    async def body(scene):
        scene.player.play()
        await scene.plays_past(0.1)
        os.kill(process_of(scene.player).pid, signal.SIGSTOP)
        await scene.reaches(State.FAILED)
        assert isinstance(scene.player.error, OutputLost)

    play(body, LONG, stall_s=1.0)


def test_a_file_shorter_than_its_header_says_ends_where_it_ends():
    async def body(scene):
        scene.source._file = SHORT.file[: SHORT.recording.data_offset + 800]
        scene.player.play()
        await scene.reaches(State.ENDED)
        assert scene.player.position_s == pytest.approx(0.1)

    play(body)


def test_an_error_of_the_program_ends_the_run():
    async def scene():
        async def broken(start, stop):
            raise ZeroDivisionError

        player = Player(SHORT.recording, broken, on_change=lambda: None, device="null")
        player.play()
        with pytest.raises(ZeroDivisionError):
            await player.run()

    asyncio.run(scene())


def test_what_cannot_be_decoded_is_said_at_once():
    with pytest.raises(Undecodable):
        Player(
            SHORT.recording.model_copy(update={"encoding": "0x0040"}),
            FileSource(b""),
            on_change=lambda: None,
        )


def process_of(player):
    return player._speaker._process
