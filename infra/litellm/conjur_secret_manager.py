"""LiteLLM's secret manager over conjur-functions: secrets in CyberArk Conjur, by way of AWS Lambda.

Put this file beside LiteLLM's config.yaml and name the class there:

    general_settings:
      key_management_system: custom
      key_management_settings:
        custom_secret_manager: conjur_secret_manager.ConjurFunctionsSecretManager
        store_virtual_keys: true
        access_mode: read_and_write
        hosted_keys: [litellm/OPENAI_API_KEY]

A first check needs no LiteLLM:

    python3 conjur_secret_manager.py health
    python3 conjur_secret_manager.py read litellm/OPENAI_API_KEY

It needs boto3 and is set up by environment variables; docs/litellm.md of conjur-functions describes them.

A secret that does not exist is None. Everything else that goes wrong raises ConjurFunctionsError: LiteLLM falls back to its
environment for None, and a failure that looks like "not found" is how a key gets lost.
"""

import asyncio
import base64
import binascii
import json
import logging
import os
import random
import re
import socket
import sys
import threading
import time
import weakref
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union
from urllib.parse import quote, urlsplit

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ConnectionClosedError, HTTPClientError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

try:
    from litellm.integrations.custom_secret_manager import CustomSecretManager
except ImportError:
    if __name__ != "__main__":
        raise

    class CustomSecretManager:  # type: ignore[no-redef]
        """Takes the place of LiteLLM's base class when this file is run by itself, on a machine without LiteLLM."""

        def __init__(self, secret_manager_name: str) -> None:
            self.secret_manager_name = secret_manager_name


logger = logging.getLogger("conjur_functions")

DEFAULT_STACK = "conjur-functions-dev"
DEFAULT_TIMEOUT_SECONDS = 29.0
"""As long as the functions themselves may take."""
MAX_TIMEOUT_SECONDS = 900.0
"""As long as a Lambda function can run."""
CONNECT_TIMEOUT_SECONDS = 5.0
MAX_ATTEMPTS = 3
"""Attempts per call. Each call may be repeated: the same value again changes nothing, where nobody has written another since."""
VERSIONS_LOOKED_AT = 3
"""Below the latest, before a write is repeated whose answer was lost: others hardly write more while it is waited for."""
MAX_WORKERS = 32
"""Calls under way at once; further ones wait for a thread."""
MAX_HTTP_SESSIONS = 8
DEFAULT_NOT_FOUND_SECONDS = 60.0
"""How long a name that Conjur does not have is answered without a call. LiteLLM asks for some of its own with every completion."""
MAX_NOT_FOUND_SECONDS = 3600.0
MAX_NOT_FOUND_NAMES = 1000
LITELLM_DEFAULT_PREFIX = "litellm/"
RESERVED_ANNOTATIONS = ("rotation/", "dynamic/", "conjur/")
"""Conjur acts on annotations that start so: it rotates, issues or authenticates by them."""

ERROR_CODES = (
    "invalid_request",
    "access_mode_denied",
    "not_hosted",
    "forbidden",
    "secret_not_found",
    "delete_not_supported",
    "policy_conflict",
    "payload_too_large",
    "unprocessable",
    "config_invalid",
    "internal",
    "authentication_failed",
    "upstream_error",
    "upstream_unavailable",
    "deadline_exceeded",
)

Timeout = Any
"""Seconds as a number, an httpx.Timeout, or None for the default."""


