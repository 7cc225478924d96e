"""Tests of the LiteLLM plug-in. plugin.test.ts starts what they talk to, and runs them."""

import asyncio
import base64
import contextlib
import functools
import http.server
import importlib.util
import io
import json
import logging
import os
import subprocess
import sys
import threading
import traceback
import types
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from unittest import mock
from urllib.parse import quote

import boto3

ENDPOINT = os.environ["TEST_ENDPOINT"]
CONJUR = os.environ["TEST_CONJUR"]
ADMIN_API_KEY = os.environ["TEST_ADMIN_API_KEY"]
MODULE = Path(__file__).parents[2] / "infra" / "litellm" / "conjur_secret_manager.py"


def load_class():
    """As LiteLLM's own loader does: by path, under the class's name, and not in sys.modules."""
    spec = importlib.util.spec_from_file_location("ConjurFunctionsSecretManager", MODULE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ConjurFunctionsSecretManager, module.ConjurFunctionsError


Manager, Error = load_class()


def lambda_environment(stack="conjur-functions-dev"):
    return {"CONJUR_FUNCTIONS_STACK": stack, "CONJUR_FUNCTIONS_ENDPOINT_URL": ENDPOINT}


def http_environment(stack="conjur-functions-dev"):
    stage = "" if stack == "conjur-functions-dev" else f"/stage-{stack}"
    return {"CONJUR_FUNCTIONS_MODE": "http", "CONJUR_FUNCTIONS_API_BASE": ENDPOINT + stage}


def create_manager(environment):
    with mock.patch.dict(os.environ, environment):
        return Manager()


@functools.lru_cache(maxsize=None)
def manager_of(environment, stack):
    """Shared by tests, as one is by everything in a proxy."""
    return create_manager(environment(stack))


def fetch(url, **options):
    with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=10) as response:
        return response.read()


def calls():
    """What was called since this was last asked."""
    return json.loads(fetch(f"{ENDPOINT}/__calls"))


def in_conjur(path):
    """What Conjur itself answers to the administrator; None where there is nothing."""
    token = base64.b64encode(fetch(f"{CONJUR}/authn/default/admin/authenticate", method="POST", data=ADMIN_API_KEY.encode()))
    try:
        return fetch(CONJUR + path, headers={"authorization": f'Token token="{token.decode()}"'})
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def stored(name):
    value = in_conjur(f"/secrets/default/variable/{quote(name, safe='')}")
    return None if value is None else value.decode()


async def delete_as_litellm_does(manager, names):
    """Its delete hook by name and by the two variables that the plug-in looks at; test/litellm/real has the hook itself."""

    async def _delete_virtual_keys_from_secret_manager(keys_being_deleted):
        for key in keys_being_deleted:
            if key.key_alias is not None:
                await manager.async_delete_secret(secret_name=key.key_alias)

    keys = [types.SimpleNamespace(key_alias=name) for name in names]
    await _delete_virtual_keys_from_secret_manager([*keys, types.SimpleNamespace(key_alias=None)])


