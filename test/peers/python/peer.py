"""The vendor's Python client against a Conjur: each check calls its public functions and prints one line of TAP."""

import asyncio
import os
import sys
import tempfile

from conjur_api import Client
from conjur_api.errors.errors import HttpSslError, HttpStatusError
from conjur_api.models import (
    ConjurConnectionInfo,
    CreateHostData,
    CreateTokenData,
    CredentialsData,
    ListMembersOfData,
    ListPermittedRolesData,
    Resource,
    SslVerificationMode,
)
from conjur_api.providers import (
    AuthnAuthenticationStrategy,
    AzureAuthenticationStrategy,
    LdapAuthenticationStrategy,
    SimpleCredentialsProvider,
)

URL = os.environ["CONJUR_APPLIANCE_URL"]
ACCOUNT = os.environ["CONJUR_ACCOUNT"]
ADMIN_KEY = os.environ["CONJUR_AUTHN_API_KEY"]
VALUE = os.environ["PEER_VALUE"]
AWKWARD = "app/awkward/ä+b c%41?#:d"

CHECKS = []


def check(name):
    def register(function):
        CHECKS.append((name, function))
        return function

    return register


def connect(login, key, url=URL, certificate=None):
    """A client that logs in with this key; a certificate is the only one that it believes."""
    credentials = SimpleCredentialsProvider()
    credentials.save(CredentialsData(machine=url, username=login, password=key, api_key=key))
    return Client(
        ConjurConnectionInfo(conjur_url=url, account=ACCOUNT, cert_file=certificate),
        ssl_verification_mode=SslVerificationMode.CA_BUNDLE if certificate else SslVerificationMode.TRUST_STORE,
        authn_strategy=AuthnAuthenticationStrategy(credentials),
    )


async def refused(status, awaitable):
    try:
        await awaitable
    except HttpStatusError as error:
        assert str(error.status) == str(status), f"{error.status} instead of {status}"
        return
    raise AssertionError(f"it was not refused with {status}")


async def authenticates(login, key):
    await connect(login, key).authenticate()


def policy_file(text):
    file = tempfile.NamedTemporaryFile("w", suffix=".yml", dir=os.environ["PEER_FOLDER"], delete=False)
    with file:
        file.write(text)
    return file.name


@check("login: a password is exchanged for the api key")
async def _(conjur):
    assert await connect("admin", ADMIN_KEY).login() == ADMIN_KEY


@check("login: the api key gives an access token that the client reads")
async def _(conjur):
    token, expiration = await connect("admin", ADMIN_KEY).authenticate()
    assert "payload" in token and expiration


@check("login: a wrong key is refused")
async def _(conjur):
    await refused(401, authenticates("admin", "wrong"))


@check("login: over TLS, with a certificate that is given, and with none")
async def _(conjur):
    secure = ("admin", os.environ["PEER_TLS_KEY"], os.environ["PEER_TLS_URL"])
    assert (await connect(*secure, os.environ["PEER_TLS_CERTIFICATE"]).whoami())["username"] == "admin"
    try:
        await connect(*secure).whoami()
    except HttpSslError:
        return
    raise AssertionError("a certificate that nobody vouches for was not refused")


@check("login: whoami")
async def _(conjur):
    assert (await conjur.whoami())["username"] == "admin"


@check("login: the version of the server")
async def _(conjur):
    assert (await conjur.server_version()).startswith("1.")


@check("read: what our client wrote")
async def _(conjur):
    assert (await conjur.get("app/from-us")).decode() == VALUE


@check("write: what our client will read")
async def _(conjur):
    await conjur.set("app/from-them", VALUE)


@check("write: what a shell or a form would change")
async def _(conjur):
    for value in ("100% sure & a+b=c", "ünï\r\n", '{"a": 1}', "x" * 60_000):
        await conjur.set("app/binary", value)
        assert (await conjur.get("app/binary")).decode() == value, value[:20]


@check("write: a name that needs encoding")
async def _(conjur):
    await conjur.set(AWKWARD, "awkward value")
    assert await conjur.get(AWKWARD) == b"awkward value"


@check("read: an earlier version")
async def _(conjur):
    await conjur.set("app/versions", "one")
    await conjur.set("app/versions", "two")
    assert await conjur.get("app/versions", "1") == b"one"


@check("read: a variable without a value, and none at all")
async def _(conjur):
    await refused(404, conjur.get("app/never-set"))
    await refused(404, conjur.get("app/ghost"))