class ConjurFunctionsError(Exception):
    """A call that failed.

    `code` is one of ERROR_CODES as the functions document them, or:
    - `invocation_failed`: the function was not reached, or did not answer as it should (no such function, no right to invoke it,
      no connection, an answer of somebody else's);
    - `not_text`: the secret's bytes are not UTF-8, and LiteLLM takes only text.

    The message says what to do next and never holds a secret.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ConjurFunctionsSecretManager(CustomSecretManager):
    """Reads, writes, rotates and deletes secrets by one call of a function each. Safe to share between threads and event loops."""

    def __init__(self) -> None:
        super().__init__(secret_manager_name="conjur_functions")
        self._functions = _create_functions(os.environ)
        self._timeout = _default_timeout(os.environ)
        self._not_found = _NotFound(_not_found_seconds(os.environ))
        self._bulk_deletions = _BulkDeletions()
        # A pool of its own: waiting for Lambda must not use up the threads that LiteLLM needs for other things.
        self._executor = ThreadPoolExecutor(max_workers=MAX_WORKERS, thread_name_prefix="conjur-functions")

    def sync_read_secret(
        self, secret_name: str, optional_params: Optional[dict] = None, timeout: Timeout = None
    ) -> Optional[str]:
        """The secret's value, or None where there is no such secret. Blocks: LiteLLM asks for it where it may not await.

        So no call is made for names that `hosted_keys` leaves out, nor for those that were not there a moment ago.
        """
        name = _to_full_name(secret_name, optional_params)
        if not _is_hosted(name):
            return None
        known = self._not_found.recall(name)
        if known is not None:
            return _none_or_raise(known)
        asked_at = self._not_found.generation
        try:
            return self._read(name, timeout, fresh=False)
        except ConjurFunctionsError as error:
            if error.code in _NOT_THERE:
                self._not_found.remember(name, error, asked_at)
            return _none_or_raise(error)

    def _read(self, name: str, timeout: Timeout, fresh: bool) -> str:
        return _to_text(name, self._functions.read(name, fresh, self._seconds(timeout)))

    async def async_read_secret(
        self, secret_name: str, optional_params: Optional[dict] = None, timeout: Timeout = None
    ) -> Optional[str]:
        """The secret's value, or None where there is no such secret.

        Always asks Conjur, past the functions' own value cache too: hooks decide by the answer what they write.
        """
        name = _to_full_name(secret_name, optional_params)
        try:
            return await self._in_thread(lambda: self._read(name, timeout, fresh=True))
        except ConjurFunctionsError as error:
            return _none_or_raise(error)

    async def async_write_secret(
        self,
        secret_name: str,
        secret_value: str,
        description: Optional[str] = None,
        optional_params: Optional[dict] = None,
        timeout: Timeout = None,
        tags: Optional[Union[dict, list]] = None,
    ) -> Dict[str, Any]:
        """Stores a value; makes the variable, with description and tags as its annotations, where it is missing."""
        name = _to_full_name(secret_name, optional_params)
        body: Dict[str, Any] = {"value": _checked_value(name, secret_value)}
        annotations = _to_annotations(description, tags)
        if annotations:
            body["annotations"] = annotations
        try:
            return await self._in_thread(
                lambda: _confirmed(self._write(name, body, self._seconds(timeout)), name, "created", "write-secret")
            )
        finally:
            self._not_found.forget(name)

    def _write(self, name: str, body: Mapping[str, Any], seconds: float) -> Dict[str, Any]:
        return self._functions.write(name, body, seconds, lambda: self._assert_not_overtaken(name, body["value"], seconds))

    def _rotate(self, new_name: str, body: Mapping[str, Any], seconds: float) -> Dict[str, Any]:
        return self._functions.rotate(body, seconds, lambda: self._assert_not_overtaken(new_name, body["new_value"], seconds))

    def _assert_not_overtaken(self, name: str, value: str, seconds: float) -> None:
        """Before a write is repeated whose answer was lost: it must not put its value over one that somebody has written since.

        Where the functions may not show the value or its versions, that cannot be told, and the write is repeated.
        """
        try:
            if self._read_version(name, None, seconds) == value:
                return
            latest = self._functions.latest_version(name, seconds) or 0
            for version in range(latest - 1, max(0, latest - 1 - VERSIONS_LOOKED_AT), -1):
                if self._read_version(name, version, seconds) == value:
                    break
            else:
                return
        except ConjurFunctionsError as error:
            if error.code in _NOT_SHOWN:
                return
            raise ConjurFunctionsError(error.code, f"{error.message} {_unknown_write(name)}") from None
        raise ConjurFunctionsError(
            "upstream_error",
            f"{_unknown_write(name)} Another value stands there now, which somebody may have written since. Nothing was sent again. "
            "Read the secret, and write it once more if that is what you want.",
        )

    def _read_version(self, name: str, version: Optional[int], seconds: float) -> str:
        return _to_text(name, self._functions.read(name, True, seconds, version))

    async def async_update_secret_value(
        self,
        secret_name: str,
        secret_value: str,
        optional_params: Optional[dict] = None,
        timeout: Timeout = None,
    ) -> Dict[str, Any]:
        """Stores a value, as async_write_secret does."""
        return await self.async_write_secret(
            secret_name, secret_value, optional_params=optional_params, timeout=timeout
        )

    async def async_delete_secret(
        self,
        secret_name: str,
        recovery_window_in_days: Optional[int] = 7,
        optional_params: Optional[dict] = None,
        timeout: Timeout = None,
    ) -> Dict[str, Any]:
        """Deletes a secret with all its versions, at once: Conjur has no recovery window. Needs CYBERARK_ALLOW_DELETE=true.

        In LiteLLM's deletion of many keys, a failure is raised with the last of them, so that the others are deleted.
        """
        name = secret_name
        try:
            name = _to_full_name(secret_name, optional_params)
            answer = await self._in_thread(
                lambda: _confirmed(self._functions.delete(name, self._seconds(timeout)), name, "deleted", "write-secret")
            )
        except ConjurFunctionsError as error:
            self._bulk_deletions.fail(name, error)
            return {"name": name, "deleted": False, "error": error.code}
        self._bulk_deletions.succeed()
        return answer

    async def async_rotate_secret(
        self,
        current_secret_name: str,
        new_secret_name: str,
        new_secret_value: str,
        optional_params: Optional[dict] = None,
        timeout: Timeout = None,
    ) -> Dict[str, Any]:
        """Stores the new value, reads it back, and only then deletes the old name where it is another; all of it in one call."""
        current_name = _to_full_name(current_secret_name, optional_params)
        new_name = _to_full_name(new_secret_name, optional_params)
        value = _checked_value(new_name, new_secret_value)
        body: Dict[str, Any] = {"name": current_name, "strategy": "supplied", "new_value": value}
        if new_name != current_name:
            body["new_name"] = new_name
        try:
            answer = await self._in_thread(
                lambda: _confirmed(self._rotate(new_name, body, self._seconds(timeout)), new_name, "rotated_at", "rotate-key")
            )
        finally:
            self._not_found.forget(new_name)
        if answer.get("old_deleted") is False:
            logger.warning(
                'The secret "%s" is now "%s", and the old one was not deleted. %s', current_name, new_name, answer.get("old_kept_because", "")
            )
        return answer

    async def async_health_check(self, timeout: Timeout = None) -> bool:
        """Whether the functions can log in to Conjur. Why not stands in the log."""
        try:
            await self._in_thread(lambda: self._health(self._seconds(timeout)))
            return True
        except ConjurFunctionsError as error:
            logger.warning("Conjur cannot be used: %s", error)
            return False

    def _health(self, seconds: float) -> Dict[str, Any]:
        answer = self._functions.health(seconds)
        if answer.get("ok") is True:
            return answer
        raise ConjurFunctionsError("invocation_failed", "The answer does not say how Conjur is. Is it read-secret that was called?")

    def _seconds(self, timeout: Timeout) -> float:
        # httpx.Timeout keeps a time for each phase; the one for reading is the one that a call waits by.
        seconds = getattr(timeout, "read", timeout)
        if not isinstance(seconds, (int, float)) or not seconds > 0:
            return self._timeout
        return min(float(seconds), MAX_TIMEOUT_SECONDS)

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


_NOT_THERE = ("secret_not_found", "not_hosted")
_NOT_SHOWN = ("secret_not_found", "not_hosted", "forbidden", "access_mode_denied", "not_text")
"""What a look answers that tells nothing of a write."""


def _unknown_write(name: str) -> str:
    return f'It is not known whether the value of "{name}" was written: its answer was lost.'


def _none_or_raise(error: ConjurFunctionsError) -> None:
    if error.code != "secret_not_found":
        raise error


class _NotFound:
    """Names that were not there, for a short while. A name that is written is forgotten at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._errors: "OrderedDict[str, Tuple[float, str, str]]" = OrderedDict()
        self._lock = threading.Lock()
        self.generation = 0
        """Rises with every write: an answer that a write has overtaken is not remembered."""

    def recall(self, name: str) -> Optional[ConjurFunctionsError]:
        with self._lock:
            until, code, message = self._errors.get(name, (0.0, "", ""))
        # A new one each time: one that is raised again keeps the tracebacks of the times before.
        return ConjurFunctionsError(code, message) if time.monotonic() < until else None

    def remember(self, name: str, error: ConjurFunctionsError, asked_at: int) -> None:
        with self._lock:
            if asked_at != self.generation or self._seconds == 0:
                return
            self._errors[name] = (time.monotonic() + self._seconds, error.code, error.message)
            self._errors.move_to_end(name)
            if len(self._errors) > MAX_NOT_FOUND_NAMES:
                self._errors.popitem(last=False)

    def forget(self, name: str) -> None:
        with self._lock:
            self.generation += 1
            self._errors.pop(name, None)


