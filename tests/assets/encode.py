"""Makes the recordings under `encodings/`, half a second of a tone each, by other people's encoders: what libsndfile
does not write, or writes otherwise. `python -m tests.assets.encode`, with ffmpeg and sox at hand; the files are kept.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

FOLDER = Path(__file__).with_name("encodings")

FFMPEG = {
    "g722": (1, 16_000, ["-c:a", "g722"]),
    "g723_1": (1, 8000, ["-c:a", "g723_1", "-b:a", "6300"]),
    "g726-16k": (1, 8000, ["-c:a", "g726", "-b:a", "16k"]),
    "g726-24k": (1, 8000, ["-c:a", "g726", "-b:a", "24k"]),
    "g726-32k": (1, 8000, ["-c:a", "g726", "-b:a", "32k"]),
    "g726-40k": (1, 8000, ["-c:a", "g726", "-b:a", "40k"]),
    "gsm610-ffmpeg": (1, 8000, ["-c:a", "libgsm_ms"]),
    "ima_adpcm-stereo-ffmpeg": (2, 8000, ["-c:a", "adpcm_ima_wav"]),
    "mp3-cbr": (1, 8000, ["-c:a", "libmp3lame", "-b:a", "16k"]),
    "mp3-vbr-stereo": (2, 8000, ["-c:a", "libmp3lame", "-q:a", "5"]),
    "ms_adpcm-stereo-ffmpeg": (2, 8000, ["-c:a", "adpcm_ms"]),
}
"""Name = channels, rate, how to encode."""

SOX = {
    "alaw-sox": (1, ["-e", "a-law"]),
    "gsm610-sox": (1, ["-e", "gsm-full-rate"]),
    "ima_adpcm-sox": (1, ["-e", "ima-adpcm"]),
    "ms_adpcm-stereo-sox": (2, ["-e", "ms-adpcm"]),
    "mulaw-stereo-sox": (2, ["-e", "u-law"]),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, (channels, rate_hz, options) in FFMPEG.items():
            tone = _tone(Path(folder), channels, rate_hz)
            target = FOLDER / f"{name}.wav"
            subprocess.run(
                ["ffmpeg", "-v", "error", "-y", "-i", tone, *options, "-fflags", "+bitexact", target], check=True
            )
        for name, (channels, options) in SOX.items():
            tone = _tone(Path(folder), channels, 8000)
            subprocess.run(["sox", tone, *options, FOLDER / f"{name}.wav"], check=True)


def _tone(folder: Path, channels: int, rate_hz: int) -> Path:
    tone = folder / "tone.wav"
    tones = ["sine", "440"] + ["sine", "600"] * (channels - 1)
    form = ["-r", str(rate_hz), "-c", str(channels), "-b", "16"]
    subprocess.run(["sox", "-R", "-n", *form, tone, "synth", "0.5", *tones, "vol", "0.3"], check=True)
    return tone


if __name__ == "__main__":
    main()
