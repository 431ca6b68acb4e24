"""The Python client `owui-client`: `main.py PART COUNT`, with the server in OPENWEBUI_URL and the
token in OPENWEBUI_TOKEN."""

import asyncio
import os
import sys

from owui_client import OpenWebUI
from owui_client.models.groups import UserIdsForm

GROUP = "5be5e52a-cc60-4307-a9a5-33af4518f1c1"
GROUPS = 1_000
IDS = [f"{number:08x}-7dc7-437f-afd3-1543d3b74c23" for number in range(1_000)]
IDS_PER_REQUEST = 500


async def get(groups):
    assert (await groups.get_group_by_id(GROUP)).id


async def list_groups(groups):
    assert len(await groups.get_groups()) == GROUPS


async def read_ids(groups):
    export = await groups.export_group_by_id(GROUP)
    return set(export.user_ids)


async def add_members(groups):
    """As the contenders in Rust: in parts, and read before and again."""
    before = await read_ids(groups)
    missing = [user for user in dict.fromkeys(IDS) if user not in before]
    parts = range(0, len(missing), IDS_PER_REQUEST)
    forms = [UserIdsForm(user_ids=missing[first : first + IDS_PER_REQUEST]) for first in parts]
    await asyncio.gather(*(groups.add_user_to_group(GROUP, form) for form in forms))
    after = await read_ids(groups)
    assert all(user in after for user in missing)


PARTS = {"get": get, "list": list_groups, "add_members": add_members}


async def main(part, count):
    client = OpenWebUI(f"{os.environ['OPENWEBUI_URL']}/api", os.environ["OPENWEBUI_TOKEN"])
    for _ in range(count):
        await PARTS[part](client.groups)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