class Calls:
    """The same for both ways to call; `environment` and `prefix` come from the class that is made of it."""

    def setUp(self):
        self.manager = self.manager_of("conjur-functions-dev")
        calls()

    def manager_of(self, stack):
        return manager_of(type(self).environment, stack)

    def run_async(self, coroutine):
        return asyncio.run(coroutine)

    def name(self, text):
        return f"litellm/{self.way}/{text}"

    def assert_raises_code(self, code, work):
        with self.assertRaises(Error) as caught:
            work()
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    def test_a_written_secret_is_read_back_sync_and_async_by_one_call_each(self):
        name = self.name("key-1")
        answer = self.run_async(self.manager.async_write_secret(name, "sk-1234"))
        self.assertEqual(answer, {"name": name, "created": True, "changed": True, "version": None})
        self.assertEqual(stored(name), "sk-1234")
        self.assertEqual(self.manager.sync_read_secret(name), "sk-1234")
        self.assertEqual(self.run_async(self.manager.async_read_secret(name)), "sk-1234")
        self.assertEqual(len(calls()), 3)

    def test_a_hook_reads_past_the_value_cache_of_the_functions(self):
        manager, name = self.manager_of("caching"), self.name("cached")
        self.run_async(manager.async_write_secret(name, "old"))
        self.assertEqual(manager.sync_read_secret(name), "old")
        # By another function, as a schedule does.
        self.run_async(self.manager.async_rotate_secret(name, name, "new"))
        self.assertEqual(manager.sync_read_secret(name), "old")
        self.assertEqual(self.run_async(manager.async_read_secret(name)), "new")
        self.assertEqual(manager.sync_read_secret(name), "new")

    def test_a_secret_that_does_not_exist_is_none(self):
        self.assertIsNone(self.manager.sync_read_secret(self.name("nothing")))
        self.assertIsNone(self.run_async(self.manager.async_read_secret(self.name("nothing"))))

    def test_values_and_names_come_back_as_they_went(self):
        names = ["spaced name", "a%2Fb", "q?x=1&y#z", "ключ 🔑", "plus+colon:", "my..key", "tilde~'(!)*"]
        values = ["12345", "true", '{"json": [1, 2]}', "ключ 🔑", " spaces \n", "x" * 10_000, "null"]
        for text, value in zip(names, values):
            with self.subTest(text):
                self.run_async(self.manager.async_write_secret(self.name(text), value))
                self.assertEqual(self.run_async(self.manager.async_read_secret(self.name(text))), value)
                self.assertEqual(stored(self.name(text)), value)

    def test_description_and_tags_become_annotations(self):
        for tags in ({"Environment": "Prod", "Cost": 7}, [{"Key": "Environment", "Value": "Prod"}, {"Key": "Cost", "Value": "7"}]):
            name = self.name(f"tagged-{type(tags).__name__}")
            self.run_async(self.manager.async_write_secret(name, "v", description="by LiteLLM", tags=tags))
            shown = json.loads(in_conjur(f"/resources/default/variable/{quote(name, safe='')}"))
            annotations = {entry["name"]: entry["value"] for entry in shown["annotations"]}
            self.assertEqual(annotations, {"Environment": "Prod", "Cost": "7", "description": "by LiteLLM"})

    def test_tags_that_conjur_would_act_on_are_refused_before_anything_is_sent(self):
        for tag in ("rotation/ttl", "dynamic/issuer", "conjur/kind", "Rotation/rotator"):
            for tags in ({tag: "x"}, [{"Key": tag, "Value": "x"}]):
                error = self.assert_raises_code(
                    "invalid_request", lambda: self.run_async(self.manager.async_write_secret(self.name("tags"), "v", tags=tags))
                )
                self.assertIn(tag, str(error))
        self.assertEqual(calls(), [])

    def test_a_name_that_was_not_there_is_asked_for_once_until_it_is_written(self):
        manager, name = create_manager(self.environment()), self.name("not-yet")
        for _ in range(3):
            self.assertIsNone(manager.sync_read_secret(name))
        self.assertEqual(len(calls()), 1)
        self.assertIsNone(self.run_async(manager.async_read_secret(name)))
        self.assertEqual(len(calls()), 1, "a hook always asks")
        self.run_async(manager.async_write_secret(name, "v"))
        self.assertEqual(manager.sync_read_secret(name), "v")
        self.run_async(manager.async_delete_secret(name))
        self.assertIsNone(manager.sync_read_secret(name))
        self.run_async(manager.async_rotate_secret(name, name, "w"))
        self.assertEqual(manager.sync_read_secret(name), "w")

    def test_a_failure_is_not_remembered(self):
        manager = create_manager(self.environment("unreachable"))
        for _ in range(2):
            self.assert_raises_code("upstream_unavailable", lambda: manager.sync_read_secret(self.name("key-1")))
        self.assertEqual(len(calls()), 2)

    def test_a_name_that_is_not_hosted_is_asked_for_once_and_raises_each_time(self):
        manager = create_manager(self.environment("hosting"))
        for _ in range(3):
            self.assert_raises_code("not_hosted", lambda: manager.sync_read_secret("USE_LITELLM_PROXY"))
        self.assertEqual(len(calls()), 1)

    def test_names_that_litellm_does_not_host_are_answered_without_a_call(self):
        import litellm

        settings = types.SimpleNamespace(hosted_keys=["OPENAI_API_KEY"], prefix_for_stored_virtual_keys="litellm")
        with mock.patch.object(litellm, "_key_management_settings", settings):
            self.assertIsNone(self.manager.sync_read_secret("USE_LITELLM_PROXY"))
            self.assertEqual(calls(), [])
            self.assertIsNone(create_manager(self.environment()).sync_read_secret("OPENAI_API_KEY"))
            self.assertIsNone(self.manager.sync_read_secret(self.name("nothing-of-ours")))
        self.assertEqual(len(calls()), 2)

    def test_a_rotation_under_the_same_name_is_one_call(self):
        name = self.name("rotated")
        self.run_async(self.manager.async_write_secret(name, "old"))
        calls()
        answer = self.run_async(self.manager.async_rotate_secret(name, name, "new"))
        self.assertEqual((answer["name"], answer["version"]), (name, 2))
        self.assertNotIn("new", json.dumps(answer))
        self.assertEqual(len(calls()), 1)
        self.assertEqual(stored(name), "new")

    def test_a_rotation_to_another_name_deletes_the_old_one_in_the_same_call(self):
        old, new = self.name("before"), self.name("after")
        self.run_async(self.manager.async_write_secret(old, "old"))
        calls()
        answer = self.run_async(self.manager.async_rotate_secret(old, new, "new"))
        self.assertEqual((answer["name"], answer["old_name"], answer["old_deleted"]), (new, old, True))
        self.assertEqual(len(calls()), 1)
        self.assertEqual((stored(new), stored(old)), ("new", None))

    def test_a_rotation_that_cannot_delete_the_old_name_says_so(self):
        manager = self.manager_of("careful")
        old, new = self.name("kept"), self.name("beside")
        self.run_async(manager.async_write_secret(old, "old"))
        with self.assertLogs("conjur_functions", "WARNING") as logs:
            answer = self.run_async(manager.async_rotate_secret(old, new, "new"))
        self.assertEqual((answer["old_deleted"], stored(old), stored(new)), (False, "old", "new"))
        self.assertIn(old, logs.output[0])

    def test_a_rotation_keeps_a_key_whose_old_secret_was_never_stored(self):
        name = self.name("never-stored")
        self.run_async(self.manager.async_rotate_secret(name, name, "sk-new"))
        self.assertEqual(stored(name), "sk-new")

    def test_a_deletion_takes_the_secret_away_and_may_be_repeated(self):
        name = self.name("deleted")
        self.run_async(self.manager.async_write_secret(name, "v"))
        calls()
        self.assertEqual(self.run_async(self.manager.async_delete_secret(name)), {"name": name, "deleted": True})
        self.assertEqual(len(calls()), 1)
        self.assertIsNone(stored(name))
        self.assertEqual(self.run_async(self.manager.async_delete_secret(name)), {"name": name, "deleted": False})

    def test_a_deletion_that_is_not_allowed_raises(self):
        manager = self.manager_of("careful")
        name = self.name("undeletable")
        self.run_async(manager.async_write_secret(name, "v"))
        self.assert_raises_code("delete_not_supported", lambda: self.run_async(manager.async_delete_secret(name)))
        self.assertEqual(stored(name), "v")

    def test_in_a_deletion_of_many_keys_a_failure_is_raised_with_the_last(self):
        manager = self.manager
        good = [self.name(f"bulk/{index}") for index in range(2)]
        for name in good:
            self.run_async(manager.async_write_secret(name, "v"))
        names = [good[0], "litellm//x", "litellm//y", good[1]]
        with self.assertLogs("conjur_functions", "WARNING") as logs:
            error = self.assert_raises_code("invalid_request", lambda: self.run_async(delete_as_litellm_does(manager, names)))
        self.assertEqual([stored(name) for name in good], [None, None])
        for name in names[1:3]:
            self.assertIn(name, str(error))
        self.assertEqual(len(logs.output), 2)
        # Nothing of it is left, and a deletion outside of such a hook raises at once.
        self.run_async(delete_as_litellm_does(manager, good))
        self.assert_raises_code("invalid_request", lambda: self.run_async(manager.async_delete_secret("litellm//x")))
        with self.assertLogs("conjur_functions", "WARNING"):
            error = self.assert_raises_code(
                "invalid_request", lambda: self.run_async(delete_as_litellm_does(manager, [good[0], "litellm//x"]))
            )
        self.assertNotIn("secrets were not deleted", str(error))

    def test_each_failure_of_a_read_raises_its_code(self):
        name = self.name("key-1")
        for stack, code in (("refused", "authentication_failed"), ("unreachable", "upstream_unavailable"), ("unset", "config_invalid")):
            with self.subTest(stack):
                manager = self.manager_of(stack)
                self.assert_raises_code(code, lambda: manager.sync_read_secret(name))
                self.assert_raises_code(code, lambda: self.run_async(manager.async_read_secret(name)))
        self.assert_raises_code("invalid_request", lambda: self.manager.sync_read_secret("a\nb"))

    def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_sent(self):
        for name in ("litellm/../OPENAI_API_KEY", "litellm/./a", "/litellm/a", "litellm//a", "litellm/", ""):
            with self.subTest(name):
                self.assert_raises_code("invalid_request", lambda: self.manager.sync_read_secret(name))
                self.assert_raises_code("invalid_request", lambda: self.run_async(self.manager.async_write_secret(name, "v")))
                self.assert_raises_code("invalid_request", lambda: self.run_async(self.manager.async_delete_secret(name)))
                self.assert_raises_code("invalid_request", lambda: self.run_async(self.manager.async_rotate_secret(name, "a", "v")))
        self.assertEqual(calls(), [])

    def test_what_is_no_text_is_refused_before_anything_is_sent_and_not_quoted(self):
        name, half = self.name("text"), "sk-canary-\ud800"
        works = [
            lambda: self.manager.sync_read_secret("litellm/canary-\ud800"),
            lambda: self.run_async(self.manager.async_write_secret(name, half)),
            lambda: self.run_async(self.manager.async_write_secret(name, None)),
            lambda: self.run_async(self.manager.async_rotate_secret(name, name, half)),
        ]
        for work in works:
            error = self.assert_raises_code("invalid_request", work)
            self.assertNotIn("canary", "".join(traceback.format_exception(type(error), error, None)))
            self.assertIsNone(error.__context__)
        self.assertEqual(calls(), [])

    def test_each_failure_of_a_write_raises_its_code(self):
        for stack, code in (("refused", "authentication_failed"), ("unreachable", "upstream_unavailable"), ("reading", "access_mode_denied")):
            manager = self.manager_of(stack)
            with self.subTest(stack):
                work = [
                    lambda: self.run_async(manager.async_write_secret(self.name("lost"), "sk-lost")),
                    lambda: self.run_async(manager.async_rotate_secret(self.name("lost"), self.name("lost"), "sk-lost")),
                ]
                for step in work:
                    error = self.assert_raises_code(code, step)
                    self.assertNotIn("sk-lost", "".join(traceback.format_exception(type(error), error, error.__traceback__)))
        self.assertIsNone(stored(self.name("lost")))

    def test_a_value_that_is_no_text_raises(self):
        name = self.name("binary")
        self.run_async(self.manager.async_write_secret(name, "v"))
        token = base64.b64encode(fetch(f"{CONJUR}/authn/default/admin/authenticate", method="POST", data=ADMIN_API_KEY.encode()))
        fetch(
            f"{CONJUR}/secrets/default/variable/{quote(name, safe='')}",
            method="POST",
            data=b"\xff\xfe\x00",
            headers={"authorization": f'Token token="{token.decode()}"', "content-type": "application/octet-stream"},
        )
        self.assert_raises_code("not_text", lambda: self.manager.sync_read_secret(name))

    def test_nobody_there_raises(self):
        manager = create_manager({**self.environment(), **self.nowhere})
        self.assert_raises_code("invocation_failed", lambda: manager.sync_read_secret(self.name("key-1")))

    def test_a_wrong_signature_raises_and_is_not_taken_for_a_missing_secret(self):
        with mock.patch.dict(os.environ, {"AWS_SECRET_ACCESS_KEY": "another"}):
            manager = create_manager(self.environment())
            self.assert_raises_code("invocation_failed", lambda: manager.sync_read_secret(self.name("nothing")))

    def test_a_read_does_not_hold_up_the_event_loop(self):
        manager = create_manager({**lambda_environment(), "CONJUR_FUNCTIONS_READ_FUNCTION": "gate"})

        async def read_while_the_loop_goes_on():
            read = asyncio.ensure_future(manager.async_read_secret("litellm/gate", timeout=4))
            while "gate" not in await asyncio.to_thread(calls):
                await asyncio.sleep(0.01)
            self.assertFalse(read.done())
            # Only a loop that is free can send this, and only this ends the read.
            await asyncio.to_thread(fetch, f"{ENDPOINT}/__open", method="POST", data=b"")
            return await read

        self.assertIsNone(asyncio.run(asyncio.wait_for(read_while_the_loop_goes_on(), 30)))

    def test_40_writes_at_once_are_all_stored(self):
        names = [self.name(f"many/{index}") for index in range(40)]

        async def write_all():
            await asyncio.gather(*(self.manager.async_write_secret(name, f"value of {name}") for name in names))
            return await asyncio.gather(*(self.manager.async_read_secret(name) for name in names))

        self.assertEqual(self.run_async(write_all()), [f"value of {name}" for name in names])

    def test_the_health_check_tells_well_from_unwell(self):
        self.assertTrue(self.run_async(self.manager.async_health_check()))
        with self.assertLogs("conjur_functions", "WARNING"):
            self.assertFalse(self.run_async(self.manager_of("refused").async_health_check()))

    def test_a_teams_prefix_stays_behind_the_prefix_of_all_virtual_keys(self):
        team = {"path_prefix": f"/{self.way}-team-a/", "namespace": "of another product"}
        answer = self.run_async(self.manager.async_write_secret("litellm/alias", "sk-team", optional_params=team))
        self.assertEqual(answer["name"], f"litellm/{self.way}-team-a/alias")
        self.assertEqual(self.run_async(self.manager.async_read_secret("litellm/alias", optional_params=team)), "sk-team")
        for wrong in ("", "/", 7, "../other"):
            self.assert_raises_code(
                "invalid_request",
                lambda: self.run_async(self.manager.async_write_secret("litellm/alias", "v", optional_params={"path_prefix": wrong})),
            )

    def test_no_secret_gets_into_a_debug_log(self):
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            # A client of its own, so that what is logged once per client is seen too.
            manager = create_manager(self.environment())
            name = self.name("logged")
            self.run_async(manager.async_write_secret(name, "sk-private-1"))
            self.run_async(manager.async_rotate_secret(name, name, "sk-private-2"))
            self.assertEqual(manager.sync_read_secret(name), "sk-private-2")
            with mock.patch.dict(os.environ, {"AWS_SECRET_ACCESS_KEY": "another"}):
                wrong = create_manager(self.environment())
                self.assert_raises_code(
                    "invocation_failed", lambda: self.run_async(wrong.async_write_secret(name, "sk-private-3"))
                )
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        encoded = base64.b64encode(b"sk-private").decode().rstrip("=")[:-2]
        for form in ("sk-private", encoded):
            self.assertNotIn(form, log.getvalue())