class _BulkDeletions:
    """Failures of LiteLLM's delete hook. It deletes one key after the other and has no try, so that a raise would leave the rest.

    What it is about to delete is known only to its frame. In a LiteLLM whose hook has another name, each failure is raised at once.
    """

    HOOK = "_delete_virtual_keys_from_secret_manager"
    MAX_FRAMES = 20

    def __init__(self) -> None:
        self._failures: "weakref.WeakKeyDictionary[Any, Tuple[Any, List[Tuple[str, ConjurFunctionsError]]]]" = (
            weakref.WeakKeyDictionary()
        )

    def fail(self, name: str, error: ConjurFunctionsError) -> None:
        """Raises the failure, or keeps it for the last key of the deletion."""
        keys, is_last = self._find()
        if keys is None:
            raise error
        logger.warning('The secret "%s" was not deleted: %s', name, error)
        failures = [*self._of(keys), (name, error)]
        self._failures[asyncio.current_task()] = (keys, failures)
        if is_last:
            self._raise_all(failures)

    def succeed(self) -> None:
        """Raises what was kept, when this was the last key of the deletion."""
        keys, is_last = self._find()
        failures = [] if keys is None else self._of(keys)
        if is_last and failures:
            self._raise_all(failures)

    def _of(self, keys: Any) -> List[Tuple[str, ConjurFunctionsError]]:
        owner, failures = self._failures.get(asyncio.current_task(), (None, []))
        return failures if owner is keys else []

    def _raise_all(self, failures: Sequence[Tuple[str, ConjurFunctionsError]]) -> None:
        self._failures.pop(asyncio.current_task(), None)
        if len(failures) == 1:
            raise failures[0][1]
        what = "; ".join(f'"{name}" ({error})' for name, error in failures)
        raise ConjurFunctionsError(failures[0][1].code, f"{len(failures)} secrets were not deleted: {what}")

    def _find(self) -> Tuple[Any, bool]:
        """The keys of the deletion that is under way, if any, and whether no other follows the one that it is at."""
        frame = sys._getframe(1)
        for _ in range(self.MAX_FRAMES):
            if frame is None:
                return None, False
            if frame.f_code.co_name == self.HOOK:
                keys, key = frame.f_locals.get("keys_being_deleted"), frame.f_locals.get("key")
                if not isinstance(keys, list):
                    return None, False
                at = next((index for index, other in enumerate(keys) if other is key), len(keys))
                return keys, all(getattr(other, "key_alias", None) is None for other in keys[at + 1 :])
            frame = frame.f_back
        return None, False


