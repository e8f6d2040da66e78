from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from tests.tui.player.sounds import Made, made
from tui.player.output import HeldSound, Output, Overfull, Silence, opened_outlet
from tui.player.protocol import FRAME_BYTES, Kind, Report, flush_message, message

RATE_HZ = 8000


def taken(sound, frames):
    pull = sound.pulled()
    next(pull)
    return pull.send(frames)


def test_held_sound_is_heard_in_order_while_playing():
    sound = HeldSound(RATE_HZ)
    sound.feed(b"aaaaaaaa" + b"bbbbbbbb")
    sound.playing = True
    assert taken(sound, 1) == b"aaaaaaaa"
    assert taken(sound, 1) == b"bbbbbbbb"
    assert sound.report(audible=True).played_frames == 2


def test_silence_fills_what_is_not_there_and_is_not_counted():
    sound = HeldSound(RATE_HZ)
    sound.feed(b"aaaaaaaa")
    sound.playing = True
    assert taken(sound, 3) == b"aaaaaaaa" + bytes(16)
    assert sound.report(audible=True).played_frames == 1


def test_nothing_moves_while_it_does_not_play():
    sound = HeldSound(RATE_HZ)
    sound.feed(b"aaaaaaaa")
    assert taken(sound, 1) == bytes(8)
    report = sound.report(audible=True)
    assert (report.played_frames, report.held_frames, report.first_heard_at_s) == (0, 1, None)


def test_a_flush_drops_what_is_held_and_counts_anew():
    sound = HeldSound(RATE_HZ)
    sound.feed(b"aaaaaaaa" * 2)
    sound.playing = True
    taken(sound, 1)
    sound.flush(4)
    assert sound.report(audible=True) == Report(True, 4, 0, 0, None)


def test_more_than_two_seconds_are_not_held():
    sound = HeldSound(RATE_HZ)
    sound.feed(bytes(2 * RATE_HZ * FRAME_BYTES))
    with pytest.raises(Overfull):
        sound.feed(bytes(FRAME_BYTES))


class Process:
    """The real process, spoken to over its pipes."""

    def __init__(self, *arguments, **environment):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tui.player.output", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()

    def say(self, words):
        self._process.stdin.write(words)
        self._process.stdin.flush()

    def hear_until(self, fact):
        for line in self._process.stdout:
            report = Report.decoded(line)
            if fact(report):
                return report
        raise AssertionError("the process ended")

    def end(self):
        self._process.stdin.close()
        return self._process.wait(20)


def samples(sound: Made) -> bytes:
    return sound.frames.repeat(2, axis=1).tobytes()


def test_the_process_plays_to_the_end_of_what_it_was_fed():
    with Process("8000", "null") as process:
        process.say(message(Kind.FEED, samples(made(duration_s=0.2))) + message(Kind.PLAY))
        report = process.hear_until(lambda report: report.held_frames == 0 and report.played_frames > 0)
        assert report.played_frames == 1600
        assert report.first_heard_at_s is not None
        assert process.end() == 0


def test_the_null_device_is_reported_as_inaudible():
    with Process("8000", "null") as process:
        assert process.hear_until(lambda report: True).audible is False


def test_without_miniaudio_sound_passes_silently_in_real_time(tmp_path):
    (tmp_path / "miniaudio.py").write_text("raise ImportError\n")
    with Process("8000", "auto", PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path])) as process:
        process.say(message(Kind.FEED, samples(made(duration_s=0.2))) + message(Kind.PLAY))
        report = process.hear_until(lambda report: report.played_frames == 1600)
        assert report.audible is False


def test_a_flush_is_confirmed_by_its_number():
    with Process("8000", "null") as process:
        process.say(message(Kind.FEED, samples(made())) + message(Kind.PLAY) + flush_message(9))
        assert process.hear_until(lambda report: report.flush == 9).held_frames == 0


def test_the_process_ends_when_told():
    with Process("8000", "null") as process:
        process.say(message(Kind.QUIT))
        assert process.end() == 0


def test_too_much_sound_ends_the_process():
    with Process("8000", "null") as process:
        process.say(message(Kind.FEED, bytes(3 * RATE_HZ * FRAME_BYTES)))
        assert process.end() == 1


def test_an_output_in_this_process_obeys_until_its_input_ends():
    commands, reports = os.pipe(), os.pipe()
    output = Output(RATE_HZ, "null")
    served = threading.Thread(target=output.run, args=(commands[0], reports[1]))
    served.start()
    os.write(commands[1], message(Kind.PLAY) + message(Kind.HOLD))
    os.close(commands[1])
    served.join(20)
    assert not served.is_alive()
    for descriptor in (commands[0], *reports):
        os.close(descriptor)


def test_without_a_usable_device_the_outlet_is_silence(monkeypatch):
    import miniaudio

    def broken(*_, **__):
        raise miniaudio.MiniaudioError("failed to init device", -401)

    monkeypatch.setattr(miniaudio, "PlaybackDevice", broken)
    assert isinstance(opened_outlet(RATE_HZ, "auto"), Silence)