class ByLambda(Calls, unittest.TestCase):
    way = "lambda"
    environment = staticmethod(lambda_environment)
    nowhere = {"CONJUR_FUNCTIONS_ENDPOINT_URL": "http://127.0.0.1:9"}

    def test_a_function_that_does_not_exist_raises(self):
        manager = create_manager(lambda_environment("no-such-stack"))
        error = self.assert_raises_code("invocation_failed", lambda: manager.sync_read_secret("litellm/key-1"))
        self.assertIn("ResourceNotFoundException", str(error))
        self.assertIn("no-such-stack-read-secret", str(error))

    def test_a_function_that_fails_by_itself_raises(self):
        manager = create_manager({**lambda_environment(), "CONJUR_FUNCTIONS_READ_FUNCTION": "crash"})
        self.assert_raises_code("invocation_failed", lambda: manager.sync_read_secret("litellm/key-1"))

    def test_a_function_that_takes_too_long_raises(self):
        manager = create_manager({**lambda_environment(), "CONJUR_FUNCTIONS_READ_FUNCTION": "gate"})
        error = self.assert_raises_code("invocation_failed", lambda: manager.sync_read_secret("litellm/a", timeout=0.1))
        self.assertIn("ReadTimeoutError", str(error))
        fetch(f"{ENDPOINT}/__open", method="POST", data=b"")