@check("write: a variable that is not there")
async def _(conjur):
    await refused(404, conjur.set("app/ghost", "value"))


@check("batch: values by name, also one that needs encoding")
async def _(conjur):
    values = await conjur.get_many("app/versions", AWKWARD)
    assert values == {"app/versions": "two", AWKWARD: "awkward value"}, list(values)


@check("batch: one that is missing fails them all")
async def _(conjur):
    await refused(404, conjur.get_many("app/versions", "app/ghost"))


@check("list: by kind")
async def _(conjur):
    assert len(await conjur.list({"kind": "host"})) == 2


@check("list: by search")
async def _(conjur):
    assert await conjur.list({"kind": "variable", "search": "versions"}) == [f"{ACCOUNT}:variable:app/versions"]


@check("list: page by page")
async def _(conjur):
    first = await conjur.list({"kind": "variable", "limit": 3})
    rest = await conjur.list({"kind": "variable", "limit": 100, "offset": 3})
    assert len(first) == 3 and first + rest == await conjur.list({"kind": "variable"})


@check("list: what another role sees, in full")
async def _(conjur):
    seen = await conjur.list({"kind": "variable", "role": f"{ACCOUNT}:host:app/reader", "inspect": True})
    assert len(seen) == 6 and all(resource["owner"] == f"{ACCOUNT}:policy:app" for resource in seen)


@check("list: one resource with its versions, and by its name alone")
async def _(conjur):
    assert len((await conjur.get_resource("variable", "app/versions"))["secrets"]) == 2
    assert (await conjur.find_resource_by_identifier("app/versions")).kind == "variable"


@check("check: one's own right, and another's")
async def _(conjur):
    reader = f"{ACCOUNT}:host:app/reader"
    assert await conjur.check_privilege("variable", "app/from-us", "execute")
    assert await conjur.check_privilege("variable", "app/from-us", "execute", reader)
    assert not await conjur.check_privilege("variable", "app/from-us", "update", reader)


@check("check: who has a right")
async def _(conjur):
    roles = await conjur.list_permitted_roles(ListPermittedRolesData("app/from-us", "execute", "variable"))
    assert f"{ACCOUNT}:host:app/reader" in roles, roles


@check("check: what is there, and what is not")
async def _(conjur):
    assert await conjur.resource_exists("variable", "app/from-us")
    assert await conjur.role_exists("host", "app/reader")
    assert not await conjur.resource_exists("variable", "app/ghost")
    assert not await conjur.role_exists("host", "app/ghost")


@check("check: a role, its members and memberships")
async def _(conjur):
    assert (await conjur.get_role("host", "app/reader"))["id"] == f"{ACCOUNT}:host:app/reader"
    members = ListMembersOfData(identifier="app/readers")
    members.set_resource(Resource("group", "app/readers"))
    found = await conjur.list_members_of_role(members)
    assert sorted(found) == [f"{ACCOUNT}:host:app/reader", f"{ACCOUNT}:policy:app"], found
    # The host itself and its group are all its roles.
    roles = await conjur.role_memberships("host", "app/reader")
    direct = await conjur.role_memberships("host", "app/reader", True)
    assert (len(roles), len(direct)) == (2, 1), (roles, direct)


@check("policy: load, with the keys of new hosts, and one of them logs in")
async def _(conjur):
    file = policy_file("- !host { id: one, annotations: { authn/api-key: true } }")
    loaded = await conjur.load_policy_file("scratch", file)
    key = loaded["created_roles"][f"{ACCOUNT}:host:scratch/one"]["api_key"]
    host = connect("host/scratch/one", key)
    assert (await host.whoami())["username"] == "host/scratch/one"
    await refused(404, host.set("app/from-us", "x"))


@check("policy: update deletes")
async def _(conjur):
    await conjur.load_policy_file("scratch", policy_file("- !host two"))
    await conjur.update_policy_file("scratch", policy_file("- !delete { record: !host two }"))
    assert not await conjur.resource_exists("host", "scratch/two")


@check("policy: replace")
async def _(conjur):
    await conjur.replace_policy_file("scratch", policy_file("- !variable only"))
    assert not await conjur.resource_exists("host", "scratch/one")


