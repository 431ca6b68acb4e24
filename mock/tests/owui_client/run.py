#!/usr/bin/env python3
"""The Python client `owui-client` against a server, real or mock.

Walks through every method that its GroupsClient has, on the server in
OPENWEBUI_URL with the administrator's token in OPENWEBUI_TOKEN, and looks at
what comes back. A method of the client that is not walked through is a
failure, and so is an answer that is not the expected one. What is made is
removed again, whatever happens.
"""

import asyncio
import inspect
import ipaddress
import os
import re
import secrets
import sys
import traceback
from importlib.metadata import version as installed
from urllib.parse import urlsplit

from httpx import HTTPStatusError
from owui_client import OpenWebUI
from owui_client.models.auths import AddUserForm
from owui_client.models.groups import (
    GroupExportResponse,
    GroupForm,
    GroupInfoResponse,
    GroupPreview,
    GroupResponse,
    GroupUpdateForm,
    UserIdsForm,
)
from owui_client.models.users import UserInfoResponse
from owui_client.routers.groups import GroupsClient

# Where the methods that not every server has came in.
INFO_SINCE = (0, 8, 0)
PREVIEW_SINCE = (0, 9, 6)
# From here on at the latest a new group says whom it is shared with, and one
# without members can be exported. Not so in 0.6.43.
SHARE_SINCE = (0, 9, 6)
# From here on groups have parents, `data` is merged, what is missing is a 404,
# and adding a member again loses nobody.
HIERARCHY_SINCE = (0, 12, 0)

MISSING = "We could not find what you're looking for :/"
# The id of no group and no user. The mock counts its ids up from there.
NO_ID = "00000000-0000-4000-8000-000000000000"


class Wrong(Exception):
    """Something is not as expected."""


def same(what, found, expected):
    if found != expected or type(found) is not type(expected):
        raise Wrong(f"{what} is {found!r}, not {expected!r}")


def holds(what, condition):
    if not condition:
        raise Wrong(what)


class Recorded:
    """The client's groups, with a note of each method that was called."""

    def __init__(self, groups):
        self._groups = groups
        self.called = set()

    def __getattr__(self, name):
        method = getattr(self._groups, name)
        self.called.add(name)
        return method


async def rejected(what, call, status, detail=None):
    """The call fails, with this status and these words."""
    try:
        response = await call
    except HTTPStatusError as error:
        same(f"the status of {what}", error.response.status_code, status)
        if detail is not None:
            same(f"the detail of {what}", error.response.json()["detail"], detail)
    else:
        raise Wrong(f"{what} returned {response!r}, not the error {status}")