_WORTH_REPEATING = (429, 500, 502, 503, 504)
"""What Lambda and API Gateway answer where they throttle or cannot reach the function."""
_FROM_IN_FRONT = (502, 504)
"""Of these, what a server in front answers in the function's place: nobody knows what that did."""


class _Unserved(Exception):
    """No function has answered, and another attempt may be luckier: at once where a connection that was kept had been closed."""

    def __init__(self, error: ConjurFunctionsError, at_once: bool = False, was_sent: bool = False) -> None:
        super().__init__(error.code)
        self.error = error
        self.at_once = at_once
        self.was_sent = was_sent
        """Whether the function may have done what it was asked for."""


Look = Callable[[], None]
"""Raises where a call whose answer was lost must not be repeated."""


def _repeat_unserved(work: Callable[[], Dict[str, Any]], look: Optional[Look] = None) -> Dict[str, Any]:
    """Waits between attempts as AWS's SDKs do."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return work()
        except _Unserved as unserved:
            if attempt == MAX_ATTEMPTS:
                raise unserved.error from None
            at_once = unserved.at_once and attempt == 1
            was_sent = unserved.was_sent
        if not at_once:
            time.sleep(random.uniform(0, 2 ** (attempt - 1)))
        if was_sent and look is not None:
            look()
    raise AssertionError("the last attempt returns or raises")


class _SignedRequests:
    """Requests to an AWS service, signed (Signature Version 4), by connections that are kept.

    boto3's client does the same in half as much processor time again, for what one kind of request does not need.
    """

    def __init__(self, service: str, region: Optional[str], media_type: Optional[str]) -> None:
        self._service = service
        self._media_type = media_type
        self._session = _create_session(region)
        self._region = self._session.get_config_variable("region")
        self._http_sessions: Dict[float, URLLib3Session] = {}
        self._lock = threading.Lock()

    def lambda_endpoint(self) -> str:
        """Where the region's Lambda is. AWS's SDK knows the partitions, FIPS, and `AWS_ENDPOINT_URL_LAMBDA`."""
        try:
            with self._lock:
                return self._session.create_client("lambda").meta.endpoint_url
        except BotoCoreError as error:
            raise _not_reached("Lambda", type(error).__name__) from None

    def send(self, method: str, url: str, body: Optional[Mapping[str, Any]], what: str, timeout: float) -> Any:
        """The answer of `what`, whatever its status. Raises _Unserved where there is none."""
        try:
            with _quiet_debug_logs():
                request = self._signed(method, url, body)
                return self._http(request.url, timeout).send(request)
        except (ReadTimeoutError, ConnectionClosedError) as error:
            lost = _not_answered(what, type(error).__name__)
            raise _Unserved(lost, at_once=isinstance(error, ConnectionClosedError), was_sent=True) from None
        except (BotoCoreError, HTTPClientError) as error:
            raise _Unserved(_not_reached(what, type(error).__name__)) from None

    def _signed(self, method: str, url: str, body: Optional[Mapping[str, Any]]) -> Any:
        """Signed anew for each attempt: a signature is good for minutes, and a credential may have been renewed."""
        with self._lock:
            credentials = self._session.get_credentials()
        if credentials is None:
            raise ConjurFunctionsError("invocation_failed", "No AWS credentials were found to sign the request with.")
        data = None if body is None else json.dumps(body).encode()
        headers = {}
        if self._media_type is not None:
            headers["accept"] = self._media_type
            if data is not None:
                headers["content-type"] = self._media_type
        request = AWSRequest(method=method, url=url, data=data, headers=headers)
        SigV4Auth(credentials.get_frozen_credentials(), self._service, self._region).add_auth(request)
        return request.prepare()

    def _http(self, url: str, timeout: float) -> URLLib3Session:
        """The time-out is a session's for good, so there is one for each that is asked for."""
        with self._lock:
            session = self._http_sessions.get(timeout)
            if session is None:
                if len(self._http_sessions) >= MAX_HTTP_SESSIONS:
                    self._http_sessions.clear()
                session = URLLib3Session(
                    verify=self._session.get_config_variable("ca_bundle") or True,
                    proxies=get_environ_proxies(url),
                    timeout=(min(CONNECT_TIMEOUT_SECONDS, timeout), timeout),
                    max_pool_connections=MAX_WORKERS,
                    # As botocore's clients have it. Otherwise a body waits up to 40 ms for the headers to be acknowledged.
                    socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
                )
                self._http_sessions[timeout] = session
            return session


