"""Every hook of LiteLLM that stores, rotates, renames or deletes a virtual key."""

import ast
import os
import zipfile
from unittest import mock

import litellm
import yaml
from litellm.proxy import proxy_server
from litellm.proxy._types import (
    GenerateKeyRequest,
    GenerateKeyResponse,
    KeyRequest,
    LiteLLM_TeamTableCachedObj,
    LiteLLM_VerificationToken,
    RegenerateKeyRequest,
    UpdateKeyRequest,
    UserAPIKeyAuth,
)
from litellm.proxy.hooks.key_management_event_hooks import KeyManagementEventHooks
from litellm.proxy.utils import hash_token

from harness import *

MODE = os.environ["CONJUR_FUNCTIONS_MODE"]
ADMIN = UserAPIKeyAuth(user_role="proxy_admin", api_key="sk-admin")
manager = load_documented()
# Email is another matter of the same hooks.
proxy_server.general_settings["alerting"] = []


def alias_of(text):
    return f"{MODE}-{text}"


def name_of(text):
    return f"{PREFIX}{alias_of(text)}"


def row_of(alias, key="sk-old", team_id=None):
    """A row of LiteLLM's table, as its endpoints hand it to the hooks."""
    return LiteLLM_VerificationToken(token=hash_token(key), key_alias=alias, team_id=team_id)


def made(alias, key):
    return GenerateKeyResponse(key=key, token_id=hash_token(key), key_alias=alias)


async def create(alias, key, team_id=None):
    await KeyManagementEventHooks.async_key_generated_hook(
        data=GenerateKeyRequest(key_alias=alias, team_id=team_id), response=made(alias, key), user_api_key_dict=ADMIN
    )


async def rotate(row, key, alias=None):
    await KeyManagementEventHooks.async_key_rotated_hook(
        data=RegenerateKeyRequest(key_alias=alias) if alias else None,
        existing_key_row=row,
        response=made(alias or row.key_alias, key),
        user_api_key_dict=ADMIN,
    )


async def rename(row, alias):
    await KeyManagementEventHooks.async_key_updated_hook(
        data=UpdateKeyRequest(key=row.token, key_alias=alias), existing_key_row=row, response={}, user_api_key_dict=ADMIN
    )


async def delete(rows):
    await KeyManagementEventHooks.async_key_deleted_hook(
        data=KeyRequest(keys=[row.token for row in rows]), keys_being_deleted=rows, response={}, user_api_key_dict=ADMIN
    )


def calls_of(method):
    return mock.patch.object(manager, method, wraps=getattr(manager, method))


def only(lines, part):
    found = [line for line in lines if part in line]
    equal(len(found), 1)
    return found[0]


def source_of(function):
    return inspect.getsource(inspect.unwrap(function))


@check("LiteLLM passes the prefix and the alias, the key, and `description` and `tags` of its settings.")
async def creates():
    litellm._key_management_settings.description = "by LiteLLM"
    litellm._key_management_settings.tags = {"Environment": "Prod"}
    with calls_of("async_write_secret") as write:
        await create(alias_of("made"), "sk-made")
    (call,) = write.call_args_list
    equal(call.kwargs["secret_name"], name_of("made"))
    equal((call.kwargs["description"], call.kwargs["tags"]), ("by LiteLLM", {"Environment": "Prod"}))
    equal(stored(name_of("made")), "sk-made")
    shown = json.loads(in_conjur(f"/resources/default/variable/{quote(name_of('made'), safe='')}"))
    annotations = {entry["name"]: entry["value"] for entry in shown["annotations"]}
    equal(annotations, {"description": "by LiteLLM", "Environment": "Prod"})
    litellm._key_management_settings.description = litellm._key_management_settings.tags = None