class ByHttp(Calls, unittest.TestCase):
    way = "http"
    environment = staticmethod(http_environment)
    nowhere = {"CONJUR_FUNCTIONS_API_BASE": "http://127.0.0.1:9"}

    def test_a_404_of_the_gateway_is_not_taken_for_a_missing_secret(self):
        manager = create_manager({**http_environment(), "CONJUR_FUNCTIONS_API_BASE": f"{ENDPOINT}/wrong/base"})
        self.assert_raises_code("invocation_failed", lambda: manager.sync_read_secret("litellm/key-1"))


class Connections(unittest.TestCase):
    """Against a server that answers as it is told: what it closes, and what it refuses."""

    VALUE = (200, {"name": "litellm/a", "value": "sk-a", "encoding": "utf-8"})
    LOST = None

    def each_way(self, *answers):
        for environment in (
            {"CONJUR_FUNCTIONS_ENDPOINT_URL": "{url}"},
            {"CONJUR_FUNCTIONS_MODE": "http", "CONJUR_FUNCTIONS_API_BASE": "{url}"},
        ):
            with ScriptedServer(answers) as server, mock.patch("time.sleep") as sleep:
                yield create_manager({name: value.format(url=server.url) for name, value in environment.items()}), server, sleep

    def test_one_connection_serves_one_call_after_the_other(self):
        for manager, server, _ in self.each_way(*[self.VALUE] * 5):
            for _ in range(3):
                self.assertEqual(manager.sync_read_secret("litellm/a"), "sk-a")
            # From whichever thread.
            for _ in range(2):
                self.assertEqual(asyncio.run(manager.async_read_secret("litellm/a")), "sk-a")
            self.assertEqual((server.requests, server.connections), (5, 1))

    def test_a_call_is_repeated_at_once_where_the_connection_that_was_kept_is_lost(self):
        for manager, server, sleep in self.each_way(self.VALUE, self.LOST, self.VALUE):
            for _ in range(2):
                self.assertEqual(manager.sync_read_secret("litellm/a"), "sk-a")
            self.assertEqual((server.requests, server.connections), (3, 2))
            sleep.assert_not_called()

    def test_a_call_that_is_lost_again_waits_and_is_tried_three_times(self):
        for manager, server, sleep in self.each_way(*[self.LOST] * 4):
            with self.assertRaises(Error) as caught:
                manager.sync_read_secret("litellm/a")
            self.assertEqual(caught.exception.code, "invocation_failed")
            self.assertIn("ConnectionClosedError", str(caught.exception))
            self.assertEqual((server.requests, sleep.call_count), (3, 1))

    # What a change whose answer is lost is looked for by: the value, its version, and the version below.
    THEIRS = (200, {"name": "litellm/a", "value": "sk-theirs", "encoding": "utf-8"})
    SECOND = (200, {"secrets": [{"name": "litellm/a2", "version": 7}, {"name": "litellm/a", "version": 2}], "cursor": None})
    DONE = (200, {"name": "litellm/a", "created": False, "rotated_at": "2026-03-01T12:00:00Z"})
    CHANGES = (
        lambda manager: manager.async_write_secret("litellm/a", "sk-a"),
        lambda manager: manager.async_rotate_secret("litellm/a", "litellm/a", "sk-a"),
    )

    def test_a_change_whose_answer_is_lost_does_not_undo_what_somebody_has_written_since(self):
        for change in self.CHANGES:
            for manager, server, _ in self.each_way(self.LOST, self.THEIRS, self.SECOND, self.VALUE, self.DONE):
                with self.assertRaises(Error) as caught:
                    asyncio.run(change(manager))
                self.assertEqual((caught.exception.code, server.requests), ("upstream_error", 4))
                self.assertIn('It is not known whether the value of "litellm/a" was written', str(caught.exception))
                self.assertNotIn("sk-", str(caught.exception))

    def test_a_change_whose_answer_is_lost_is_repeated_where_it_was_not_done_or_stands(self):
        cases = (
            (self.LOST, self.THEIRS, self.SECOND, self.THEIRS),
            (self.LOST, self.THEIRS, (200, {"secrets": [], "cursor": None})),
            (self.LOST, ScriptedServer.ABSENT),
            ((502, {}), self.VALUE),
            ((504, {}), self.VALUE),
        )
        for change in self.CHANGES:
            for case in cases:
                for manager, server, _ in self.each_way(*case, self.DONE):
                    asyncio.run(change(manager))
                    self.assertEqual(server.requests, len(case) + 1)

    def test_a_change_that_was_not_made_is_repeated_without_a_look(self):
        for change in self.CHANGES:
            for status in (429, 503):
                for manager, server, _ in self.each_way((status, {}), self.DONE):
                    asyncio.run(change(manager))
                    self.assertEqual(server.requests, 2)

    def test_a_change_says_that_it_may_have_happened_where_nothing_more_is_known(self):
        for change in self.CHANGES:
            for manager, _, _ in self.each_way(*[self.LOST] * 9):
                with self.assertRaises(Error) as caught:
                    asyncio.run(change(manager))
                self.assertEqual(caught.exception.code, "invocation_failed")
                self.assertIn("It is not known whether", str(caught.exception))

    def test_an_answer_that_does_not_say_what_became_of_the_secret_is_no_success(self):
        calls = (
            lambda manager: manager.async_read_secret("litellm/a"),
            lambda manager: manager.async_write_secret("litellm/a", "sk-a"),
            lambda manager: manager.async_delete_secret("litellm/a"),
            lambda manager: manager.async_rotate_secret("litellm/a", "litellm/b", "sk-b"),
        )
        other = {"name": "litellm/c", "value": "sk-c", "created": True, "deleted": True, "rotated_at": "2026-03-01T12:00:00Z"}
        # Of some other function, of a gateway, of another call.
        for body in ({"statusCode": 200, "body": "{}"}, {"status": "blocked by policy"}, {"name": "litellm/a"}, other):
            for manager, _, _ in self.each_way(*[(200, body)] * 5):
                for call in calls:
                    with self.assertRaises(Error) as caught:
                        asyncio.run(call(manager))
                    self.assertEqual(caught.exception.code, "invocation_failed")
                    self.assertNotIn("sk-", str(caught.exception))
                self.assertFalse(asyncio.run(manager.async_health_check()))

    def test_what_is_throttled_is_tried_again_and_what_is_refused_is_not(self):
        throttled = (429, {"message": "Rate Exceeded."})
        for manager, server, sleep in self.each_way(throttled, throttled, self.VALUE):
            self.assertEqual(manager.sync_read_secret("litellm/a"), "sk-a")
            self.assertEqual((server.requests, sleep.call_count), (3, 2))
        for answer, requests in ((throttled, 3), ((403, {"message": "Forbidden"}), 1)):
            for manager, server, _ in self.each_way(*[answer] * 4):
                with self.assertRaises(Error) as caught:
                    manager.sync_read_secret("litellm/a")
                self.assertEqual((caught.exception.code, server.requests), ("invocation_failed", requests))
                self.assertIn(str(answer[0]), str(caught.exception))