def _create_session(region: Optional[str]) -> botocore.session.Session:
    session = botocore.session.Session()
    if region is not None:
        session.set_config_variable("region", region)
    return session


class _LambdaFunctions:
    """The functions by direct invocation."""

    def __init__(self, names: Mapping[str, str], region: Optional[str], endpoint_url: Optional[str]) -> None:
        self._names = names
        self._endpoint_url = endpoint_url
        # Without a media type it is the request that boto3's client makes, to the last letter of the signature.
        self._requests = _SignedRequests("lambda", region, media_type=None)

    def read(self, name: str, fresh: bool, timeout: float, version: Optional[int] = None) -> Dict[str, Any]:
        event = {"name": name, "fresh": fresh} if version is None else {"name": name, "version": version}
        return self._invoke("read", event, timeout)

    def latest_version(self, name: str, timeout: float) -> Optional[int]:
        return _version_in(self._invoke("read", {"list": {"search": name, "limit": 1000}}, timeout), name)

    def write(self, name: str, body: Mapping[str, Any], timeout: float, look: Look) -> Dict[str, Any]:
        # Nobody asks for the version that LiteLLM's write has made, and it would cost a request.
        return self._invoke("write", {"name": name, **body, "version": False}, timeout, look)

    def delete(self, name: str, timeout: float) -> Dict[str, Any]:
        return self._invoke("write", {"delete": name}, timeout)

    def rotate(self, body: Mapping[str, Any], timeout: float, look: Look) -> Dict[str, Any]:
        return self._invoke("rotate", body, timeout, look)

    def health(self, timeout: float) -> Dict[str, Any]:
        return self._invoke("read", {"health": True}, timeout)

    def _invoke(self, function: str, event: Mapping[str, Any], timeout: float, look: Optional[Look] = None) -> Dict[str, Any]:
        return _repeat_unserved(lambda: self._invoke_once(self._names[function], event, timeout), look)

    def _invoke_once(self, function_name: str, event: Mapping[str, Any], timeout: float) -> Dict[str, Any]:
        # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
        what = f"The function {function_name}"
        response = self._requests.send("POST", self._url_of(function_name), event, what, timeout)
        if response.status_code >= 300:
            reason = response.headers.get("x-amzn-errortype", str(response.status_code)).split(":")[0]
            if response.status_code in _FROM_IN_FRONT:
                raise _Unserved(_not_answered(what, reason), was_sent=True)
            error = _not_reached(what, reason)
            raise _Unserved(error) if response.status_code in _WORTH_REPEATING else error
        if "x-amz-function-error" in response.headers:
            raise _to_function_error(function_name, response.content)
        return _parse_object(response.content, function_name)

    def _url_of(self, function_name: str) -> str:
        return f"{self._endpoint()}/2015-03-31/functions/{quote(function_name, safe='')}/invocations"

    def _endpoint(self) -> str:
        if self._endpoint_url is None:
            self._endpoint_url = self._requests.lambda_endpoint()
        return self._endpoint_url.rstrip("/")