@check("A key without an alias is stored by LiteLLM as `virtual-key-<token>`, where the token is the key's SHA-256.")
async def creates_without_alias():
    from hashlib import sha256

    key = f"sk-no-alias-{MODE}"
    await create(None, key)
    equal(stored(f"{PREFIX}virtual-key-{sha256(key.encode()).hexdigest()}"), key)


@check("Tags that start with `rotation/`, `dynamic/` or `conjur/` are refused, since Conjur acts on them.")
async def refuses_tags():
    for tag in ("rotation/ttl", "dynamic/issuer", "conjur/kind", "Conjur/kind"):
        litellm._key_management_settings.tags = {tag: "x"}
        with logged() as lines:
            await create(alias_of("tagged"), "sk-tagged")
        contains(only(lines, "Failed to store virtual key in secret manager"), f'invalid_request: The tag "{tag}"')
    litellm._key_management_settings.tags = None
    equal(stored(name_of("tagged")), None)


@check(
    "When it fails, LiteLLM logs `Failed to store virtual key in secret manager` with the code and what to do, at WARNING."
)
async def create_fails():
    fail_conjur(403, "/secrets/")
    with logged() as lines:
        await create(alias_of("unstored"), "sk-canary-unstored")
    line = only(lines, "WARNING Failed to store virtual key in secret manager: forbidden: ")
    equal("canary" in "".join(lines), False)
    fail_conjur(None)
    equal(stored(name_of("unstored")), None)


@check("LiteLLM has answered by then: whoever made the key has it, and Conjur has not.")
def answers_first():
    from litellm.proxy.management_endpoints import key_management_endpoints as endpoints

    source = re.sub(r"\s+", "", inspect.getsource(endpoints))
    for hook in ("generated", "rotated", "updated", "deleted"):
        contains(source, f"asyncio.create_task(KeyManagementEventHooks.async_key_{hook}_hook(")
        equal(f"awaitKeyManagementEventHooks.async_key_{hook}_hook(" in source, False)


@check(
    "LiteLLM passes the old name, the new name and the new key.",
    "While the functions rotate a key by schedule, LiteLLM runs its hook for the regeneration that they ask for, and stores the new key once more.",
)
async def rotates():
    alias = alias_of("rotated")
    await create(alias, "sk-old")
    with calls_of("async_rotate_secret") as called:
        await rotate(row_of(alias), "sk-new")
    (call,) = called.call_args_list
    equal(call.kwargs, {
        "current_secret_name": name_of("rotated"),
        "new_secret_name": name_of("rotated"),
        "new_secret_value": "sk-new",
        "optional_params": None,
    })
    equal((stored(name_of("rotated")), versions_of(name_of("rotated"))), ("sk-new", [1, 2]))


@check("A key that is regenerated under another alias leaves no secret behind.")
async def rotates_to_another():
    await create(alias_of("before"), "sk-old")
    await rotate(row_of(alias_of("before")), "sk-new", alias_of("after"))
    equal((stored(name_of("before")), stored(name_of("after"))), (None, "sk-new"))


@check("When it fails, LiteLLM logs `Failed to rotate virtual key in secret manager` at WARNING.")
async def rotation_fails():
    alias = alias_of("unrotated")
    await create(alias, "sk-old")
    fail_conjur(403, "/secrets/")
    with logged() as lines:
        await rotate(row_of(alias), "sk-canary-new")
    only(lines, "WARNING Failed to rotate virtual key in secret manager: forbidden: ")
    equal("canary" in "".join(lines), False)
    fail_conjur(None)
    equal(stored(name_of("unrotated")), "sk-old")


@check("LiteLLM runs this hook twice for a key with `auto_rotate`.")
def twice():
    from litellm.proxy.common_utils.key_rotation_manager import KeyRotationManager

    source = source_of(KeyRotationManager._rotate_key)
    contains(source, "await regenerate_key_fn(")
    contains(source, "await KeyManagementEventHooks.async_key_rotated_hook(")


