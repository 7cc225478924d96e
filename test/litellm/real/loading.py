"""LiteLLM's start with the plug-in, its get_secret, and the first check without LiteLLM."""

import ast
import os
import subprocess
import sys
import zipfile
from unittest import mock

import litellm
import yaml
from litellm.proxy import proxy_server
from litellm.secret_managers.main import get_secret

from harness import *

PROVIDER_KEY = "sk-provider"
PLUGIN = ROOT / "infra" / "litellm" / "conjur_secret_manager.py"
put("litellm/OPENAI_API_KEY", PROVIDER_KEY)
put("litellm/flag", "True")
put("litellm/number", "12345")
HOSTED = ["litellm/OPENAI_API_KEY", "litellm/flag", "litellm/number", "litellm/absent"]


def with_settings(**changes):
    """The documented configuration with other settings; None takes one away."""
    config = yaml.safe_load(documented_config())
    settings = config["general_settings"]["key_management_settings"]
    for name, value in changes.items():
        if value is None:
            settings.pop(name)
        else:
            settings[name] = value
    return yaml.safe_dump(config)


def read(name):
    """LiteLLM's answer, and what reached Conjur for it."""
    requests()
    answer = get_secret(name)
    return answer, [line for line in requests() if "/secrets/" in line]


@check("LiteLLM loads the class from the file beside `config.yaml` and makes one instance, without arguments.")
async def loads():
    manager = await load(documented_config())
    equal(type(manager).__name__, "ConjurFunctionsSecretManager")
    equal(litellm._key_management_system.value, "custom")
    equal(isinstance(manager, litellm.integrations.custom_secret_manager.CustomSecretManager), True)


@check("The example of docs/litellm.md gives a deployment the provider key that Conjur has.")
async def example():
    await load(documented_config())
    equal([model["litellm_params"]["api_key"] for model in proxy_server.llm_model_list], [PROVIDER_KEY])


@check("LiteLLM 1.108 has the secret manager before it resolves `os.environ/…` in `config.yaml`.")
async def resolves():
    requests()
    await load(documented_config())
    contains(" ".join(requests()), "GET /secrets/default/variable/litellm%2FOPENAI_API_KEY")
    equal(proxy_server.proxy_config.get_config_state()["model_list"][0]["litellm_params"]["api_key"], PROVIDER_KEY)


