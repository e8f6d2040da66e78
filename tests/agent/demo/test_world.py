from __future__ import annotations

import re

import phonenumbers

from agent.demo.utterances import languages, topics
from agent.demo.world import ADVISERS, QUEUES, TOPICS, customers, new_accounts
from agent.wire import Role

FICTION = re.compile(r"\+467017406(0[5-9]|[1-9]\d)|\+468465004\d\d|\+447700900\d\d\d")


def test_customers_have_only_numbers_set_apart_for_fiction() -> None:
    assert all(FICTION.fullmatch(customer.number) for customer in customers())


def test_there_are_many_customers_each_with_a_number_of_their_own() -> None:
    numbers = [customer.number for customer in customers()]
    assert len(numbers) == len(set(numbers)) >= 150


def test_every_number_is_one_that_could_exist() -> None:
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(customer.number)) for customer in customers())


def test_every_role_has_one_account() -> None:
    assert sorted(account.role for account in new_accounts()) == sorted(Role)


def test_the_role_of_adviser_is_held_by_somebody_who_takes_calls() -> None:
    [adviser] = [account for account in new_accounts() if account.role is Role.ADVISER]
    assert adviser.user in {taker.user for taker in ADVISERS}


def test_passwords_are_new_each_time_different_for_each_account_and_typeable() -> None:
    passwords = [account.password for _ in range(2) for account in new_accounts()]
    assert len(set(passwords)) == len(passwords)
    assert all(re.fullmatch(r"[a-z]{6}\.[a-z]{6}\.[a-z]{6}", password) for password in passwords)


def test_user_names_are_plain_and_unlike_each_other() -> None:
    users = {adviser.user for adviser in ADVISERS} | {account.user for account in new_accounts()}
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", user) for user in users)
    assert len(users) == len(ADVISERS) + len(Role) - 1


def test_every_queue_has_somebody_who_takes_its_calls_and_topics_in_every_language() -> None:
    for queue, service in QUEUES.items():
        assert any(queue in adviser.queues for adviser in ADVISERS)
        assert all(set(TOPICS[service]) & set(topics(language)) for language in languages())