class ScriptedServer:
    """Gives its answers in their order, by connections that it keeps; None closes the connection instead."""

    ABSENT = "the functions say that there is no such secret"

    def __init__(self, answers):
        self.requests = self.connections = 0
        answers, outer = iter(answers), self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                outer.connections += 1

            def answer(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.requests += 1
                answer = next(answers)
                if answer is None:
                    self.close_connection = True
                    return
                headers = {"content-type": "application/json"}
                if answer == ScriptedServer.ABSENT and self.path.startswith("/2015-03-31/"):
                    answer = (200, {"errorType": "SecretNotFound", "errorMessage": "No."})
                    headers["x-amz-function-error"] = "Unhandled"
                elif answer == ScriptedServer.ABSENT:
                    answer = (404, {"code": "secret_not_found", "detail": "No."})
                    headers["content-type"] = "application/problem+json"
                body = json.dumps(answer[1]).encode()
                self.send_response(answer[0])
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                """Nothing on the console."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.socket.close()


class Settings(unittest.TestCase):
    def test_all_that_is_wrong_is_told_at_once_and_no_value_is_shown(self):
        environment = {
            "CONJUR_FUNCTIONS_MODE": "https",
            "CONJUR_FUNCTIONS_TIMEOUT": "soon",
            "CONJUR_FUNCTIONS_ENDPOINT_URL": "http://lambda.example",
        }
        with self.assertRaises(ValueError) as caught:
            create_manager(environment)
        for variable in environment:
            self.assertIn(variable, str(caught.exception))
        self.assertNotIn("lambda.example", str(caught.exception))

    def test_the_http_api_needs_https(self):
        for base in ("", "http://api.example", "ftp://api.example", "api.example"):
            with self.assertRaisesRegex(ValueError, "CONJUR_FUNCTIONS_API_BASE"):
                create_manager({"CONJUR_FUNCTIONS_MODE": "http", "CONJUR_FUNCTIONS_API_BASE": base})

    def test_a_user_and_password_in_an_address_are_refused_and_never_shown(self):
        for mode, name in (("http", "CONJUR_FUNCTIONS_API_BASE"), ("lambda", "CONJUR_FUNCTIONS_ENDPOINT_URL")):
            for address in (
                "https://user:canary@api.example",
                "https://canary@api.example",
                "http://user:canary@127.0.0.1:3002",
                "https://api.example?key=canary",
                "https://api.example#canary",
                "https://:443",
                "https://api.example:canary",
                "https://[canary",
            ):
                with self.subTest(f"{name} {address}"), self.assertRaisesRegex(ValueError, name) as caught:
                    create_manager({"CONJUR_FUNCTIONS_MODE": mode, name: address})
                self.assertNotIn("canary", "".join(traceback.format_exception(ValueError, caught.exception, None)))

    def test_a_tag_of_the_settings_that_conjur_would_act_on_is_refused_at_the_start(self):
        import litellm

        with mock.patch.object(litellm, "_key_management_settings", types.SimpleNamespace(tags={"rotation/ttl": "P1D"})):
            with self.assertRaisesRegex(ValueError, "rotation/ttl"):
                create_manager(lambda_environment())

    def test_how_long_a_name_is_remembered_has_bounds(self):
        for text in ("-1", "3601", "soon", "nan"):
            with self.assertRaisesRegex(ValueError, "CONJUR_FUNCTIONS_NOT_FOUND_SECONDS"):
                create_manager({**lambda_environment(), "CONJUR_FUNCTIONS_NOT_FOUND_SECONDS": text})
        manager = create_manager({**lambda_environment(), "CONJUR_FUNCTIONS_NOT_FOUND_SECONDS": "0"})
        calls()
        for _ in range(2):
            self.assertIsNone(manager.sync_read_secret("litellm/forgotten"))
        self.assertEqual(len(calls()), 2)

    def test_a_thousand_names_are_remembered_at_most(self):
        remembered = Manager.__init__.__globals__["_NotFound"](60)
        for index in range(1001):
            remembered.remember(f"name-{index}", Error("secret_not_found", "no"), 0)
        self.assertIsNone(remembered.recall("name-0"))
        self.assertEqual(remembered.recall("name-1000").code, "secret_not_found")
        remembered.forget("another")
        remembered.remember("overtaken", Error("secret_not_found", "no"), 0)
        self.assertIsNone(remembered.recall("overtaken"))

    def test_a_region_is_needed(self):
        nothing = {"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": os.devnull}
        with self.assertRaisesRegex(ValueError, "CONJUR_FUNCTIONS_REGION"):
            create_manager(nothing)

    def test_it_takes_what_litellm_gives_for_a_time_out(self):
        class HttpxTimeout:
            read = 2.5

        manager = create_manager(lambda_environment())
        for timeout in (3, 2.5, HttpxTimeout(), None, 0, -1, float("inf"), float("nan"), 1e9):
            self.assertIsNone(manager.sync_read_secret("litellm/nothing", timeout=timeout))

    def test_requests_are_signed_for_the_region_that_the_address_of_the_api_names(self):
        environment = {
            "CONJUR_FUNCTIONS_MODE": "http",
            "CONJUR_FUNCTIONS_API_BASE": "https://abc123.execute-api.us-west-2.amazonaws.com/prod",
        }
        for more, region in (({}, "us-west-2"), ({"CONJUR_FUNCTIONS_REGION": "eu-west-1"}, "eu-west-1")):
            requests = create_manager({**environment, **more})._functions._requests
            signed = requests._signed("GET", f"{environment['CONJUR_FUNCTIONS_API_BASE']}/health", None)
            self.assertIn(f"/{region}/execute-api/", str(signed.headers["Authorization"]))

    def test_an_invocation_is_the_request_that_boto3_makes_signature_included(self):
        event = {"name": "litellm/ключ", "fresh": False}
        arn = "arn:aws:lambda:eu-central-1:123456789012:function:read-secret"
        with mock.patch.dict(os.environ, {"AWS_REGION": "eu-central-1", "AWS_SESSION_TOKEN": "a/token+of=the/session=="}):
            for name in ("conjur-functions-dev-read-secret", "read-secret:live", arn, f"{arn}:7"):
                functions = Manager()._functions
                # Both are signed within the same second, or it is tried again.
                for _ in range(5):
                    ours = functions._requests._signed("POST", functions._url_of(name), event)
                    theirs = request_of_boto3(name, json.dumps(event).encode())
                    if ours.headers["X-Amz-Date"] == theirs.headers["X-Amz-Date"].decode():
                        break
                self.assertEqual((ours.method, ours.url, ours.body), (theirs.method, theirs.url, theirs.body))
                for header in ("X-Amz-Date", "X-Amz-Security-Token", "Authorization"):
                    self.assertEqual(ours.headers[header], theirs.headers[header].decode(), header)

    def test_the_address_of_lambda_is_the_one_that_aws_names(self):
        for environment, address in (
            ({"CONJUR_FUNCTIONS_REGION": "eu-central-1"}, "https://lambda.eu-central-1.amazonaws.com"),
            ({"CONJUR_FUNCTIONS_REGION": "cn-north-1"}, "https://lambda.cn-north-1.amazonaws.com.cn"),
            ({"AWS_USE_FIPS_ENDPOINT": "true", "AWS_REGION": "us-east-1"}, "https://lambda-fips.us-east-1.amazonaws.com"),
        ):
            with mock.patch.dict(os.environ, environment):
                self.assertEqual(Manager()._functions._endpoint(), address)


def request_of_boto3(function_name, payload):
    """What boto3's client would send. Nothing is sent."""
    sent = []

    def take(request, **_):
        sent.append(request)
        raise NotSent

    client = boto3.session.Session(region_name=os.environ["AWS_REGION"]).client("lambda")
    client.meta.events.register("before-send.lambda.Invoke", take)
    with contextlib.suppress(NotSent):
        client.invoke(FunctionName=function_name, Payload=payload)
    return sent[0]


class NotSent(Exception):
    pass


class ByItself(unittest.TestCase):
    """The file as a program, on a machine without LiteLLM."""

    def run_it(self, *arguments, **environment):
        code = "import sys, runpy; sys.modules['litellm'] = None; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
        command = [sys.executable, "-B", "-c", code, str(MODULE), *arguments]
        ended = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60)
        return ended.returncode, ended.stdout, ended.stderr

    def test_reads_a_secret_and_tells_of_its_health(self):
        name = "litellm/by-itself"
        asyncio.run(manager_of(lambda_environment, "conjur-functions-dev").async_write_secret(name, "sk-itself"))
        for environment in (lambda_environment(), http_environment()):
            self.assertEqual(self.run_it("read", name, **environment), (0, "sk-itself\n", ""))
        status, output, _ = self.run_it("health", **lambda_environment())
        self.assertEqual((status, json.loads(output)["ok"]), (0, True))

    def test_says_why_it_could_not(self):
        environment = lambda_environment()
        status, output, errors = self.run_it("read", "litellm/no-such", **environment)
        self.assertEqual((status, output), (1, ""))
        self.assertIn('secret_not_found: There is no secret "litellm/no-such"', errors)
        status, output, errors = self.run_it("health", **lambda_environment("refused"))
        self.assertEqual((status, output, errors.split(":")[0]), (1, "", "authentication_failed"))
        status, output, errors = self.run_it("read", "a", **{**environment, "CONJUR_FUNCTIONS_MODE": "ftp"})
        self.assertEqual((status, output), (1, ""))
        self.assertIn("CONJUR_FUNCTIONS_MODE", errors)

    def test_shows_its_usage(self):
        for arguments in ((), ("read",), ("read", "a", "b"), ("health", "a"), ("write", "a")):
            status, output, errors = self.run_it(*arguments)
            self.assertEqual((status, output), (2, ""))
            self.assertIn("usage: python3 conjur_secret_manager.py read NAME", errors)


if __name__ == "__main__":
    unittest.main()