def source_of(version, path):
    wheel = next(Path(os.environ["CHECK_OLDER"]).glob(f"litellm-{version}-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(path).decode()


def functions_of(source):
    tree = ast.parse(source)
    return {node.name: ast.unparse(node) for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@check(
    "LiteLLM 1.94 resolves `os.environ/…` first wherever `get_config` is its way in, so that provider keys of `config.yaml` are missing: upgrade."
)
def resolved_before():
    functions = functions_of(source_of("1.94.3", "litellm/proxy/proxy_server.py"))
    contains(functions["get_config"], "_check_for_os_environ_vars")
    equal("initialize_secret_manager" in functions["get_config"], False)
    contains(functions["load_config"], "initialize_secret_manager")


@check("LiteLLM wants exactly one dot in `custom_secret_manager`.")
async def one_dot():
    for wrong in ("conjur_secret_manager", "conjur.secret_manager.ConjurFunctionsSecretManager"):
        try:
            await load(with_settings(custom_secret_manager=wrong))
        except ValueError as error:
            contains(str(error), "unpack")
        else:
            raise AssertionError(f"{wrong} was loaded")


@check("LiteLLM does not start where settings of the plug-in are wrong.")
async def wrong_settings():
    wrong = {"CONJUR_FUNCTIONS_MODE": "https", "CONJUR_FUNCTIONS_ENDPOINT_URL": "https://user:canary@lambda.example"}
    with mock.patch.dict(os.environ, wrong):
        try:
            await load(with_settings(tags={"rotation/ttl": "P1D"}))
        except ValueError as error:
            for name in (*wrong, "rotation/ttl"):
                contains(str(error), name)
            equal("canary" in str(error), False)
        else:
            raise AssertionError("it was loaded")


@check("LiteLLM's admin page for CyberArk (`/config_overrides/cyberark`) replaces the plug-in at run time.")
async def replaced():
    from litellm.proxy.management_endpoints import config_override_endpoints

    endpoint = functions_of(inspect.getsource(config_override_endpoints))["update_cyberark_config"]
    contains(endpoint, "proxy_config.initialize_secret_manager(key_management_system='cyberark')")
    await load(documented_config())
    # It is the paid licence's to allow this; what is looked at is what becomes of the plug-in then.
    with mock.patch.object(proxy_server, "premium_user", True), mock.patch.dict(os.environ, {"CYBERARK_API_KEY": "made-up"}):
        proxy_server.proxy_config.initialize_secret_manager(key_management_system="cyberark")
    equal(type(litellm.secret_manager_client).__name__, "CyberArkSecretManager")


@check("LiteLLM's own CyberArk integration does that inside the proxy and needs a paid licence.")
async def paid():
    from litellm.secret_managers.cyberark_secret_manager import CyberArkSecretManager

    with mock.patch.dict(os.environ, {"CYBERARK_API_KEY": "made-up"}):
        try:
            CyberArkSecretManager()
        except ValueError as error:
            contains(str(error), "only available for premium users")
        else:
            raise AssertionError("it was made without a licence")


@check("LiteLLM passes the name without `os.environ/`, and its `key_management_settings`.")
async def passes():
    manager = await load(with_settings(hosted_keys=HOSTED))
    with mock.patch.object(manager, "sync_read_secret", return_value="v") as called:
        get_secret("os.environ/litellm/OPENAI_API_KEY")
    (call,) = called.call_args_list
    equal(call.kwargs["secret_name"], "litellm/OPENAI_API_KEY")
    equal(call.kwargs["optional_params"]["hosted_keys"], HOSTED)


@check("LiteLLM's `get_secret` swallows what the plug-in raises: it logs `Defaulting to os.environ value` at ERROR and reads the environment.")
async def swallows():
    await load(with_settings(hosted_keys=HOSTED))
    fail_conjur(403, "/secrets/")
    with mock.patch.dict(os.environ, {"litellm/OPENAI_API_KEY": "of the environment"}), logged() as lines:
        equal(get_secret("os.environ/litellm/OPENAI_API_KEY"), "of the environment")
    (line,) = [line for line in lines if line.startswith("ERROR Defaulting to os.environ value")]
    contains(line, "forbidden")
    equal(PROVIDER_KEY in line, False)


@check("LiteLLM logs the same line for a secret that does not exist.")
async def missing():
    await load(with_settings(hosted_keys=HOSTED))
    with logged() as lines:
        equal(get_secret("os.environ/litellm/absent"), None)
    equal(len([line for line in lines if line.startswith("ERROR Defaulting to os.environ value")]), 1)


@check("LiteLLM lets only hooks and direct reads of the manager see the error itself.")
async def direct():
    manager = await load(with_settings(hosted_keys=HOSTED))
    fail_conjur(403, "/secrets/")
    for read_directly in (manager.async_read_secret("litellm/flag"), asyncio.to_thread(manager.sync_read_secret, "litellm/flag")):
        try:
            await read_directly
        except Exception as error:
            equal(error.code, "forbidden")
        else:
            raise AssertionError("no failure")


@check("LiteLLM turns the texts `True` and `False` into booleans and leaves `12345` a text.")
async def booleans():
    await load(with_settings(hosted_keys=HOSTED))
    equal(get_secret("os.environ/litellm/flag"), True)
    equal(get_secret("os.environ/litellm/number"), "12345")


@check(
    "LiteLLM answers names outside `hosted_keys` from the environment, without asking.",
    "In LiteLLM, `hosted_keys` is about the keys that its configuration reads.",
)
async def outside():
    await load(documented_config())
    with mock.patch.dict(os.environ, {"litellm/flag": "of the environment"}):
        equal(read("os.environ/litellm/flag"), ("of the environment", []))


@check("A name that is not there costs one call in a minute, and a write of the same process ends that.")
async def remembers():
    manager = await load(with_settings(hosted_keys=None))
    equal(len(read("litellm/later")[1]) > 0, True)
    equal(read("litellm/later"), (None, []))
    await manager.async_write_secret("litellm/later", "there now")
    equal(read("litellm/later")[0], "there now")


@check("Names that no hosted key has are answered without a call, also to who asks the plug-in itself.")
async def answers_itself():
    manager = await load(documented_config())
    requests()
    equal(manager.sync_read_secret("USE_LITELLM_PROXY"), None)
    equal(requests(), [])


@check("It needs `boto3`, which LiteLLM's proxy needs too (`pip install -r infra/litellm/requirements.txt`).")
def needs_boto3():
    from importlib.metadata import requires

    needed = [line for line in requires("litellm") if line.startswith("boto3") and 'extra == "proxy"' in line.replace("'", '"')]
    equal(len(needed), 1)


@check("The name is the prefix, then the alias or `virtual-key-<token_id>`, as in LiteLLM.")
async def forms_names():
    from litellm.proxy.hooks.key_management_event_hooks import KeyManagementEventHooks

    for prefix in ("team-keys", "team-keys/"):
        await load(with_settings(prefix_for_stored_virtual_keys=prefix))
        equal(KeyManagementEventHooks._get_secret_name("alias"), "team-keys/alias")


@check("LiteLLM's own default is read_only")
def read_only():
    from litellm.types.secret_managers.main import KeyManagementSettings

    equal(KeyManagementSettings().access_mode, "read_only")


def run_alone(*arguments, **environment):
    """In a Python that has boto3 and no LiteLLM."""
    hide = "import sys, runpy; sys.modules['litellm'] = None; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-B", "-c", hide, str(PLUGIN), *arguments]
    return subprocess.run(command, env={"PATH": os.environ["PATH"], "HOME": str(FOLDER), **environment}, capture_output=True, text=True, timeout=120)


@check("The first check works without LiteLLM, as docs/litellm.md has it.")
def first_check():
    document = (ROOT / "docs" / "litellm.md").read_text()
    (block,) = re.findall(r"## A first check.*?```bash\n(.*?)```", document, re.S)
    commands = re.findall(r"^python3 infra/litellm/conjur_secret_manager.py (.*)$", block, re.M)
    equal(commands, ["health", "read test-secret"])
    documented = dict(re.findall(r"(\w+)=(\S+)", block))
    environment = {**documented, "CONJUR_FUNCTIONS_ENDPOINT_URL": os.environ["CHECK_LAMBDA"]}
    health = run_alone("health", **environment)
    equal((health.returncode, health.stderr), (0, ""))
    equal(json.loads(health.stdout)["ok"], True)
    found = run_alone("read", "test-secret", **environment)
    equal((found.returncode, found.stdout, found.stderr), (0, "hello from Conjur\n", ""))
    absent = run_alone("read", "litellm/absent", **environment)
    equal((absent.returncode, absent.stdout), (1, ""))
    contains(absent.stderr, "secret_not_found")
    equal(run_alone("write", "a", **environment).returncode, 2)
    contains(run_alone("read", "a", **{**environment, "CONJUR_FUNCTIONS_REGION": ""}).stderr, "CONJUR_FUNCTIONS_REGION")


run_checks()