@check("The second call finds the value there and makes no second version.")
async def two_at_once():
    alias = alias_of("twice")
    await create(alias, "sk-old")
    await asyncio.gather(rotate(row_of(alias), "sk-new"), rotate(row_of(alias), "sk-new"))
    equal((stored(name_of("twice")), versions_of(name_of("twice"))), ("sk-new", [1, 2]))


@check("Hooks of many keys at once all end well.")
async def many_at_once():
    aliases = [alias_of(f"many-{index}") for index in range(12)]
    await asyncio.gather(*(create(alias, f"sk-{alias}") for alias in aliases))
    equal([stored(f"{PREFIX}{alias}") for alias in aliases], [f"sk-{alias}" for alias in aliases])
    with logged(logging.WARNING) as lines:
        await asyncio.gather(rotate(row_of(aliases[0]), "sk-2"), delete([row_of(alias) for alias in aliases[1:]]))
    equal(lines, [])
    equal([stored(f"{PREFIX}{alias}") for alias in aliases], ["sk-2", *[None] * 11])


@check("LiteLLM rotates a key without an alias under the token that it had before.")
async def rotates_without_alias():
    keys = [f"sk-{MODE}-{index}" for index in range(3)]
    await create(None, keys[0])
    await rotate(row_of(None, keys[0]), keys[1])
    equal(stored(f"{PREFIX}virtual-key-{hash_token(keys[0])}"), keys[1])


@check("At the next rotation its name is another, and the secret of the time before stays behind: **give every key an alias**.")
async def dead_secrets():
    keys = [f"sk-{MODE}-{index}" for index in range(3)]
    await rotate(row_of(None, keys[1]), keys[2])
    equal([stored(f"{PREFIX}virtual-key-{hash_token(key)}") for key in keys], [keys[1], keys[2], None])


@check("A rotation believes no page: the key that is stored stays where LITELLM_API_BASE leads to something that is no LiteLLM.")
def believes_no_page():
    name = name_of("live")
    put(name, "sk-live-key")
    body = json.dumps({"name": name, "strategy": "litellm-virtual-key"}).encode()
    url = f"{os.environ['CHECK_API']}/rotations"
    try:
        fetch(url, method="POST", data=body, headers={"content-type": "application/json"})
    except urllib.error.HTTPError as error:
        equal((error.code, json.load(error)["code"]), (502, "upstream_error"))
    else:
        raise AssertionError("the rotation was told as done")
    equal((stored(name), versions_of(name)), ("sk-live-key", [1]))


@check("LiteLLM answers 403 to `new_key` where `disable_custom_api_keys` is set.")
async def custom_keys():
    from fastapi import HTTPException
    from litellm.proxy.management_endpoints.key_management_endpoints import get_new_token

    own = await get_new_token(RegenerateKeyRequest(new_key="sk-0123456789abcdef0123"))
    equal(own, "sk-0123456789abcdef0123")
    with mock.patch.dict(proxy_server.general_settings, {"disable_custom_api_keys": True}):
        try:
            await get_new_token(RegenerateKeyRequest(new_key="sk-0123456789abcdef0123"))
        except HTTPException as error:
            equal((error.status_code, error.detail), (403, {
                "error": "Custom API key values are disabled by your administrator. Keys must be auto-generated."
            }))
        else:
            raise AssertionError("it was allowed")
        contains(await get_new_token(RegenerateKeyRequest()), "sk-")


@check("LiteLLM 1.108 reads the secret under the old alias and passes it to a rotation under the new one.")
async def renames():
    await create(alias_of("old-alias"), "sk-renamed")
    with calls_of("async_read_secret") as read, calls_of("async_rotate_secret") as called:
        await rename(row_of(alias_of("old-alias")), alias_of("new-alias"))
    equal([call.kwargs["secret_name"] for call in read.call_args_list], [name_of("old-alias")])
    equal([call.kwargs["new_secret_value"] for call in called.call_args_list], ["sk-renamed"])
    equal((stored(name_of("old-alias")), stored(name_of("new-alias"))), (None, "sk-renamed"))


