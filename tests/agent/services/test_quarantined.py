"""Taking an untouched quarantined file away, for its recorder's vendor."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import (
    AgreementMissing,
    CannotLog,
    Conflict,
    IntegrityBroken,
    NotFound,
    NotPermitted,
    PurposeRequired,
    WrongUse,
)
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.settings import Settings
from agent.wire import Role
from tests.agent.conftest import People
from tests.agent.in_process import Api, unwritable
from tests.agent.log_reading import entries, leaves, newest
from tests.agent.running import configuration, install, run_command
from tests.agent.services.test_intake import left_in_its_spool, quarantined
from tests.agent.services.test_maintenance import asking_without_agreement
from tests.agent.stored import vault_files

WHY = Stated("quality", None, "The vendor asks for it, case 17")
CONTENT = b"a voice in a format of the future " * 40_000


MAY = (Role.ADMINISTRATOR, Role.MAINTENANCE)


@pytest.fixture(params=MAY)
def keeper(request: pytest.FixtureRequest, people: People) -> Caller:
    return people.caller(request.param)


def test_the_untouched_file_goes_out_after_its_entry(desk: Desk, settings: Settings, keeper: Caller) -> None:
    item = quarantined(desk, settings, CONTENT)
    release = desk.intake.export(keeper, item, WHY)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["target"]) == ("quarantine.export", "allowed", item)
    assert (entry["purpose"], entry["detail"]["size_bytes"]) == ("quality", len(CONTENT))
    assert b"vendor" not in leaves(desk.house)
    assert b"".join(release.pieces()) == CONTENT


def test_an_empty_file_goes_out_too(desk: Desk, settings: Settings, keeper: Caller) -> None:
    assert b"".join(desk.intake.export(keeper, quarantined(desk, settings, b""), WHY).pieces()) == b""


@pytest.mark.parametrize("role", [role for role in Role if role not in MAY])
def test_every_other_role_is_refused_and_logged(role: Role, desk: Desk, settings: Settings, people: People) -> None:
    item, caller = quarantined(desk, settings, CONTENT), people.caller(role)
    with pytest.raises(NotPermitted):
        desk.intake.export(caller, item, WHY)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("quarantine.export", "refused", "not-permitted")
    assert entry["target"] == item


def test_maintenance_without_an_agreement_is_refused_and_logged(desk: Desk, settings: Settings, people: People) -> None:
    item, caller = quarantined(desk, settings, CONTENT), desk.caller(asking_without_agreement(desk, people))
    with pytest.raises(AgreementMissing):
        desk.intake.export(caller, item, WHY)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("quarantine.export", "refused", "agreement-missing")


@pytest.mark.parametrize(
    ("stated", "error"),
    [
        (Stated(None, None, "why"), PurposeRequired),
        (Stated("curiosity", None, "why"), PurposeRequired),
        (Stated("quality"), WrongUse),
        (Stated("quality", None, "  "), WrongUse),
    ],
)
def test_a_purpose_and_a_reason_are_required(
    stated: Stated, error: type[Exception], desk: Desk, settings: Settings, keeper: Caller
) -> None:
    item = quarantined(desk, settings, CONTENT)
    with pytest.raises(error):
        desk.intake.export(keeper, item, stated)
    assert newest(desk.house)["outcome"] in ("refused", "failed")


def test_what_is_not_there_or_not_sealed_is_said(desk: Desk, settings: Settings, keeper: Caller) -> None:
    with pytest.raises(NotFound):
        desk.intake.export(keeper, "0701740605", WHY)
    assert b"0701740605" not in leaves(desk.house)
    left_in_its_spool(desk, "left")
    with pytest.raises(Conflict, match="left in its spool"):
        desk.intake.export(keeper, "left", WHY)


def test_without_an_entry_nothing_goes_out(desk: Desk, settings: Settings, keeper: Caller) -> None:
    item = quarantined(desk, settings, CONTENT)
    with unwritable(desk.house), pytest.raises(CannotLog):
        desk.intake.export(keeper, item, WHY)


def test_a_broken_seal_in_the_middle_ends_it_and_is_an_entry(desk: Desk, settings: Settings, keeper: Caller) -> None:
    item = quarantined(desk, settings, CONTENT)
    (sealed,) = vault_files(desk.house)
    altered = bytearray(sealed.read_bytes())
    altered[len(altered) // 2] ^= 1
    sealed.write_bytes(altered)
    release = desk.intake.export(keeper, item, WHY)
    with pytest.raises(IntegrityBroken):
        b"".join(release.pieces())
    assert newest(desk.house)["outcome"] == "failed"


def test_over_the_api(desk: Desk, settings: Settings, people: People) -> None:
    api, asking = Api(desk), people.asking(Role.ADMINISTRATOR)
    try:
        item = quarantined(desk, settings, CONTENT)
        path = f"/v1/quarantine/{item}/file"
        answer = api.ask("POST", path, token=asking.token, params={"purpose": "quality", "reason": "for the vendor"})
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert "wav" not in str(answer.headers)
        assert api.ask("POST", path, token=asking.token, params={"purpose": "quality"}).status_code >= 400
    finally:
        api.close()


def test_on_the_server(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    settings = install(config)
    from agent.installation import open_installation

    house = open_installation(settings)
    try:
        item = quarantined(Desk(house), settings, CONTENT)
    finally:
        house.close()
    out = tmp_path / "for-the-vendor"
    words = ("quarantine", "export", item, "-o", out, "--config", config)
    assert run_command(*words).returncode == 2
    assert run_command(*words, "--reason", "the vendor asks").returncode == 0
    assert out.read_bytes() == CONTENT
    assert out.stat().st_mode & 0o777 == 0o600
    again = run_command(*words, "--reason", "once more")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    absent = run_command("quarantine", "export", "absent", "-o", tmp_path / "no", "--config", config, "--reason", "why")
    assert absent.returncode == 1
    assert not (tmp_path / "no").exists()
    house = open_installation(settings)
    try:
        exports = [entry["outcome"] for entry in entries(house) if entry["action"] == "quarantine.export"]
        assert exports == ["allowed", "failed", "failed"]
    finally:
        house.close()