class _HttpFunctions:
    """The functions by their HTTP API."""

    def __init__(self, api_base: str, region: Optional[str]) -> None:
        self._api_base = api_base.rstrip("/")
        self._requests = _SignedRequests("execute-api", region, media_type="application/json")

    def read(self, name: str, fresh: bool, timeout: float, version: Optional[int] = None) -> Dict[str, Any]:
        query = f"?version={version}" if version is not None else "?fresh=true" if fresh else ""
        return self._send("GET", _to_secret_path(name) + query, None, timeout)

    def latest_version(self, name: str, timeout: float) -> Optional[int]:
        return _version_in(self._send("GET", f"/secrets?search={quote(name, safe='~')}&limit=1000", None, timeout), name)

    def write(self, name: str, body: Mapping[str, Any], timeout: float, look: Look) -> Dict[str, Any]:
        return self._send("PUT", f"{_to_secret_path(name)}?version=false", body, timeout, look)

    def delete(self, name: str, timeout: float) -> Dict[str, Any]:
        return self._send("DELETE", _to_secret_path(name), None, timeout)

    def rotate(self, body: Mapping[str, Any], timeout: float, look: Look) -> Dict[str, Any]:
        return self._send("POST", "/rotations", body, timeout, look)

    def health(self, timeout: float) -> Dict[str, Any]:
        return self._send("GET", "/health", None, timeout)

    def _send(
        self, method: str, path: str, body: Optional[Mapping[str, Any]], timeout: float, look: Optional[Look] = None
    ) -> Dict[str, Any]:
        return _repeat_unserved(lambda: self._send_once(method, path, body, timeout), look)

    def _send_once(self, method: str, path: str, body: Optional[Mapping[str, Any]], timeout: float) -> Dict[str, Any]:
        url = self._api_base + path
        what = f"{method} {url}"
        response = self._requests.send(method, url, body, what, timeout)
        if response.status_code < 300:
            return _parse_object(response.content, what)
        problem = _to_problem(response.headers.get("content-type", ""), response.content)
        if problem is not None:
            raise problem
        error = ConjurFunctionsError(
            "invocation_failed",
            f"{what} was answered {response.status_code} by something in front of the function. Check "
            "CONJUR_FUNCTIONS_API_BASE, and that this identity may invoke the API (execute-api:Invoke).",
        )
        if response.status_code not in _WORTH_REPEATING:
            raise error
        raise _Unserved(error, was_sent=response.status_code in _FROM_IN_FRONT)


def _create_functions(environment: Mapping[str, str]) -> Union[_LambdaFunctions, _HttpFunctions]:
    """Reads the environment.

    Raises ValueError, which names every variable that is wrong.
    """
    problems: List[str] = []
    mode = environment.get("CONJUR_FUNCTIONS_MODE", "").strip().lower() or "lambda"
    if mode not in ("lambda", "http"):
        problems.append("CONJUR_FUNCTIONS_MODE must be lambda or http")
    api_base = environment.get("CONJUR_FUNCTIONS_API_BASE", "").strip()
    region = (
        environment.get("CONJUR_FUNCTIONS_REGION", "").strip()
        or (_region_of(api_base) if mode == "http" and _is_safe_url(api_base) else None)
        or environment.get("AWS_REGION")
        or None
    )
    if not (region or _create_session(None).get_config_variable("region")):
        problems.append("CONJUR_FUNCTIONS_REGION must be the AWS region of the functions")
    for read_seconds in (_default_timeout, _not_found_seconds):
        try:
            read_seconds(environment)
        except ValueError as error:
            problems.append(str(error))
    if mode == "http" and not _is_safe_url(api_base):
        problems.append(f"CONJUR_FUNCTIONS_API_BASE must be the https URL of the HTTP API {_OF_A_SAFE_URL}")
    endpoint_url = environment.get("CONJUR_FUNCTIONS_ENDPOINT_URL", "").strip() or None
    if endpoint_url is not None and not _is_safe_url(endpoint_url):
        problems.append(f"CONJUR_FUNCTIONS_ENDPOINT_URL must be an https URL {_OF_A_SAFE_URL}")
    reserved = _reserved_tag(getattr(_litellm_settings(), "tags", None))
    if reserved is not None:
        problems.append(f'key_management_settings.tags must not name "{reserved}": {_ABOUT_RESERVED_ANNOTATIONS}')
    if problems:
        raise ValueError("conjur-functions is not set up: " + "; ".join(problems) + ".")
    if mode == "http":
        return _HttpFunctions(api_base, region)
    return _LambdaFunctions(_function_names(environment), region, endpoint_url)


def _region_of(api_base: str) -> Optional[str]:
    """The region that the address of an HTTP API names: a signature for another one is refused. A domain of one's own names none."""
    match = re.search(r"\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$", urlsplit(api_base).hostname or "")
    return match.group(1) if match else None


def _function_names(environment: Mapping[str, str]) -> Dict[str, str]:
    stack = environment.get("CONJUR_FUNCTIONS_STACK", "").strip() or DEFAULT_STACK
    return {
        "read": environment.get("CONJUR_FUNCTIONS_READ_FUNCTION", "").strip() or f"{stack}-read-secret",
        "write": environment.get("CONJUR_FUNCTIONS_WRITE_FUNCTION", "").strip() or f"{stack}-write-secret",
        "rotate": environment.get("CONJUR_FUNCTIONS_ROTATE_FUNCTION", "").strip() or f"{stack}-rotate-key",
    }


_OF_A_SAFE_URL = "(http for the loopback only), without user and password, query or fragment"