@check("When it fails, LiteLLM logs `Failed to rename virtual key in secret manager` at WARNING.")
async def rename_fails():
    await create(alias_of("unrenamed"), "sk-renamed")
    fail_conjur(403, "/secrets/")
    with logged() as lines:
        await rename(row_of(alias_of("unrenamed")), alias_of("new"))
    only(lines, "WARNING Failed to rename virtual key in secret manager: forbidden: ")
    fail_conjur(None)
    equal((stored(name_of("unrenamed")), stored(name_of("new"))), ("sk-renamed", None))


@check("LiteLLM skips the rename where no secret has the old name, with one WARNING.")
async def rename_of_nothing():
    with logged() as lines:
        await rename(row_of(alias_of("nothing")), alias_of("something"))
    contains(only(lines, "WARNING"), "not found in secret manager, skipping rename")
    equal(stored(name_of("something")), None)


@check("LiteLLM 1.100 runs no hook for a changed alias: the secret keeps its old name, and the next rotation stores the new one beside it.")
def renamed_nothing_before():
    wheel = next(Path(os.environ["CHECK_OLDER"]).glob("litellm-1.100.0-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("litellm/proxy/hooks/key_management_event_hooks.py").decode()
    hook = next(
        node for node in ast.walk(ast.parse(source)) if getattr(node, "name", None) == "async_key_updated_hook"
    )
    equal("secret_manager" in ast.unparse(hook.body[1:]) if len(hook.body) > 1 else False, False)
    # The rotation there names the old secret by the row's alias, which is the new one by then.
    contains(source, "initial_secret_name: Final = existing_key_row.key_alias or")


async def run_hook(rows):
    """As the endpoint does: a task that nobody awaits."""
    loop, unhandled = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: unhandled.append(context))
    task = asyncio.create_task(delete(rows))
    await asyncio.wait([task])
    del task
    import gc

    gc.collect()
    await asyncio.sleep(0)
    loop.set_exception_handler(None)
    return unhandled


@check("A deletion of many keys deletes them all.")
async def deletes():
    aliases = [alias_of(f"deleted-{index}") for index in range(3)]
    for alias in aliases:
        await create(alias, "sk-deleted")
    equal(await run_hook([row_of(alias) for alias in aliases]), [])
    equal([stored(f"{PREFIX}{alias}") for alias in aliases], [None, None, None])


@check("LiteLLM passes one name after the other, and has no `try` there: what is raised ends the deletion.")
async def raise_ends_it():
    with mock.patch.object(manager, "async_delete_secret", side_effect=RuntimeError("planned")) as called:
        (unhandled,) = await run_hook([row_of(alias_of("a")), row_of(alias_of("b"))])
    equal(called.call_count, 1)
    equal(str(unhandled["exception"]), "planned")


@check("So the plug-in goes on after a failure and raises it with the last key.")
async def goes_on():
    aliases = [alias_of("first"), "no//name", alias_of("second"), "another//name", alias_of("third")]
    for alias in aliases[::2]:
        await create(alias, "sk-deleted")
    rows = [row_of(alias) for alias in aliases]
    (unhandled,) = await run_hook([*rows, row_of(None)])
    equal([stored(f"{PREFIX}{alias}") for alias in aliases[::2]], [None, None, None])
    contains(str(unhandled["exception"]), "2 secrets were not deleted")
    for alias in aliases[1::2]:
        contains(str(unhandled["exception"]), alias)
    # The next deletion knows nothing of it.
    equal(await run_hook([row_of(aliases[0]), row_of(None)]), [])


@check(
    "When it fails, asyncio logs `Task exception was never retrieved` with the names and codes, at ERROR; LiteLLM itself logs nothing."
)
async def deletion_fails():
    await create(alias_of("undeleted"), "sk-undeleted")
    fail_conjur(403, "/policies/")
    loop = asyncio.get_running_loop()
    with logged() as lines:
        task = asyncio.create_task(delete([row_of(alias_of("undeleted")), row_of("no//name")]))
        await asyncio.wait([task])
        del task
        import gc

        gc.collect()
        await asyncio.sleep(0)
    equal(loop.is_closed(), False)
    line = only(lines, "ERROR Task exception was never retrieved")
    for part in (name_of("undeleted"), "no//name", "invalid_request"):
        contains(line, part)
    equal(len([line for line in lines if line.startswith("WARNING The secret ")]), 2)
    equal([line for line in lines if not line.startswith(("WARNING The secret ", "ERROR Task exception"))], [])


@check("LiteLLM skips keys that have no alias, with one WARNING.")
async def skips():
    with calls_of("async_delete_secret") as called, logged() as lines:
        await delete([row_of(None)])
    equal(called.call_count, 0)
    contains(only(lines, "WARNING"), "Key alias not found")


@check("LiteLLM runs no hook for keys that `/team/delete` or `/user/delete` take along.")
def no_hook():
    from litellm.proxy.management_endpoints import internal_user_endpoints, team_endpoints
    from litellm.proxy.management_helpers import bulk_user_deletion

    for module in (team_endpoints, internal_user_endpoints, bulk_user_deletion):
        source = inspect.getsource(module)
        contains(source, "create_key_deleted_audit_logs")
        equal("async_key_deleted_hook" in source or "_delete_virtual_keys_from_secret_manager" in source, False)


@check("LiteLLM passes the team's `metadata.secret_manager_settings` to the hooks of its keys.")
async def teams():
    team_id = f"team-{MODE}"
    team = LiteLLM_TeamTableCachedObj(
        team_id=team_id, metadata={"secret_manager_settings": {"path_prefix": f"{MODE}-team", "namespace": "ignored"}}
    )
    await proxy_server.user_api_key_cache.async_set_cache(
        key=f"team_id:{team_id}", value=team, model_type=LiteLLM_TeamTableCachedObj
    )
    row = row_of("alias", team_id=team_id)
    name = f"{PREFIX}{MODE}-team/alias"
    # The team is in LiteLLM's cache, so that its database is not asked; it only has to be one.
    with mock.patch.object(proxy_server, "prisma_client", mock.Mock()):
        await create("alias", "sk-team", team_id)
        equal(stored(name), "sk-team")
        await rotate(row, "sk-team-2")
        equal(stored(name), "sk-team-2")
        await rename(row, "other")
        equal((stored(name), stored(f"{PREFIX}{MODE}-team/other")), (None, "sk-team-2"))
        await delete([row_of("other", team_id=team_id)])
    equal(stored(f"{PREFIX}{MODE}-team/other"), None)


@check("LiteLLM stores, rotates and deletes virtual keys whatever it lists: nobody can list names that are yet to be made.")
async def unlisted():
    equal(litellm._key_management_settings.hosted_keys, ["litellm/OPENAI_API_KEY"])
    alias = alias_of("unlisted")
    await create(alias, "sk-1")
    equal(await manager.async_read_secret(name_of("unlisted")), "sk-1")
    await rotate(row_of(alias), "sk-2")
    equal(stored(name_of("unlisted")), "sk-2")
    await delete([row_of(alias)])
    equal(stored(name_of("unlisted")), None)


@check(
    "A LiteLLM proxy can keep its provider keys in Conjur, and store in Conjur every virtual key that it makes, rotate and delete it there."
)
async def all_of_it():
    alias = alias_of("life")
    await create(alias, "sk-1")
    equal(stored(name_of("life")), "sk-1")
    await rotate(row_of(alias), "sk-2")
    equal(stored(name_of("life")), "sk-2")
    await delete([row_of(alias)])
    equal(stored(name_of("life")), None)


run_checks()
