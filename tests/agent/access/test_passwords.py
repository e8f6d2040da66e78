from __future__ import annotations

import pytest

from agent.access.passwords import NOBODYS, PasswordUnfit, hash_password, is_password, require_fit


def test_a_password_is_kept_as_argon2id_with_the_parameters_of_rfc_9106() -> None:
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_password("correct horse battery", stored)
    assert not is_password("correct horse batterz", stored)


def test_the_same_password_is_never_stored_the_same_twice() -> None:
    assert hash_password("correct horse battery") != hash_password("correct horse battery")


def test_comparing_with_nobodys_password_costs_what_comparing_with_somebodys_costs_and_fails() -> None:
    def form(stored: str) -> tuple[list[str], list[int]]:
        _, *parameters, salt, digest = stored.split("$")
        return parameters, [len(salt), len(digest)]

    assert form(NOBODYS) == form(hash_password("correct horse battery"))
    assert not is_password("correct horse battery", NOBODYS)


@pytest.mark.parametrize("password", ["", "short", "x" * 1025, "my anna.berg password", "ANNA.BERG is my name"])
def test_an_unfit_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordUnfit):
        require_fit(password, "anna.berg")
