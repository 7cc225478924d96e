"""What the checks of the plug-in in a real LiteLLM have in common. main.ts starts what they talk to, and runs them."""

import asyncio
import base64
import contextlib
import inspect
import json
import logging
import os
import re
import shutil
import sys
import textwrap
import traceback
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[3]
CONJUR = os.environ["CHECK_CONJUR"]
FOLDER = Path(os.environ["CHECK_FOLDER"])
PREFIX = "litellm/"

_checks = []
_pipe = os.fdopen(3, "w")


def check(*sentences):
    """Registers a check under the sentences that it proves; those about LiteLLM stand in docs/litellm.md or docs/litellm-hooks.md."""

    def register(work):
        _checks.append((sentences, work))
        return work

    return register


def say(line):
    _pipe.write(json.dumps(line) + "\n")
    _pipe.flush()


def run_checks():
    say({"version": version("litellm")})
    for sentences, work in _checks:
        outcome = {"passed": True}
        try:
            result = work()
            if inspect.iscoroutine(result):
                asyncio.run(result)
        except Exception:
            outcome = {"passed": False, "trace": traceback.format_exc()}
        finally:
            fail_conjur(None)
        for sentence in sentences:
            say({"check": sentence, **outcome})
    _pipe.close()
    # LiteLLM leaves threads behind that nobody ends.
    sys.stdout.flush()
    os._exit(0)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in {text[:2000]!r}")


def fetch(url, **options):
    with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=30) as response:
        return response.read()


def requests():
    """What has reached Conjur since this was last asked."""
    return json.loads(fetch(f"{CONJUR}/__requests"))


def fail_conjur(status, path="/"):
    query = "" if status is None else f"?status={status}&path={path}"
    fetch(f"{CONJUR}/__fail{query}", method="POST", data=b"")


def admin_headers():
    api_key = os.environ["CHECK_ADMIN_API_KEY"].encode()
    token = base64.b64encode(fetch(f"{CONJUR}/authn/default/admin/authenticate", method="POST", data=api_key))
    return {"authorization": f'Token token="{token.decode()}"'}


def in_conjur(path):
    """What Conjur itself answers to the administrator; None where there is nothing."""
    try:
        return fetch(CONJUR + path, headers=admin_headers())
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def stored(name):
    value = in_conjur(f"/secrets/default/variable/{quote(name, safe='')}")
    return None if value is None else value.decode()


def versions_of(name):
    shown = json.loads(in_conjur(f"/resources/default/variable/{quote(name, safe='')}"))
    return [secret["version"] for secret in shown["secrets"]]


def put(name, value):
    """Stores a value behind everybody's back."""
    policy = f"- !variable {json.dumps(name)}\n".encode()
    fetch(f"{CONJUR}/policies/default/policy/root", method="POST", data=policy, headers=admin_headers())
    path = f"/secrets/default/variable/{quote(name, safe='')}"
    fetch(CONJUR + path, method="POST", data=value.encode(), headers=admin_headers())


def documented_config():
    """The example of docs/litellm.md, as it stands there."""
    document = (ROOT / "docs" / "litellm.md").read_text()
    blocks = re.findall(r"^( *)```yaml\n(.*?)^ *```", document, re.S | re.M)
    return next(textwrap.dedent(block) for _, block in blocks if "general_settings:" in block)


@contextlib.contextmanager
def logged(level=logging.INFO):
    """The lines that LiteLLM, asyncio and the plug-in log meanwhile."""
    lines = []

    class Lines(logging.Handler):
        def emit(self, record):
            text = record.getMessage()
            if record.exc_info:
                text += "\n" + "".join(traceback.format_exception(*record.exc_info))
            lines.append(f"{record.levelname} {text}")

    handler = Lines(level)
    loggers = [logging.getLogger(name) for name in ("LiteLLM", "LiteLLM Proxy", "asyncio", "conjur_functions")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(level)
    try:
        yield lines
    finally:
        for logger, before in zip(loggers, levels):
            logger.removeHandler(handler)
            logger.setLevel(before)


def reset():
    """LiteLLM as it is before its configuration is loaded."""
    import litellm

    litellm.secret_manager_client = None
    litellm._key_management_settings = None
    litellm._key_management_system = None


async def load(config, name="config"):
    """LiteLLM's own start-up: the configuration, the custom loader, and the plug-in beside config.yaml. Returns the secret manager."""
    import litellm
    from litellm.proxy import proxy_server

    reset()
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "infra" / "litellm" / "conjur_secret_manager.py", folder)
    (folder / "config.yaml").write_text(config)
    loaded = await proxy_server.proxy_config.load_config(router=None, config_file_path=str(folder / "config.yaml"))
    proxy_server.llm_router, proxy_server.llm_model_list, proxy_server.general_settings = loaded
    return litellm.secret_manager_client


def load_documented():
    return asyncio.run(load(documented_config()))