def _is_safe_url(text: str) -> bool:
    """Secrets travel to it, so that plain http is for a server on this machine. A password in it would reach the log with errors."""
    try:
        parts = urlsplit(text)
        parts.port
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))


def _default_timeout(environment: Mapping[str, str]) -> float:
    seconds = _read_seconds(environment, "CONJUR_FUNCTIONS_TIMEOUT", DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS)
    if seconds == 0:
        raise ValueError("CONJUR_FUNCTIONS_TIMEOUT must be more than 0 seconds")
    return seconds


def _not_found_seconds(environment: Mapping[str, str]) -> float:
    return _read_seconds(environment, "CONJUR_FUNCTIONS_NOT_FOUND_SECONDS", DEFAULT_NOT_FOUND_SECONDS, MAX_NOT_FOUND_SECONDS)


def _read_seconds(environment: Mapping[str, str], name: str, default: float, most: float) -> float:
    text = environment.get(name, "").strip()
    if text == "":
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= most:
        raise ValueError(f"{name} must be a number of seconds up to {most:.0f}")
    return seconds


def _to_full_name(name: str, optional_params: Optional[dict]) -> str:
    """A team's `path_prefix` stands behind the prefix of all virtual keys, so that no team can name a secret outside of it."""
    params = optional_params or {}
    path_prefix = params.get("path_prefix")
    if path_prefix is None:
        return _checked(name)
    if not isinstance(path_prefix, str) or path_prefix.strip("/") == "":
        raise ConjurFunctionsError("invalid_request", "The team's secret manager setting path_prefix must be a text like team-a.")
    general = _general_prefix()
    own_part = name[len(general) :] if name.startswith(general) else name
    return _checked(f"{general}{path_prefix.strip('/')}/{own_part}")


def _checked(name: str) -> str:
    """The functions refuse such names too, but an HTTP client on the way there makes another name of `a/../b`."""
    if not _is_text(name):
        raise ConjurFunctionsError(
            "invalid_request", "The name of the secret is no text of Unicode. Give the id of a Conjur variable, such as litellm/key-1."
        )
    if any(segment in ("", ".", "..") for segment in name.split("/")):
        raise ConjurFunctionsError(
            "invalid_request",
            f'The name "{name}" has an empty, "." or ".." segment. Give the id of a Conjur variable, such as litellm/key-1.',
        )
    return name


def _checked_value(name: str, value: str) -> str:
    """Half a surrogate pair would arrive as another character, and the key that is stored would not be the key."""
    if _is_text(value):
        return value
    raise ConjurFunctionsError("invalid_request", f'The value for "{name}" is no text of Unicode, and cannot be stored as it is.')


def _is_text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        # Its message quotes the text.
        return False
    return True


def _litellm_settings() -> Any:
    """LiteLLM's key_management_settings; None where this file runs by itself."""
    return getattr(sys.modules.get("litellm"), "_key_management_settings", None)


def _general_prefix() -> str:
    prefix = getattr(_litellm_settings(), "prefix_for_stored_virtual_keys", None) or LITELLM_DEFAULT_PREFIX
    return prefix if prefix.endswith("/") else f"{prefix}/"


def _is_hosted(name: str) -> bool:
    """As the functions see it: virtual keys are hosted whatever the list says."""
    hosted = getattr(_litellm_settings(), "hosted_keys", None)
    return hosted is None or name in hosted or name.startswith(_general_prefix())


_ABOUT_RESERVED_ANNOTATIONS = "Conjur acts on annotations that start with rotation/, dynamic/ or conjur/. Choose another name"


def _reserved_tag(tags: Optional[Union[dict, list]]) -> Optional[str]:
    return next((name for name in _to_pairs(tags) if name.lower().startswith(RESERVED_ANNOTATIONS)), None)


def _to_pairs(tags: Optional[Union[dict, list]]) -> Dict[str, str]:
    """Tags come as {name: value} or, as AWS writes them, as [{"Key": name, "Value": value}]."""
    pairs: List[Tuple[Any, Any]] = []
    if isinstance(tags, dict):
        pairs = list(tags.items())
    elif isinstance(tags, list):
        pairs = [(tag.get("Key"), tag.get("Value")) for tag in tags if isinstance(tag, dict)]
    return {str(key): str(value) for key, value in pairs if key is not None and value is not None}


def _to_annotations(description: Optional[str], tags: Optional[Union[dict, list]]) -> Dict[str, str]:
    reserved = _reserved_tag(tags)
    if reserved is not None:
        raise ConjurFunctionsError("invalid_request", f'The tag "{reserved}" is refused. {_ABOUT_RESERVED_ANNOTATIONS}.')
    annotations = _to_pairs(tags)
    if description:
        annotations["description"] = description
    return annotations