class Walk:
    def __init__(self, client, version):
        self.client = client
        self.version = version
        self.groups = Recorded(client.groups)
        self.prefix = f"owui-client {secrets.token_hex(4)}"
        self.users = []
        self.made = []

    def since(self, version):
        return self.version >= version

    async def clean_up(self):
        """Removes what is left; all of it is tried."""
        for group in self.made:
            try:
                await self.client.groups.delete_group_by_id(group)
            except HTTPStatusError as error:
                # On newer servers, what is gone cannot be deleted again.
                if error.response.status_code != 404:
                    raise
        for user in self.users:
            await self.client.users.delete_user_by_id(user.id)

    async def walk(self):
        await self.makes_users()
        for step in (
            self.create,
            self.get,
            self.info,
            self.list,
            self.members,
            self.members_who_are_members_already,
            self.export,
            self.update,
            self.preview,
            self.delete,
            self.what_is_missing,
        ):
            await step()
            print(f"  {step.__name__.replace('_', ' ')}", flush=True)
        self.nothing_is_left_out()

    async def makes_users(self):
        self.admin = await self.client.auths.get_session_user()
        for name in ("Ann", "Ben"):
            mail = f"{name.lower()}-{secrets.token_hex(4)}@example.com"
            form = AddUserForm(name=name, email=mail, password=secrets.token_hex(16), role="user")
            user = await self.client.auths.add_user(form)
            self.users.append(user)
        self.ann, self.ben = self.users
        self.as_ann = OpenWebUI(self.client.api_url, self.ann.token)

    async def create(self):
        form = GroupForm(
            name=f"{self.prefix} Ünïcode 🦀",
            description="made by owui-client",
            permissions={"chat": {"file_upload": False}, "features": {"web_search": True}},
            data={"config": {"share": True}, "colour": "green"},
        )
        group = await self.groups.create_new_group(form)
        self.made.append(group.id)
        same("the created group", type(group), GroupResponse)
        same("its name", group.name, form.name)
        same("its description", group.description, form.description)
        same("its permissions", group.permissions, form.permissions)
        same("its data", group.data, form.data)
        same("its meta", group.meta, None)
        same("its creator", group.user_id, self.admin.id)
        same("its member count", group.member_count, 0)
        same("when it was changed", group.updated_at, group.created_at)
        holds("a group was made before 2024", group.created_at > 1_700_000_000)
        self.group = group

        plain = await self.groups.create_new_group(
            GroupForm(name=f"{self.prefix} plain", description="")
        )
        self.made.append(plain.id)
        same("the plain group's permissions", plain.permissions, None)
        shared = {"config": {"share": "members"}} if self.since(SHARE_SINCE) else None
        same("the plain group's data", plain.data, shared)
        same("the plain group's description", plain.description, "")
        holds("two groups have one id", plain.id != group.id)
        self.plain = plain

        await rejected(
            "a group made by somebody who is no administrator",
            self.as_ann.groups.create_new_group(form),
            401,
        )

    async def get(self):
        group = await self.groups.get_group_by_id(self.group.id)
        same("the group", group, self.group)

    async def info(self):
        call = self.groups.get_group_info_by_id(self.group.id)
        if not self.since(INFO_SINCE):
            await self.is_a_web_page("info", call)
            return
        info = await call
        same("the info", type(info), GroupInfoResponse)
        same("the info's id", info.id, self.group.id)
        same("the info's name", info.name, self.group.name)
        same("the info's description", info.description, self.group.description)
        same("the info's creator", info.user_id, self.group.user_id)
        same("the info's member count", info.member_count, 0)
        same("the info's age", info.created_at, self.group.created_at)
        of_ann = await self.as_ann.groups.get_group_info_by_id(self.group.id)
        same("the info that a user sees", of_ann, info)

    async def list(self):
        async def mine(groups, **arguments):
            listed = await groups.get_groups(**arguments)
            holds("a listed group is not typed", all(type(g) is GroupResponse for g in listed))
            return {group.id: group for group in listed if group.id in self.made}

        same(
            "what the administrator sees",
            await mine(self.groups),
            {self.group.id: self.group, self.plain.id: self.plain},
        )
        # `plain` is shared among its members, or has no setting, which counts as shared.
        same("all that are shared", set(await mine(self.groups, share=True)), set(self.made))
        same("what somebody sees who is in no group", await mine(self.as_ann.groups), {})
        # The oldest servers show them to nobody else, shared or not.
        open_to_all = {self.group.id} if self.since(SHARE_SINCE) else set()
        shared = set(await mine(self.as_ann.groups, share=True))
        same("the shared groups that somebody sees who is in none", shared, open_to_all)

    async def members(self):
        both = [self.ann.id, self.ben.id]
        group = await self.groups.add_user_to_group(
            self.group.id, UserIdsForm(user_ids=[*both, NO_ID])
        )
        same("the group with members", type(group), GroupResponse)
        same("its id", group.id, self.group.id)
        same("its member count, unknown ids aside", group.member_count, 2)

        users = await self.groups.get_users_in_group(self.group.id)
        holds("a member is not typed", all(type(user) is UserInfoResponse for user in users))
        found = {user.id: (user.name, user.email, user.role) for user in users}
        same(
            "the members",
            found,
            {user.id: (user.name, user.email, "user") for user in self.users},
        )
        seen = await self.as_ann.groups.get_groups()
        same("what a member sees", [group.id for group in seen], [self.group.id])

        group = await self.groups.remove_users_from_group(
            self.group.id, UserIdsForm(user_ids=[self.ben.id])
        )
        same("the member count after a removal", group.member_count, 1)
        same("the members after a removal", await self.member_ids(), [self.ann.id])

        # No list at all is an empty one.
        group = await self.groups.remove_users_from_group(self.group.id, UserIdsForm())
        same("the member count after removing nobody", group.member_count, 1)

    async def members_who_are_members_already(self):
        """Servers up to 0.11.4 may lose those who come with somebody who is in already."""
        both = UserIdsForm(user_ids=[self.ann.id, self.ben.id])
        group = await self.groups.add_user_to_group(self.group.id, both)
        if self.since(HIERARCHY_SINCE):
            same("the member count after adding again", group.member_count, 2)
        else:
            # Which of them it treats first follows from their ids, and those
            # are random: whoever comes before a member is lost.
            holds("the member who was in is not", self.ann.id in await self.member_ids())
            await self.groups.add_user_to_group(self.group.id, UserIdsForm(user_ids=[self.ben.id]))
        same("both", await self.member_ids(), sorted(both.user_ids))

    async def member_ids(self):
        return sorted(user.id for user in await self.groups.get_users_in_group(self.group.id))

    async def export(self):
        export = await self.groups.export_group_by_id(self.group.id)
        same("the export", type(export), GroupExportResponse)
        same("the exported name", export.name, self.group.name)
        same("the exported permissions", export.permissions, self.group.permissions)
        same("the exported data", export.data, self.group.data)
        same("the exported member count", export.member_count, 2)
        same("the exported members", sorted(export.user_ids), await self.member_ids())

        # Over a connection of its own: a real server that failed hangs up
        # without a word, and httpx takes that for the next request's failure.
        aside = OpenWebUI(self.client.api_url, self.client.api_key)
        call = aside.groups.export_group_by_id(self.plain.id)
        if self.since(SHARE_SINCE):
            same("who is exported of nobody", (await call).user_ids, [])
        else:
            await rejected("the export of a group without members", call, 500)

    async def update(self):
        form = GroupUpdateForm(
            name=f"{self.prefix} renamed",
            description="",
            permissions={"chat": {"file_upload": True}},
            data={"size": 3},
        )
        group = await self.groups.update_group_by_id(self.group.id, form)
        merged = {"config": {"share": True}, "colour": "green", "size": 3}
        same("the updated group", type(group), GroupResponse)
        same("the new name", group.name, form.name)
        same("the new description", group.description, "")
        same("the new permissions", group.permissions, form.permissions)
        same("the new data", group.data, merged if self.since(HIERARCHY_SINCE) else form.data)
        same("who made it", group.user_id, self.group.user_id)
        same("when it was made", group.created_at, self.group.created_at)
        same("how many are in it", group.member_count, 2)
        holds("an update turns time back", group.updated_at >= self.group.updated_at)
        same("the updated group, read again", await self.groups.get_group_by_id(group.id), group)

        # What is left out stays: the client does not send it.
        kept = await self.groups.update_group_by_id(
            group.id, GroupUpdateForm(name=form.name, description="kept")
        )
        same("permissions left out of an update", kept.permissions, group.permissions)
        same("data left out of an update", kept.data, group.data)
        self.group = kept

    async def preview(self):
        call = self.groups.get_group_preview_by_id(self.group.id)
        if not self.since(PREVIEW_SINCE):
            await self.is_a_web_page("preview", call)
            return
        preview = await call
        same("the preview", type(preview), GroupPreview)
        same("the preview's id", preview.group.id, self.group.id)
        same("the preview's name", preview.group.name, self.group.name)
        same("the preview's permissions", preview.permissions, self.group.permissions)
        for kind in ("models", "knowledge", "tools"):
            part = getattr(preview, kind)
            same(f"what the group reaches of {kind}", part.items, [])
            same(f"how many {kind} there are", part.total, 0)

    async def delete(self):
        same("a deletion", await self.groups.delete_group_by_id(self.group.id), True)
        left = {group.id for group in await self.groups.get_groups()}
        holds("a deleted group is still there", self.group.id not in left)
        holds("another group is gone too", self.plain.id in left)

    async def what_is_missing(self):
        new = self.since(HIERARCHY_SINCE)
        for what, method in (
            ("a deleted group", self.groups.get_group_by_id),
            ("its export", self.groups.export_group_by_id),
        ):
            await rejected(what, method(self.group.id), 404 if new else 401, MISSING)
        for what, call in (
            (
                "its update",
                self.groups.update_group_by_id(
                    self.group.id, GroupUpdateForm(name="nobody", description="")
                ),
            ),
            (
                "a member for it",
                self.groups.add_user_to_group(self.group.id, UserIdsForm(user_ids=[self.ann.id])),
            ),
        ):
            await rejected(what, call, 404 if new else 400)
        again = self.groups.delete_group_by_id(self.group.id)
        if new:
            await rejected("its second deletion", again, 404, "Group not found.")
        else:
            same("its second deletion", await again, True)
        # Not of the deleted one: older servers keep its members.
        same("the members of no group", await self.groups.get_users_in_group(NO_ID), [])

    async def is_a_web_page(self, what, call):
        """The web app answers what the server does not have, and the client hands its page on."""
        try:
            response = await call
        except Exception as error:
            raise Wrong(f"{what}, which this server lacks, fails with {error!r}") from error
        holds(
            f"{what}, which this server lacks, returned {response!r} and not a page",
            isinstance(response, str) and response.lstrip().lower().startswith("<!doctype html>"),
        )

    def nothing_is_left_out(self):
        members = inspect.getmembers(GroupsClient, inspect.isfunction)
        public = {name for name, _ in members if not name.startswith("_")}
        left_out = sorted(public - self.groups.called)
        holds(f"GroupsClient has methods that nobody called here: {left_out}", not left_out)
        print(f"  all {len(public)} methods of its GroupsClient", flush=True)


def environment(name):
    value = os.environ.get(name)
    if not value:
        raise Wrong(f"{name} is not set")
    return value


def is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def use_no_proxy_for(url):
    """No proxy of the environment can reach a server on this machine."""
    host = urlsplit(url).hostname or ""
    if is_loopback(host):
        before = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
        hosts = ",".join(filter(None, (before, host)))
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = hosts


async def main():
    url = environment("OPENWEBUI_URL").rstrip("/")
    use_no_proxy_for(url)
    client = OpenWebUI(f"{url}/api", environment("OPENWEBUI_TOKEN"))
    text = (await client.root.get_version())["version"]
    print(f"owui-client {installed('owui-client')} on Open WebUI {text}", flush=True)
    walk = Walk(client, tuple(int(part) for part in re.findall(r"\d+", text)[:3]))
    try:
        await walk.walk()
    finally:
        await walk.clean_up()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except Wrong as wrong:
        sys.exit(f"owui-client: {wrong}")
    except Exception as error:
        traceback.print_exc()
        sys.exit(f"owui-client: {type(error).__name__}: {error}")
