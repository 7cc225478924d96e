"""What a completion costs: LiteLLM's proxy with the documented configuration, in front of a provider of our own."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

import httpx
import yaml

from harness import *

PROVIDER_KEY = "sk-provider"
MASTER_KEY = "sk-master-of-the-checks"
put("litellm/OPENAI_API_KEY", PROVIDER_KEY)


class Provider(BaseHTTPRequestHandler):
    """Answers chat completions as OpenAI does, to whoever has the key."""

    keys = []

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        Provider.keys.append(self.headers["authorization"])
        message = {"role": "assistant", "content": "hello"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o", "choices": choices, "usage": usage}
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Says nothing."""


provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=provider.serve_forever, daemon=True).start()
# Both are read by LiteLLM as names that are not hosted: from the environment.
os.environ["OPENAI_BASE_URL"] = os.environ["OPENAI_API_BASE"] = f"http://127.0.0.1:{provider.server_port}"
os.environ["LITELLM_MASTER_KEY"] = MASTER_KEY

from litellm.proxy import proxy_server


async def complete(client):
    headers = {"authorization": f"Bearer {MASTER_KEY}"}
    body = {"model": "gpt", "messages": [{"role": "user", "content": "hello"}]}
    answer = await client.post("/chat/completions", json=body, headers=headers)
    equal((answer.status_code, answer.json()["choices"][0]["message"]["content"]), (200, "hello"))


async def look_ups_of(config, completions=3):
    """Names that LiteLLM asked the plug-in for, and calls that the plug-in made, with each completion."""
    manager = await load(config)
    proxy_server.master_key = MASTER_KEY
    asked, called, loops = [], [], []
    ask, call = manager.sync_read_secret, manager._functions.read

    def ask_counted(secret_name, *arguments, **options):
        asked.append(secret_name)
        try:
            asyncio.get_running_loop()
            loops.append(secret_name)
        except RuntimeError:
            pass
        return ask(secret_name, *arguments, **options)

    def call_counted(name, timeout):
        called.append(name)
        return call(name, timeout)

    counts = []
    with mock.patch.object(manager, "sync_read_secret", ask_counted), mock.patch.object(manager._functions, "read", call_counted):
        transport = httpx.ASGITransport(app=proxy_server.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://litellm") as client:
            for _ in range(completions):
                await complete(client)
                # What LiteLLM does after its answer belongs to the completion.
                await asyncio.sleep(0.5)
                counts.append((list(asked), list(called), list(loops)))
                asked.clear(), called.clear(), loops.clear()
    return counts


def without_hosted_keys():
    config = yaml.safe_load(documented_config())
    config["general_settings"]["key_management_settings"].pop("hosted_keys")
    return yaml.safe_dump(config)


@check("A completion with the example's configuration costs no blocking look-up, from the first one on.")
async def none():
    Provider.keys.clear()
    counts = await look_ups_of(documented_config())
    equal(counts, [([], [], [])] * 3)
    equal(Provider.keys, [f"Bearer {PROVIDER_KEY}"] * 3)


@check("Without `hosted_keys`, LiteLLM asks the secret manager for names of its own with every completion, on its event loop.")
async def asks():
    counts = await look_ups_of(without_hosted_keys())
    print(counts)
    for asked, _, loops in counts:
        contains(asked, "USE_LITELLM_PROXY")
        contains(loops, "USE_LITELLM_PROXY")


@check("Without `hosted_keys`, the plug-in calls a function for each such name once, and not with every completion.")
async def remembers():
    counts = await look_ups_of(without_hosted_keys())
    names = [name for _, called, _ in counts for name in called]
    equal(sorted(names), sorted(set(names)))
    equal([called for _, called, _ in counts[1:]], [[], []])


run_checks()
