"""Where the search starts: the good and bad inputs that the tests have anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.agent.intake.metadata.test_document import BOMB, PUZZEL
from tests.agent.intake.metadata.test_master_csv import LINE
from tests.assets import encode, wav

_SMALL = tuple(content.replace(wav.SECOND, wav.SECOND[:32]) for content in wav.GOOD.values())
_ENCODED = tuple(file.read_bytes()[:600] for file in sorted(encode.FOLDER.glob("*.wav")))
_NAMES = tuple(
    name.encode()
    for name in (
        "2026/11/23/in-3201-0701740605-20261123-140502-1795435500.265.wav",
        "q-600-anonymous-20261123-140502-pbx-1795435500.265-in.WAV",
        "archive/2026/Nov/23/7d0c4c8e-5c7b-4e2f-9a57-0f1f6f0f1a11.wav",
        "20261123-140502_6666-all.wav",
        "VATTEN_261123140502_0701740605.wav",
        "2026/11/23/14/20261123_140502_5060.wav",
        "a-84b4c76e66710%40pbx.example-0123456789abcdef-mix.wav",
        "2026-11-23T12_05_02UTC-17-7d0c4c8e-5c7b-4e2f-9a57-0f1f6f0f1a11.wav",
        "[Kund]_100-0701740605_20261123140502(2).wav",
        "123456789_1.WAV",
        "myrecordings_20261123_140502_in_%2B46701740605_%2B46846500400.WAV",
        "20261123_140502_in_3201-0701740605_in.wav",
        "0701740605-3201-1795435500.wav",
    )
)
_DOCUMENTS = (
    PUZZEL.encode(),
    BOMB,
    b'{"started_at": "2026-11-23T14:05:02", "number": null, "calls": [{"phone_number": "1"}], "direction": "in"}',
    b"number;adviser\n+46701740605;Anna Berg\n",
    b"+46701740605,3201\n",
)

SEEDS: Mapping[str, Sequence[bytes]] = {
    "recording": (*_SMALL, *_ENCODED, wav.SMALL),
    "sound_format": tuple(content[20:60] for content in (*_SMALL, *_ENCODED)),
    "tags": (b"\0\0\0\x17TPE1\0\0\0\x0d\0\0\3Anna (3201)\0",),
    "stream": tuple(content[60:] for content in _ENCODED[-6:]),
    "document": _DOCUMENTS,
    "sidecar": _DOCUMENTS,
    "facts": tuple(name.removesuffix(b".wav") + b"\n" + text for name in _NAMES for text in _DOCUMENTS[2:4]),
    "name": _NAMES,
    "template": (b"{start:YYYYMMDD_HHMMSS}_{number}[-{leg}]\n20261123_140502_0701740605-in.wav",),
    "call_record": (LINE.encode(), LINE.rsplit(",", 3)[0].encode()),
    "number": (b"0701740605", b"%2B46701740605", b"sip:+46701740605@x;a=b", b"anonymous", b"0046 70-174 (06) 05"),
}