@check("policy: a dry run changes nothing")
async def _(conjur):
    result = await conjur.load_policy_file("scratch", policy_file("- !variable dry"), dry_run=True)
    assert len(result["created"]["items"]) == 1
    assert not await conjur.resource_exists("variable", "scratch/dry")


@check("policy: one that cannot be read is refused")
async def _(conjur):
    await refused(422, conjur.load_policy_file("scratch", policy_file("- !nonsense x")))


@check("rotation: another's key")
async def _(conjur):
    host = Resource("host", "app/rotated")
    before = await conjur.rotate_other_api_key(host)
    after = await conjur.rotate_other_api_key(host)
    await authenticates("host/app/rotated", after)
    await refused(401, authenticates("host/app/rotated", before))


@check("rotation: one's own key")
async def _(conjur):
    given = await conjur.rotate_other_api_key(Resource("user", "alice"))
    fresh = await conjur.rotate_personal_api_key("alice", given)
    await authenticates("alice", fresh)
    await refused(401, authenticates("alice", given))


@check("rotation: a password is changed and then used")
async def _(conjur):
    given = await conjur.rotate_other_api_key(Resource("user", "alice"))
    await conjur.change_personal_password("alice", given, "Str0ng-enough-Pass!")
    assert await connect("alice", "Str0ng-enough-Pass!").login()
    await refused(401, connect("alice", "another").login())


@check("rotation: a weak password is refused")
async def _(conjur):
    await refused(422, conjur.change_personal_password("alice", "Str0ng-enough-Pass!", "weak"))


@check("host factory: a host is made, and logs in")
async def _(conjur):
    token = (await conjur.create_token(CreateTokenData(host_factory="app/factory", minutes=10)))[0]["token"]
    made = await conjur.create_host(CreateHostData("made", token, {"authn/api-key": "true", "purpose": "a test"}))
    await authenticates("host/made", made["api_key"])
    assert {"purpose"} <= {each["name"] for each in (await conjur.get_resource("host", "made"))["annotations"]}


@check("host factory: a token is bound to addresses")
async def _(conjur):
    data = CreateTokenData(host_factory="app/factory", minutes=10, cidr="192.0.2.0/24,198.51.100.7/32")
    token = (await conjur.create_token(data))[0]
    assert len(token["cidr"]) == 2, token["cidr"]
    await refused(401, conjur.create_host(CreateHostData("far", token["token"])))


@check("host factory: a token that was revoked is refused")
async def _(conjur):
    token = (await conjur.create_token(CreateTokenData(host_factory="app/factory", minutes=10)))[0]["token"]
    await conjur.revoke_token(token)
    await refused(401, conjur.create_host(CreateHostData("late", token)))


@check("authenticators: one is switched off and on")
async def _(conjur):
    await conjur.set_authenticator_state("authn-jwt/ci", False)
    await conjur.set_authenticator_state("authn-jwt/ci", True)


def connect_by(strategy, service):
    return Client(
        ConjurConnectionInfo(conjur_url=URL, account=ACCOUNT, service_id=service),
        ssl_verification_mode=SslVerificationMode.TRUST_STORE,
        authn_strategy=strategy,
    )


@check("other logins: Azure, from the metadata service on")
async def _(conjur):
    strategy = AzureAuthenticationStrategy("host/app/reader", imds_base_url=os.environ["PEER_METADATA_URL"])
    assert (await connect_by(strategy, "prod").whoami())["username"] == "host/app/reader"


@check("other logins: LDAP, a password for an api key")
async def _(conjur):
    def with_password(password):
        credentials = SimpleCredentialsProvider()
        credentials.save(CredentialsData(machine=URL, username="alice", password=password))
        return connect_by(LdapAuthenticationStrategy(credentials), "work")

    assert (await with_password(os.environ["PEER_LDAP_PASSWORD"]).whoami())["username"] == "alice"
    await refused(401, with_password("another").login())


async def main():
    conjur = connect("admin", ADMIN_KEY)
    failed = 0
    for number, (name, run) in enumerate(CHECKS, 1):
        try:
            await run(conjur)
            print(f"ok {number} - {name}", flush=True)
        except Exception as error:  # A check that breaks must not hide the next ones.
            failed += 1
            reason = f"{type(error).__name__}: {error}".replace("\n", " ")
            print(f"not ok {number} - {name}: {reason}", flush=True)
    print(f"1..{len(CHECKS)}")
    sys.exit(1 if failed else 0)


asyncio.run(main())
