from __future__ import annotations

import asyncio
import os
import signal

from tests.tui.player.sounds import becomes_true, made
from tui.player.speaker import Speaker

RATE_HZ = 8000
FRAMES = made(duration_s=0.5).frames.repeat(2, axis=1)


def run_with_speaker(body, **options):
    async def scene():
        speaker = Speaker(RATE_HZ, device="null", on_report=lambda: None, **options)
        await speaker.open()
        try:
            await speaker.opened()
            await body(speaker)
        finally:
            await speaker.close()
        assert process_of(speaker).returncode is not None

    asyncio.run(scene())


def process_of(speaker):
    return speaker._process


def test_what_is_fed_is_played_and_counted():
    async def body(speaker):
        assert speaker.is_audible is False
        speaker.feed(FRAMES)
        speaker.play()
        assert speaker.ahead_frames == 4000
        await becomes_true(lambda: speaker.played_frames == 4000)
        assert speaker.ahead_frames == 0
        assert speaker.first_heard_at_s is not None

    run_with_speaker(body)


def test_held_sound_waits_until_it_is_played_on():
    async def body(speaker):
        speaker.feed(FRAMES)
        speaker.play()
        await becomes_true(lambda: speaker.played_frames > 0)
        speaker.hold()
        speaker.play()
        await becomes_true(lambda: speaker.played_frames == 4000)

    run_with_speaker(body)


def test_reports_from_before_a_flush_do_not_count():
    async def body(speaker):
        speaker.feed(FRAMES)
        speaker.play()
        await becomes_true(lambda: speaker.played_frames > 0)
        speaker.flush()
        assert (speaker.played_frames, speaker.ahead_frames, speaker.first_heard_at_s) == (0, 0, None)
        speaker.feed(FRAMES[:800])
        await becomes_true(lambda: speaker.played_frames == 800)

    run_with_speaker(body)


def test_the_death_of_the_process_is_noticed():
    async def body(speaker):
        process_of(speaker).kill()
        await becomes_true(lambda: speaker.is_lost)
        speaker.feed(FRAMES)  # nobody is there; nothing breaks
        speaker.play()

    run_with_speaker(body)


def test_a_position_that_stands_still_is_noticed_and_the_process_ended():
    async def body(speaker):
        speaker.feed(FRAMES)
        os.kill(process_of(speaker).pid, signal.SIGSTOP)
        speaker.play()
        await becomes_true(lambda: speaker.is_lost)

    run_with_speaker(body, stall_s=0.5)


def test_an_output_that_has_nothing_to_play_is_not_taken_for_a_stalled_one():
    async def body(speaker):
        speaker.play()
        speaker._notice_stall()
        assert not speaker.is_lost

    run_with_speaker(body)


def test_a_speaker_that_never_opened_closes():
    asyncio.run(Speaker(RATE_HZ, device="null", on_report=lambda: None).close())


def test_a_farewell_that_is_cut_short_leaves_no_process():
    async def scene():
        speaker = Speaker(RATE_HZ, device="null", on_report=lambda: None)
        await speaker.open()
        await speaker.opened()
        os.kill(process_of(speaker).pid, signal.SIGSTOP)
        closing = asyncio.create_task(speaker.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait({closing})
        assert closing.cancelled()
        assert process_of(speaker).returncode == -signal.SIGKILL

    asyncio.run(scene())