def _to_text(name: str, answer: Mapping[str, Any]) -> str:
    value = answer.get("value")
    if answer.get("name") != name or not isinstance(value, str):
        raise ConjurFunctionsError("invocation_failed", f'The answer for "{name}" holds no value. Is it read-secret that was called?')
    if answer.get("encoding", "utf-8") == "utf-8":
        return value
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        # Not the cause: its message quotes the bytes.
        raise ConjurFunctionsError("not_text", f'The secret "{name}" holds bytes that are no text, and LiteLLM takes only text.') from None


def _version_in(answer: Mapping[str, Any], name: str) -> Optional[int]:
    """Of a listing, in which others may stand: the latest version of this name. None where it is not there, or has no value."""
    listed = answer.get("secrets")
    found = [one for one in listed if isinstance(one, dict) and one.get("name") == name] if isinstance(listed, list) else []
    version = found[0].get("version") if found else None
    return version if isinstance(version, int) else None


def _confirmed(answer: Dict[str, Any], name: str, outcome: str, function: str) -> Dict[str, Any]:
    """An answer that says what became of this secret. Of any other nobody knows who gave it, and LiteLLM would take it for a success."""
    if answer.get("name") == name and answer.get(outcome) is not None:
        return answer
    raise ConjurFunctionsError(
        "invocation_failed",
        f'The answer does not say what became of "{name}", so it is not known whether anything was changed. '
        f"Is it {function} that was called?",
    )


def _to_secret_path(name: str) -> str:
    return "/secrets/" + quote(name, safe="/~")


def _parse_object(payload: bytes, what: str) -> Dict[str, Any]:
    try:
        answer = json.loads(payload)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        # Without the answer: it may hold a secret.
        raise ConjurFunctionsError("invocation_failed", f"The answer of {what} is not one of conjur-functions.") from None
    return answer


def _to_function_error(function_name: str, payload: bytes) -> ConjurFunctionsError:
    error = _parse_object(payload, function_name)
    code = _CODES_BY_ERROR_TYPE.get(str(error.get("errorType")))
    if code is not None:
        return ConjurFunctionsError(code, str(error.get("errorMessage", "")))
    # Lambda's own: a time-out, too little memory, a handler that could not be loaded. Its text is not ours, and stays out.
    return ConjurFunctionsError(
        "invocation_failed", f"The function {function_name} failed by itself. Look into its log in CloudWatch."
    )


def _to_problem(content_type: str, content: bytes) -> Optional[ConjurFunctionsError]:
    """RFC 9457. A 404 that is not one of ours must not pass for a secret that does not exist."""
    if not content_type.startswith("application/problem+json"):
        return None
    try:
        problem = json.loads(content)
    except ValueError:
        return None
    code = problem.get("code") if isinstance(problem, dict) else None
    return ConjurFunctionsError(code, str(problem.get("detail", ""))) if code in ERROR_CODES else None


def _not_reached(what: str, reason: str) -> ConjurFunctionsError:
    return ConjurFunctionsError(
        "invocation_failed",
        f"{what} was not reached ({reason}). Check its name and region, the network, and that this identity may invoke it.",
    )


def _not_answered(what: str, reason: str) -> ConjurFunctionsError:
    return ConjurFunctionsError(
        "invocation_failed",
        f"{what} did not answer, or its answer was lost ({reason}): what it was asked for may have happened all the same. "
        "Check the network, and look into the function's log in CloudWatch.",
    )


def _to_error_type(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))


_CODES_BY_ERROR_TYPE = {_to_error_type(code): code for code in ERROR_CODES}

_in_call = threading.local()


class _quiet_debug_logs:
    """botocore's debug log holds whole requests and answers, secrets among them. What this module calls stays out of it."""

    def __enter__(self) -> None:
        _in_call.active = True

    def __exit__(self, *_: object) -> None:
        _in_call.active = False


def _keep_out_debug_records(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG or not getattr(_in_call, "active", False)


for _name in ("botocore.endpoint", "botocore.parsers", "botocore.auth", "botocore.hooks", "botocore.httpsession", "botocore.retryhandler"):
    logging.getLogger(_name).addFilter(_keep_out_debug_records)


USAGE = """usage: python3 conjur_secret_manager.py read NAME    prints the value of a secret
       python3 conjur_secret_manager.py health       says whether the functions can log in to Conjur
"""


def main(arguments: Sequence[str]) -> int:
    """A first check without LiteLLM, with the same environment. Returns the exit status: 0, 1 for a failure, 2 for wrong usage."""
    command, names = (arguments[0], arguments[1:]) if arguments else ("", ())
    if (command, len(names)) not in (("read", 1), ("health", 0)):
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        manager = ConjurFunctionsSecretManager()
        if command == "health":
            print(json.dumps(manager._health(manager._timeout)))
            return 0
        value = manager.sync_read_secret(names[0])
    except (ConjurFunctionsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if value is None:
        print(f'secret_not_found: There is no secret "{names[0]}", or the functions may not see it.', file=sys.stderr)
        return 1
    print(value)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
