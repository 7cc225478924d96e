"""LiteLLM's own CyberArk class and the plug-in, on one Conjur: what each operation costs, and what becomes of failures."""

import os
import statistics
import time
from unittest import mock

import litellm
from litellm.proxy import proxy_server

from harness import *

ROUNDS = 31
CYBERARK = {
    "CYBERARK_API_BASE": CONJUR,
    "CYBERARK_ACCOUNT": "default",
    "CYBERARK_USERNAME": "admin",
    "CYBERARK_API_KEY": os.environ["CHECK_ADMIN_API_KEY"],
}


def create_theirs(**changes):
    from litellm.secret_managers.cyberark_secret_manager import CyberArkSecretManager

    # It wants a paid licence before it works; what is compared here is its code, on a Conjur of this machine.
    with mock.patch.object(proxy_server, "premium_user", True), mock.patch.dict(os.environ, {**CYBERARK, **changes}):
        return CyberArkSecretManager()


ours = load_documented()
with mock.patch.dict(
    os.environ, {"CONJUR_FUNCTIONS_MODE": "http", "CONJUR_FUNCTIONS_API_BASE": os.environ["CHECK_API"]}
):
    ours_by_http = asyncio.run(load(documented_config(), "http"))
theirs = create_theirs()
# The class is what is compared; who of them LiteLLM would ask is another matter.
MANAGERS = {"theirs": theirs, "lambda": ours, "http": ours_by_http}


def quiet():
    return mock.patch.object(logging.getLogger("LiteLLM"), "disabled", True)


async def write_new(manager, name):
    return await manager.async_write_secret(name, "one")


async def write_existing(manager, name):
    return await manager.async_write_secret(name, "two")


async def read(manager, name):
    return await manager.async_read_secret(name)


async def rotate(manager, name):
    return await manager.async_rotate_secret(name, name, "three")


async def rename(manager, name):
    return await manager.async_rotate_secret(name, f"{name}-renamed", "four")


async def delete(manager, name):
    return await manager.async_delete_secret(name)


async def missing(manager, name):
    """Before an operation on a secret that does not exist."""


async def existing(manager, name):
    put(name, "zero")


async def read_before(manager, name):
    put(name, "zero")
    await manager.async_read_secret(name)


OPERATIONS = [
    ("write new", missing, write_new, "tries the value first: policy is loaded only where there is no variable"),
    ("write existing", existing, write_existing, "loads no policy"),
    ("read", existing, read, "calls a function, which asks Conjur"),
    ("read again", read_before, read, "asks again, where LiteLLM's class gives what it had"),
    ("rotate", existing, rotate, "reads the new value back from Conjur, where LiteLLM's class looks into its own cache"),
    ("rename", existing, rename, "deletes the old secret after the new one is read back, where LiteLLM's class leaves it"),
    ("delete", existing, delete, "deletes it, where LiteLLM's class does nothing"),
]


async def cost_of(title, prepare, operation):
    """Requests and milliseconds (medians), by manager; turn about, each time on a secret of its own."""
    costs = {who: ([], []) for who in MANAGERS}
    for round in range(ROUNDS):
        order = list(MANAGERS.items())
        for who, manager in order[round % 3 :] + order[: round % 3]:
            name = f"side/{title.replace(' ', '-')}/{who}/{round}"
            with quiet():
                await prepare(manager, name)
            requests()
            started = time.perf_counter()
            with quiet():
                await operation(manager, name)
            took = (time.perf_counter() - started) * 1000
            if round > 0:  # The first one logs in and connects.
                costs[who][0].append(len(requests()))
                costs[who][1].append(took)
    return {who: {"requests": statistics.median_low(counts), "ms": statistics.median(times)} for who, (counts, times) in costs.items()}


@check("Each operation was measured with LiteLLM's class and with ours, in both modes.")
async def measure():
    rows = []
    for title, prepare, operation, difference in OPERATIONS:
        rows.append({"operation": title, "costs": await cost_of(title, prepare, operation), "difference": difference})
    say({"measured": {"litellm": version("litellm"), "rounds": ROUNDS - 1, "rows": rows}})


@check("LiteLLM's class loads policy with every write, also for a variable that exists.")
async def loads_policy():
    for manager, expected in ((theirs, 1), (ours, 0)):
        put("side/policy", "one")
        requests()
        await manager.async_write_secret("side/policy", f"two of {expected}")
        equal(len([line for line in requests() if "/policies/" in line]), expected)


@check(
    "LiteLLM's class leaves the secret under the old alias when a key is renamed.",
    "LiteLLM's own CyberArk integration would be a second writer: do not run both.",
)
async def leaves_the_old_one():
    for who, expected in (("theirs", "sk-old"), ("lambda", None)):
        put(f"side/{who}/old", "sk-old")
        await MANAGERS[who].async_rotate_secret(f"side/{who}/old", f"side/{who}/new", "sk-new")
        equal((stored(f"side/{who}/old"), stored(f"side/{who}/new")), (expected, "sk-new"))


@check("LiteLLM's class deletes nothing: it answers `not_supported`.")
async def deletes_nothing():
    put("side/kept", "sk-kept")
    equal((await theirs.async_delete_secret("side/kept"))["status"], "not_supported")
    equal(stored("side/kept"), "sk-kept")
    equal(await ours.async_delete_secret("side/kept"), {"name": "side/kept", "deleted": True})
    equal(stored("side/kept"), None)


@check("LiteLLM's class reads 401, 403, 500 and 503 as `None`.")
async def reads_failures_as_none():
    expected = {401: "authentication_failed", 403: "forbidden", 500: "upstream_error", 503: "upstream_unavailable"}
    for status, code in expected.items():
        name = f"side/failing-{status}"
        put(name, "sk-there")
        fail_conjur(status, "/secrets/")
        with quiet():
            equal(await theirs.async_read_secret(name), None)
        try:
            await ours.async_read_secret(name)
        except Exception as error:
            equal((status, error.code), (status, code))
        else:
            raise AssertionError(f"{status} was read as None")
        fail_conjur(None)


@check("LiteLLM's class returns from a rotation that Conjur refused as if it were done.")
async def refused_rotation():
    put("side/refused", "sk-old")
    await theirs.async_read_secret("side/refused")
    fail_conjur(403, "/secrets/")
    with quiet():
        equal((await theirs.async_rotate_secret("side/refused", "side/refused", "sk-new"))["status"], "error")
    try:
        await ours.async_rotate_secret("side/refused", "side/refused", "sk-new")
    except Exception as error:
        equal(error.code, "forbidden")
    else:
        raise AssertionError("it was taken for done")
    fail_conjur(None)
    equal(stored("side/refused"), "sk-old")


@check("LiteLLM's class stores keys under the aliases `a//b`, `/x` and `x/`; the plug-in refuses such names.")
async def names():
    for alias in ("a//b", "/x", "x/"):
        name = f"side/{alias}"
        equal((await theirs.async_write_secret(name, "v"))["status"], "success")
        equal(stored(name), "v")
        try:
            await ours.async_write_secret(name, "v")
        except Exception as error:
            equal(error.code, "invalid_request")
        else:
            raise AssertionError(f"{name} was stored")


@check("LiteLLM's class cannot log in as a host: it does not encode the `/` of the login.")
async def hosts():
    policy = b"- !host side-by-side\n"
    answer = fetch(f"{CONJUR}/policies/default/policy/root", method="POST", data=policy, headers=admin_headers())
    api_key = json.loads(answer)["created_roles"]["default:host:side-by-side"]["api_key"]
    host = create_theirs(CYBERARK_USERNAME="host/side-by-side", CYBERARK_API_KEY=api_key)
    requests()
    try:
        host._authenticate()
    except RuntimeError as error:
        contains(str(error), "Could not authenticate")
    else:
        raise AssertionError("it was let in")
    equal(requests(), ["POST /authn/default/host/side-by-side/authenticate"])
    fetch(f"{CONJUR}/authn/default/host%2Fside-by-side/authenticate", method="POST", data=api_key.encode())


@check("LiteLLM's class gives a value from its cache for 300 seconds (`CYBERARK_REFRESH_INTERVAL`), also after a rotation elsewhere.")
async def reads_again():
    equal(theirs.cache.default_ttl, 300)
    for manager, expected, asked in ((theirs, "sk-old", 0), (ours, "sk-new", 1)):
        put("side/read-twice", "sk-old")
        equal(await manager.async_read_secret("side/read-twice"), "sk-old")
        put("side/read-twice", "sk-new")
        requests()
        equal((await manager.async_read_secret("side/read-twice"), len(requests())), (expected, asked))


@check("LiteLLM's class gives `12345` back as a number from its cache.")
async def numbers():
    put("side/number", "12345")
    equal(await theirs.async_read_secret("side/number"), "12345")
    equal(await theirs.async_read_secret("side/number"), 12345)
    equal([await ours.async_read_secret("side/number") for _ in range(2)], ["12345"] * 2)


run_checks()
